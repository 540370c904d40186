"""Cards as lines of text, for the command line."""

from datetime import UTC
from typing import assert_never

from bot.cards import Anchor, Bold, Card, Code, Line, Moment, Said, Span
from bot.domain.text import visible


def printed(card: Card) -> str:
    """Title and lines; nothing in it can steer a terminal."""
    return "\n".join((visible(card.title), *map(_line, card.lines)))


def _line(line: Line) -> str:
    return "".join(map(_words, line))


def _words(span: Span) -> str:
    match span:
        case str():
            return visible(span)
        case Said(text) | Bold(text) | Code(text):
            return visible(text)
        case Anchor(url, label):
            return f"{visible(label)} ({visible(url)})"
        case Moment(at):
            return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
    assert_never(span)
