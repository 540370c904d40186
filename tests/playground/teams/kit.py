"""Good pieces of Adaptive Cards that tests put together and break."""

from typing import Any

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"


def words(text: str = "hello", **more: Any) -> Json:
    return {"type": "TextBlock", "text": text, "wrap": True, **more}


def runs(*inlines: str | Json) -> Json:
    return {"type": "RichTextBlock", "inlines": list(inlines)}


def entry(key: str, label: str, **more: Any) -> Json:
    return {"type": "Input.Text", "id": key, "label": label, **more}


def choice(key: str, label: str, *values: str, **more: Any) -> Json:
    choices = [{"title": f"the {one}", "value": one} for one in values]
    return {"type": "Input.ChoiceSet", "id": key, "label": label, "choices": choices, **more}


def execute(title: str = "Approve", **more: Any) -> Json:
    data = more.pop("data", {"request": "R1"})
    fallback = {"type": "Action.Submit", "title": title, "data": data}
    verb = title.lower()
    return {
        "type": "Action.Execute",
        "title": title,
        "verb": verb,
        "data": data,
        "fallback": fallback,
        **more,
    }


def submit(title: str = "Send", **more: Any) -> Json:
    return {"type": "Action.Submit", "title": title, **more}


def opens(title: str = "Fill in…") -> Json:
    return submit(title, data={"form": "activate", "msteams": {"type": "task/fetch"}})


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def buttons(*pressed: Json) -> Json:
    return {"type": "ActionSet", "actions": list(pressed)}


def attached(content: Json) -> Json:
    return {"contentType": CARD, "content": content}


def message(*body: Json, **more: Any) -> Json:
    return {"type": "message", "attachments": [attached(card(*body, **more))]}


def shown(content: Json) -> Json:
    """The answer to a press that replaces the card."""
    return {"statusCode": 200, "type": CARD, "value": content}


def asks(content: Json, title: str = "Activate") -> Json:
    """The answer that opens a dialog, or goes on in it."""
    return {"task": {"type": "continue", "value": {"title": title, "card": attached(content)}}}
