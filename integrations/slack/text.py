"""Any text made safe to show in Slack, and typed text freed of what Slack wraps it in.

https://docs.slack.dev/messaging/formatting-message-text
"""

import re
import unicodedata
from datetime import UTC
from typing import assert_never

from bot.cards import Anchor, Bold, Card, Code, Line, Moment, Said, Span

LONGEST_FALLBACK = 3900
"""chat.update refuses a text of more than 4000 characters."""
_BREAKS = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x85\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
"""Controls, format characters (bidirectional, zero width, tags), halves of surrogate pairs."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters of other categories that show nothing."""
_MARKUP = re.compile(r"<(?=[!@#/A-Za-z])")
_JOINER = "\u2060"
_MENTION = re.compile(r"<@[A-Z0-9]{2,32}\|([^<>|]{1,80})>")
_WRAPPED = re.compile(
    r"<(?P<kind>mailto:|[#!]|https?://)(?P<what>[^<>|]*)(?:\|(?P<label>[^<>]*))?>"
)


def visible(text: str) -> str:
    """The text on one line, without characters that hide, reorder or break it."""
    if text.isascii() and text.isprintable():
        return text  # nothing to look for, and by far the most common
    return "".join(map(_shown, text))


def clean(text: str) -> str:
    """The text as it may stand in any field of Slack that interprets nothing.

    A mention somebody typed reads `@name`; what would be markup elsewhere is taken apart by an
    invisible joiner, so that no client can take it for a mention or a link.
    """
    return _MARKUP.sub(f"<{_JOINER}", visible(_MENTION.sub(r"@\1", text)))


def preformatted(text: str) -> str:
    """Text to copy: its lines stand, nothing is added to it."""
    return "\n".join(visible(line) for line in text.splitlines())


def cut(text: str, longest: int) -> str:
    """The text within a limit, its end replaced by an ellipsis where it is too long."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def escaped(text: str) -> str:
    """The three characters Slack's formatted text reserves, in the order that works."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def safe_url(url: str) -> str | None:
    """The address, when it is a web address that cannot end a link early."""
    hostile = re.search(r"[\s<>|\"\x00-\x20\x7f]", url) or visible(url) != url
    return url if url.startswith(("https://", "http://")) and not hostile else None


def utc(moment: Moment) -> str:
    """A time for readers whose zone is not known: `14:32 UTC`, with the day if it is shown."""
    at = moment.at.astimezone(UTC)
    return f"{at.day} {at:%b %Y}, {at:%H:%M} UTC" if moment.date else f"{at:%H:%M} UTC"


def plain(line: Line) -> str:
    """A line as bare words."""
    return "".join(_words(span) for span in line)


def fallback(card: Card) -> str:
    """The whole card as escaped text: all that notifications and screen readers get."""
    facts = [f"{clean(fact.label)}: {plain(fact.value)}" for fact in card.facts]
    lines = [clean(card.title), *map(plain, card.lines), *facts]
    lines += [preformatted(card.block), *map(plain, card.footer)]
    return _cut_escaped(escaped("\n".join(filter(None, lines))))


def received(text: str) -> str:
    """What a person typed into a command: `&lt;`, `<https://…>` and `<#C…|name>` undone.

    `<@U…|name>` stays, because only the id says who is meant.
    https://docs.slack.dev/interactivity/implementing-slash-commands
    """
    unwrapped = _WRAPPED.sub(_unwrapped, text)
    plain_text = unwrapped.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return storable(plain_text)


def storable(text: str) -> str:
    """The text without NUL and halves of surrogate pairs, which no database or wire carries."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def _shown(char: str) -> str:
    if char in _BREAKS:
        return " "
    return "" if unicodedata.category(char) in _DROPPED or char in _BLANK else char


def _words(span: Span) -> str:
    match span:
        case str():
            return clean(span)
        case Said(text) | Bold(text) | Code(text):
            return clean(text)
        case Anchor(url, label):
            return f"{clean(label)} ({url})" if safe_url(url) else clean(label)
        case Moment():
            return utc(span)
        case _:
            assert_never(span)


def _cut_escaped(text: str) -> str:
    if len(text) <= LONGEST_FALLBACK:
        return text
    return re.sub(r"&[a-z]{0,3}\Z", "", text[: LONGEST_FALLBACK - 1]) + "…"


def _unwrapped(match: re.Match[str]) -> str:
    kind, what, label = match["kind"], match["what"], match["label"]
    if kind == "#":
        return f"#{label or what}"
    if kind == "!":
        return f"@{what.partition('^')[0]}"
    return what if kind == "mailto:" else kind + what
