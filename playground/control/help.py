"""The page `help`: every call with its arguments and an example, for people and for programs."""

import html
import json
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from aiohttp import web

from playground.control.operations import Operation

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 2.5rem; } code, pre { font-family: ui-monospace, monospace; }
pre { background: #8881; padding: .75rem; overflow-x: auto; } dt { font-weight: 600; }
:root { color-scheme: light dark; }
"""

INTRODUCTION = (
    "Every call answers 200 with JSON, unless the call itself is malformed: then 400 with "
    '{"error": a sentence}. GET takes its arguments in the query, the others as a JSON body. '
    "GET /events is a stream of Server-Sent Events: one 'changed' whenever something happened. "
    "POST /entra, /aws and /slack also set things up wrongly; `aws-access doctor`, with the settings "
    "that the demo prints, then names what is wrong."
)


def help_page(
    operations: Sequence[Operation],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The handler of `GET /help`: HTML for a browser, JSON for anything else."""
    shown = [one.shown() for one in operations]

    async def answer(request: web.Request) -> web.StreamResponse:
        if "text/html" in request.headers.get("Accept", ""):
            return web.Response(text=_page(shown), content_type="text/html")
        return web.json_response({"about": INTRODUCTION, "calls": shown})

    return answer


def _page(shown: Sequence[dict[str, Any]]) -> str:
    parts = "".join(_section(one) for one in shown)
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Control interface</title>'
        f'<link rel="icon" href="../icon.svg"><style>{STYLE}</style>'
        "<h1>The playground's control interface</h1>"
        f"<p>{html.escape(INTRODUCTION)}</p>{parts}</html>"
    )


def _section(one: dict[str, Any]) -> str:
    arguments = "".join(
        f"<dt><code>{html.escape(name)}</code></dt><dd>{html.escape(_words(told))}</dd>"
        for name, told in one["arguments"].items()
    )
    ops = "".join(
        f"<dt><code>{html.escape(name)}</code></dt><dd>{html.escape(_plain(told))}</dd>"
        for name, told in one.get("ops", {}).items()
    )
    example = html.escape(json.dumps(one["example"])) if one["example"] else ""
    return (
        f"<h2><code>{html.escape(one['call'])}</code></h2><p>{html.escape(one['means'])}</p>"
        + (f"<dl>{arguments}</dl>" if arguments else "")
        + (f"<h3>op</h3><dl>{ops}</dl>" if ops else "")
        + (f"<pre>{example}</pre>" if example else "")
        + f"<p>Answers: {html.escape(one['answers'])}</p>"
    )


def _words(told: dict[str, Any]) -> str:
    words = [told["means"]]
    if "one_of" in told:
        words.append(f"one of {', '.join(told['one_of'])}")
    words.append(f"default {json.dumps(told['default'])}" if "default" in told else "required")
    return "; ".join(words)


def _plain(told: object) -> str:
    return told if isinstance(told, str) else json.dumps(told)
