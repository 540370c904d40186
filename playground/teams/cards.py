"""Reading an Adaptive Card as a client draws it: what is on it, to fill in and to press."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from playground.kernel.acts import Json
from playground.kernel.shape import Check
from playground.teams.card_shape import ACTIONS, ELEMENTS, card

_PARTS = {**ELEMENTS, "Column": ELEMENTS["Container"]}


def problems(value: Any) -> list[str]:  # noqa: ANN401  (a JSON value)
    """Every reason why Teams would not show a card, as sentences."""
    found = [one.removeprefix("[ERROR] ") for one in card(value, "")]
    if isinstance(value, dict) and "version" not in value:
        found.append("missing required field: version")
    if not found:
        ids = [one["id"] for one in inputs_of(value)]
        found += [
            f"two inputs are called {one}" for one in sorted({i for i in ids if ids.count(i) > 1})
        ]
    return found


def elements_of(shown: Json) -> list[Json]:
    """Every visible element, in reading order; a ShowCard counts as opened."""
    return [one for holder in _holders(shown) for one in _inside(holder.get("body", ()))]


def inputs_of(shown: Json) -> list[Json]:
    """Everything that can be filled in."""
    return [one for one in elements_of(shown) if str(one.get("type")).startswith("Input.")]


def actions_of(shown: Json) -> list[Json]:
    """Everything that can be pressed, in reading order."""
    return [one for holder in _holders(shown) for one in _own_actions(holder)]


def _holders(shown: Json) -> Iterator[Json]:
    """The card, and those that its actions open in place."""
    yield shown
    for one in _own_actions(shown):
        if one["type"] == "Action.ShowCard":
            yield from _holders(one["card"])


def _own_actions(holder: Json) -> list[Json]:
    sets = [
        one["actions"] for one in _inside(holder.get("body", ())) if one.get("type") == "ActionSet"
    ]
    pressed = [*(one for several in sets for one in several), *holder.get("actions", ())]
    known = [_in_place(one, ACTIONS) for one in pressed]
    return [one for one in known if one is not None and one.get("isEnabled", True)]


def _inside(listed: Iterable[Json]) -> Iterator[Json]:
    for one in listed:
        shown = _in_place(one, _PARTS)
        if shown is None or shown.get("isVisible") is False:
            continue
        yield shown
        yield from _inside((*shown.get("items", ()), *shown.get("columns", ())))


def _in_place(one: Json, known: Mapping[str, Check]) -> Json | None:
    """What is drawn: the thing itself, or what stands in for one of a type that is not known."""
    if one.get("type", "Column") in known:
        return one
    instead = one.get("fallback")
    return instead if isinstance(instead, dict) else None
