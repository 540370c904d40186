"""Good Block Kit pieces that tests put together and break."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: str = "hello", **more: Any) -> Json:
    return {"type": "section", "text": mrkdwn(text), **more}


def button(label: str = "Approve", **more: Any) -> Json:
    return {"type": "button", "text": plain(label), "action_id": f"aa:{label}", **more}


def actions(*elements: Json, **more: Any) -> Json:
    return {"type": "actions", "elements": list(elements), **more}


def option(value: str, label: str = "") -> Json:
    return {"text": plain(label or value), "value": value}


def text_input(key: str, label: str, **element: Any) -> Json:
    return {
        "type": "input",
        "block_id": key,
        "label": plain(label),
        "element": {"type": "plain_text_input", "action_id": "value", **element},
    }


def modal(*blocks: Json, **more: Any) -> Json:
    return {
        "type": "modal",
        "callback_id": "activate",
        "title": plain("Activate"),
        "submit": plain("Ask"),
        "blocks": list(blocks),
        **more,
    }
