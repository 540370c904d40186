"""The control interface and the page on one port: routes, errors as sentences, the help."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web

from playground.control.changes import Changes
from playground.control.help import help_page
from playground.control.operations import MalformedError, Operation
from playground.serving import LOOPBACK

PAGE = Path(__file__).resolve().parent.parent / "page"
PREFIX = "/control"
LARGEST_BODY = 1024 * 1024
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def application(
    operations: Sequence[Operation], changes: Changes, page: Path = PAGE
) -> web.Application:
    """The web application: `/` is the page, `/control/…` the interface."""
    app = web.Application(client_max_size=LARGEST_BODY, middlewares=[only_from_here])
    for one in operations:
        app.router.add_route(one.method, PREFIX + one.path, _answerer(one, changes))
    app.router.add_get(f"{PREFIX}/help", help_page(operations))
    app.router.add_get(f"{PREFIX}/events", changes.stream)

    async def index(_: web.Request) -> web.FileResponse:
        return web.FileResponse(page / "index.html")

    async def look_anew(_: web.Request, answer: web.StreamResponse) -> None:
        answer.headers.setdefault("Cache-Control", "no-cache")

    async def end_streams(_: web.Application) -> None:
        await changes.close()

    app.router.add_get("/", index)
    app.router.add_static("/", page)
    app.on_response_prepare.append(look_anew)
    app.on_shutdown.append(end_streams)
    return app


@web.middleware
async def only_from_here(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page of somebody else might send through the reader's browser."""
    origin = request.headers.get("Origin")
    named = [urlsplit(f"//{request.host}").hostname]
    if origin is not None:
        named.append(urlsplit(origin).hostname)
    if not LOOPBACK.issuperset(named):
        return _refusal("the playground answers only pages of its own, on this machine")
    return await handler(request)


def _answerer(operation: Operation, changes: Changes) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            given = operation.read(await _given(request))
            told = await operation.run(given)
        except MalformedError as wrong:
            return _refusal(str(wrong))
        finally:
            if operation.method != "GET":
                changes.touch()
        return web.json_response(told, dumps=_dumps)

    return answer


async def _given(request: web.Request) -> Mapping[str, Any]:
    if request.method == "GET":
        return dict(request.query)
    raw = await request.read()
    try:
        given = json.loads(raw) if raw.strip() else {}
    except ValueError as wrong:
        raise MalformedError(f"the body is not JSON: {wrong}") from wrong
    if not isinstance(given, dict):
        raise MalformedError("the body must be a JSON object")
    return given


def _refusal(why: str) -> web.Response:
    return web.json_response({"error": why}, status=HTTPStatus.BAD_REQUEST)


def _dumps(told: object) -> str:
    return json.dumps(told, ensure_ascii=False, default=str)
