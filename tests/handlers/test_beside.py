"""What is made in Entra's portal is taken over, written down, and told as what it is."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.activation import Activation, End
from bot.domain.audit import What
from bot.domain.request import State
from bot.ports import Held
from handlers import held
from integrations.database.audit import audit_rows
from tests.handlers.cast import ANN, ANNS, DEV, HOUR, OPEN, PAYROLL, PROD
from tests.handlers.harness import DOWN, Bot
from tests.handlers.test_watch import LINE, active
from tests.handlers.words import text

HERE_NOT = "It was activated in Entra's portal or by another tool, not here."


async def known(bot: Bot) -> list[Activation]:
    async with bot.world.store.begin() as tx:
        return list(await tx.active(ANN))


async def ended(bot: Bot) -> list[Activation]:
    async with bot.world.store.begin() as tx:
        return list(await tx.ended_since(ANN, bot.clock.at - timedelta(days=1)))


async def recorded(bot: Bot, what: What) -> list[dict[str, str]]:
    return [dict(row) async for row in audit_rows(bot.database.engine) if row["what"] == what]


# --- made ----------------------------------------------------------------------------------------


async def test_status_shows_what_was_made_in_the_portal(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()

    await bot.says(ANNS, "status")

    told = text(bot.last().lines)
    assert f"dev-poweruser is active in Entra until 13:00. {HERE_NOT}" in told
    [mine] = await known(bot)
    assert (mine.request, mine.access) == (None, "dev-poweruser")
    [row] = await recorded(bot, What.ADOPTED)
    assert row["request_id"] is None
    await bot.says(ANNS, "status")
    assert await known(bot) == [mine]
    assert len(await recorded(bot, What.ADOPTED)) == 1


async def test_aws_is_watched_for_what_was_made_in_the_portal(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    await bot.says(ANNS, "status")
    bot.provisions()
    await bot.waits(minutes=1)

    await bot.says(ANNS, "status")

    assert "AWS has had it since 12:00" in text(bot.last().lines)
    assert bot.posts() == []


async def test_what_is_active_from_the_portal_is_not_activated_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()

    await bot.says(ANNS, LINE)

    assert bot.last().title == "dev-poweruser is active already"
    assert f"Entra ends it at 13:00. {HERE_NOT}" in text(bot.last().lines)
    assert await bot.requests() == []
    assert bot.pim.posts == []


async def test_what_is_active_from_the_portal_is_seen_once_it_is_known_who_asks(bot: Bot) -> None:
    await bot.activates_in_the_portal()
    await bot.says(ANNS, LINE)
    sent = len(bot.pim.posts)

    await bot.signs_in()

    over = await bot.request()
    assert (over.state, over.why) == (State.REFUSED, "had_already")
    assert "You have this membership in Entra already, so I sent nothing" in text(bot.last().lines)
    assert len(bot.pim.posts) == sent
    [adopted] = await known(bot)
    assert adopted.request is None


async def test_what_was_made_in_the_portal_can_be_ended_here(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    await bot.waits(minutes=6)

    await bot.says(ANNS, "deactivate")

    assert bot.last().title == "dev-poweruser has ended"
    assert await bot.pim.held(ANN) == ()
    assert [(a.end, a.request) for a in await ended(bot)] == [(End.DEACTIVATED, None)]


async def test_its_first_five_minutes_count_from_its_start_in_entra(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    await bot.waits(minutes=4)

    await bot.says(ANNS, "deactivate")

    assert bot.last().title == "Too soon to end it"
    assert "You can from 12:05." in text(bot.last().lines)


async def test_with_one_from_here_and_one_from_the_portal_it_asks_which(bot: Bot) -> None:
    await active(bot)
    await bot.activates_in_the_portal(PAYROLL)
    await bot.waits(minutes=6)

    await bot.says(ANNS, "deactivate")

    assert {b.label for b in bot.last().buttons} == {"dev-poweruser", "payroll-app"}


async def test_what_was_made_in_the_portal_is_followed_to_its_end(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    await bot.says(ANNS, "status")

    await bot.waits(minutes=61)

    assert [a.end for a in await ended(bot)] == [End.EXPIRED]
    assert bot.posts() == []


async def test_when_its_end_is_asked_for_after_it_was_ended_in_the_portal_that_is_told(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    await bot.says(ANNS, "status")
    await bot.waits(minutes=6)
    await bot.deactivates_in_the_portal()

    await bot.says(ANNS, "deactivate")

    assert bot.last().title == "dev-poweruser has ended"
    assert "It was ended in Entra, not by me; I noticed at 12:06." in text(bot.last().lines)


async def test_what_was_changed_while_nobody_has_a_card_of_it_is_followed_too(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    await bot.says(ANNS, "status")
    await bot.waits(minutes=12)
    await bot.deactivates_in_the_portal()
    await bot.activates_in_the_portal(hours=2)

    await bot.waits(minutes=5)

    [mine] = await known(bot)
    assert mine.ends_at == bot.clock.at + timedelta(hours=1, minutes=55)
    assert bot.posts() == []


async def test_what_an_open_request_may_have_done_is_not_taken_for_the_portals(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "activate prod-admin 1h INC-42 deploy")
    start = bot.clock.at
    bot.pim.ghosts.append(Held(PROD, start, start + HOUR, activated=True))

    await bot.says(ANNS, "status")

    assert await known(bot) == []
    assert "prod-admin is awaiting approval" in text(bot.last().lines)


async def test_what_has_ended_lately_and_is_still_listed_is_not_taken_for_a_new_one(
    bot: Bot,
) -> None:
    mine = await active(bot)
    await bot.waits(minutes=6)
    bot.pim.ghosts += [
        Held(DEV, mine.started_at, mine.ends_at, activated=True),
        Held(PAYROLL, None, bot.clock.at + HOUR, activated=True),
    ]
    await bot.says(ANNS, "deactivate dev-poweruser")

    await bot.says(ANNS, "status")
    assert [a.group for a in await known(bot)] == [PAYROLL]
    await bot.waits(minutes=6)
    await bot.says(ANNS, "status")

    assert {a.group for a in await known(bot)} == {DEV, PAYROLL}  # Entra has it, whoever ended it
    bot.settled = False


async def test_only_what_runs_was_activated_and_can_be_asked_for_here_is_taken_over(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    now = bot.clock.at
    bot.pim.ghosts += [
        Held(DEV, now, now + HOUR, activated=False),
        Held(PAYROLL, now - HOUR, now, activated=True),
        Held(OPEN, now, None, activated=True),
        Held(type(DEV)("elsewhere"), now, now + HOUR, activated=True),
    ]

    await bot.says(ANNS, "status")

    assert await known(bot) == []
    assert "Nothing that I know of is active" in text(bot.last().lines)


async def test_two_who_notice_at_once_take_it_over_once(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal()
    adopted, others = held._adopted, [held.look(bot.world, ANN)]

    async def while_another_does(*asked: Any) -> list[Activation]:
        while others:
            await others.pop()
        return await adopted(*asked)

    monkeypatch.setattr(held, "_adopted", while_another_does)
    await bot.says(ANNS, "status")

    assert len(await known(bot)) == 1
    assert len(await recorded(bot, What.ADOPTED)) == 1
    assert "dev-poweruser is active" in text(bot.last().lines)


async def test_nothing_to_end_is_no_certainty_while_entra_is_away(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, "deactivate")

    told = text(bot.last().lines)
    assert "Nothing is active, as far as I know. Entra did not answer just now" in told


# --- asked for and decided -----------------------------------------------------------------------


async def test_a_request_that_waits_from_the_portal_is_named_as_that(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.activates_in_the_portal(PROD)

    await bot.says(ANNS, "status")
    assert "What you asked for in Entra's portal I see only once it is active." in text(
        bot.last().lines
    )
    await bot.says(ANNS, "activate prod-admin 1h INC-42 deploy")

    request = await bot.request()
    assert (request.state, request.why) == (State.REFUSED, "PendingRoleAssignmentRequest")
    assert "another request of yours for this group" in text(bot.posts()[-1].card.lines)
