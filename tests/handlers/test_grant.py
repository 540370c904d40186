"""Sending an activation: decided first, once in effect, and its outcome known or said to be unknown."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import What
from bot.domain.request import State
from bot.domain.sign_in import MFA_CLAIMS, MOST_CHALLENGES, context_claims
from bot.intents import Withdraw
from bot.ports import (
    IntegrationError,
    PimRefusedError,
    PimRequest,
    PimState,
)
from handlers import grant as granting
from handlers.settle import settle
from tests.fakes.pim import ACRS_FAILED, RULES_FAILED
from tests.handlers.cast import ANN, ANNS, DEV, HOUR
from tests.handlers.harness import BUSY, DOWN, FORBIDDEN, LOST, Bot
from tests.handlers.words import everything, text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"
LOGIN_DOWN = IntegrationError("Microsoft Entra", "cannot connect")


async def state(bot: Bot) -> State:
    return (await bot.request()).state


async def test_what_needs_no_approval_is_granted_at_once(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, LINE)

    granted, activation = await bot.request(), await bot.activation()
    assert (granted.state, granted.pim) == (State.GRANTED, bot.asked().id)
    assert (activation.started_at, activation.ends_at) == (
        bot.asked().starts_at,
        bot.asked().ends_at,
    )
    assert await bot.record() == [What.LINKED, What.ASKED, What.DECIDED, What.GRANTED]


async def test_a_grant_whose_times_are_not_told_counts_from_now(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.tells_no_times = True

    await bot.says(ANNS, LINE)

    activation = await bot.activation()
    assert activation.started_at == bot.clock.at
    assert activation.ends_at == bot.clock.at + HOUR


async def test_what_needs_approval_waits_and_is_followed(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, PENDING)
    waiting = await bot.request()
    assert waiting.state is State.AWAITING_APPROVAL
    bot.pim.decide(bot.asked().id, approve=True)
    await bot.waits(minutes=1)

    assert await state(bot) is State.GRANTED
    assert What.PENDING in await bot.record()


async def test_what_pim_is_still_putting_in_force_is_followed(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.first_state = PimState.IN_PROGRESS

    await bot.says(ANNS, LINE)
    assert await state(bot) is State.ACTIVATING
    assert "Entra has accepted it" in text(bot.last().lines)
    bot.pim.provision()
    await bot.waits(seconds=10)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 1


@pytest.mark.parametrize(
    ("refused", "why", "told"),
    [
        (PimRefusedError("SubjectNotFound", ""), "SubjectNotFound", "does not find your account"),
        (PimRefusedError("NextYear", ""), "NextYear", "Entra refused it (NextYear)."),
        (PimRefusedError("", ""), "", "Entra refused it (no code given)."),
        (
            PimRefusedError(RULES_FAILED, "", rules=("TicketingRule", "ExpirationRule")),
            f"{RULES_FAILED}:TicketingRule,ExpirationRule",
            "it asks for a ticket; the length is more than it allows",
        ),
        (
            PimRefusedError(RULES_FAILED, "", rules=("MfaRule", "TicketingRule")),
            f"{RULES_FAILED}:MfaRule,TicketingRule",
            "it asks for multi-factor sign-in; it asks for a ticket",
        ),
    ],
)
async def test_what_pim_refuses_is_refused_in_its_words(
    bot: Bot, refused: PimRefusedError, why: str, told: str
) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(refused)

    await bot.says(ANNS, LINE)

    over = await bot.request()
    assert (over.state, over.why) == (State.REFUSED, why)
    assert told in text(bot.last().lines)
    assert len(bot.pim.posts) == 1


@pytest.mark.parametrize("waits", [True, False])
async def test_a_refusal_for_want_of_an_approval_is_not_believed_where_one_is_waited_for(
    bot: Bot, *, waits: bool
) -> None:
    await bot.links(ANN)
    told = PimRefusedError(RULES_FAILED, "", rules=("ApprovalRule",))
    (bot.pim.killers if waits else bot.pim.swallowed).append(told)

    await bot.says(ANNS, PENDING)

    request = await bot.request()
    assert request.state is (State.AWAITING_APPROVAL if waits else State.REFUSED)
    if waits:
        assert request.pim == bot.asked().id
    else:
        assert "it asks for an approval" in text(bot.last().lines)
    assert len(bot.pim.posts) == 1


async def test_a_database_that_fails_after_the_grant_does_not_make_it_unsaid(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)

    async def full(*_: object) -> None:
        raise IntegrationError("the database", "SQLITE_FULL")

    monkeypatch.setattr(granting, "settle", full)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=1)
    assert await state(bot) is State.UNKNOWN
    monkeypatch.setattr(granting, "settle", settle)
    await bot.waits(minutes=10)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 1


async def test_what_the_lists_show_when_pim_says_that_it_exists_is_taken(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    bot.pim.lag = HOUR
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, LINE)
    activate = bot.pim.activate

    async def and_the_lists_catch_up(*asked: Any) -> PimRequest:
        bot.pim.lag = timedelta(0)
        return await activate(*asked)

    monkeypatch.setattr(bot.pim, "activate", and_the_lists_catch_up)
    await bot.waits(seconds=30)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 2
    assert len(bot.pim.asked) == 1


async def test_what_is_active_from_the_portal_is_not_sent_twice(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=6)
    mine = await bot.activation()
    async with bot.world.store.begin() as tx:  # as if it had been made beside the bot
        await tx.save_activation(replace(mine, ended_at=bot.clock.at, version=mine.version + 1))

    await bot.says(ANNS, LINE)

    second = await bot.request()
    assert (second.state, second.why) == (State.REFUSED, "RoleAssignmentExists")
    assert len(bot.pim.posts) == 2
    bot.settled = False  # the first one's message tells of a store that was tampered with


async def test_an_authentication_context_turns_into_a_stronger_sign_in(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.policies[DEV] = replace(bot.pim.policies[DEV], auth_context="c1")

    await bot.says(ANNS, LINE)
    waiting = await bot.request()
    assert waiting.state is State.AWAITING_SIGN_IN
    assert '"c1"' in waiting.claims
    assert waiting.tried_at is None
    assert "second proof that it is you" in text(bot.last().lines)
    assert bot.pim.posts == []

    await bot.comes_back(bot.link())
    asked_with = {claims for claims in bot.sign_in.claims_of.values() if claims}
    assert asked_with == {waiting.claims}
    bot.pim.stepped_up |= {s for s, claims in bot.sign_in.claims_of.items() if claims}
    await bot.works()

    assert await state(bot) is State.GRANTED
    assert bot.pim.posts[-1].secret in bot.pim.stepped_up
    assert What.SIGN_IN_NEEDED in await bot.record()


async def test_a_token_that_was_not_strong_enough_is_not_used_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "activate seed-admin because")
    weak = bot.pim.posts[-1].secret
    bot.pim.failures.append(PimRefusedError(RULES_FAILED, "", rules=("MfaRule",)))

    await bot.says(ANNS, LINE)
    assert (await bot.request()).claims == MFA_CLAIMS
    await bot.signs_in()

    assert await state(bot) is State.GRANTED
    assert bot.pim.posts[-1].secret != weak
    assert bot.sign_in.claims_of[bot.pim.posts[-1].secret] == MFA_CLAIMS


TAKEN_NO_MORE = PimRefusedError("InvalidAuthenticationToken", "")


def demands(context: str) -> PimRefusedError:
    """PIM asks for an authentication context."""
    return PimRefusedError(ACRS_FAILED, "", claims=context_claims(context))


async def test_a_token_that_graph_takes_no_more_is_refreshed_once(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "activate seed-admin because")
    bot.pim.failures.append(TAKEN_NO_MORE)

    await bot.says(ANNS, LINE)

    assert await state(bot) is State.GRANTED
    assert bot.pim.posts[-1].secret != bot.pim.posts[-2].secret
    assert bot.sign_in.refreshed == [ANN]


async def test_what_the_kept_token_can_prove_is_not_asked_of_the_person_again(bot: Bot) -> None:
    bot.pim.policies[DEV] = replace(bot.pim.policies[DEV], auth_context="c1")
    await bot.says(ANNS, LINE)
    await bot.comes_back(bot.link())
    bot.pim.stepped_up |= set(bot.sign_in.claims_of)
    await bot.works()
    assert await state(bot) is State.GRANTED
    await bot.waits(minutes=6)
    await bot.says(ANNS, "deactivate")
    bot.pim.failures.append(demands("c1"))

    await bot.says(ANNS, LINE)

    stepped = bot.pim.posts[-1].secret
    assert bot.sign_in.claims_of[stepped] == context_claims("c1")
    waiting = await bot.request()
    assert (waiting.state, waiting.why) == (State.AWAITING_SIGN_IN, "stronger")
    bot.pim.stepped_up |= set(bot.sign_in.claims_of)


async def test_who_proved_what_was_asked_and_is_asked_again_is_not_sent_round_for_ever(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    bot.pim.failures.extend([demands("c1"), demands("c1")])

    await bot.says(ANNS, LINE)
    assert (await bot.request()).why == "stronger"
    await bot.signs_in()

    over = await bot.request()
    assert (over.state, over.why) == (State.REFUSED, "still_challenged")
    assert "it asks for more proof again" in text(bot.last().lines)
    assert len(bot.pim.posts) == 2


async def test_ever_new_demands_come_to_an_end(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.extend(demands(f"c{n}") for n in range(9))
    await bot.says(ANNS, LINE)
    hops = 0
    while await state(bot) is State.AWAITING_SIGN_IN:
        bot.clock.pass_(seconds=1)
        await bot.signs_in()
        hops += 1

    over = await bot.request()
    assert (over.state, over.why) == (State.REFUSED, "still_challenged")
    assert hops == MOST_CHALLENGES
    assert over.challenges == MOST_CHALLENGES


async def test_a_policy_that_asks_for_a_second_factor_costs_one_sign_in_only(bot: Bot) -> None:
    bot.pim.policies[DEV] = replace(bot.pim.policies[DEV], mfa_required=True)

    await bot.says(ANNS, LINE)
    assert "more proof than usual" in text(bot.last().lines)
    await bot.signs_in()

    assert await state(bot) is State.GRANTED
    assert bot.sign_in.claims_of[bot.pim.posts[-1].secret] == MFA_CLAIMS
    assert len(bot.pim.posts) == 1


async def test_a_token_that_graph_takes_no_more_turns_into_a_sign_in(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.extend([TAKEN_NO_MORE, TAKEN_NO_MORE])

    await bot.says(ANNS, LINE)
    waiting = await bot.request()
    assert (waiting.state, waiting.tried_at) == (State.AWAITING_SIGN_IN, None)
    assert "got no answer" not in everything(bot.last())
    assert bot.world.tokens.get(ANN, Withdraw(), bot.clock.at) is None
    await bot.signs_in()

    assert await state(bot) is State.GRANTED


async def test_a_busy_entra_is_asked_again_when_it_said(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.extend([BUSY, BUSY])

    await bot.says(ANNS, LINE)
    busy = await bot.request()
    assert (busy.state, busy.tried_at) == (State.ACTIVATING, None)
    assert "did not take it just now" in text(bot.last().lines)
    before = bot.clock.at
    await bot.waits(minutes=2)

    assert await state(bot) is State.GRANTED
    assert len(bot.pim.posts) == 3
    assert (await bot.activation()).started_at - before >= timedelta(seconds=60)
    assert (await bot.record()).count(What.DECIDED) == 3


async def test_without_a_login_nothing_is_sent_and_it_is_tried_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    bot.sign_in.failure = LOGIN_DOWN

    await bot.says(ANNS, LINE)
    await bot.waits(seconds=10)
    assert await state(bot) is State.ACTIVATING
    assert bot.pim.posts == []
    bot.sign_in.failure = None
    await bot.waits(minutes=1)

    assert await state(bot) is State.GRANTED


async def test_an_entra_that_stays_away_is_given_up_after_a_quarter_of_an_hour(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.swallowed.extend([DOWN] * 50)

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=14)
    assert await state(bot) is State.ACTIVATING
    await bot.waits(minutes=20)

    over = await bot.request()
    assert (over.state, over.why) == (State.FAILED, "not_answered")
    assert bot.pim.asked == {}


async def test_a_missing_permission_is_no_reason_to_try_again(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(FORBIDDEN)

    await bot.says(ANNS, LINE)

    over = await bot.request()
    assert (over.state, over.why) == (State.FAILED, "no_permission")
    assert "could not be activated" in bot.last().title
