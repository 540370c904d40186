"""However long people's words and names are, what is shown fits a chat.

https://docs.slack.dev/reference/block-kit
"""

import json
import re
from dataclasses import replace

from bot.cards import Card, Entry, Form, Pick, Style
from bot.intents import Intent, encode
from bot.wording import openings
from tests.wording import everything
from tests.wording.openings import OPENING, opened
from tests.wording.spans import spans, words

LONGEST_TITLE = 150
LONGEST_LABEL = 75
LONGEST_VALUE = 2000
LONGEST_PARAGRAPH = 3000
LONGEST_MESSAGE = 12_000
MOST_BUTTONS = 25
MOST_FACTS = 10
LONGEST_FORM_TITLE = 24
LONGEST_ENTRY = 3000


def size(intent: Intent) -> int:
    """How long a button's value is, as the chats send it: without escapes."""
    return len(json.dumps(json.loads(encode(intent)), ensure_ascii=False, separators=(",", ":")))


LONG_CARDS = list(everything.cards(everything.LONGEST))
ALL_CARDS = [*LONG_CARDS, *everything.cards()]


def test_titles_fit() -> None:
    for card in ALL_CARDS:
        assert len(card.title) <= LONGEST_TITLE, card.title


def test_lines_and_whole_messages_fit() -> None:
    for card in ALL_CARDS:
        for line in (*card.lines, *(fact.value for fact in card.facts), *card.footer):
            assert len("".join(map(words, line))) <= LONGEST_PARAGRAPH
        assert sum(len(words(span)) for span in spans(card)) <= LONGEST_MESSAGE
        assert len(card.block) <= LONGEST_MESSAGE
        assert len(card.facts) <= MOST_FACTS


def test_buttons_fit_and_one_at_most_is_the_first_to_press() -> None:
    for card in ALL_CARDS:
        assert len(card.buttons) <= MOST_BUTTONS
        assert sum(button.style is Style.PRIMARY for button in card.buttons) <= 1
        for button in card.buttons:
            assert 0 < len(button.label) <= LONGEST_LABEL, button.label
            assert (button.intent is None) != (button.url is None), button
            assert button.intent is None or size(button.intent) <= LONGEST_VALUE, button


def test_no_two_buttons_of_a_card_look_the_same() -> None:
    for card in everything.cards():
        labels = [button.label for button in card.buttons]
        assert len(set(labels)) == len(labels) or card.title.startswith("Which one"), card


def test_a_record_of_the_longest_decisions_fits() -> None:
    longest = max(
        (card for card in LONG_CARDS if "decisions" in card.title and card.lines),
        key=lambda card: sum(len(words(span)) for span in spans(card)),
    )

    assert len(longest.lines) == 10
    assert sum(len(words(span)) for span in spans(longest)) <= LONGEST_MESSAGE


def test_forms_fit_and_take_what_the_rules_allow() -> None:
    for form in (*everything.all_forms(), *everything.all_forms(everything.LONGEST)):
        assert len(form.title) <= LONGEST_FORM_TITLE
        assert len(form.submit) <= LONGEST_FORM_TITLE
        assert len({field.key for field in form.fields}) == len(form.fields)
        for field in form.fields:
            _fits(form, field)


def _fits(form: Form, field: Pick | Entry) -> None:
    assert 0 < len(field.label) <= LONGEST_LABEL, form
    if isinstance(field, Entry):
        assert len(field.text) <= field.longest <= LONGEST_ENTRY, field


def test_a_cli_profile_is_text_the_cli_can_read() -> None:
    opening = replace(OPENING, account_name="dev [eu] \n[default]")
    opens = next(one for one in opened() if one and one.openings and one.portal)

    block = openings.cli_block(replace(opens, openings=(opening,)))

    sections = [line for line in block.splitlines() if line.startswith("[")]
    assert sections[0] == "[sso-session aws-access]"
    assert re.fullmatch(r"\[profile [A-Za-z0-9_.-]+-PowerUserAccess\]", sections[1])
    assert len(sections) == 2


def test_without_a_portal_or_anything_opened_there_is_no_profile() -> None:
    for opens in filter(None, opened()):
        assert bool(openings.cli_block(opens)) == bool(opens.portal and opens.openings)


def test_what_is_shown_of_the_request_is_what_was_asked_for() -> None:
    for view, card in everything.request_cards():
        if any(fact.label == "Reason given" for fact in card.facts):
            shown = {fact.label: "".join(map(words, fact.value)) for fact in card.facts}
            assert shown["Access"] == view.request.terms.access
            assert shown["Length"].startswith("1 h")
            assert (shown["Ticket"], shown["Reason given"]) == (
                everything.TICKET,
                everything.REASON,
            )


def test_nothing_but_a_card_about_a_request_has_a_state() -> None:
    for card in everything.private_answers():
        assert isinstance(card, Card)
        assert card.state is None
