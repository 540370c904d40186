"""Ending an activation early: not before PIM allows it, as its person, and once."""

from pathlib import Path

import pytest

from bot.domain.activation import Activation, End
from bot.domain.audit import What
from bot.intents import Deactivate
from bot.ports import DirectoryGroup, IntegrationError, Outcome, PimRefusedError
from tests.handlers import cast
from tests.handlers.authority import KilledError
from tests.handlers.cast import ADAS, ANN, ANNS, BEN, BENS
from tests.handlers.harness import DOWN, Bot, opened
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
LOST = IntegrationError("Microsoft Graph", "no answer", outcome=Outcome.UNKNOWN)


async def active(bot: Bot, line: str = LINE) -> None:
    """Ann has it for six minutes now, and sees nothing but what comes."""
    await bot.links(ANN)
    await bot.says(ANNS, line)
    await bot.waits(minutes=6)
    bot.chat.messages[:] = [m for m in bot.chat.messages if not m.private]


async def the_end(bot: Bot) -> Activation:
    async with bot.world.store.begin() as tx:
        found = await tx.activation_of((await bot.request()).id)
    assert found is not None
    assert not found.active
    return found


def told(bot: Bot) -> list[str]:
    """What was answered, without the cards that follow the request."""
    return [card.title for card in bot.cards() if card.state is None]


async def test_it_ends_at_once_and_in_entra(bot: Bot) -> None:
    await active(bot)

    await bot.says(ANNS, "deactivate")

    assert (await the_end(bot)).end is End.DEACTIVATED
    assert await bot.pim.held(ANN) == ()
    assert told(bot) == ["dev-poweruser has ended"]
    assert "1 h in the portal" in text(bot.last().lines)
    assert [w for w in await bot.record() if "end" in w or "deact" in w] == [
        What.DEACTIVATION_DECIDED,
        What.ENDED,
    ]


async def test_in_the_first_five_minutes_it_is_refused_with_its_reason(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=4)

    await bot.says(ANNS, "deactivate dev-poweruser")

    assert bot.last().title == "Too soon to end it"
    assert "You can from 12:05." in text(bot.last().lines)
    assert (await bot.activation()).active
    assert ("deactivate", ANN, cast.DEV) not in bot.pim.sent


async def test_it_can_be_left_to_end_as_soon_as_it_may(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, "deactivate")

    await bot.presses(ANNS, bot.last().buttons[0])
    assert bot.last().title == "dev-poweruser will end"
    assert (await bot.activation()).active
    await bot.waits(minutes=6)

    assert (await the_end(bot)).end is End.DEACTIVATED


async def test_when_entra_counts_from_a_later_start_it_is_tried_again(bot: Bot) -> None:
    await active(bot)
    bot.pim.failures.append(PimRefusedError("ActiveDurationTooShort", ""))

    await bot.says(ANNS, "deactivate")
    assert (await bot.activation()).active
    await bot.waits(seconds=31)

    assert (await the_end(bot)).end is End.DEACTIVATED


async def test_with_several_active_it_asks_which(bot: Bot) -> None:
    await active(bot)
    await bot.says(ANNS, "activate payroll-app because")
    await bot.waits(minutes=6)

    await bot.says(ANNS, "deactivate")
    assert bot.last().title == "Which one shall I deactivate?"
    await bot.presses(ANNS, bot.last().buttons[0])

    async with bot.world.store.begin() as tx:
        left = await tx.active(ANN)
    assert [a.access for a in left] == ["payroll-app"]


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("deactivate", "Nothing is active, as far as I know."),
        ("deactivate prod-admin", "prod-admin is not active, as far as I know."),
    ],
)
async def test_nothing_to_end_is_said(bot: Bot, said: str, answer: str) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, said)

    assert answer in text(bot.last().lines)


async def test_nobody_ends_what_is_anothers(bot: Bot) -> None:
    await active(bot)
    await bot.links(BEN)

    await bot.says(BENS, "deactivate dev-poweruser")

    assert bot.last(BENS).title == "Nothing to end"
    assert (await bot.activation()).active


