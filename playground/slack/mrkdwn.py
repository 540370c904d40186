"""Slack's text format both ways: what was typed as the app gets it, what it sends as it is read.

https://docs.slack.dev/messaging/formatting-message-text
"""

import html
import re
from collections.abc import Callable

_TOKEN = re.compile(r"<([^<>]+)>")
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)
_MARKS = re.compile(r"(?<![\w*_~])([*_~])(?=\S)([^\n]*?\S)\1(?![\w*_~])")
_TYPED = re.compile(
    r"(?P<url>https?://[^\s<>]+)"
    r"|(?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w@])@(?P<user>[a-z0-9][a-z0-9._-]*)"
    r"|(?<![\w#])#(?P<channel>[a-z0-9][a-z0-9_-]*)"
)
NOTIFY = {"here", "channel", "everyone"}

NameOf = Callable[[str], str | None]
"""A user or channel id → the name people see, or the other way round."""


def _read_token(inside: str, name_of: NameOf) -> str:
    target, _, label = inside.partition("|")
    if target.startswith(("@", "#")):
        return f"{target[0]}{label or name_of(target[1:]) or target[1:]}"
    if target.startswith("!date^"):
        return label
    if target.startswith("!"):
        return label or f"@{target[1:].partition('^')[0]}"
    address = target.removeprefix("mailto:")
    return f"{label} ({address})" if label and label != address else address


def _without_marks(text: str) -> str:
    pieces = _CODE.split(text)
    for index, piece in enumerate(pieces):
        code = index % 2 == 1
        stripped = piece
        while not code and (shorter := _MARKS.sub(r"\2", stripped)) != stripped:
            stripped = shorter
        pieces[index] = piece.strip("`").strip("\n") if code else stripped
    return "".join(pieces)


def read(text: str, name_of: NameOf) -> str:
    """What one reads: mentions by name, `label (url)`, dates as their UTC fallback, no marks."""
    links: list[str] = []

    def keep(match: re.Match[str]) -> str:
        links.append(_read_token(match[1], name_of))
        return f"\0{len(links) - 1}\0"

    plain = _without_marks(_TOKEN.sub(keep, text))
    for index, link in enumerate(links):
        plain = plain.replace(f"\0{index}\0", link)
    return html.unescape(plain)


def read_plain(text: str) -> str:
    """What a person reads in plain_text: everything as it stands, entities decoded."""
    return html.unescape(text)


def escape(text: str) -> str:
    """Slack's three entities."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def typed(text: str, user_id: NameOf, channel_id: NameOf) -> str:
    """What a slash command's `text` holds for what a person typed, with should_escape on.

    https://docs.slack.dev/interactivity/implementing-slash-commands
    """

    def entity(match: re.Match[str]) -> str:
        if match["url"]:
            return f"<{match['url']}>"
        if match["mail"]:
            return f"<mailto:{match['mail']}|{match['mail']}>"
        if match["channel"]:
            found = channel_id(match["channel"])
            return f"<#{found}|{match['channel']}>" if found else match[0]
        return _mention(match["user"], match[0], user_id)

    return _TYPED.sub(entity, escape(text))


def _mention(handle: str, as_typed: str, user_id: NameOf) -> str:
    if handle in NOTIFY:
        return f"<!{handle}>"
    name = handle.rstrip("._-")
    found = user_id(name)
    return f"<@{found}|{name}>{handle[len(name) :]}" if found else as_typed
