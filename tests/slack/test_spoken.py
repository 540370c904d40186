"""What a screen reader and a notification get: everything that the blocks show, and what can be pressed."""

import html
from datetime import UTC, datetime

import pytest

from bot.cards import Card, Moment
from integrations.slack.blocks import blocks
from integrations.slack.text import LONGEST_TEXT, LONGEST_UPDATE, clean, fallback, plain
from integrations.text import local, preformatted
from tests.wording import everything

CARDS = [*everything.cards(), *everything.cards(everything.LONGEST)]
NIGHT = datetime(2025, 3, 8, 23, 5, tzinfo=UTC)


def test_every_line_fact_block_and_button_of_every_card_is_in_its_text() -> None:
    for card in CARDS:
        text = html.unescape(fallback(card))
        told = [plain(line) for line in (*card.lines, *card.footer)]
        told += [f"{clean(fact.label)}: {plain(fact.value)}" for fact in card.facts]
        told += [clean(button.spoken or button.label) for button in card.buttons]
        told += [clean(card.title), preformatted(card.block)]
        assert [words for words in told if words not in text] == []


def test_a_card_that_is_edited_loses_at_most_what_is_to_be_copied_and_the_small_print() -> None:
    for card in (one for one in CARDS if one.state is not None):
        text = html.unescape(fallback(card, longest=LONGEST_UPDATE))
        assert len(text) <= LONGEST_UPDATE
        told = [plain(line, addresses=plain(line) in text) for line in card.lines]
        told += [f"{clean(fact.label)}: {plain(fact.value)}" for fact in card.facts]
        told += [clean(button.spoken or button.label) for button in card.buttons]
        assert [words for words in told if words not in text] == []


def test_everything_has_room() -> None:
    assert max(len(fallback(card)) for card in CARDS) < LONGEST_TEXT


AMBIGUOUS = {"Sign In", "Withdraw", "Deactivate", "Deactivate Now", "Ask Again", "Not There Yet?"}


def test_a_button_whose_label_does_not_say_what_it_is_about_says_it_aloud() -> None:
    for card in (one for one in everything.cards() if one.state is not None):
        for block in (one for one in blocks(card) if one["type"] == "actions"):
            for element in block["elements"]:
                spoken = element.get("accessibility_label", "")
                assert len(spoken) <= 75
                assert spoken or element["text"]["text"] not in AMBIGUOUS, card


@pytest.mark.parametrize(
    ("zone", "told", "dated"),
    [
        ("UTC", "23:05 UTC", "8 Mar 2025, 23:05 UTC"),
        ("Europe/Berlin", "00:05 CET", "9 Mar 2025, 00:05 CET"),
        ("America/Los_Angeles", "15:05 PST", "8 Mar 2025, 15:05 PST"),
        ("America/Sao_Paulo", "20:05 UTC-03", "8 Mar 2025, 20:05 UTC-03"),
        ("No/Where", "23:05 UTC", "8 Mar 2025, 23:05 UTC"),
        ("../etc/passwd", "23:05 UTC", "8 Mar 2025, 23:05 UTC"),
        ("", "23:05 UTC", "8 Mar 2025, 23:05 UTC"),
    ],
)
def test_a_time_is_told_in_the_readers_zone_and_names_it(zone: str, told: str, dated: str) -> None:
    assert local(Moment(NIGHT), zone) == told
    assert local(Moment(NIGHT, date=True), zone) == dated


def test_the_text_of_a_card_tells_its_times_in_that_zone() -> None:
    card = Card("Active", (("Until ", Moment(NIGHT), "."),))

    assert fallback(card, "Europe/Berlin") == "Active\nUntil 00:05 CET."
