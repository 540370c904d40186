"""Any text made fit to be shown or kept, whichever chat it is for."""

import re
from collections.abc import Callable
from datetime import UTC
from typing import assert_never
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.cards import Anchor, Bold, Card, Code, Line, Moment, Said, Span
from bot.domain.text import visible
from bot.wording.doors import BUTTONS

Clean = Callable[[str], str]
"""How a chat makes words safe to stand in a text."""


def preformatted(text: str) -> str:
    """Text to copy: its lines stand, nothing is added to it."""
    return "\n".join(visible(line) for line in text.splitlines())


def cut(text: str, longest: int) -> str:
    """The text within a limit, its end replaced by an ellipsis where it is too long."""
    return text if len(text) <= longest else text[: longest - 1] + "…"


def safe_url(url: str) -> str | None:
    """The address, when it is a web address that cannot end a link early."""
    hostile = re.search(r"[\s<>|\"\x00-\x20\x7f]", url) or visible(url) != url
    return url if url.startswith(("https://", "http://")) and not hostile else None


def utc(moment: Moment) -> str:
    """A time for readers whose zone is not known: `14:32 UTC`, with the day if it is shown."""
    at = moment.at.astimezone(UTC)
    return f"{at.day} {at:%b %Y}, {at:%H:%M} UTC" if moment.date else f"{at:%H:%M} UTC"


def local(moment: Moment, zone: str) -> str:
    """A time where text cannot ask the reader's client for its zone: `15:32 CET`, with the zone's name.

    `zone` is an IANA name out of the reader's profile; one that is not known here reads as UTC.
    """
    try:
        at = moment.at.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return utc(moment)
    name = f"{at:%Z}"
    named = name if name[:1].isalpha() else f"UTC{name}"
    return f"{at.day} {at:%b %Y}, {at:%H:%M} {named}" if moment.date else f"{at:%H:%M} {named}"


def storable(text: str) -> str:
    """The text without NUL and halves of surrogate pairs, which no database or wire carries."""
    return text.replace("\0", "").encode("utf-8", "ignore").decode()


def told(card: Card, clean: Clean, zone: str = "UTC", *, addresses: bool = True) -> str:
    """The whole card as text, for notifications and screen readers. Times are those of `zone`."""
    facts = [f"{clean(fact.label)}: {words(fact.value, clean, zone)}" for fact in card.facts]
    said = (words(line, clean, zone, addresses=addresses) for line in card.lines)
    lines = [clean(card.title), *said, *facts]
    if card.buttons:
        labels = [clean(button.spoken or button.label) for button in card.buttons]
        lines.append(BUTTONS.format(", ".join(labels)))
    lines += [preformatted(card.block), *(words(line, clean, zone) for line in card.footer)]
    return "\n".join(filter(None, lines))


def words(line: Line, clean: Clean, zone: str = "UTC", *, addresses: bool = True) -> str:
    """A line as bare words, with the addresses of its links or without."""
    return "".join(_words(span, clean, zone, addresses=addresses) for span in line)


def _words(span: Span, clean: Clean, zone: str, *, addresses: bool) -> str:
    match span:
        case str():
            return clean(span)
        case Said(text) | Bold(text) | Code(text):
            return clean(text)
        case Anchor(url, label):
            return f"{clean(label)} ({url})" if addresses and safe_url(url) else clean(label)
        case Moment():
            return local(span, zone)
        case _:
            assert_never(span)
