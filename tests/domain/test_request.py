"""The life of a request: only its transitions move it, and nothing moves its terms."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from bot.domain.access import Authority
from bot.domain.ids import PimId
from bot.domain.request import (
    APPROVAL_WAIT,
    OPEN,
    PATIENCE,
    SIGN_IN_WAIT,
    WITHDRAWABLE,
    AlreadySettledError,
    Request,
    State,
)
from bot.domain.sign_in import ADMIN_WAIT
from tests.domain.samples import ANN, BEN, NOON, TERMS, a_request

MINUTE = timedelta(minutes=1)
LATER = NOON + MINUTE
FINAL = frozenset(State) - OPEN
PIM = PimId("pim-7")


def test_it_is_open_until_something_final_came_of_it() -> None:
    assert {s for s in State if s.open} == {
        State.AWAITING_SIGN_IN,
        State.AWAITING_APPROVAL,
        State.AWAITING_CONFIRMATION,
        State.SCHEDULED,
        State.ACTIVATING,
        State.UNKNOWN,
    }
    assert WITHDRAWABLE < OPEN


def test_it_keeps_its_person_for_good() -> None:
    anonymous = a_request(State.AWAITING_SIGN_IN, person=None)

    known = anonymous.identified(ANN)

    assert (known.person, known.version) == (ANN, anonymous.version + 1)
    assert known.identified(ANN).person == ANN
    with pytest.raises(AlreadySettledError):
        known.identified(BEN)


def test_a_sign_in_lets_it_be_sent_within_the_patience() -> None:
    waiting = a_request(
        State.AWAITING_SIGN_IN, why="no_token", claims='{"access_token":{"acrs":1}}'
    )

    sent_on = waiting.carried_on(LATER)

    assert sent_on.state is State.ACTIVATING
    assert sent_on.expires_at == LATER + PATIENCE
    assert (sent_on.why, sent_on.claims) == ("", '{"access_token":{"acrs":1}}')


def test_what_is_about_to_be_sent_says_when() -> None:
    assert a_request().sent(LATER).tried_at == LATER
    assert a_request(State.UNKNOWN).sent(LATER).state is State.UNKNOWN


def test_when_pim_certainly_did_nothing_nothing_has_to_be_looked_for() -> None:
    busy = a_request(tried_at=NOON).busy()

    assert (busy.state, busy.tried_at, busy.why) == (State.ACTIVATING, None, "busy")


def test_when_the_outcome_is_not_known_that_is_its_state() -> None:
    lost = a_request(tried_at=NOON).uncertain("lost")

    assert (lost.state, lost.tried_at, lost.why) == (State.UNKNOWN, NOON, "lost")


def test_more_sign_in_is_waited_for_as_long_as_for_the_first() -> None:
    waiting = a_request(tried_at=NOON).needs_sign_in(LATER, "no_token", '{"a":{"b":1}}')

    assert waiting.state is State.AWAITING_SIGN_IN
    assert waiting.expires_at == LATER + SIGN_IN_WAIT
    assert (waiting.why, waiting.claims) == ("no_token", '{"a":{"b":1}}')
    assert waiting.tried_at == NOON


def test_who_was_refused_for_want_of_a_sign_in_knows_that_nothing_happened() -> None:
    refused = a_request(tried_at=NOON).challenged('{"a":{"b":1}}')
    lost = a_request(State.UNKNOWN, tried_at=NOON).challenged("")

    assert (refused.tried_at, refused.claims, refused.challenges) == (None, '{"a":{"b":1}}', 1)
    assert lost.tried_at == NOON


def test_what_an_administrator_has_to_mend_is_waited_for_for_a_day_and_no_longer() -> None:
    waiting = a_request(State.AWAITING_SIGN_IN).waits_longer("consent_required")

    assert waiting.expires_at == NOON + ADMIN_WAIT
    assert waiting.why == "page:consent_required"
    assert waiting.waits_longer("AADSTS50105").expires_at == waiting.expires_at
    with pytest.raises(AlreadySettledError):
        a_request().waits_longer("consent_required")


def test_an_approval_is_waited_for_as_long_as_pim_waits() -> None:
    waiting = a_request().accepted(PIM, State.AWAITING_APPROVAL, LATER)

    assert (waiting.pim, waiting.expires_at) == (PIM, LATER + APPROVAL_WAIT)
    again = waiting.accepted(PIM, State.AWAITING_APPROVAL, LATER + MINUTE)
    assert again.expires_at == waiting.expires_at


def test_a_grant_ends_its_waiting_and_its_doubts() -> None:
    granted = a_request(State.UNKNOWN, why="lost").accepted(PIM, State.GRANTED, LATER)

    assert (granted.state, granted.why, granted.pim) == (State.GRANTED, "", PIM)


@pytest.mark.parametrize("state", sorted(OPEN))
def test_an_open_one_can_end_without_a_grant(state: State) -> None:
    over = a_request(state).ended(State.FAILED, "no_permission")

    assert (over.state, over.why) == (State.FAILED, "no_permission")


@pytest.mark.parametrize("state", list(State))
def test_it_can_be_taken_back_while_nothing_can_have_happened(state: State) -> None:
    request = a_request(state)

    if state in WITHDRAWABLE:
        assert request.withdrawn().state is State.WITHDRAWN
    else:
        with pytest.raises(AlreadySettledError) as refused:
            request.withdrawn()
        assert refused.value.request == request
        assert str(refused.value) == f"{request.id} is {state}"


@pytest.mark.parametrize("state", sorted(FINAL))
def test_no_transition_leads_out_of_a_final_state(state: State) -> None:
    over = a_request(state)
    moves: tuple[Callable[[], Request], ...] = (
        lambda: over.sent(LATER),
        over.busy,
        lambda: over.carried_on(LATER),
        lambda: over.needs_sign_in(LATER, "no_token"),
        lambda: over.accepted(PIM, State.GRANTED, LATER),
        lambda: over.uncertain("lost"),
        lambda: over.ended(State.FAILED),
        over.withdrawn,
    )

    for move in moves:
        with pytest.raises(AlreadySettledError):
            move()


class Life(RuleBasedStateMachine):
    """Whatever is done to a request, in any order: what is final stays, what was asked stays."""

    def __init__(self) -> None:
        super().__init__()
        self.request = a_request(State.AWAITING_SIGN_IN, person=None)
        self.final: Request | None = None
        self.now: datetime = NOON

    def _move(self, after: Request) -> None:
        assert after.version == self.request.version + 1
        self.request = after
        if not after.state.open:
            self.final = self.final or after

    def _try(self, move: str, *arguments: object) -> None:
        before = self.request
        try:
            after = getattr(before, move)(*arguments)
        except AlreadySettledError:
            return
        assert before.state.open or move == "identified"
        self._move(after)

    @rule(minutes=st.integers(1, 100))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(person=st.sampled_from([ANN, BEN]))
    def somebody_signs_in(self, person: object) -> None:
        self._try("identified", person)

    @rule(move=st.sampled_from(["sent", "carried_on"]))
    def it_goes_on(self, move: str) -> None:
        self._try(move, self.now)

    @rule(claims=st.sampled_from(["", "{}"]))
    def more_sign_in_is_needed(self, claims: str) -> None:
        self._try("needs_sign_in", self.now, "no_token", claims)

    @rule(move=st.sampled_from(["busy", "withdrawn"]))
    def nothing_happened(self, move: str) -> None:
        self._try(move)

    @rule()
    def the_answer_is_lost(self) -> None:
        self._try("uncertain", "lost")

    @rule(
        state=st.sampled_from(
            [State.AWAITING_APPROVAL, State.SCHEDULED, State.ACTIVATING, State.GRANTED]
        )
    )
    def pim_accepts(self, state: State) -> None:
        self._try("accepted", PIM, state, self.now)

    @rule(state=st.sampled_from(sorted(FINAL - {State.GRANTED})))
    def it_ends(self, state: State) -> None:
        self._try("ended", state, "because")

    @invariant()
    def its_terms_and_its_asker_never_change(self) -> None:
        first = a_request()
        assert self.request.terms == TERMS
        assert self.request.terms.digest == TERMS.digest
        assert (self.request.id, self.request.asker) == (first.id, first.asker)
        assert self.request.asked_at == NOON

    @invariant()
    def what_is_final_stays_final(self) -> None:
        if self.final is not None:
            same = replace(self.final, person=self.request.person, version=self.request.version)
            assert self.request == same


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=50, stateful_step_count=20, deadline=None)


def put_to_vote() -> Request:
    asked = a_request(State.AWAITING_SIGN_IN, authority=Authority.APPLICATION)
    return asked.carried_on(NOON)


def test_what_is_decided_here_waits_a_day_for_those_who_decide() -> None:
    waiting = put_to_vote()

    assert waiting.state is State.AWAITING_APPROVAL
    assert waiting.expires_at == NOON + timedelta(hours=24)
    assert waiting.lapses_here
    assert not a_request(State.AWAITING_APPROVAL).lapses_here
    assert waiting.touched() == replace(waiting, version=waiting.version + 1)


@pytest.mark.parametrize(
    ("minutes", "state"), [(60, State.ACTIVATING), (61, State.AWAITING_CONFIRMATION)]
)
def test_a_decision_that_took_over_an_hour_waits_for_its_asker(minutes: int, state: State) -> None:
    now = NOON + timedelta(minutes=minutes)

    decided = put_to_vote().approved(now)

    assert decided.state is state
    assert now < decided.expires_at <= now + timedelta(hours=1)
    if state is State.AWAITING_CONFIRMATION:
        assert decided.lapses_here
        assert decided.confirmed(now).state is State.ACTIVATING
    else:
        with pytest.raises(AlreadySettledError):
            decided.confirmed(now)


def test_what_waits_for_no_vote_cannot_be_approved() -> None:
    with pytest.raises(AlreadySettledError):
        a_request(State.AWAITING_SIGN_IN, authority=Authority.APPLICATION).approved(NOON)
