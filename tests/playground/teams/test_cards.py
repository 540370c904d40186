from typing import Any

import pytest

from playground.teams.cards import actions_of, elements_of, problems
from tests.playground.teams.kit import buttons, card, choice, entry, execute, runs, submit, words

COLUMNS = {
    "type": "ColumnSet",
    "columns": [{"type": "Column", "width": "auto", "items": [words("left")]}],
}
FACTS = {"type": "FactSet", "facts": [{"title": "Access", "value": "dev"}]}
GOOD = card(
    words("hello", weight="Bolder", size="medium"),
    runs("a ", {"type": "TextRun", "text": "b", "fontType": "monospace"}),
    {"type": "Container", "items": [entry("why", "Why"), COLUMNS, FACTS]},
    choice("kind", "Kind", "a", "b"),
    {"type": "Input.Toggle", "id": "sure", "title": "Sure"},
    {"type": "Image", "url": "https://x.example/i.png", "altText": "a picture"},
    buttons(execute(), submit(), {"type": "Action.OpenUrl", "title": "x", "url": "https://x"}),
    refresh={"action": execute(), "userIds": ["29:a"]},
    speak="hello",
    msteams={"width": "Full"},
)


def test_what_teams_shows_has_no_problems() -> None:
    assert problems(GOOD) == []


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ([], "must provide an object"),
        ({"type": "AdaptiveCard", "body": []}, "missing required field: version"),
        (card(version="1.6"), "valid enum value"),
        (card({"type": "Tabel"}), "unsupported type: Tabel"),
        (card({"type": "TextBlock"}), "missing required field: text"),
        (card(words(colour="good")), "invalid additional property: colour"),
        (card(words(color="red")), "must be one of"),
        (card(entry("a", "A"), choice("a", "A", "x")), "two inputs are called a"),
        (card(buttons(*[execute(str(n)) for n in range(7)])), "no more than 6 actions"),
        (card(buttons({"type": "Action.Dance"})), "unsupported type: Action.Dance"),
        (card(buttons(submit(data=1))), "must be a string or an object"),
        (card(refresh={"action": submit()}), "valid enum value: Action.Execute"),
        (card(refresh={"action": execute(), "userIds": ["x"] * 61}), "no more than 60"),
        (
            card(actions=[{"type": "Action.ShowCard", "card": card({"type": "No"})}]),
            "unsupported type: No",
        ),
    ],
)
def test_what_teams_does_not_show_is_named(bad: Any, why: str) -> None:
    assert any(why in one for one in problems(bad)), problems(bad)


def test_more_buttons_stand_in_the_menu() -> None:
    many = [execute(str(n), **({"mode": "secondary"} if n > 5 else {})) for n in range(9)]
    assert problems(card(buttons(*many))) == []


def test_what_is_not_known_gives_way_to_what_stands_in_for_it() -> None:
    stands_in = {"type": "Carousel", "fallback": words("instead")}
    dropped = {"type": "Carousel", "fallback": "drop"}
    new = {"type": "Action.Dance", "fallback": submit("Instead")}
    shown = card(stands_in, dropped, words("hidden", isVisible=False), buttons(new))

    assert problems(shown) == []
    assert [one.get("text") for one in elements_of(shown)] == ["instead", None]
    assert [one["title"] for one in actions_of(shown)] == ["Instead"]


def test_what_opens_in_place_counts_as_opened() -> None:
    inner = card(entry("why", "Why"), actions=[submit("Deny now")])
    shown = card(
        words("Yes?"),
        actions=[execute(), {"type": "Action.ShowCard", "title": "No", "card": inner}],
    )

    assert [one["type"] for one in elements_of(shown)] == ["TextBlock", "Input.Text"]
    assert [one["title"] for one in actions_of(shown)] == ["Approve", "No", "Deny now"]
