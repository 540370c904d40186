"""The end of an activation in Entra, and looking again for somebody who asked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.cards import Anchor
from bot.domain.activation import End
from bot.domain.audit import What
from bot.domain.aws import Portal
from bot.domain.ids import ActivationId
from bot.domain.request import State
from bot.intents import Recheck
from bot.ports import Held, IntegrationError
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS, BENS, DEV, HOUR, PAYROLL
from tests.handlers.harness import DOWN, Bot
from tests.handlers.test_watch import activation, active, titles
from tests.handlers.words import text

DENIED = IntegrationError("AWS", "403", permanent=True, lacks="identitystore:IsMemberInGroups")


async def test_without_an_end_in_entra_nothing_is_called_over(bot: Bot) -> None:
    mine = await active(bot)
    bot.pim.ghosts.append(Held(DEV, mine.started_at, None, activated=True))

    await bot.waits(minutes=61)
    assert (await activation(bot)).active

    bot.pim.ghosts.clear()
    await bot.waits(minutes=1)
    assert not (await activation(bot)).active


async def test_what_was_prolonged_beside_the_bot_is_followed_to_its_new_end(bot: Bot) -> None:
    mine = await active(bot)
    bot.pim.ghosts.append(Held(DEV, mine.started_at, mine.ends_at + HOUR, activated=True))

    await bot.waits(minutes=61)
    longer = await activation(bot)
    assert (longer.active, longer.ends_at) == (True, mine.ends_at + HOUR)
    assert "Active in Entra until 14:00." in text(bot.posts()[0].card.lines)
    await bot.waits(minutes=58)
    bot.pim.ghosts.clear()
    await bot.waits(minutes=3)

    assert (await activation(bot)).end is End.EXPIRED
    bot.settled = False  # the fake PIM has no hand in the longer end


async def test_an_activation_made_beside_the_bot_is_watched_without_a_message(bot: Bot) -> None:
    mine = await active(bot)
    beside = replace(
        mine, id=ActivationId("A-BESIDE22"), request=None, group=PAYROLL, access="payroll-app"
    )
    async with bot.world.store.begin() as tx:
        await tx.add_activation(beside)
    ends = beside.ends_at + timedelta(minutes=30)
    ghost = Held(PAYROLL, beside.started_at, ends, activated=True)
    bot.pim.ghosts.append(ghost)
    for kind in ("watch_aws", "end"):
        await bot.adds(kind, beside.id)
    await bot.waits(minutes=11)
    bot.pim.ghosts.clear()
    bot.clock.at = ends
    await bot.adds("end", beside.id)
    await bot.works()

    async with bot.world.store.begin() as tx:
        after = await tx.activation(beside.id)
    assert after is not None
    assert (after.end, after.ends_at) == (End.EXPIRED, ends)
    assert all("payroll" not in title for title in titles(bot))


async def test_aws_is_seen_to_have_one_made_beside_the_bot(bot: Bot) -> None:
    mine = await active(bot)
    bot.clock.at = mine.ends_at
    await bot.works()
    beside = replace(mine, id=ActivationId("A-BESIDE22"), request=None, ends_at=bot.clock.at + HOUR)
    async with bot.world.store.begin() as tx:
        await tx.add_activation(beside)
    bot.provisions()

    await bot.adds("watch_aws", beside.id)
    await bot.works()

    async with bot.world.store.begin() as tx:
        after = await tx.activation(beside.id)
    assert after is not None
    assert after.aws_seen_at == bot.clock.at


async def test_work_about_what_is_not_there_does_nothing(bot: Bot) -> None:
    for kind in ("watch_aws", "end", "card"):
        await bot.adds(kind, "A-NOBODY22")

    await bot.works()

    assert await bot.jobs.waiting() == (0, None)
    assert await bot.record() == []


async def test_not_there_yet_looks_at_once(bot: Bot) -> None:
    mine = await active(bot)

    await bot.presses(ANNS, Recheck(mine.id))
    assert bot.last().title == "AWS does not have it"
    bot.provisions()
    await bot.presses(ANNS, Recheck(mine.id))

    assert bot.last().title == "AWS has your membership"
    assert bot.last().aws_seen


async def test_not_there_yet_looks_anew_at_what_it_opens(bot: Bot) -> None:
    mine = await active(bot)
    bot.provisions()
    bot.aws.known_portal = Portal("https://d-0987654321.awsapps.com/start", "eu-central-1")

    await bot.presses(ANNS, Recheck(mine.id))

    assert Anchor("https://d-0987654321.awsapps.com/start", "portal") in bot.last().lines[-1]


@pytest.mark.parametrize("access", ["seed-admin", "payroll-app", "adrift"])
async def test_not_there_yet_promises_nothing_where_aws_cannot_show_it(
    bot: Bot, access: str
) -> None:
    mine = await active(bot, f"activate {access} 1h because")

    await bot.presses(ANNS, Recheck(mine.id))

    assert bot.last().title == ("I could not look" if access == "adrift" else "What I can see")
    assert "Entra: yes" in text(bot.last().lines)
    assert "minutes" not in text(bot.last().lines)


async def test_not_there_yet_is_answered_even_when_aws_is_away(bot: Bot) -> None:
    mine = await active(bot)
    bot.provisions()
    await bot.presses(ANNS, Recheck(mine.id))
    bot.aws.failure = DOWN

    await bot.presses(ANNS, Recheck(mine.id))
    await bot.waits(minutes=2)

    assert bot.last().title == "I could not look"
    assert "AWS or Entra does not answer just now" in text(bot.last().lines)


@pytest.mark.parametrize(
    ("failure", "told"),
    [(DOWN, "AWS or Entra does not answer just now"), (DENIED, "IsMemberInGroups")],
)
async def test_not_there_yet_claims_nothing_when_only_the_look_fails(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, failure: IntegrationError, told: str
) -> None:
    mine = await active(bot)

    async def fails(*_: object) -> bool:
        raise failure

    monkeypatch.setattr(bot.aws, "has_membership", fails)
    await bot.presses(ANNS, Recheck(mine.id))

    assert not bot.last().aws_seen
    assert told in text(bot.last().lines)


@pytest.mark.parametrize(
    ("access", "told"),
    [
        ("dev-poweruser", "Your membership usually reaches AWS in 2 to 10 minutes"),
        ("seed-admin", "AWS access is as your administrator assigned it."),
    ],
)
async def test_a_bot_that_is_not_connected_to_aws_says_so_and_watches_nothing(
    bot: Bot, access: str, told: str
) -> None:
    bot.aws.asked = False
    bot.provisions()

    mine = await active(bot, f"activate {access} 1h because")

    [ready] = [one.card for one in bot.posts() if "Entra has opened" in one.card.title]
    assert told in text(ready.lines)
    assert "I am not connected to AWS" in text(ready.lines)
    assert not ready.aws_seen
    await bot.presses(ANNS, Recheck(mine.id))
    assert bot.last().title == "What I can see"
    assert "AWS: I am not connected to AWS" in text(bot.last().lines)
    await bot.waits(minutes=70)
    assert await bot.jobs.waiting() == (0, None)
    assert not {What.AWS_SEEN, What.AWS_GONE} & set(await bot.record())


async def test_not_there_yet_about_what_is_over_or_anothers_shows_what_one_has(bot: Bot) -> None:
    mine = await active(bot)
    await bot.presses(BENS, Recheck(mine.id))
    assert bot.last(BENS).title == "Sign in first"
    await bot.waits(minutes=61)

    await bot.presses(ANNS, Recheck(mine.id))
    await bot.presses(ANNS, Recheck(ActivationId("A-NOBODY22")))

    assert (await bot.request()).state is State.GRANTED
    answers = [card.title for card in bot.cards() if card.title != "On it"]
    assert answers[-2:] == ["Your AWS access"] * 2
    assert "Nothing that I know of is active" in text(bot.last().lines)


async def test_each_step_says_where_it_is_stuck_and_who_can_help(bot: Bot) -> None:
    mine = await active(bot)
    bot.aws.users.clear()

    await bot.presses(ANNS, Recheck(mine.id))
    nobody = text(bot.last().lines)
    bot.aws.provisioned.add(cast.mail(ANN))
    await bot.presses(ANNS, Recheck(mine.id))
    waiting = text(bot.last().lines)
    del bot.aws.groups[cast.DEV]
    await bot.presses(ANNS, Recheck(mine.id))
    no_group = text(bot.last().lines)
    bot.pim.asked.clear()
    await bot.presses(ANNS, Recheck(mine.id))
    no_entra = text(bot.last().lines)

    assert "AWS user: no, AWS has nobody called ann@example.com." in nobody
    assert "What usually helps: your administrator" in nobody
    assert "AWS user: yes" in waiting
    assert "AWS group: yes" in waiting
    assert "Membership: no" in waiting
    assert "What usually helps: waiting" in waiting
    assert "AWS group: no" in no_group
    assert "not among those that are provisioned" in no_group
    assert "Entra: no" in no_entra
    assert "What usually helps: asking for it again" in no_entra
    bot.settled = False  # PIM forgot its own request


async def test_an_entra_that_does_not_answer_keeps_nothing_of_what_aws_says(bot: Bot) -> None:
    mine = await active(bot)
    bot.provisions()
    bot.pim.unreadable = DOWN

    await bot.presses(ANNS, Recheck(mine.id))

    assert bot.last().title == "AWS has your membership"
    assert "Entra: it does not answer just now." in text(bot.last().lines)
