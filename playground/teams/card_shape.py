"""Adaptive Cards as Teams takes them from a bot: version 1.5 at most, its elements and their fields.

https://adaptivecards.io/explorer/
https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference
"""

from collections.abc import Iterator, Mapping

from playground.kernel.shape import (
    Check,
    array,
    boolean,
    integer,
    literal,
    problem,
    record,
    string,
    url,
)

VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
MOST = 1000
MOST_WATCHERS = 60
"""People who get a view of their own. https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/user-specific-views"""

MOST_SHOWN = 6
"""Buttons of one set or card that are not in its menu (`secondary`); Teams shows no more."""
MOST_ACTIONS = 20
LONGEST = 28 * 1024

TEXT = string(LONGEST, 0)
WORDS = string(LONGEST)


def anything(value: object, at: str) -> Iterator[str]:
    """Whatever JSON there is."""
    del value, at
    yield from ()


def thing(kind: str, required: Mapping[str, Check], optional: Mapping[str, Check]) -> Check:
    """An action or element of one type, with what everything may carry."""
    always: dict[str, Check] = {
        "id": WORDS,
        "fallback": anything,
        "requires": anything,
    }
    return record({"type": literal(kind), **required}, {**always, **optional})


def one_of(*allowed: str) -> Check:
    """One of a few words, in any case: `bolder` and `Bolder` are the same."""

    def check(value: object, at: str) -> Iterator[str]:
        if not isinstance(value, str) or value.casefold() not in map(str.casefold, allowed):
            yield problem(f"must be one of {', '.join(allowed)}", at)

    return check


def _data(value: object, at: str) -> Iterator[str]:
    if not isinstance(value, str | dict):
        yield problem("must be a string or an object", at)


_PRESSED: Mapping[str, Check] = {
    "title": WORDS,
    "iconUrl": url(LONGEST),
    "style": one_of("default", "positive", "destructive"),
    "tooltip": WORDS,
    "isEnabled": boolean,
    "mode": one_of("primary", "secondary"),
}
_SENT: Mapping[str, Check] = {"data": _data, "associatedInputs": one_of("auto", "none")}


def action(value: object, at: str) -> Iterator[str]:
    """Any action; one of a type that is not known is taken only with a fallback."""
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in ACTIONS:
        yield from ACTIONS[kind](value, at)
    elif not isinstance(value, dict) or "fallback" not in value:
        yield problem(f"unsupported type: {kind}", f"{at}/type")


def _nested(value: object, at: str) -> Iterator[str]:
    yield from card(value, at)


ACTIONS: dict[str, Check] = {
    "Action.Execute": thing("Action.Execute", {}, {**_PRESSED, **_SENT, "verb": WORDS}),
    "Action.Submit": thing("Action.Submit", {}, {**_PRESSED, **_SENT}),
    "Action.OpenUrl": thing("Action.OpenUrl", {"url": url(LONGEST)}, _PRESSED),
    "Action.ShowCard": thing("Action.ShowCard", {"card": _nested}, _PRESSED),
    "Action.ToggleVisibility": thing(
        "Action.ToggleVisibility", {"targetElements": array(anything, 100)}, _PRESSED
    ),
}


def actions(value: object, at: str) -> Iterator[str]:
    """The buttons of a card or of a set: not more than Teams shows."""
    yield from array(action, MOST_ACTIONS, 0)(value, at)
    found = value if isinstance(value, list) else []
    shown = [one for one in found if isinstance(one, dict) and one.get("mode") != "secondary"]
    if len(shown) > MOST_SHOWN:
        yield problem(f"no more than {MOST_SHOWN} actions are shown", at)


_SPACED: Mapping[str, Check] = {
    "isVisible": boolean,
    "separator": boolean,
    "spacing": one_of("none", "small", "default", "medium", "large", "extraLarge", "padding"),
    "height": anything,
}
_ALIGNED: Mapping[str, Check] = {"horizontalAlignment": one_of("left", "center", "right")}
_WRITTEN: Mapping[str, Check] = {
    "color": one_of("default", "dark", "light", "accent", "good", "warning", "attention"),
    "fontType": one_of("default", "monospace"),
    "isSubtle": boolean,
    "size": one_of("default", "small", "medium", "large", "extraLarge"),
    "weight": one_of("default", "lighter", "bolder"),
}
_HOLDING: Mapping[str, Check] = {
    **_SPACED,
    "selectAction": action,
    "style": one_of("default", "emphasis", "good", "attention", "warning", "accent"),
    "verticalContentAlignment": one_of("top", "center", "bottom"),
    "bleed": boolean,
    "backgroundImage": anything,
    "minHeight": WORDS,
    "rtl": boolean,
}
_ASKED: Mapping[str, Check] = {
    **_SPACED,
    "id": WORDS,
    "label": WORDS,
    "errorMessage": WORDS,
    "isRequired": boolean,
}