async def test_who_is_not_linked_signs_in_and_then_it_goes_on(bot: Bot) -> None:
    await bot.says(ADAS, "deactivate")
    assert bot.last(ADAS).title == "Sign in first"

    await bot.signs_in(cast.ADA)

    assert bot.last(ADAS).title == "Nothing to end"


async def test_without_a_token_kept_ending_needs_a_sign_in_and_goes_on_after_it(
    keyless: Bot,
) -> None:
    await keyless.says(ANNS, LINE)
    await keyless.signs_in()
    await keyless.waits(minutes=6)

    await keyless.says(ANNS, "deactivate")
    assert keyless.last().title == "Sign in first"
    assert "It is still active." in text(keyless.last().lines)
    assert (await keyless.activation()).active
    await keyless.signs_in()

    assert (await the_end(keyless)).end is End.DEACTIVATED
    assert keyless.world.tokens.get(ANN, Deactivate(), keyless.clock.at) is None


async def test_what_was_ended_in_the_portal_is_told_as_that(bot: Bot) -> None:
    await active(bot)
    for asked in bot.pim.asked.values():
        asked.ended_at = bot.clock.at

    await bot.says(ANNS, "deactivate")

    assert (await the_end(bot)).end is End.ELSEWHERE


async def test_a_refusal_leaves_it_active_and_says_why(bot: Bot) -> None:
    await active(bot)
    bot.pim.failures.append(PimRefusedError("ResourceIsLocked", ""))

    await bot.says(ANNS, "deactivate")

    assert told(bot) == ["dev-poweruser was not ended"]
    assert "Entra was busy with this group." in text(bot.last().lines)
    assert (await bot.activation()).active


async def test_a_lost_answer_is_looked_up(bot: Bot) -> None:
    await active(bot)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, "deactivate")

    assert (await the_end(bot)).end is End.DEACTIVATED
    assert [one for one, *_ in bot.pim.sent].count("deactivate") == 1


async def test_a_lost_answer_while_the_membership_is_still_listed_is_looked_up_again(
    bot: Bot,
) -> None:
    await active(bot)
    [ghost] = await bot.pim.held(ANN)
    bot.pim.ghosts.append(ghost)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, "deactivate")
    assert (await bot.activation()).active
    bot.pim.ghosts.clear()
    await bot.waits(seconds=5)

    assert (await the_end(bot)).end is End.DEACTIVATED
    assert [one for one, *_ in bot.pim.sent].count("deactivate") == 1


async def test_a_lost_answer_is_ours_also_when_entra_asks_for_patience_meanwhile(bot: Bot) -> None:
    await active(bot)
    [ghost] = await bot.pim.held(ANN)
    bot.pim.ghosts.append(ghost)
    busy = IntegrationError("Microsoft Graph", "503", outcome=Outcome.UNKNOWN, retry_after=2.0)
    bot.pim.failures.append(busy)

    await bot.says(ANNS, "deactivate")
    await bot.waits(seconds=5)

    assert (await the_end(bot)).end is End.DEACTIVATED
    assert told(bot) == ["dev-poweruser has ended"]


async def test_what_is_noticed_gone_while_the_answer_is_out_was_ended_by_us(bot: Bot) -> None:
    await active(bot)
    [ghost] = await bot.pim.held(ANN)
    bot.pim.ghosts.append(ghost)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, "deactivate")
    bot.pim.ghosts.clear()

    await bot.says(ANNS, "status")

    assert (await the_end(bot)).end is End.DEACTIVATED


@pytest.mark.parametrize(
    "no",
    [PimRefusedError("ResourceIsLocked", ""), IntegrationError("Microsoft Graph", "429")],
)
async def test_what_entra_did_not_do_for_us_is_not_called_ours_later(
    bot: Bot, no: IntegrationError | PimRefusedError
) -> None:
    await active(bot)
    bot.pim.failures.append(no)
    await bot.says(ANNS, "deactivate")
    for asked in bot.pim.asked.values():
        asked.ended_at = bot.clock.at

    await bot.waits(minutes=6)

    assert (await the_end(bot)).end is End.ELSEWHERE


