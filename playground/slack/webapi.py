"""The Web API under /api/{method}: who calls, with which arguments, and Slack's way of answering.

https://docs.slack.dev/apis/web-api
"""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from playground.kernel.wire import AS, Wire
from playground.slack.refusals import Json, Refusal
from playground.slack.scopes import listed, require_for
from playground.slack.state import Workspace

Method = Callable[[Workspace, Json], Json]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

APP_LEVEL = "apps.connections.open"
HTTP_ERRORS = {429: "ratelimited", 500: "internal_error", 503: "service_unavailable"}
SECRET_ARGUMENTS = {"token"}


@dataclass(frozen=True)
class Tokens:
    """The credentials of the app in this workspace."""

    bot: str
    app: str


def arguments(request: web.Request, raw: bytes) -> Json:
    """A call's arguments out of the query, a form body or a JSON body."""
    args: Json = dict(request.query)
    text = raw.decode("utf-8", "replace")
    if request.content_type == "application/json":
        try:
            body = json.loads(text) if text else {}
        except ValueError:
            body = {}
        return {**args, **body} if isinstance(body, dict) else args
    return {**args, **dict(parse_qsl(text, keep_blank_values=True))}


def shown_arguments(request: web.Request, raw: bytes) -> Json:
    """What is recorded of a call: its arguments without credentials."""
    return {k: v for k, v in arguments(request, raw).items() if k not in SECRET_ARGUMENTS}


def http_refusal(status: int) -> web.Response:
    """A failure below the API, worded as Slack does."""
    error = HTTP_ERRORS.get(status, "fatal_error")
    return web.json_response({"ok": False, "error": error}, status=status)


def token_of(request: web.Request, args: Json) -> str:
    """The token a call carries, "" when none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else str(args.get("token", ""))


def refuse_wrong_token(method: str, token: str, tokens: Tokens) -> None:
    """Raises Refusal unless the token may call the method."""
    wanted, other = (tokens.app, tokens.bot) if method == APP_LEVEL else (tokens.bot, tokens.app)
    if token == wanted:
        return
    error = "not_authed"
    if token:
        error = "not_allowed_token_type" if token == other else "invalid_auth"
    raise Refusal(error)


def web_api(
    workspace: Workspace, wire: Wire, tokens: Tokens, methods: Mapping[str, Method]
) -> web.Application:
    """The application to mount under /api; every call is recorded as system slack."""

    @web.middleware
    async def whose(request: web.Request, handler: Handler) -> web.StreamResponse:
        token = token_of(request, arguments(request, await request.read()))
        if token in {tokens.bot, tokens.app}:
            request[AS] = "bot"
        return await handler(request)

    async def call(request: web.Request) -> web.Response:
        name = request.match_info["method"]
        args = arguments(request, await request.read())
        try:
            refuse_wrong_token(name, token_of(request, args), tokens)
            _refuse_revoked(workspace, name)
            body = {"ok": True, **_method(methods, name, workspace)(workspace, args)}
        except Refusal as refused:
            body = refused.shown()
        return web.json_response(body, headers={"X-OAuth-Scopes": listed(workspace.scopes)})

    app = web.Application(
        middlewares=[whose, wire.middleware("slack", http_refusal, shown_arguments)]
    )
    app.router.add_route("*", "/{method}", call)
    return app


def _refuse_revoked(workspace: Workspace, method: str) -> None:
    """Raises Refusal for a token that was revoked."""
    if ("app" if method == APP_LEVEL else "bot") in workspace.revoked:
        raise Refusal("token_revoked")


def _method(methods: Mapping[str, Method], name: str, workspace: Workspace) -> Method:
    """What carries it out. Raises Refusal for what the app may not, or not here."""
    if name not in methods:
        raise Refusal("unknown_method")
    require_for(workspace.scopes, name)
    if name in workspace.refuses:
        raise Refusal(workspace.refuses[name])
    return methods[name]
