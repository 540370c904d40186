"""Lines of a card as Slack's rich text and, for small print, as context elements.

Rich text is a tree: nothing in it is parsed, so nobody's words can become a mention or a link.
https://docs.slack.dev/reference/block-kit/blocks/rich-text-block
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, assert_never

from bot.cards import Anchor, Bold, Code, Line, Moment, Said, Span
from integrations.slack.text import clean, escaped, plain
from integrations.text import cut, safe_url, utc

Json = dict[str, Any]
LONGEST_PIECE = 3000
MOST_CONTEXT_ELEMENTS = 10
_TIME = "{time}"
_DATE = "{date_short_pretty} {time}"


def pieces(line: Line) -> list[Json]:
    """The rich text elements of one line."""
    return [piece for span in line if (piece := _piece(span)) is not None]


def paragraph(lines: Sequence[Line]) -> Json:
    """One rich text section that holds the lines, each on its own."""
    elements: list[Json] = []
    for line in lines:
        if elements:
            elements.append({"type": "text", "text": "\n"})
        elements += pieces(line)
    return {"type": "rich_text_section", "elements": elements}


def small_print(line: Line) -> list[Json]:
    """The context elements of one line; people's words stand in elements of their own."""
    elements = list(_context(line))
    if len(elements) > MOST_CONTEXT_ELEMENTS or any(
        len(one["text"]) > LONGEST_PIECE for one in elements
    ):
        return [_plain_text(plain(line))]
    return elements


def _piece(span: Span) -> Json | None:
    match span:
        case str():
            return _text(span)
        case Said(text):
            return _text(text)
        case Bold(text):
            return _text(text, "bold")
        case Code(text):
            return _text(text, "code")
        case Anchor(url, label):
            return _link(url, label)
        case Moment():
            return {
                "type": "date",
                "timestamp": int(span.at.timestamp()),
                "format": _DATE if span.date else _TIME,
                "fallback": utc(span),
            }
        case _:
            assert_never(span)


def _text(text: str, style: str = "") -> Json | None:
    shown = cut(clean(text), LONGEST_PIECE)
    if not shown:
        return None
    return {"type": "text", "text": shown} | ({"style": {style: True}} if style else {})


def _link(url: str, label: str) -> Json | None:
    address = safe_url(url)
    if address is None:
        return _text(label)
    return {"type": "link", "url": address, "text": cut(clean(label) or address, LONGEST_PIECE)}


def _context(line: Line) -> Iterator[Json]:
    ours = ""
    for span in line:
        if not isinstance(span, Said):
            ours += _mrkdwn(span)
            continue
        yield from _element(_formatted, ours)
        yield from _element(_plain_text, clean(span.text))
        ours = ""
    yield from _element(_formatted, ours)


def _element(kind: Callable[[str], Json], text: str) -> Iterator[Json]:
    if text.strip():
        yield kind(text.strip())


def _formatted(text: str) -> Json:
    return {"type": "mrkdwn", "text": text, "verbatim": True}


def _plain_text(text: str) -> Json:
    return {"type": "plain_text", "text": cut(text, LONGEST_PIECE), "emoji": False}


def _mrkdwn(span: str | Bold | Code | Anchor | Moment) -> str:
    """Our own words as formatted text."""
    match span:
        case str():
            return escaped(clean(span))
        case Bold(text):
            return f"*{escaped(clean(text))}*"
        case Code(text):
            words = escaped(clean(text)).replace("`", "'")
            return f"`{words}`"
        case Anchor(url, label):
            address = safe_url(url)
            words = escaped(clean(label)).replace("|", "¦")
            return f"<{escaped(address)}|{words}>" if address else words
        case Moment():
            pattern = _DATE if span.date else _TIME
            return f"<!date^{int(span.at.timestamp())}^{pattern}|{utc(span)}>"
        case _:
            assert_never(span)
