"""People's words stand only where nothing interprets them; the bot's stand only in the catalogue."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import handlers
from bot.cards import Card, Code, Entry, Form, Page, Said
from tests.wording import everything
from tests.wording.spans import spans, words

SHOWN: list[Card | Form | Page] = [
    *everything.cards(),
    *everything.all_forms(),
    *everything.all_pages(),
]
HANDLERS = sorted(Path(handlers.__file__).parent.glob("*.py"))
BUILDERS = {"Card", "Button", "Fact", "Form", "Entry", "Pick", "Option", "Page", "FieldErrors"}
NOT_SHOWN = {"event", "Event", "_record_refusal", "error", "warning", "info", "critical", "Counter"}
"""What goes into the record, the log and the metrics, which speak to no user."""
SENTENCE = 4
"""So many words in a row are a sentence."""


def test_peoples_words_are_never_part_of_ours() -> None:
    found = set()
    for shown in SHOWN:
        assert not any(mark in shown.title for mark in everything.PEOPLES), shown.title
        for span in spans(shown):
            marks = {mark for mark in everything.PEOPLES if mark in words(span)}
            assert not marks or isinstance(span, Said | Code), span
            found |= marks

    assert found == set(everything.PEOPLES)


def test_peoples_words_are_on_no_button_and_in_no_field_but_their_own() -> None:
    for shown in SHOWN:
        if isinstance(shown, Card):
            for button in shown.buttons:
                assert not any(mark in button.label for mark in everything.PEOPLES)
                assert not any(mark in (button.url or "") for mark in everything.PEOPLES)
            assert not any(mark in shown.block for mark in everything.PEOPLES)
        for field in shown.fields if isinstance(shown, Form) else ():
            said = field.label + field.hint
            assert not any(mark in said for mark in everything.PEOPLES)
            assert isinstance(field, Entry) or not field.options


@pytest.mark.parametrize("file", HANDLERS, ids=lambda file: file.name)
def test_handlers_make_no_cards_and_say_nothing_themselves(file: Path) -> None:
    tree = ast.parse(file.read_text())

    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in BUILDERS:
            texts = [part for argument in _arguments(node) for part in _literals(argument)]
            assert texts == [], f"{file.name}:{node.lineno} says {texts}"
    assert [text for text in _sentences(tree) if text] == []


def _sentences(tree: ast.AST) -> Iterator[str]:
    """Literal sentences outside docstrings, the record and the log."""
    for child in ast.iter_child_nodes(tree):
        docstring = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)
        silent = isinstance(child, ast.Call) and _name(child.func) in NOT_SHOWN
        if docstring or silent or isinstance(child, ast.Raise | ast.Dict):
            continue  # a dictionary is data of the record
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            plain = [word for word in child.value.split() if word.strip(".,:;").isalpha()]
            yield child.value if len(plain) >= SENTENCE else ""
        yield from _sentences(child)


def _arguments(call: ast.Call) -> list[ast.expr]:
    return [*call.args, *(keyword.value for keyword in call.keywords)]


def _literals(argument: ast.expr) -> list[str]:
    """Words written out in an argument; names of fields and empty texts are none."""
    found = (n.value for n in ast.walk(argument) if isinstance(n, ast.Constant))
    return [text for text in found if isinstance(text, str) and " " in text]


def _name(function: ast.expr) -> str:
    return str(getattr(function, "attr", getattr(function, "id", "")))
