"""What one fills in and presses on a card: found by what one reads, checked as the client checks it.

https://learn.microsoft.com/adaptive-cards/authoring-cards/input-validation
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from playground.kernel.acts import Json, Undeliverable
from playground.teams.cards import actions_of, inputs_of

T = TypeVar("T")
Values = Mapping[str, str]
"""What is filled in, by input id."""


@dataclass(frozen=True)
class Input:
    """One thing to fill in."""

    body: Json

    @property
    def id(self) -> str:
        """The name under which the bot gets it."""
        return str(self.body["id"])

    @property
    def kind(self) -> str:
        """The element's type."""
        return str(self.body["type"])

    @property
    def label(self) -> str:
        """What a person reads at it."""
        told = (self.body.get(name) for name in ("label", "title", "placeholder"))
        return str(next((one for one in told if one), self.id))

    @property
    def is_required(self) -> bool:
        """Whether nothing that takes inputs can be pressed without it."""
        return bool(self.body.get("isRequired"))

    @property
    def dataset(self) -> str:
        """Which list the bot is asked for while one types, if it is."""
        return str(self.body.get("choices.data", {}).get("dataset", ""))

    @property
    def choices(self) -> list[Json]:
        """The choices it was made with."""
        return list(self.body.get("choices", ()))

    @property
    def initial(self) -> str:
        """What is filled in before anybody touches it."""
        if self.kind == "Input.Toggle":
            return str(self.body.get("value", self.body.get("valueOff", "false")))
        return str(self.body.get("value", ""))

    def holding(self, value: object, offered: Sequence[Json]) -> str:
        """What it holds once a person put that there: text, or a choice by value or title."""
        if self.kind == "Input.ChoiceSet" and value:
            several = value if isinstance(value, list) else [value]
            return ",".join(self._choice(one, [*self.choices, *offered]) for one in several)
        if self.kind == "Input.Toggle":
            return str(self.body.get("valueOn" if value else "valueOff", str(bool(value)).lower()))
        return self._fitting("" if value is None else str(value))

    def _choice(self, value: object, offered: Sequence[Json]) -> str:
        for one in offered:
            if value in {one["value"], one["title"]}:
                return str(one["value"])
        raise Undeliverable(f"{self.label} offers no {value!r}")

    def _fitting(self, text: str) -> str:
        most = self.body.get("maxLength")
        if most is not None and len(text) > most:
            raise Undeliverable(f"{self.label} takes at most {most} characters")
        return text

    def refuse_wrong(self, value: str) -> None:
        """Raises Undeliverable as the client refuses a press while this is not filled in well."""
        if self.is_required and not value:
            told = self.body.get("errorMessage") or f"{self.label} is required"
            raise Undeliverable(str(told))
        pattern = self.body.get("regex")
        if value and pattern and not re.search(str(pattern), value):
            raise Undeliverable(str(self.body.get("errorMessage") or f"{self.label} is not valid"))


@dataclass(frozen=True)
class Action:
    """One thing to press."""

    body: Json

    @property
    def kind(self) -> str:
        """The action's type."""
        return str(self.body["type"])

    @property
    def label(self) -> str:
        """What stands on it."""
        return str(self.body.get("title", ""))

    @property
    def id(self) -> str:
        """How to press it: its own id, or what stands on it."""
        return str(self.body.get("id") or self.label)

    @property
    def spoken(self) -> str:
        """What a screen reader says of it."""
        return str(self.body.get("tooltip") or self.label)

    @property
    def url(self) -> str | None:
        """The address that it opens, if it does."""
        return str(self.body["url"]) if self.kind == "Action.OpenUrl" else None

    def data(self, values: Values) -> object:
        """What the bot gets: the action's own data, and whatever is filled in on the card.

        An input that was left empty is not part of it.
        """
        own = self.body.get("data", {})
        if not isinstance(own, dict) or not self.takes_inputs:
            return own
        return {**own, **{name: value for name, value in values.items() if value}}

    @property
    def takes_inputs(self) -> bool:
        """Whether it sends what is filled in, and so waits until that is filled in well."""
        return self.body.get("associatedInputs") != "none"

    @property
    def opens_dialog(self) -> bool:
        """Whether Teams asks the bot for a dialog instead of sending it a message."""
        own = self.body.get("data")
        told = own.get("msteams") if isinstance(own, dict) else None
        return isinstance(told, dict) and told.get("type") == "task/fetch"


def inputs(card: Json) -> list[Input]:
    """Everything to fill in on a card."""
    return [Input(one) for one in inputs_of(card)]


def actions(card: Json) -> list[Action]:
    """Everything to press on a card."""
    return [Action(one) for one in actions_of(card)]


def find_input(card: Json, name: str) -> Input | None:
    """The one input meant by an id or a label."""
    return _meant(inputs(card), name, (lambda one: one.id, lambda one: one.label))


def find_action(card: Json, name: str) -> Action | None:
    """The one action meant by an id, by what stands on it, or by what a screen reader says."""
    readings = (lambda one: one.id, lambda one: one.label, lambda one: one.spoken)
    return _meant(actions(card), name, readings)


def _meant(among: Sequence[T], name: str, readings: Sequence[Callable[[T], str]]) -> T | None:
    """As written before in any case before without the dots that announce a form."""
    for spelled in (str, str.casefold, lambda text: text.casefold().rstrip(".…")):
        for reading in readings:
            matching = [one for one in among if spelled(reading(one)) == spelled(name)]
            if len(matching) == 1:
                return matching[0]
    return None


def initial(card: Json, kept: Values | None = None) -> dict[str, str]:
    """The values of a fresh card; what was filled in under the same ids in `kept` survives."""
    return {one.id: (kept or {}).get(one.id, one.initial) for one in inputs(card)}


def fill(card: Json, values: dict[str, str], given: Json) -> None:
    """Put what a person filled in into `values`. Raises Undeliverable for what is not there."""
    for name, value in given.items():
        found = find_input(card, name)
        if found is None:
            raise Undeliverable(f"there is no field {name!r}")
        values[found.id] = found.holding(value, ())


def refuse_wrong(card: Json, action: Action, values: Values) -> None:
    """Raises Undeliverable where the client would not let this be pressed."""
    for one in inputs(card) if action.takes_inputs else ():
        one.refuse_wrong(values.get(one.id, ""))
