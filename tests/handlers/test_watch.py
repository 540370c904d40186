"""What AWS has of an activation, and its end in Entra: looked at, and told as it is."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.domain.activation import Activation, End
from bot.domain.audit import What
from bot.domain.ids import ActivationId
from bot.ports import Held
from tests.handlers.cast import ANN, ANNS, BEN, DEV, HOUR, PAYROLL
from tests.handlers.harness import DOWN, Bot
from tests.handlers.words import everything, text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


async def active(bot: Bot, line: str = LINE) -> Activation:
    await bot.links(ANN)
    await bot.says(ANNS, line)
    return await activation(bot)


async def activation(bot: Bot) -> Activation:
    """The one that came of the newest request."""
    async with bot.world.store.begin() as tx:
        found = await tx.activation_of((await bot.request()).id)
    assert found is not None
    return found


def titles(bot: Bot) -> list[str]:
    return [one.card.title for one in bot.posts()]


async def test_when_aws_has_it_a_new_message_says_so_with_the_ways_in(bot: Bot) -> None:
    await active(bot)
    await bot.waits(minutes=4)
    assert titles(bot) == ["dev-poweruser is active"]
    assert "I have not seen it in AWS yet" in text(bot.last().lines)

    bot.provisions()
    await bot.waits(seconds=30)

    assert titles(bot) == [
        "dev-poweruser is active",
        "dev-poweruser: AWS has your membership",
    ]
    ready = bot.posts()[1].card
    assert ready.aws_seen
    assert {b.label: b.url for b in ready.buttons if b.url} == {
        "AWS Access Portal": "https://d-1234567890.awsapps.com/start",
        "My Apps": "https://apps.example.com/api/signin/app-1"
        "?tenantId=11111111-1111-4111-8111-111111111111",
    }
    assert "111111111111" in text(ready.lines)
    assert "sso_account_id = 111111111111" in ready.block
    assert (await activation(bot)).aws_seen_at == datetime.fromisoformat(
        "2026-03-04T12:04:15.125456+00:00"
    )
    assert What.AWS_SEEN in await bot.record()


async def test_nothing_is_claimed_while_aws_is_away(bot: Bot) -> None:
    bot.provisions()
    bot.aws.failure = DOWN
    await active(bot)
    await bot.waits(minutes=3)
    assert (await activation(bot)).aws_seen_at is None
    assert "I could not find out yet what it opens in AWS." in text(bot.last().lines)
    assert titles(bot) == ["dev-poweruser is active"]

    bot.aws.failure = None
    await bot.waits(minutes=7)

    assert (await activation(bot)).aws_seen_at is not None


async def test_a_failing_look_is_repeated(bot: Bot) -> None:
    await active(bot)
    bot.provisions()
    bot.aws.failure = DOWN  # what it opens is remembered, and needs no answer
    await bot.waits(seconds=40)
    assert (await activation(bot)).aws_seen_at is None

    bot.aws.failure = None
    await bot.waits(minutes=1)

    assert (await activation(bot)).aws_seen_at is not None


async def test_after_the_end_aws_is_watched_until_it_has_lost_it(bot: Bot) -> None:
    await active(bot)
    bot.provisions()
    await bot.waits(minutes=70)
    ended = await activation(bot)
    assert (ended.end, ended.ended_at) == (End.EXPIRED, ended.ends_at)
    assert ended.aws_gone_at is None
    assert "AWS access may outlast it" in text(bot.posts()[0].card.lines)

    bot.deprovisions()
    await bot.waits(minutes=2)

    assert (await activation(bot)).aws_gone_at is not None
    assert "AWS no longer has your membership" in text(bot.posts()[0].card.lines)
    assert (await bot.record())[-1] is What.AWS_GONE
    assert (await bot.jobs.waiting())[0] == 0


async def test_what_aws_never_had_may_still_come_late_after_the_end(bot: Bot) -> None:
    await active(bot, LINE.replace("1h", "5m"))

    await bot.waits(minutes=40)
    assert (await activation(bot)).aws_gone_at is None
    await bot.waits(minutes=15)

    assert (await activation(bot)).aws_seen_at is None
    assert (await activation(bot)).aws_gone_at is not None


async def test_who_stays_a_member_in_aws_for_another_reason_is_not_watched_for_ever(
    bot: Bot,
) -> None:
    await active(bot)
    bot.provisions()
    await bot.waits(minutes=70)
    bot.clock.pass_(days=1)

    await bot.works()

    assert (await activation(bot)).aws_gone_at is None
    assert await bot.jobs.waiting() == (0, None)


@pytest.mark.parametrize(
    ("access", "title", "told"),
    [
        ("seed-admin", "seed-admin: Entra has opened AWS by hand", "444444444444"),
        ("legacy-single", "legacy-single: Entra has opened AWS single", "I cannot see that."),
        ("payroll-app", "payroll-app: Entra has opened Payroll", "I cannot see that."),
    ],
)
async def test_in_the_other_set_ups_only_what_entra_did_is_said(
    bot: Bot, access: str, title: str, told: str
) -> None:
    await active(bot, f"activate {access} 1h because")

    assert title in titles(bot)
    ready = next(one.card for one in bot.posts() if one.card.title == title)
    assert told in everything(ready)
    assert not ready.aws_seen
    assert "AWS has" not in everything(ready)
    await bot.waits(hours=2)
    assert What.AWS_SEEN not in await bot.record()
    assert await bot.jobs.waiting() == (0, None)


async def test_a_membership_that_comes_by_other_provisioning_is_seen_too(bot: Bot) -> None:
    await active(bot, "activate prod-readonly 1h")
    bot.provisions(ANN, (await bot.request()).terms.group)

    await bot.waits(seconds=20)

    ready = bot.posts()[-1].card
    assert ready.title == "prod-readonly: AWS has your membership"
    assert {"222222222222", "333333333333"} <= {
        word.strip("()") for word in text(ready.lines).replace(":", " ").split()
    }


async def test_an_access_of_no_app_promises_nothing_and_is_given_up(bot: Bot) -> None:
    await active(bot, "activate adrift 1h because")
    await bot.waits(minutes=5)
    assert titles(bot) == ["adrift is active"]
    assert "assigned to no enterprise app" in text(bot.last().lines)

    await bot.waits(minutes=57)
    bot.clock.pass_(hours=1)
    await bot.works()

    assert await bot.jobs.waiting() == (0, None)


async def test_who_unlinks_is_watched_on_and_not_said_to_have_lost_it(bot: Bot) -> None:
    await active(bot)
    bot.provisions()
    await bot.waits(seconds=30)

    await bot.says(ANNS, "unlink")
    await bot.waits(minutes=70)
    assert (await activation(bot)).end is End.EXPIRED
    assert (await activation(bot)).aws_gone_at is None
    bot.deprovisions()
    await bot.waits(minutes=2)

    assert (await activation(bot)).aws_gone_at is not None


async def test_of_who_was_never_linked_nothing_is_claimed(bot: Bot) -> None:
    mine = await active(bot)
    bens = replace(mine, id=ActivationId("A-BENSONE2"), request=None, person=BEN)
    over = replace(bens, id=ActivationId("A-BENSTWO2"), ended_at=bot.clock.at, end=End.EXPIRED)
    async with bot.world.store.begin() as tx:
        for one in (bens, over):
            await tx.add_activation(one)
    bot.aws.memberships.add(("", DEV))

    for one in (bens, over):
        await bot.adds("watch_aws", one.id)
    await bot.works()
    bot.clock.pass_(minutes=46)
    await bot.works()

    assert not {What.AWS_SEEN, What.AWS_GONE} & set(await bot.record())
    async with bot.world.store.begin() as tx:
        assert await tx.activation(over.id) == over
    bot.settled = False  # nothing ends what was slipped in


async def test_at_its_end_entra_is_asked_and_believed(bot: Bot) -> None:
    mine = await active(bot)
    lagging = Held(DEV, mine.started_at, mine.ends_at, activated=True)
    elsewhere = Held(PAYROLL, mine.started_at, mine.ends_at + HOUR, activated=True)
    assigned = Held(DEV, mine.started_at, None, activated=False)
    bot.pim.ghosts += [lagging, elsewhere, assigned]

    await bot.waits(minutes=60)
    assert (await activation(bot)).active
    bot.pim.ghosts.remove(lagging)
    await bot.waits(seconds=15)

    assert (await activation(bot)).end is End.EXPIRED
