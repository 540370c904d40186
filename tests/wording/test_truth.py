"""Nothing is said as a fact that Entra or AWS may know otherwise; each state has its claims."""

import re

import pytest

from bot.cards import Card
from bot.domain.aws import Setup
from bot.domain.request import State
from bot.wording.requests import View, sign_in_card
from tests.wording import everything
from tests.wording.spans import ours

ACTIVE = re.compile(
    r"(?<!membership )\b(?:is|are|stays|still) active\b(?! already)|\bActive in Entra\b"
    r"|has opened|lets you sign in|ends soon"
)
OVER = re.compile(r"(?<!once it )\bhas ended\b|\bwas ended\b|You ended it|time was over")
NOT_GRANTED = re.compile(r"Nothing was activated|was not activated|could not be activated")
UNCHANGED = re.compile(r"Nothing (?:else )?was changed")
AWS_HAS_IT = re.compile(r"AWS has (?:it|your membership)|AWS has had it")
LETS_IN = re.compile(r"AWS lets you in|you can (?:now )?(?:use|enter|access) AWS", re.IGNORECASE)

CLAIMS = {
    State.AWAITING_SIGN_IN: set(),
    State.AWAITING_APPROVAL: set(),
    State.AWAITING_CONFIRMATION: set(),
    State.SCHEDULED: set(),
    State.ACTIVATING: set(),
    State.UNKNOWN: set(),
    State.REFUSED: {NOT_GRANTED, UNCHANGED},
    State.LAPSED: {NOT_GRANTED, UNCHANGED},
    State.DENIED: {NOT_GRANTED, UNCHANGED},
    State.WITHDRAWN: {NOT_GRANTED, UNCHANGED},
    State.FAILED: {NOT_GRANTED, UNCHANGED},
    State.GRANTED: {ACTIVE, OVER, AWS_HAS_IT},
}
"""What a request's messages may claim at all, by its state."""
TAKEN_BACK = {"unlinked", "left", "parted", "relinked", "locked"}
HAPPENS = {
    State.AWAITING_SIGN_IN: {"", "no_token", "stronger", "not_fresh"},
    State.AWAITING_APPROVAL: {""},
    State.AWAITING_CONFIRMATION: {""},
    State.SCHEDULED: {""},
    State.ACTIVATING: {"", "busy"},
    State.UNKNOWN: {"lost", "exists", "unknown_status"},
    State.GRANTED: {""},
    State.LAPSED: {"not_signed_in", "unconfirmed", "TimedOut", "not_decided", "not_confirmed"},
    State.DENIED: {"Denied", "AdminDenied", "voted_down"},
    State.WITHDRAWN: {"", "Canceled", "unconfirmed", *TAKEN_BACK},
}
"""Which codes a state can have; refused and failed ones can have any final one."""
NEVER_FINAL = {
    *("", "busy", "lost", "exists", "unknown_status", "decided_meanwhile", "no_token"),
    *("Denied", "TimedOut"),
}


def can_be(view: View) -> bool:
    """Whether a request can come to be like this at all."""
    request = view.request
    known = HAPPENS.get(request.state)
    return request.why in known if known else request.why not in NEVER_FINAL


SHOWN = [(view, card) for view, card in everything.request_cards() if can_be(view)]
CARDS = everything.cards()
DOUBT = re.compile(r"I do(?: not)? (?:not )?know (?:yet )?whether .* is active")


def claimed(card: Card) -> str:
    """What a card says, without what it says that it does not know."""
    return DOUBT.sub("", ours(card))


def of(state: State) -> list[tuple[View, Card]]:
    found = [(view, card) for view, card in SHOWN if view.request.state is state]
    assert found
    return found


@pytest.mark.parametrize("state", list(State))
def test_a_state_claims_only_what_is_known_in_it(state: State) -> None:
    for _, card in of(state):
        for claim in {ACTIVE, OVER, NOT_GRANTED, UNCHANGED, AWS_HAS_IT} - CLAIMS[state]:
            assert not claim.search(claimed(card)), card


def test_only_what_is_running_is_called_active_and_only_what_is_over_ended() -> None:
    for view, card in of(State.GRANTED):
        if view.activation is None:
            assert not ACTIVE.search(ours(card))
            assert not OVER.search(ours(card))
        elif view.activation.active:
            assert not OVER.search(ours(card)), card
        else:
            assert not ACTIVE.search(ours(card)), card


def test_aws_is_said_to_have_it_only_once_it_was_seen() -> None:
    for view, card in SHOWN:
        running = view.activation is not None and view.activation.active
        seen = running and view.activation is not None and view.activation.aws_seen_at is not None
        assert seen or not card.aws_seen, card
        if AWS_HAS_IT.search(ours(card)) and "I tell you when AWS has it" not in ours(card):
            assert seen, card


def test_nobody_is_ever_promised_that_aws_lets_them_in() -> None:
    for card in CARDS:
        assert not LETS_IN.search(ours(card)), card


def test_an_unknown_outcome_denies_nothing_and_affirms_nothing() -> None:
    for view, card in of(State.UNKNOWN):
        assert card.title.startswith("I do not know yet whether") or card == sign_in_card(view)
        assert not UNCHANGED.search(ours(card)), card


def test_after_a_lost_answer_nobody_is_told_that_nothing_happened() -> None:
    for state in (State.LAPSED, State.WITHDRAWN, State.FAILED):
        lost = [card for view, card in of(state) if view.request.why == "unconfirmed"]
        assert lost
        for card in lost:
            said = "\n".join(line for line in ours(card).splitlines() if line != card.title)
            assert not NOT_GRANTED.search(said), card
            assert not UNCHANGED.search(said), card


def test_what_was_sent_before_is_not_said_to_be_unasked() -> None:
    for view, card in of(State.AWAITING_SIGN_IN):
        if view.request.tried_at:
            assert "Until then I ask it for nothing" not in ours(card)


@pytest.mark.parametrize("setup", [Setup.MANUAL, Setup.SINGLE_ACCOUNT, Setup.SAML, Setup.UNKNOWN])
def test_where_no_membership_reaches_aws_none_is_waited_for(setup: Setup) -> None:
    for view, card in of(State.GRANTED):
        unseen = view.activation and not view.activation.aws_seen_at
        if unseen and view.opens and view.opens.setup is setup:
            assert "2 to 10 minutes" not in ours(card), card


def test_what_was_not_asked_for_here_is_not_called_inactive_for_sure() -> None:
    for card in CARDS:
        for sentence in re.split(r"[.\n]", ours(card)):
            if re.search(r"Nothing .*\bis active|is not active", sentence):
                assert re.search(r"as far as I know|that I know of", sentence), sentence


def test_who_may_still_get_in_after_the_end_is_told_the_window() -> None:
    for view, card in of(State.GRANTED):
        if card.title.endswith("has ended") and card.facts[0].label == "Access":
            assert re.search(r"outlast|lasts until|AWS no longer has", ours(card)), (view, card)
