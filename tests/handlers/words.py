"""Cards and pages as bare words, for tests of what is said."""

from collections.abc import Iterable

from bot.cards import Anchor, Card, Line, Moment, Page, Span


def text(lines: Iterable[Line]) -> str:
    """Lines as bare words; times are in UTC."""
    return "\n".join("".join(map(_words, line)) for line in lines)


def everything(card: Card | Page) -> str:
    """All that a card or page says, buttons excepted."""
    facts = [(f"{fact.label}: ", *fact.value) for fact in card.facts]
    return "\n".join((card.title, text(card.lines), text(facts)))


def _words(span: Span) -> str:
    match span:
        case str():
            return span
        case Anchor():
            return span.label
        case Moment():
            return f"{span.at:%H:%M}"
        case _:
            return span.text