async def test_a_busy_entra_is_asked_again(bot: Bot) -> None:
    await active(bot)
    bot.pim.failures.append(DOWN)

    await bot.says(ANNS, "deactivate")
    assert (await bot.activation()).active
    await bot.waits(seconds=5)

    assert (await the_end(bot)).end is End.DEACTIVATED


async def test_who_is_killed_after_ending_it_does_not_end_it_twice(bot: Bot) -> None:
    await active(bot)
    deactivate = bot.pim.deactivate

    async def and_is_killed(*asked: object) -> None:
        await deactivate(*asked)  # type: ignore[arg-type]
        raise KilledError

    bot.pim.deactivate = and_is_killed  # type: ignore[assignment, method-assign]
    with pytest.raises(KilledError):
        await bot.says(ANNS, "deactivate")
    bot.pim.deactivate = deactivate  # type: ignore[method-assign]
    await bot.restarts()

    assert (await the_end(bot)).end is End.DEACTIVATED
    assert [one for one, *_ in bot.pim.sent].count("deactivate") == 1


async def test_what_somebody_else_ends_before_the_next_try_is_told_as_ended(bot: Bot) -> None:
    await active(bot)
    bot.pim.failures.append(DOWN)
    await bot.says(ANNS, "deactivate")
    await bot.deactivates_in_the_portal()
    await bot.says(ANNS, "status")
    assert (await the_end(bot)).end is End.ELSEWHERE
    tried = len(bot.pim.sent)

    await bot.waits(seconds=5)

    assert told(bot)[-1] == "dev-poweruser has ended"
    assert len(bot.pim.sent) == tried


async def test_an_end_for_nothing_is_none(bot: Bot) -> None:
    await bot.adds("deactivate", "A-NOBODY22")

    assert await bot.works() is None


async def test_when_entra_wants_a_stronger_sign_in_it_goes_on_after_that(bot: Bot) -> None:
    await active(bot)
    bot.pim.failures.append(PimRefusedError("Acrs", "more", claims='{"x":1}'))

    await bot.says(ANNS, "deactivate")
    assert told(bot) == ["Sign in first"]
    assert "It is still active." in text(bot.last().lines)
    assert bot.world.tokens.get(ANN, Deactivate(), bot.clock.at) is None
    await bot.signs_in()

    assert (await the_end(bot)).end is End.DEACTIVATED
    assert '{"x":1}' in bot.sign_in.claims_of.values()


@pytest.mark.parametrize(
    ("access", "words"),
    [
        ("seed-admin", "until your AWS portal session ends"),
        ("legacy-single", "An AWS session that is open in the account lasts until its own end"),
        ("payroll-app", "A session that is open in the app lasts until its own end"),
        ("adrift", "I could not find out by how much."),
    ],
)
async def test_what_outlasts_it_is_told_for_each_set_up(bot: Bot, access: str, words: str) -> None:
    await active(bot, f"activate {access} 1h because")

    await bot.says(ANNS, "deactivate")

    assert words in text(bot.last().lines)


async def test_the_end_is_told_even_while_the_directory_is_away(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.offered = [DirectoryGroup(cast.DEV, "dev-poweruser")]
        await active(bot)
        await bot.hears(ANNS, "deactivate")
        bot.directory.failure = DOWN
        bot.world.memory.forget("catalog")
        await bot.works()

        assert (await the_end(bot)).end is End.DEACTIVATED
        assert told(bot) == ["dev-poweruser has ended"]


async def test_an_access_that_is_offered_no_more_can_still_be_ended(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.offered = [DirectoryGroup(cast.DEV, "dev-poweruser")]
        await active(bot)
        bot.directory.offered.clear()
        await bot.waits(minutes=6)

        await bot.says(ANNS, "deactivate")

        assert (await the_end(bot)).end is End.DEACTIVATED
        assert "14:52 at the latest" in text(bot.last().lines)


async def test_a_mistyped_name_is_told_from_what_is_active(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, "deactivate dev-powruser")

    assert bot.last().buttons[0].intent == Deactivate("dev-poweruser")
    assert "Did you mean dev-poweruser?" in text(bot.last().lines)
