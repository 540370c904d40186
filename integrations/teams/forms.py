"""Forms as dialogs, and what a person filled in as plain values.

A dialog cannot be redrawn under somebody's hands. So when an access was chosen that its fields do
not belong to yet, submitting it shows it anew; and its own body travels with it, so that errors can
stand at the fields and nothing that was typed is lost, whichever replica gets it.

A client sends nothing off while an input with `isRequired` is empty, not even another choice. So
where submitting may only redraw, none but the choice itself is such an input: the bot looks.
https://learn.microsoft.com/adaptive-cards/authoring-cards/input-validation
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cards import Entry, FieldErrors, Form, Option, Pick
from bot.domain.text import visible
from bot.wording.doors import FILL_IN, REQUIRED
from integrations.teams.activities import at, text
from integrations.teams.cards import OURS, attachment, frame
from integrations.teams.rich import Json, line
from integrations.teams.rich import text as words
from integrations.text import cut, preformatted, storable

LONGEST_TITLE = 80
LONGEST_HINT = 300
MOST_OPTIONS = 60
_ERROR = "error:"


@dataclass(frozen=True, slots=True)
class Filled:
    """A dialog that was submitted: which form, what its fields hold, and how it was drawn."""

    name: str
    values: Mapping[str, str]
    title: str
    submit: str
    body: tuple[Json, ...]
    rests_on: Mapping[str, str]
    """By key of a field that other fields depend on, the value they were drawn for."""
    required: tuple[str, ...] = ()
    """Keys of the fields that the client lets pass empty, and the bot does not."""

    @property
    def missing(self) -> FieldErrors | None:
        """What is to be filled in first."""
        empty = [key for key in self.required if not self.values.get(key, "").strip()]
        return FieldErrors(dict.fromkeys(empty, FILL_IN)) if empty else None

    @property
    def rests(self) -> bool:
        """Whether the fields are still those that belong to what is chosen."""
        return all(self.values.get(key, "") == value for key, value in self.rests_on.items())


def dialog(form: Form, offered: Mapping[str, Sequence[Option]]) -> Json:
    """The answer to a click: the form, with what its fields without options of their own offer."""
    rests_on = {
        field.key: field.chosen.value if field.chosen else ""
        for field in form.fields
        if isinstance(field, Pick) and field.reloads
    }
    entries = [field for field in form.fields if isinstance(field, Entry)]
    required = [entry.key for entry in entries if entry.required and rests_on]
    shown = [element for said in form.lines if (element := line(said, "UTC")) is not None]
    for field in form.fields:
        ours = field.key in required
        shown.append(_pick(field, offered) if isinstance(field, Pick) else _entry(field, ours=ours))
        shown += _hint(f"{REQUIRED} {field.hint}" if ours else field.hint)
    submit = form.submit if form.fields else ""
    drawn: Json = {"form": form.name, "title": form.title, "submit": submit}
    return _continued({**drawn, "rests_on": rests_on, "required": required}, shown)


def filled(data: object) -> Filled | None:
    """What was submitted; None when it is none of ours."""
    ours = at(data, OURS)
    body, rests_on = at(ours, "body"), at(ours, "rests_on")
    name = text(ours, "form")
    if not name or not isinstance(body, list) or not isinstance(rests_on, Mapping):
        return None
    elements = tuple(dict(one) for one in body if isinstance(one, Mapping))
    keys = [text(one, "id") for one in elements if text(one, "type").startswith("Input.")]
    return Filled(
        name=name,
        values={key: text(data, key) for key in keys if key},
        title=text(ours, "title"),
        submit=text(ours, "submit"),
        body=elements,
        rests_on={str(key): storable(str(value)) for key, value in rests_on.items()},
        required=tuple(key for key in keys if key in _listed(at(ours, "required"))),
    )


def with_errors(given: Filled, found: FieldErrors) -> Json:
    """The same dialog again, with what was typed and the errors below their fields."""
    keys = list(given.values)
    told: dict[str, list[str]] = {}
    for key, sentence in found.errors.items():
        told.setdefault(key if key in keys else next(iter(keys), ""), []).append(visible(sentence))
    shown: list[Json] = []
    for element in given.body:
        key = text(element, "id")
        if key.startswith(_ERROR):
            continue
        shown.append({**element, "value": given.values[key]} if key in given.values else element)
        if key in told:
            error = words(" ".join(told[key]), color="attention", weight="bolder")
            shown.append({**error, "id": f"{_ERROR}{key}"})
    drawn: Json = {"form": given.name, "title": given.title, "submit": given.submit}
    drawn |= {"rests_on": given.rests_on, "required": [*given.required]}
    return _continued(drawn, shown)


def said(sentence: str) -> Json:
    """A dialog that only says something."""
    return {"task": {"type": "message", "value": sentence}}


def _continued(drawn: Json, body: Sequence[Json]) -> Json:
    title, submit = str(drawn["title"]), str(drawn["submit"])
    data = {OURS: {**drawn, "body": [*body]}}
    press = {"type": "Action.Submit", "title": submit, "style": "positive", "data": data}
    actions = {"actions": [press]} if submit else {}
    card = {**frame(body, title), **actions}
    value: dict[str, Any] = {
        "title": cut(visible(title), LONGEST_TITLE),
        "height": "medium",
        "width": "medium",
        "card": attachment(card),
    }
    return {"task": {"type": "continue", "value": value}}


def _pick(pick: Pick, offered: Mapping[str, Sequence[Option]]) -> Json:
    """A list that is searched while somebody types: all that can be chosen comes with it.

    Asking the bot at each letter (`Data.Query`) would need a round trip more, for a few names.
    """
    known = [*pick.options, *offered.get(pick.key, ())]
    if pick.chosen and pick.chosen.value not in {option.value for option in known}:
        known.insert(0, pick.chosen)
    choices = [{"title": visible(o.label) or o.value, "value": o.value} for o in known if o.value]
    if not choices:  # they could not be found out just now: what is typed is checked all the same
        return _entry(Entry(pick.key, pick.label, required=True))
    return {
        "type": "Input.ChoiceSet",
        "id": pick.key,
        "label": pick.label or pick.key,
        "style": "filtered",
        "choices": choices[:MOST_OPTIONS],
        **({"value": pick.chosen.value} if pick.chosen else {}),
        **_required,
    }


def _entry(entry: Entry, *, ours: bool = False) -> Json:
    """Something to type; `ours`: the bot looks itself whether it was filled in."""
    longest = max(1, entry.longest)
    value = storable(preformatted(entry.text))[:longest]
    return {
        "type": "Input.Text",
        "id": entry.key,
        "label": entry.label or entry.key,
        "isMultiline": entry.multiline,
        "maxLength": longest,
        **({"value": value} if value else {}),
        **(_required if entry.required and not ours else {}),
    }


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _hint(hint: str) -> list[Json]:
    shown = cut(visible(hint), LONGEST_HINT)
    return [words(shown, size="small", isSubtle=True, spacing="none")] if shown else []


_required: Json = {"isRequired": True, "errorMessage": FILL_IN}
