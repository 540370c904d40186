"""What the grantor is told, and when it is not: everything is looked at once more, and lost answers found."""

from dataclasses import replace

import pytest

from bot.domain.activation import End
from bot.domain.audit import What
from bot.domain.ids import ChatAccount
from bot.domain.policy import PimRules, Terms
from bot.domain.request import State
from bot.intents import Confirm, Withdraw
from bot.ports import IntegrationError, Outcome, PimRefusedError
from handlers.context import access_of
from tests.fakes.pim import FakePim
from tests.handlers import cast
from tests.handlers.approving import (
    DUAL_CONTROL,
    approves,
    card,
    changed,
    everything,
    people,
)
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, BENS
from tests.handlers.harness import BUSY, FORBIDDEN, LOST, Bot
from tests.handlers.words import text


async def both(bot: Bot) -> None:
    """The two approve."""
    await approves(bot, ADAS)
    await approves(bot, AUDREYS)


async def later(bot: Bot) -> None:
    """The second approves more than an hour after asking."""
    await approves(bot, ADAS)
    await bot.waits(hours=1, minutes=1)
    await approves(bot, AUDREYS)


async def by_hand(bot: Bot) -> None:
    """An administrator assigns it in Entra's portal."""
    terms = Terms("prod-dual-control", cast.DUAL, cast.HOUR)
    await FakePim.assign(bot.pim, ANN, terms, "by hand")


def assigned(bot: Bot) -> int:
    return [what for what, *_ in bot.pim.sent].count("assign")


# --- right before ------------------------------------------------------------------------------


async def test_who_may_no_longer_ask_gets_nothing(dual: Bot) -> None:
    await approves(dual, ADAS)
    changed(dual, members=people(BEN))
    await approves(dual, AUDREYS)

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "may_not_ask")
    assert assigned(dual) == 0


async def test_nor_does_who_has_left(dual: Bot) -> None:
    await approves(dual, ADAS)
    dual.directory.hire(replace(cast.user(ANN), enabled=False))
    await approves(dual, AUDREYS)

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "account_disabled")
    assert assigned(dual) == 0


@pytest.mark.parametrize(
    "rules",
    [
        PimRules(max=cast.HOUR / 4),
        PimRules(auth_context="c1"),
    ],
)
async def test_stricter_rules_of_pim_hold_at_the_last_moment(dual: Bot, rules: PimRules) -> None:
    await approves(dual, ADAS)
    dual.pim.policies[cast.DUAL] = rules
    await approves(dual, AUDREYS)

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "access_narrowed_by_pim")
    assert assigned(dual) == 0


async def test_an_access_that_is_activated_by_people_now_is_not_assigned(dual: Bot) -> None:
    await later(dual)
    access = await access_of(dual.world, cast.DUAL, "")
    rest = tuple(a for a in DUAL_CONTROL.accesses if a.group != cast.DUAL)
    plain = replace(cast.CATALOG.accesses[0], name=access.name, group=cast.DUAL)
    dual.world.policy.replace(replace(DUAL_CONTROL, accesses=(*rest, plain)))

    await dual.presses(ANNS, Confirm((await dual.request()).id))

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "authority_changed")


async def test_votes_of_what_turns_out_to_be_one_human_are_one(dual: Bot) -> None:
    await later(dual)
    aliases = (frozenset({ADA.oid, AUDREY.oid}),)
    dual.world.policy.replace(replace(DUAL_CONTROL, aliases=aliases))

    await dual.presses(ANNS, Confirm((await dual.request()).id))

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "too_few_votes")
    assert assigned(dual) == 0


async def test_a_bot_without_a_grantor_any_more_assigns_nothing(dual: Bot) -> None:
    await later(dual)
    object.__setattr__(dual.world, "grantor", None)

    await dual.presses(ANNS, Confirm((await dual.request()).id))

    assert (await dual.request()).why == "access_stricter"
    assert assigned(dual) == 0


