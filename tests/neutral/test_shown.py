"""Whatever text stands anywhere on a card, a form or a page, only our own links are links."""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Anchor, Button, Card, Entry, Form, Option, Page, Pick
from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import Terms
from integrations.entra.pim_wire import ACTIVATE, granting
from integrations.slack.blocks import message
from integrations.slack.forms import options, view
from integrations.web.html import document
from tests.neutral.oracle import Html, hidden, interpreted, meanings
from tests.neutral.words import HOSTILE
from tests.wording import everything

CARDS = everything.cards()
PAGES = list(everything.all_pages())
FORMS = list(everything.all_forms())
KEPT = {"url", "intent", "style", "key", "value", "reloads", "fine", "state", "name", "at"}
"""Fields that are no text to read."""


def said_everywhere(shown: Any, words: str) -> Any:
    """The same card, form or page, with these words in every place where there are any."""
    if isinstance(shown, str):
        return words
    if isinstance(shown, tuple):
        return tuple(said_everywhere(one, words) for one in shown)
    if is_dataclass(shown) and not isinstance(shown, type):
        texts = {f.name: getattr(shown, f.name) for f in fields(shown) if f.name not in KEPT}
        return replace(shown, **{name: said_everywhere(one, words) for name, one in texts.items()})
    return shown


def urls(shown: Card | Page) -> set[str]:
    """Where our own links lead."""
    lines = [*shown.lines, *(fact.value for fact in shown.facts)]
    lines += shown.footer if isinstance(shown, Card) else ()
    found = {span.url for line in lines for span in line if isinstance(span, Anchor)}
    buttons: tuple[Button, ...] = shown.buttons if isinstance(shown, Card) else ()
    return found | {button.url for button in buttons if button.url}


@given(st.sampled_from(CARDS), HOSTILE)
def test_no_card_has_a_link_or_a_mention_but_ours(card: Card, words: str) -> None:
    said = message(said_everywhere(card, words))

    assert set(interpreted(said["blocks"])) <= urls(card)
    assert list(meanings(said["text"])) == []
    assert hidden(said["text"], lines=True) == []


@given(st.sampled_from(FORMS), HOSTILE)
def test_no_form_has_a_link_or_a_mention(form: Form, words: str) -> None:
    shown = view(said_everywhere(form, words))

    assert list(interpreted(shown)) == []
    for block in shown["blocks"]:
        initial = block.get("element", {}).get("initial_value", "")
        assert hidden(initial, lines=True) == []


@given(HOSTILE, HOSTILE)
def test_no_choice_and_no_entry_is_more_than_its_words(label: str, hint: str) -> None:
    offered = options([Option("dev", label, hint)])
    form = Form("x", label, label, (Pick("a", label, hint=hint), Entry("b", label, text=hint)))

    assert list(interpreted(offered)) == []
    assert list(interpreted(view(form))) == []


@given(st.sampled_from(PAGES), HOSTILE)
def test_no_page_has_markup_or_a_link_but_ours(page: Page, words: str) -> None:
    ours, found = Html(document(page)), Html(document(said_everywhere(page, words)))

    assert set(found.tags) <= {*ours.tags, "strong", "code", "bdi", "form", "button"}
    targets = {value for name, value in found.attributes if name in {"href", "src", "action"}}
    assert targets <= urls(page)
    assert not [name for name, _ in found.attributes if name.startswith("on")]
    assert hidden(found.text, lines=True) == []


@given(HOSTILE, HOSTILE)
def test_what_is_sent_to_pim_reads_in_the_portal_as_it_is(reason: str, ticket: str) -> None:
    terms = Terms("dev", GroupId("g"), timedelta(hours=1), reason, ticket)
    at = datetime(2025, 3, 9, tzinfo=UTC)

    sent = granting(ACTIVATE, PersonId("t", "o"), terms, "R-22222222", at)

    assert hidden(sent["justification"]) == []
    assert sent["justification"].endswith("[R-22222222]")
    assert hidden(sent.get("ticketInfo", {}).get("ticketNumber", "")) == []
