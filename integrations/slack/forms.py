"""Forms as Slack modals, and what a person filled in as plain values.

https://docs.slack.dev/surfaces/modals
"""

from collections.abc import Iterable, Mapping

from bot.cards import Entry, FieldErrors, Form, Option, Pick
from bot.domain.text import visible
from bot.wording.doors import CANCEL
from integrations.slack.blocks import ACTION, texts
from integrations.slack.rich import Json
from integrations.slack.text import clean
from integrations.text import cut, preformatted, storable

FIELD_ACTION = "aa:field:"
LONGEST_TITLE = 24
LONGEST_OPTION = 75
LONGEST_OPTION_VALUE = 150
LONGEST_ID = 255
LONGEST_ENTRY = 3000
LONGEST_HINT = 2000
MOST_OPTIONS = 100


def view(form: Form) -> Json:
    """The modal. A field's key is its block id, so that what was typed stays when it is redrawn."""
    submit = {"submit": _text(form.submit, LONGEST_TITLE)} if form.fields and form.submit else {}
    return {
        "type": "modal",
        "callback_id": f"{ACTION}{form.name}"[:LONGEST_ID],
        "title": _text(form.title or "AWS access", LONGEST_TITLE),
        "close": _text(CANCEL, LONGEST_TITLE),
        **submit,
        # A view without a single block is refused.
        "blocks": [*texts(form.lines), *map(_field, form.fields)] or texts([("…",)]),
    }


def form_name(shown: object) -> str:
    """The name of the form that a view is, from its callback id; empty when it is none of ours."""
    name = shown.get("callback_id") if isinstance(shown, Mapping) else None
    return name.removeprefix(ACTION) if isinstance(name, str) and name.startswith(ACTION) else ""


def values(shown: object) -> dict[str, str]:
    """What is filled in, by field key; a field left empty has an empty text.

    https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload
    """
    state = _at(_at(shown, "state"), "values")
    found: dict[str, str] = {}
    for key, actions in state.items() if isinstance(state, Mapping) else ():
        for filled in actions.values() if isinstance(actions, Mapping) else ():
            value = _at(filled, "value") or _at(_at(filled, "selected_option"), "value")
            found[str(key)] = storable(value) if isinstance(value, str) else ""
    return found


def errors(found: FieldErrors, shown: object) -> dict[str, str]:
    """The errors by block id; one about something that is no field stands at the first field."""
    keys = list(values(shown))
    if not keys:
        return {}
    told: dict[str, list[str]] = {}
    for key, sentence in found.errors.items():
        told.setdefault(key if key in keys else keys[0], []).append(clean(sentence))
    return {key: cut(" ".join(sentences), LONGEST_HINT) for key, sentences in told.items()}


def options(found: Iterable[Option]) -> list[Json]:
    """At most 100 choices; one whose value Slack cannot carry is left out."""
    usable = [o for o in found if o.value and len(o.value) <= LONGEST_OPTION_VALUE]
    return [_option(option) for option in usable[:MOST_OPTIONS]]


def _field(field: Pick | Entry) -> Json:
    element = _pick(field) if isinstance(field, Pick) else _entry(field)
    return {
        "type": "input",
        "block_id": field.key,
        "label": _text(field.label or field.key, LONGEST_HINT),
        "element": {"action_id": f"{FIELD_ACTION}{field.key}"[:LONGEST_ID], **element},
        **({"hint": _text(field.hint, LONGEST_HINT)} if field.hint else {}),
        **({"dispatch_action": True} if isinstance(field, Pick) and field.reloads else {}),
        **({"optional": True} if isinstance(field, Entry) and not field.required else {}),
    }


def _pick(pick: Pick) -> Json:
    choices = options(pick.options)
    chosen = options([pick.chosen]) if pick.chosen else []
    if not choices or len(pick.options) > MOST_OPTIONS:
        first = {"initial_option": chosen[0]} if chosen else {}
        return {"type": "external_select", "min_query_length": 0, **first}
    same = [c for c in choices if chosen and c["value"] == chosen[0]["value"]]
    first = {"initial_option": same[0]} if same else {}
    return {"type": "static_select", "options": choices, **first}


def _entry(entry: Entry) -> Json:
    longest = max(1, min(entry.longest, LONGEST_ENTRY))
    text = storable(preformatted(entry.text))[:longest]
    return {
        "type": "plain_text_input",
        "multiline": entry.multiline,
        "max_length": longest,
        **({"initial_value": text} if text else {}),
    }


def _option(option: Option) -> Json:
    hint = {"description": _text(option.hint, LONGEST_OPTION)} if visible(option.hint) else {}
    return {
        "text": _text(option.label or option.value, LONGEST_OPTION),
        "value": option.value,
        **hint,
    }


def _text(text: str, longest: int) -> Json:
    return {"type": "plain_text", "text": cut(clean(text) or "…", longest), "emoji": False}


def _at(data: object, key: str) -> object:
    return data.get(key) if isinstance(data, Mapping) else None
