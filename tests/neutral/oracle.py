"""What a client makes of what we send, read by the vendors' documents and by none of our code.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
import unicodedata
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

from tests.neutral.words import JOINER

_TOKEN = re.compile(r"<([^<>]*)>?")
_ENTITY = re.compile(r"&(?!amp;|lt;|gt;)")
_DATE = re.compile(r"!date\^\d+\^[^^|]*\|[^|]*\Z")
_BLANK = "\u034f\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5"


def hidden(text: str, *, lines: bool = False) -> list[str]:
    """Characters that show nothing, reorder, or break the line."""
    allowed = JOINER + "\n" * lines
    bad = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return [c for c in text if c not in allowed and (unicodedata.category(c) in bad or c in _BLANK)]


def meanings(text: str) -> Iterator[str]:
    """What Slack's formatted text would interpret: mentions, links; dates are no harm."""
    for match in _TOKEN.finditer(text):
        if not _DATE.match(match[1]):
            yield match[1].partition("|")[0]
    if _ENTITY.search(text):
        yield "an ampersand that is not escaped"


def interpreted(shown: Any) -> Iterator[str]:
    """Every link and mention of a message or a view, wherever it stands; ours are among them."""
    match shown:
        case {"type": "mrkdwn", "text": text}:
            yield from meanings(text)
            yield from hidden(text, lines=True)
        case {"type": "user" | "usergroup" | "channel" | "broadcast" | "emoji" as kind}:
            yield kind
        case dict():
            yield from _inside(shown)
        case list():
            for one in shown:
                yield from interpreted(one)


def _inside(shown: dict[str, Any]) -> Iterator[str]:
    if "url" in shown:
        yield shown["url"]
    for key, value in shown.items():
        if key == "text" and isinstance(value, str):
            yield from hidden(value, lines=True)
        elif key != "value":
            yield from interpreted(value)


class Html(HTMLParser):
    """The tags, attributes and text of a page, as a browser would have them."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(document)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text += data
