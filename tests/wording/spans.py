"""What stands where on a card."""

from collections.abc import Iterable, Iterator

from bot.cards import Anchor, Card, Form, Line, Moment, Page, Said, Span


def spans(shown: Card | Page | Form) -> Iterator[Span]:
    """Every piece of text in lines, facts and small print."""
    groups: list[Iterable[Line]] = [shown.lines]
    if not isinstance(shown, Form):
        groups.append([fact.value for fact in shown.facts])
    if isinstance(shown, Card):
        groups.append(shown.footer)
    for group in groups:
        for line in group:
            yield from line


def words(span: Span) -> str:
    """A piece of text as bare words."""
    match span:
        case str():
            return span
        case Anchor():
            return span.label
        case Moment():
            return f"{span.at:%H:%M}"
        case _:
            return span.text


def text(shown: Card | Page | Form) -> str:
    """Title, lines, facts and small print as bare words, a line each."""
    facts: tuple[Line, ...] = ()
    if not isinstance(shown, Form):
        facts = tuple((f"{fact.label}: ", *fact.value) for fact in shown.facts)
    said = ["".join(map(words, line)) for line in (*shown.lines, *facts)]
    return "\n".join((shown.title, *said))


def ours(shown: Card | Page | Form) -> str:
    """What the bot says itself: everything but people's words and the small print."""
    said = [words(span) for span in spans(shown) if not isinstance(span, Said)]
    return "\n".join((shown.title, *said))