# --- still needed? -----------------------------------------------------------------------------


async def test_a_late_decision_asks_first_in_a_message_of_its_own(dual: Bot) -> None:
    await later(dual)

    request = await dual.request()
    assert request.state is State.AWAITING_CONFIRMATION
    assert assigned(dual) == 0
    asked = dual.posts(ANNS)[-1]
    assert asked.card.title == "Do you still need prod-dual-control?"
    assert [b.label for b in asked.card.buttons] == ["Yes, Activate", "Withdraw"]
    assert "I have asked whether it is still needed." in text(card(dual, BENS).lines)
    assert What.STILL_NEEDED in await dual.record()

    await dual.presses(ANNS, asked.card.buttons[0])

    assert assigned(dual) == 1
    assert (await dual.request()).state is State.GRANTED
    assert dual.posts(ANNS)[-1].card.title == "prod-dual-control: no answer is needed now"
    assert What.CONFIRMED in await dual.record()


async def test_a_yes_pressed_twice_is_one(dual: Bot) -> None:
    await later(dual)
    yes = Confirm((await dual.request()).id)

    await dual.presses(ANNS, yes)
    await dual.presses(ANNS, yes)

    assert dual.last(ANNS).title == "Nothing to confirm"
    assert assigned(dual) == 1


@pytest.mark.parametrize("who", [BENS, ADAS])
async def test_only_the_asker_confirms(dual: Bot, who: ChatAccount) -> None:
    await later(dual)

    await dual.presses(who, Confirm((await dual.request()).id))

    assert dual.last(who).title == "Nothing to decide"
    assert (await dual.request()).state is State.AWAITING_CONFIRMATION


async def test_without_an_answer_it_lapses_after_an_hour(dual: Bot) -> None:
    await later(dual)
    yes = Confirm((await dual.request()).id)
    await dual.waits(hours=1, minutes=1)

    request = await dual.request()
    assert (request.state, request.why) == (State.LAPSED, "not_confirmed")
    assert "It was not confirmed in time." in text(card(dual, BENS).lines)
    await dual.presses(ANNS, yes)
    assert dual.last(ANNS).title == "Nothing to confirm"
    assert assigned(dual) == 0


async def test_an_answer_after_that_is_late_although_nobody_has_noticed_yet(dual: Bot) -> None:
    await later(dual)
    await dual.hears(ANNS, "help")
    dual.clock.pass_(hours=1)
    request = await dual.request()
    await dual.desk.pressed(dual.arrival(ANNS), f'{{"do":"confirm","request":"{request.id}"}}')
    await dual.works()

    assert (await dual.request()).state is State.LAPSED
    assert assigned(dual) == 0


async def test_it_can_be_withdrawn_then(dual: Bot) -> None:
    await later(dual)

    await dual.presses(ANNS, Withdraw((await dual.request()).id))

    assert (await dual.request()).state is State.WITHDRAWN
    assert assigned(dual) == 0


# --- what becomes of it ------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [LOST, BUSY])
async def test_an_answer_that_is_lost_is_found_and_has_one_effect(
    dual: Bot, failure: IntegrationError
) -> None:
    await approves(dual, ADAS)
    dual.pim.failures.append(failure)
    await approves(dual, AUDREYS)
    await dual.waits(minutes=2)

    assert (await dual.request()).state is State.GRANTED
    assert len(dual.pim.asked) == 1


async def test_what_never_arrived_is_sent_again_after_looking(dual: Bot) -> None:
    await approves(dual, ADAS)
    dual.pim.swallowed.append(LOST)
    await approves(dual, AUDREYS)
    assert (await dual.request()).state is State.UNKNOWN
    await dual.waits(minutes=2)

    assert (await dual.request()).state is State.GRANTED
    assert assigned(dual) == 1


