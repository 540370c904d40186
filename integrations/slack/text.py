"""Any text made safe to show in Slack, and typed text freed of what Slack wraps it in.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re

from bot.cards import Card, Line
from bot.domain.text import visible
from integrations.text import storable, told, words

LONGEST_TEXT = 39_000
"""Slack cuts off a text of more than 40,000 characters."""
LONGEST_UPDATE = 3900
"""chat.update refuses a text of more than 4000 characters."""
_MARKUP = re.compile(r"<(?=[!@#/A-Za-z])")
_JOINER = "\u2060"
_MENTION = re.compile(r"<@[A-Z0-9]{2,32}\|([^<>|]{1,80})>")
_WRAPPED = re.compile(
    r"<(?P<kind>mailto:|[#!]|https?://)(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>"
)


def clean(text: str) -> str:
    """The text as it may stand in any field of Slack that interprets nothing.

    A mention somebody typed reads `@name`; what would be markup elsewhere is taken apart by an
    invisible joiner, so that no client can take it for a mention or a link.
    """
    return _MARKUP.sub(f"<{_JOINER}", visible(_MENTION.sub(r"@\1", text)))


def escaped(text: str) -> str:
    """The three characters Slack's formatted text reserves, in the order that works."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def plain(line: Line, zone: str = "UTC", *, addresses: bool = True) -> str:
    """A line as bare words, with the addresses of its links or without."""
    return words(line, clean, zone, addresses=addresses)


def fallback(card: Card, zone: str = "UTC", longest: int = LONGEST_TEXT) -> str:
    """The whole card as escaped text: all that notifications and screen readers get.

    Times are those of `zone`. Where it is too long, the addresses of links go first, which the card's
    own links have; then the small print and what is to be copied.
    """
    whole = escaped(told(card, clean, zone))
    if len(whole) > longest:
        whole = escaped(told(card, clean, zone, addresses=False))
    return _cut_escaped(whole, longest)


def received(text: str) -> str:
    """What a person typed into a command: `&lt;`, `<https://…>` and `<#C…|name>` undone.

    `<@U…|name>` stays, because only the id says who is meant.
    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    unwrapped = _WRAPPED.sub(_unwrapped, text)
    plain_text = unwrapped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return storable(plain_text)


def _cut_escaped(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    return re.sub(r"&[a-z]{0,3}\Z", "", text[: longest - 1]) + "…"


def _unwrapped(match: re.Match[str]) -> str:
    kind, what, label = match["kind"], match["what"], match["label"]
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return f"@{what.partition('^')[0]}"
    return what if kind == "mailto:" else kind + what
