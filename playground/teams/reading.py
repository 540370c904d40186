"""What a person reads and can press on a message or a dialog, as the control interface reports it."""

import itertools
from collections.abc import Sequence

from playground.kernel.acts import Json
from playground.teams.accounts import Account
from playground.teams.cards import elements_of
from playground.teams.fields import Input, actions, inputs
from playground.teams.state import Dialog, Message, sign_in_of
from playground.teams.text import dated, read

TOLD = "aws_access"
"""Where in an activity's channelData the bot says which state a card shows."""
WRONG = "attention"
"""The colour in which a card says what is wrong, right below the field it is about."""


def element(one: Json) -> str:
    """Everything one reads in an element; what is in its parts is read there."""
    match one.get("type"):
        case "TextBlock":
            return read(one["text"])
        case "RichTextBlock":
            return "".join(map(_run, one["inlines"]))
        case "FactSet":
            return "\n".join(f"{read(f['title'])} {read(f['value'])}" for f in one["facts"])
        case "Image":
            return str(one.get("altText", ""))
        case kind if str(kind).startswith("Input."):
            return str(one.get("label") or one.get("title", ""))
        case _:
            return ""


def _run(one: str | Json) -> str:
    if isinstance(one, str):
        return dated(one)
    text, address = dated(one["text"]), (one.get("selectAction") or {}).get("url")
    return f"{text} ({address})" if address and address != text else text


def card(shown: Json) -> str:
    """Everything one reads on a card, a line or more for each element."""
    return "\n".join(text for text in map(element, elements_of(shown)) if text)


def message(one: Message, account: Account) -> Json:
    """One row of `messages`."""
    shown = one.card_for(account)
    text = str(one.activity.get("text") or "")
    parts = [read(text) if one.activity.get("textFormat") != "plain" else text]
    asked = sign_in_of(one.activity) or {}
    parts += [card(shown)] if shown else [str(asked.get("text") or "")]
    parts += [one.notes.get(account.id, "")]
    told = (one.activity.get("channelData") or {}).get(TOLD) or {}
    person = one.conversation.person
    return {
        "id": one.key,
        "chat": "teams",
        "to": person.key if person else one.conversation.id,
        "ephemeral": False,
        "new": not one.before and account.id not in one.views,
        "text": "\n".join(part for part in parts if part),
        "state": told.get("state"),
        "aws_seen": bool(told.get("aws_seen", False)),
        "buttons": buttons(shown) if shown else _sign_ins(asked),
        "raw": {
            **one.activity,
            "id": one.id,
            "conversation": one.conversation.id,
            "card": shown,
            "note": one.notes.get(account.id),
            **({} if person else {"channel_name": one.conversation.name, "thread": one.thread}),
        },
    }


def buttons(shown: Json) -> list[Json]:
    """The buttons in reading order, each with the id to press it by."""
    found = actions(shown)
    return [{"id": one.id, "label": one.label, "url": one.url} for one in found]


def _sign_ins(asked: Json) -> list[Json]:
    """The button of a sign-in card, which opens its address in a window."""
    found = [(str(one.get("title", "")), one.get("value")) for one in asked.get("buttons", ())]
    return [{"id": title, "label": title, "url": url} for title, url in found]


def form(dialog: Dialog) -> Json:
    """One row of `forms`."""
    submits = submitting(dialog.card)
    errors = wrong(dialog.card)
    return {
        "id": dialog.id,
        "chat": "teams",
        "title": dialog.title,
        "text": card(dialog.card),
        "submit": submits,
        "close": "Close",
        "fields": [_field(one, dialog, errors) for one in inputs(dialog.card)],
        "buttons": buttons(dialog.card),
        "errors": errors,
        "raw": dialog.card,
    }


def submitting(shown: Json) -> str | None:
    """What stands on the button that submits a dialog, if there is any."""
    found = [one.label for one in actions(shown) if one.kind == "Action.Submit"]
    return found[0] if found else None


def wrong(shown: Json) -> dict[str, str]:
    """What is wrong, by input id: the words in that colour that stand right below an input."""
    all_of_it = elements_of(shown)
    return {
        str(one["id"]): element(below)
        for one, below in itertools.pairwise(all_of_it)
        if str(one.get("type")).startswith("Input.") and _colour(below) == WRONG
    }


def _colour(one: Json) -> str:
    runs: Sequence[Json] = [r for r in one.get("inlines", ()) if isinstance(r, dict)]
    told = one.get("color") or next((r["color"] for r in runs if "color" in r), "")
    return str(told).casefold()


def _field(one: Input, dialog: Dialog, errors: dict[str, str]) -> Json:
    offered = [*one.choices, *dialog.offered.get(one.id, ())]
    return {
        "id": one.id,
        "label": one.label,
        "type": one.kind,
        "required": one.is_required,
        "value": dialog.values.get(one.id) or None,
        "options": [{"value": o["value"], "label": o["title"]} for o in offered],
        "error": errors.get(one.id),
    }