async def test_a_grantor_that_may_not_is_said(dual: Bot) -> None:
    await approves(dual, ADAS)
    dual.pim.failures.append(FORBIDDEN)
    await approves(dual, AUDREYS)

    request = await dual.request()
    assert (request.state, request.why) == (State.FAILED, "no_permission")


async def test_a_challenge_to_the_grantor_is_nothing_its_asker_can_answer(dual: Bot) -> None:
    await approves(dual, ADAS)
    dual.pim.failures.append(PimRefusedError("Challenged", "more", claims='{"access_token":{}}'))
    await approves(dual, AUDREYS)

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "Challenged")


async def test_what_somebody_has_already_is_refused(dual: Bot) -> None:
    await approves(dual, ADAS)
    await by_hand(dual)
    await approves(dual, AUDREYS)

    request = await dual.request()
    assert (request.state, request.why) == (State.REFUSED, "RoleAssignmentExists")


async def test_it_is_watched_to_its_end(dual: Bot) -> None:
    await both(dual)
    await dual.waits(minutes=20)
    assert (await dual.activation(ANN, cast.DUAL)).active
    await dual.waits(minutes=11)

    assert "has ended" in dual.posts(ANNS)[0].card.title
    async with dual.world.store.begin() as tx:
        assert await tx.active(ANN) == []
        over = await tx.activation_of((await dual.request()).id)
    assert over is not None
    assert over.end is End.EXPIRED


async def test_what_is_removed_in_the_portal_is_noticed(dual: Bot) -> None:
    await both(dual)
    await dual.waits(minutes=6)
    await dual.pim.remove(ANN, cast.DUAL)
    await dual.waits(minutes=6)

    async with dual.world.store.begin() as tx:
        over = await tx.activation_of((await dual.request()).id)
    assert over is not None
    assert over.end is End.ELSEWHERE


async def test_an_assignment_beside_the_bot_is_not_taken_for_an_activation(granting: Bot) -> None:
    await by_hand(granting)

    await granting.says(ANNS, "status")

    assert "Nothing that I know of is active" in text(granting.last(ANNS).lines)


async def test_the_grantor_ends_it_without_a_sign_in(dual: Bot) -> None:
    await both(dual)
    async with dual.world.store.begin() as tx:
        await tx.drop_token(ANN)
    dual.world.tokens.forget(ANN)
    await dual.says(ANNS, "deactivate")
    assert dual.last(ANNS).title == "Too soon to end it"
    await dual.waits(minutes=6)

    await dual.says(ANNS, "deactivate")

    assert dual.pim.sent[-1] == ("remove", ANN, cast.DUAL)
    assert dual.last(ANNS).title == "prod-dual-control has ended"


@pytest.mark.parametrize("outcome", [Outcome.UNKNOWN, Outcome.DID_NOT])
async def test_an_end_whose_answer_is_lost_is_looked_for(dual: Bot, outcome: Outcome) -> None:
    await both(dual)
    await dual.waits(minutes=6)
    dual.pim.failures.append(IntegrationError("Microsoft Graph", "503", outcome=outcome))

    await dual.says(ANNS, "deactivate")
    await dual.waits(minutes=1)

    assert dual.last(ANNS).title == "prod-dual-control has ended"


async def test_without_a_grantor_any_more_the_end_is_somebody_elses(dual: Bot) -> None:
    await both(dual)
    await dual.waits(minutes=6)
    object.__setattr__(dual.world, "grantor", None)

    await dual.says(ANNS, "deactivate")

    assert dual.last(ANNS).title == "prod-dual-control was not ended"
    assert "a grantor, which is not configured any more" in text(dual.last(ANNS).lines)


async def test_who_is_locked_out_still_has_it_and_the_admin_reads_so(dual: Bot) -> None:
    await both(dual)

    await dual.says(ADAS, "lock <@U0ANN> left the team")

    assert "prod-dual-control" in everything(dual.cards(ADAS))
