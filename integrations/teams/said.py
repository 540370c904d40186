"""What somebody typed in Teams, freed of what Teams wraps it in.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
"""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any

from integrations.teams.activities import at, entities, text
from integrations.text import storable

_AT = re.compile(r"<at[^>]*>(.*?)</at>", re.IGNORECASE | re.DOTALL)
_BREAKS = frozenset({"br", "p", "div", "li"})


def said(activity: Mapping[str, Any]) -> str:
    """The command line: the bot's own mention gone, other people's as `<@id|name>`, no quotation."""
    typed = _unquoted(activity)
    whole = _AT.sub(_Mentions(activity), typed.replace("\xa0", " "))
    return storable(html.unescape(whole).replace("\xa0", " ")).strip()


class _Mentions:
    """Replaces mentions in the order in which they stand in the text."""

    def __init__(self, activity: Mapping[str, Any]) -> None:
        self._bot = text(activity, "recipient", "id")
        self._left = [
            (text(one, "text"), text(one, "mentioned", "id"), text(one, "mentioned", "name"))
            for one in entities(activity, "mention")
        ]

    def __call__(self, found: re.Match[str]) -> str:
        name = html.unescape(found[1])
        for number, (shown, user, told) in enumerate(self._left):
            if html.unescape(_AT.sub(r"\1", shown)) == name:
                del self._left[number]
                return "" if user == self._bot else _person(user, told or name)
        return name


def _person(user: str, name: str) -> str:
    shown = re.sub(r"[<>|]", " ", name)
    return html.escape(f"<@{user}|{shown}>", quote=False)


def _unquoted(activity: Mapping[str, Any]) -> str:
    """The text without what is quoted; a reply carries the words of others, even commands, along."""
    attachments = activity.get("attachments")
    for one in attachments if isinstance(attachments, list) else ():
        formatted = text(one, "content")
        if at(one, "contentType") == "text/html" and "<blockquote" in formatted.lower():
            return _Words.of(formatted)
    lines = text(activity, "text").splitlines()
    while lines and (lines[0].startswith(">") or not lines[0].strip()):
        del lines[0]
    return "\n".join(lines)


class _Words(HTMLParser):
    """The words of formatted text, with its mentions and without its quotations."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._quoted = 0
        self._found: list[str] = []

    @classmethod
    def of(cls, formatted: str) -> str:
        """As the `text` of an activity would have them."""
        parser = cls()
        parser.feed(formatted)
        parser.close()
        return "".join(parser._found)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag == "blockquote":
            self._quoted += 1
        elif tag in _BREAKS:
            self._add(" ")
        elif tag in {"at", "span"}:
            self._add("<at>" if tag == "at" else "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "blockquote":
            self._quoted = max(0, self._quoted - 1)
        elif tag == "at":
            self._add("</at>")

    def handle_data(self, data: str) -> None:
        self._add(html.escape(data, quote=False))

    def _add(self, words: str) -> None:
        if not self._quoted:
            self._found.append(words)
