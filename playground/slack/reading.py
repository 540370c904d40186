"""What a person reads and can press on a message or a view, as the control interface reports it."""

from playground.slack.fields import SLOT, Element, Values, elements, short_id
from playground.slack.mrkdwn import read, read_plain
from playground.slack.refusals import Json
from playground.slack.rich_text import read_rich_text
from playground.slack.state import Message, Workspace
from playground.slack.views import View

APP_EVENT = "aws_access"
"""The event_type of the metadata in which the app says which state a card shows."""


class Reader:
    """Reads with the eyes of the workspace: knows who `<@U…>` is."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def _name_of(self, some_id: str) -> str | None:
        account = self._workspace.accounts.get(some_id)
        if account is not None:
            return account.name
        channel = self._workspace.channels.get(some_id)
        return channel.name if channel is not None else None

    def words(self, text: Json) -> str:
        """One text object."""
        if text["type"] == "plain_text":
            return read_plain(text["text"])
        return read(text["text"], self._name_of)

    def block(self, block: Json) -> str:
        """Everything one reads in a block; what one presses or fills in is not part of it."""
        texts = [block[name] for name in ("text", "title", "label", "hint") if name in block]
        pieces = [read_plain(t) if isinstance(t, str) else self.words(t) for t in texts]
        pieces += [self.words(field) for field in block.get("fields", [])]
        if block["type"] == "context":
            pieces += [
                one["alt_text"] if one["type"] == "image" else self.words(one)
                for one in block["elements"]
            ]
        if block["type"] == "rich_text":
            pieces += [read_rich_text(one, self._name_of) for one in block["elements"]]
        if block["type"] == "image":
            pieces.append(block["alt_text"])
        return "\n".join(piece for piece in pieces if piece)

    def blocks(self, blocks: list[Json]) -> str:
        """Everything one reads in blocks, a line or more for each."""
        return "\n".join(text for text in map(self.block, blocks) if text)

    def message(self, message: Message) -> Json:
        """One row of `messages`."""
        content = message.content
        seen = self.blocks(content.blocks) or read(content.text, self._name_of)
        told = content.metadata or {}
        payload = told["event_payload"] if told.get("event_type") == APP_EVENT else {}
        return {
            "id": message.id,
            "chat": "slack",
            "to": self._addressee(message),
            "ephemeral": message.only_for is not None,
            "new": not message.edited,
            "text": seen,
            "state": payload.get("state"),
            "aws_seen": bool(payload.get("aws_seen", False)),
            "buttons": buttons(content.blocks),
            "raw": {
                **message.shown(),
                "channel": message.channel.id,
                **({} if message.channel.user else {"channel_name": message.channel.name}),
            },
        }

    def _addressee(self, message: Message) -> str:
        user = message.only_for or message.channel.user
        return self._workspace.accounts[user].name if user else message.channel.id

    def form(self, view: View) -> Json:
        """One row of `forms`."""
        submit, close = view.body.get("submit"), view.body.get("close")
        title = view.body.get("title")
        return {
            "id": view.id,
            "chat": "slack",
            "title": read_plain(title["text"]) if title else "",
            "text": self.blocks(view.body["blocks"]),
            "submit": submit["text"] if submit else None,
            "close": close["text"] if close else None,
            "fields": [
                _field(one, view) for one in elements(view.body["blocks"]) if one.kind in SLOT
            ],
            "buttons": buttons(view.body["blocks"]),
            "errors": dict(view.errors),
            "raw": view.shown(),
        }


def buttons(blocks: list[Json]) -> list[Json]:
    """The buttons in reading order, each with the id to press it by."""
    return [
        {"id": short_id(one, blocks), "label": one.label, "url": one.body.get("url")}
        for one in elements(blocks)
        if one.kind == "button"
    ]


def _field(element: Element, view: View) -> Json:
    offered = view.offered.get(element.path, element.options)
    return {
        "id": short_id(element, view.body["blocks"]),
        "label": element.label,
        "type": element.kind,
        "required": element.must_be_filled,
        "value": chosen(element, view.values),
        "options": [{"value": o["value"], "label": o["text"]["text"]} for o in offered],
        "error": view.errors.get(element.block_id),
    }


def chosen(element: Element, values: Values) -> object:
    """What is filled in: text, an option's value, or a list of them."""
    value = values[element.block_id][element.action_id][SLOT[element.kind][0]]
    if isinstance(value, dict):
        return value["value"]
    if isinstance(value, list):
        return [one["value"] for one in value]
    return value
