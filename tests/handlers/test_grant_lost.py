"""What becomes of an activation whose answer was lost, or whose sender was killed."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import What
from bot.domain.request import State
from bot.domain.sign_in import MOST_CHALLENGES
from bot.intents import Withdraw
from bot.ports import (
    IntegrationError,
    PimRequest,
    SignInNeededError,
)
from handlers.grant import LOOK_FOR
from tests.handlers.authority import KilledError
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import BUSY, DOWN, FORBIDDEN, LOST, Bot
from tests.handlers.test_grant import LINE, PENDING, state
from tests.handlers.words import everything, text


async def test_a_lost_answer_is_found_by_its_reference(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, LINE)
    assert await state(bot) is State.UNKNOWN
    assert "I do not know yet whether" in bot.last().title
    await bot.waits(seconds=2)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 1
    assert What.UNKNOWN in await bot.record()


async def test_a_lost_answer_about_an_approval_is_found_with_the_persons_token(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, PENDING)
    await bot.waits(seconds=2)

    assert await state(bot) is State.AWAITING_APPROVAL
    assert len(bot.pim.posts) == 1


async def test_what_never_arrived_is_sent_again_only_after_it_was_looked_for(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.swallowed.append(LOST)

    await bot.says(ANNS, LINE)
    await bot.waits(seconds=LOOK_FOR.total_seconds() - 1)
    assert await state(bot) is State.UNKNOWN
    assert len(bot.pim.posts) == 1
    await bot.waits(seconds=10)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 2
    assert (await bot.record()).count(What.DECIDED) == 2


async def test_an_answer_lost_while_the_lists_lag_never_makes_two(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.lag = timedelta(minutes=2)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=1)
    assert await state(bot) is State.UNKNOWN
    assert len(bot.pim.posts) > 1
    await bot.waits(minutes=2)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.asked) == 1


async def test_an_approval_asked_for_twice_while_the_lists_lag_never_makes_two(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.lag = timedelta(minutes=2)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, PENDING)
    await bot.waits(minutes=3)

    assert await state(bot) is State.AWAITING_APPROVAL
    assert len(bot.pim.asked) == 1


async def test_what_entra_says_exists_and_does_not_show_is_looked_for_without_asking_again(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    bot.pim.lag = timedelta(minutes=30)
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=20)
    unknown = await bot.request()
    assert (unknown.state, unknown.why) == (State.UNKNOWN, "exists")
    assert "very likely this one" in text(bot.last().lines)
    assert len(bot.pim.posts) == 2
    await bot.waits(minutes=15)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 2


async def test_what_entra_never_shows_is_given_up_when_it_can_no_longer_be_there(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.lag = timedelta(days=9)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, LINE)
    await bot.waits(seconds=30)

    bot.clock.pass_(hours=24)
    await bot.works()
    assert await state(bot) is State.UNKNOWN
    bot.clock.pass_(hours=2)
    await bot.works()

    over = await bot.request()
    assert (over.state, over.why) == (State.FAILED, "unconfirmed")
    assert "look at aka.ms/pim" in text(bot.last().lines)


async def test_while_the_outcome_is_unknown_a_failure_to_look_changes_nothing(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)
    bot.pim.unreadable = None

    await bot.hears(ANNS, LINE)
    await bot.works()
    bot.pim.unreadable = FORBIDDEN
    await bot.waits(minutes=30)
    assert await state(bot) is State.UNKNOWN
    bot.pim.unreadable = None
    await bot.waits(hours=2)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 1


async def test_an_unknown_outcome_cannot_be_withdrawn(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, LINE)

    await bot.presses(ANNS, Withdraw())

    assert bot.last().title == "Too late to withdraw"
    await bot.waits(seconds=2)
    assert await state(bot) is State.GRANTED


async def test_who_is_killed_after_sending_finds_the_effect_when_started_again(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.killers.append(KilledError())

    with pytest.raises(KilledError):
        await bot.says(ANNS, LINE)
    await bot.restarts()

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 1


async def test_who_is_killed_before_sending_sends_after_looking(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.swallowed.append(KilledError())

    with pytest.raises(KilledError):
        await bot.says(ANNS, LINE)
    await bot.restarts()
    assert await state(bot) is State.UNKNOWN
    assert len(bot.pim.posts) == 1
    await bot.waits(seconds=30)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 2


async def test_who_is_killed_after_sending_while_the_lists_lag_adopts_the_effect_later(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    bot.pim.lag = timedelta(minutes=2)
    bot.pim.killers.append(KilledError())

    with pytest.raises(KilledError):
        await bot.says(ANNS, LINE)
    await bot.restarts()
    await bot.waits(minutes=1)
    assert await state(bot) is State.UNKNOWN
    await bot.waits(minutes=2)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.asked) == 1


@pytest.mark.parametrize("away", [DOWN, FORBIDDEN])
async def test_who_is_killed_after_sending_says_nothing_else_while_entra_is_away(
    bot: Bot, away: IntegrationError
) -> None:
    await bot.links(ANN)
    bot.pim.killers.append(KilledError())

    with pytest.raises(KilledError):
        await bot.says(ANNS, LINE)
    bot.pim.unreadable = away
    await bot.restarts()
    await bot.waits(minutes=40)
    assert await state(bot) is State.UNKNOWN
    bot.pim.unreadable = None
    await bot.waits(hours=1)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 1


async def test_without_a_token_a_lost_effect_in_force_is_found_all_the_same(keyless: Bot) -> None:
    await keyless.says(ANNS, LINE)
    keyless.pim.killers.append(KilledError())

    with pytest.raises(KilledError):
        await keyless.signs_in()
    await keyless.restarts()

    assert await state(keyless) is State.GRANTED
    assert len(keyless.pim.posts) == 1


async def test_without_a_token_what_waits_for_approval_is_found_after_a_sign_in(
    keyless: Bot,
) -> None:
    await keyless.says(ANNS, PENDING)
    keyless.pim.killers.append(KilledError())
    with pytest.raises(KilledError):
        await keyless.signs_in()
    await keyless.restarts()
    await keyless.waits(seconds=30)

    assert await state(keyless) is State.AWAITING_SIGN_IN
    assert "find no activation there so far" in everything(keyless.last())
    await keyless.signs_in()

    assert await state(keyless) is State.AWAITING_APPROVAL
    assert len(keyless.pim.posts) == 1


NEWER = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'


def secret(bot: Bot) -> str:
    held = bot.world.tokens.get(ANN, Withdraw(), bot.world.real_now())
    assert held is not None
    return held.secret


async def test_a_challenge_while_looking_is_answered_by_the_kept_token_where_it_can(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    first = secret(bot)
    bot.pim.challenges = lambda secret: "" if secret == first else None
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, PENDING)
    await bot.waits(seconds=2)

    assert await state(bot) is State.AWAITING_APPROVAL
    assert len(bot.pim.posts) == 1


async def test_a_challenge_while_looking_becomes_a_sign_in_that_goes_on(bot: Bot) -> None:
    await bot.links(ANN)
    claims_of = bot.sign_in.claims_of
    bot.pim.challenges = lambda secret: None if claims_of.get(secret) == NEWER else NEWER
    bot.pim.failures.append(LOST)

    await bot.says(ANNS, PENDING)
    await bot.waits(seconds=30)

    waiting = await bot.request()
    assert (waiting.state, waiting.claims) == (State.AWAITING_SIGN_IN, NEWER)
    assert "I asked Entra, got no answer" in everything(bot.last())
    await bot.signs_in()
    assert await state(bot) is State.AWAITING_APPROVAL
    assert len(bot.pim.posts) == 1


async def test_a_challenge_that_nothing_answers_is_never_told_as_an_end(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.challenges = lambda _: NEWER
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, PENDING)

    for _ in range(MOST_CHALLENGES + 1):
        await bot.waits(seconds=30)
        assert await state(bot) is State.AWAITING_SIGN_IN
        await bot.signs_in()

    bot.pim.challenges = lambda _: None
    await bot.signs_in()
    assert await state(bot) is State.AWAITING_APPROVAL
    assert len(bot.pim.posts) == 1


async def test_a_sign_in_that_login_wants_in_between_is_asked_for(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    bot.sign_in.needed = SignInNeededError("interaction_required")

    await bot.says(ANNS, LINE)
    assert await state(bot) is State.AWAITING_SIGN_IN
    bot.sign_in.needed = None
    await bot.signs_in()

    assert await state(bot) is State.GRANTED


async def test_work_for_a_request_that_went_on_meanwhile_does_nothing(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    granted = await bot.request()

    for kind in ("activate", "follow", "lapse", "cancel", "relay", "approver_cards"):
        await bot.adds(kind, granted.id)
        await bot.adds(kind, "R-NOBODY22")
    await bot.works()

    assert await bot.request() == granted
    assert len(bot.pim.posts) == 1


@pytest.mark.parametrize(("tried", "why"), [(BUSY, "too_late"), (LOST, "unconfirmed")])
async def test_what_could_not_be_sent_for_over_an_hour_is_sent_no_more(
    bot: Bot, tried: IntegrationError, why: str
) -> None:
    await bot.links(ANN)
    bot.pim.swallowed.append(tried)
    await bot.says(ANNS, LINE)

    bot.clock.pass_(hours=2)  # nobody looks meanwhile: the bot is away
    await bot.works()

    over = await bot.request()
    assert (over.state, over.why) == (State.FAILED, why)
    assert len(bot.pim.posts) == 1


async def test_a_challenge_while_looking_for_what_exists_is_no_end_either(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    bot.pim.lag = timedelta(hours=1)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, PENDING)
    activate = bot.pim.activate

    async def and_is_challenged_from_then_on(*asked: Any) -> PimRequest:
        bot.pim.challenges = lambda _: NEWER
        return await activate(*asked)

    monkeypatch.setattr(bot.pim, "activate", and_is_challenged_from_then_on)
    await bot.waits(seconds=24)
    unknown = await bot.request()
    assert (unknown.state, unknown.why) == (State.UNKNOWN, "exists")
    bot.pim.challenges, bot.pim.lag = lambda _: None, timedelta(0)
    await bot.waits(minutes=2)

    assert await state(bot) is State.AWAITING_APPROVAL
    assert len(bot.pim.asked) == 1