def element(value: object, at: str) -> Iterator[str]:
    """Any element; one of a type that is not known is taken only with a fallback."""
    kind = value.get("type") if isinstance(value, dict) else None
    if isinstance(kind, str) and kind in ELEMENTS:
        yield from ELEMENTS[kind](value, at)
    elif not isinstance(value, dict) or "fallback" not in value:
        yield problem(f"unsupported type: {kind}", f"{at}/type")


def _run(value: object, at: str) -> Iterator[str]:
    if isinstance(value, str):
        return
    marks = dict.fromkeys(("highlight", "italic", "strikethrough", "underline"), boolean)
    shape = thing("TextRun", {"text": TEXT}, {**_WRITTEN, **marks, "selectAction": action})
    yield from shape(value, at)


def _question(kind: str, more: Mapping[str, Check]) -> Check:
    return thing(kind, {"id": WORDS}, {**_ASKED, **more})


def _few(check: Check) -> Check:
    return array(check, MOST, 0)


_FACT = record({"title": TEXT, "value": TEXT})
_CHOICE = record({"title": WORDS, "value": WORDS})
_QUERY = record(
    {"type": literal("Data.Query"), "dataset": WORDS}, {"count": integer(0, 100), "skip": anything}
)
_MOMENT = dict.fromkeys(("max", "min", "placeholder", "value"), TEXT)
_COLUMN = record(
    {},
    {"type": literal("Column"), "id": WORDS, "items": _few(element), "width": anything, **_HOLDING},
)

ELEMENTS: dict[str, Check] = {
    "TextBlock": thing(
        "TextBlock",
        {"text": TEXT},
        {
            **_SPACED,
            **_ALIGNED,
            **_WRITTEN,
            "maxLines": integer(0, MOST),
            "wrap": boolean,
            "style": one_of("default", "heading"),
        },
    ),
    "RichTextBlock": thing(
        "RichTextBlock", {"inlines": array(_run, MOST, 0)}, {**_SPACED, **_ALIGNED}
    ),
    "FactSet": thing("FactSet", {"facts": _few(_FACT)}, _SPACED),
    "Image": thing(
        "Image",
        {"url": url(LONGEST)},
        {
            **_SPACED,
            **_ALIGNED,
            "altText": TEXT,
            "backgroundColor": WORDS,
            "selectAction": action,
            "size": one_of("auto", "stretch", "small", "medium", "large"),
            "style": one_of("default", "person"),
            "width": WORDS,
        },
    ),
    "ActionSet": thing("ActionSet", {"actions": actions}, {**_SPACED, **_ALIGNED}),
    "Container": thing("Container", {"items": _few(element)}, _HOLDING),
    "ColumnSet": thing("ColumnSet", {}, {"columns": _few(_COLUMN), **_HOLDING, **_ALIGNED}),
    "Input.Text": _question(
        "Input.Text",
        {
            "isMultiline": boolean,
            "maxLength": integer(1, LONGEST),
            "placeholder": TEXT,
            "regex": WORDS,
            "style": one_of("text", "tel", "url", "email", "password"),
            "value": TEXT,
        },
    ),
    "Input.ChoiceSet": _question(
        "Input.ChoiceSet",
        {
            "choices": _few(_CHOICE),
            "choices.data": _QUERY,
            "isMultiSelect": boolean,
            "style": one_of("compact", "expanded", "filtered"),
            "value": TEXT,
            "placeholder": TEXT,
            "wrap": boolean,
        },
    ),
    "Input.Toggle": _question(
        "Input.Toggle",
        {"title": WORDS, "value": TEXT, "valueOn": WORDS, "valueOff": WORDS, "wrap": boolean},
    ),
    "Input.Date": _question("Input.Date", _MOMENT),
    "Input.Time": _question("Input.Time", _MOMENT),
}
"""What Teams draws of 1.5 that this bot may want; tables, media and numbers are left out."""

_REFRESH = record(
    {"action": ACTIONS["Action.Execute"]},
    {"userIds": array(string(255), MOST_WATCHERS, 0)},
)
_CARD = record(
    {"type": literal("AdaptiveCard")},
    {
        "version": literal(*VERSIONS),
        "$schema": url(),
        "body": _few(element),
        "actions": actions,
        "refresh": _REFRESH,
        "authentication": anything,
        "selectAction": action,
        "fallbackText": TEXT,
        "speak": TEXT,
        "lang": WORDS,
        "rtl": boolean,
        "minHeight": WORDS,
        "backgroundImage": anything,
        "verticalContentAlignment": one_of("top", "center", "bottom"),
        "msteams": anything,
    },
)


def card(value: object, at: str = "") -> Iterator[str]:
    """Every problem of a card."""
    yield from _CARD(value, at)
