"""A notice says only what stays true, because nobody may come back to it; and it calls nobody."""

import re

from bot.cards import Button, Said
from bot.domain.request import State
from tests.wording import everything
from tests.wording.spans import ours

NOTICES = list(everything.notice_cards())
STANDING = re.compile(r"\b(?:is|are) (?:now |still )?active\b|Active|waits|has (?:it|your)|lets")
"""What may be so now and not later."""


def test_no_notice_says_what_can_become_false() -> None:
    for _, _, card in NOTICES:
        assert not STANDING.search(ours(card)), card


def test_no_notice_can_be_pressed_and_each_is_of_its_requests_state() -> None:
    for request, _, card in NOTICES:
        assert card.state == request.state
        assert card.buttons == ()
        assert not any(isinstance(span, Button) for line in card.lines for span in line)


def test_who_asked_is_plain_text() -> None:
    for request, _, card in NOTICES:
        assert card.lines[0][0] == Said(request.terms.reason)


def test_what_was_never_confirmed_is_neither_affirmed_nor_denied() -> None:
    doubtful = [(r, card) for r, _, card in NOTICES if r.why in {"unconfirmed", "unsettled"}]
    assert {request.state for request, _ in doubtful} == set(State)
    for _, card in doubtful:
        assert "Entra never confirmed it" in ours(card)


def test_only_what_is_over_is_said_to_have_ended() -> None:
    for _, activation, card in NOTICES:
        over = activation is not None and not activation.active
        assert card.title.endswith(": ended") == over
        if over:
            assert " at the latest." in ours(card)
