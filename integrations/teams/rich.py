"""Lines of a card as elements of an Adaptive Card.

A TextBlock reads Markdown and alone knows the reader's clock; a RichTextBlock interprets nothing.
So people's words stand in rich text only, and a time among them is written out.
https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features
"""

import re
from datetime import UTC
from typing import Any, assert_never

from bot.cards import Anchor, Bold, Code, Line, Moment, Said, Span
from bot.domain.text import visible
from integrations.text import cut, local, safe_url, words

Json = dict[str, Any]
LONGEST_PIECE = 3000
_MARKDOWN = re.compile(r"[\\*_\[\]<>`~#{}|&]|\A\s*(?:\d+[.)]|[-+])\s")
"""What a TextBlock could take for more than letters."""


def line(spans: Line, zone: str, **style: object) -> Json | None:
    """One line; None for a blank one. `zone` is the reader's, where their client is not asked."""
    if any(isinstance(span, Moment) for span in spans) and _is_plain(spans):
        text = "".join(map(_formatted, spans))
        return {"type": "TextBlock", "text": text, "wrap": True, **style}
    runs = [run for span in spans if (run := _run(span, zone)) is not None]
    if not words(spans, visible).strip():
        return None
    return {"type": "RichTextBlock", "inlines": [{**run, **_small(style)} for run in runs]} | {
        name: value for name, value in style.items() if name in {"spacing", "separator"}
    }


def heading(shown: str) -> Json:
    """A title; screen readers find it as one where its words can be no markup."""
    title = visible(shown).strip() or "AWS access"
    style = {"weight": "bolder", "size": "medium"}
    if _MARKDOWN.search(title):
        return text(title, **style)
    return {
        "type": "TextBlock",
        "text": cut(title, LONGEST_PIECE),
        "wrap": True,
        "style": "heading",
        **style,
    }


def text(shown: str, **style: object) -> Json:
    """Somebody's or our own words in one style, interpreted by nobody."""
    run = {"type": "TextRun", "text": cut(shown, LONGEST_PIECE), **_small(style)}
    apart = {name: value for name, value in style.items() if name in {"spacing", "separator"}}
    return {"type": "RichTextBlock", "inlines": [run], **apart}


def _small(style: dict[str, object]) -> Json:
    """The part of a block's style that belongs to its runs."""
    return {name: value for name, value in style.items() if name not in {"spacing", "separator"}}


def _is_plain(spans: Line) -> bool:
    """Whether the line has no words that a TextBlock could misread, and nothing it cannot show."""
    ours = "".join(span for span in spans if isinstance(span, str))
    bold = [span.text for span in spans if isinstance(span, Bold)]
    others = any(isinstance(span, Said | Code | Anchor) for span in spans)
    return not others and not any(_MARKDOWN.search(visible(text)) for text in (ours, *bold))


def _formatted(span: Span) -> str:
    """A span of a plain line as Markdown, its times in the reader's own zone."""
    match span:
        case Moment():
            at = f"{span.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
            return (
                f"{{{{DATE({at},SHORT)}}}} {{{{TIME({at})}}}}"
                if span.date
                else f"{{{{TIME({at})}}}}"
            )
        case Bold(text=shown):
            return f"**{visible(shown).strip()}**"
        case _:
            return visible(str(span))


def _run(span: Span, zone: str) -> Json | None:
    match span:
        case str():
            return _text(span)
        case Said(text=shown):
            return _text(shown)
        case Bold(text=shown):
            return _text(shown, weight="bolder")
        case Code(text=shown):
            return _text(shown, fontType="monospace")
        case Anchor(url, label):
            return _link(url, label)
        case Moment():
            return _text(local(span, zone))
        case _:
            assert_never(span)


def _text(shown: str, **style: object) -> Json | None:
    letters = cut(visible(shown), LONGEST_PIECE)
    return {"type": "TextRun", "text": letters, **style} if letters else None


def _link(url: str, label: str) -> Json | None:
    address = safe_url(url)
    if address is None:
        return _text(label)
    opens = {"type": "Action.OpenUrl", "url": address}
    return _text(visible(label) or address, selectAction=opens, underline=True)
