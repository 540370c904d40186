"""A page of the sign-in as HTML: one page, no script, readable on a phone, in light and in dark.

Everything that is not our own markup is escaped here and nowhere else.
"""

import base64
import hashlib
import re
from datetime import UTC
from html import escape
from typing import assert_never

from bot.cards import Anchor, Bold, Code, Fact, Line, Moment, Page, Said, Span
from bot.domain.text import visible

STYLE = """
:root { color-scheme: light dark; --paper: #f5f6f8; --card: #fff; --ink: #16181d; --soft: #565d6b;
  --edge: #dfe2e8; --main: #0b57d0; --on-main: #fff; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #101216; --card: #1a1d23; --ink: #eceef2;
  --soft: #a7aebb; --edge: #323743; --main: #a8c7fa; --on-main: #06245c; --bad: #f7b0aa; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: grid; align-content: center;
  justify-items: center; padding: 1.5rem 1rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif;
  overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
main { width: 100%; max-width: 31rem; padding: 2rem; background: var(--card);
  border: 1px solid var(--edge); border-top: 4px solid var(--main); border-radius: 14px; }
main.bad { border-top-color: var(--bad); }
.brand { margin: 0 0 1.25rem; color: var(--soft); font-size: .8125rem; font-weight: 600;
  letter-spacing: .02em; }
h1 { margin: 0 0 .75rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; }
main.bad h1 { color: var(--bad); }
p { margin: 0 0 .75rem; }
main > :last-child { margin-bottom: 0; }
dl { margin: 1.25rem 0; border-top: 1px solid var(--edge); }
dl div { display: grid; grid-template-columns: 8.5rem 1fr; gap: 0 1rem; padding: .6rem 0;
  border-bottom: 1px solid var(--edge); }
dt { color: var(--soft); }
dd { margin: 0; font-weight: 500; }
code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; background: var(--paper);
  border: 1px solid var(--edge); border-radius: 5px; padding: .05em .35em; }
a { color: var(--main); text-underline-offset: .15em; }
button { width: 100%; min-height: 3rem; margin-top: .5rem; padding: .7rem 1rem; border: 0;
  border-radius: 10px; background: var(--main); color: var(--on-main); font: inherit;
  font-weight: 600; cursor: pointer; }
button:hover { filter: brightness(1.08); }
a:focus-visible, button:focus-visible { outline: 3px solid var(--main); outline-offset: 3px; }
@media (max-width: 30rem) { main { padding: 1.5rem 1.25rem; }
  dl div { grid-template-columns: 1fr; } }
@media (forced-colors: active) { button { border: 1px solid; } }
""".strip()
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
"""What the content security policy allows: this style and no other."""


def document(page: Page) -> str:
    """The whole HTML document."""
    mood = "" if page.fine else ' class="bad"'
    parts = [
        '<p class="brand">AWS Access</p>',
        f"<h1>{_text(page.title)}</h1>",
        *(f"<p>{_line(line)}</p>" for line in page.lines),
        _facts(page.facts),
        _confirm(page.confirm),
    ]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{_text(page.title)} · AWS Access</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main{mood}>\n" + "\n".join(filter(None, parts)) + "\n</main>\n</body>\n</html>\n"
    )


def _facts(facts: tuple[Fact, ...]) -> str:
    rows = [
        f"<div><dt>{_text(fact.label)}</dt><dd>{_line(fact.value)}</dd></div>" for fact in facts
    ]
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _confirm(label: str) -> str:
    if not label:
        return ""
    return f'<form method="post"><button type="submit">{_text(label)}</button></form>'


def _line(line: Line) -> str:
    return "".join(map(_span, line))


def _span(span: Span) -> str:
    match span:
        case str():
            return _text(span)
        case Said(text):
            # Isolated, so that right-to-left words cannot reorder ours.
            return f"<bdi>{_text(text)}</bdi>"
        case Bold(text):
            return f"<strong>{_text(text)}</strong>"
        case Code(text):
            return f"<code>{_text(text)}</code>"
        case Anchor(url, label):
            return _link(url, label)
        case Moment():
            return _time(span)
        case _:
            assert_never(span)


def _link(url: str, label: str) -> str:
    if not url.startswith(("https://", "http://")) or re.search(r"[\s\x00-\x20\x7f]", url):
        return _text(label)
    return f'<a href="{escape(url)}" rel="noreferrer">{_text(label)}</a>'


def _time(moment: Moment) -> str:
    at = moment.at.astimezone(UTC)
    words = f"{at.day} {at:%b %Y}, {at:%H:%M} UTC" if moment.date else f"{at:%H:%M} UTC"
    return f'<time datetime="{at:%Y-%m-%dT%H:%M:%SZ}">{words}</time>'


def _text(text: str) -> str:
    """Escaped, and without characters that hide or reorder what is read."""
    return escape(visible(text))
