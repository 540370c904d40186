"""Short ways to write Block Kit in tests."""

from typing import Any

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Json:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def rich(*elements: Json) -> Json:
    content = {"type": "rich_text_section", "elements": list(elements)}
    return {"type": "rich_text", "elements": [content]}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": list(elements)}


def button(label: str, action_id: str, **more: str) -> Json:
    return {"type": "button", "text": plain(label), "action_id": action_id, **more}


def entry(key: str, label: str, element: Json, **more: Any) -> Json:
    shown = {"action_id": f"aa:field:{key}", **element}
    return {"type": "input", "block_id": key, "label": plain(label), "element": shown, **more}


def modal(*blocks: Json, title: str = "Activate AWS access") -> Json:
    return {
        "type": "modal",
        "callback_id": "aa:activate",
        "title": plain(title),
        "submit": plain("Activate"),
        "close": plain("Cancel"),
        "blocks": list(blocks),
    }


def option(name: str) -> Json:
    return {"text": plain(name), "value": name}
