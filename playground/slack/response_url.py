"""What an app may do with a response_url, and with the body of its answer to a slash command.

https://docs.slack.dev/interactivity/handling-user-interaction (message responses)
"""

import json

from aiohttp import web

from playground.kernel.wire import AS, Wire
from playground.slack.content import new_content
from playground.slack.refusals import Json, Refusal
from playground.slack.rights import ResponseUrl
from playground.slack.state import Channel, Message, Workspace
from playground.slack.webapi import Handler, http_refusal, shown_arguments


def respond(workspace: Workspace, right: ResponseUrl, body: Json) -> Message | None:
    """Carry out one response; answers the message it made or changed. Raises Refusal."""
    source = right.source
    if body.get("delete_original") and source is not None:
        workspace.delete(source)
        return None
    content = new_content(body)
    if body.get("replace_original") and source is not None:
        workspace.edit(source, content)
        return source
    return show(workspace, right.channel, right.user, body)


def show(workspace: Workspace, channel: Channel, user: str, body: Json) -> Message:
    """Post a response: to everybody with response_type in_channel, else only to the user."""
    only_for = None if body.get("response_type") == "in_channel" else user
    thread_ts = body.get("thread_ts")
    return workspace.post(channel, new_content(body), thread_ts=thread_ts, only_for=only_for)


def response_urls(workspace: Workspace, wire: Wire) -> web.Application:
    """The application to mount under /response; every call is recorded as system slack."""

    @web.middleware
    async def as_bot(request: web.Request, handler: Handler) -> web.StreamResponse:
        request[AS] = "bot"
        return await handler(request)

    async def answer(request: web.Request) -> web.Response:
        try:
            right = workspace.response_urls.use(request.match_info["key"])
        except Refusal as refused:
            return web.json_response(refused.shown(), status=404)
        try:
            respond(workspace, right, _payload(await request.read()))
        except Refusal as refused:
            return web.json_response(refused.shown(), status=400)
        return web.Response(text="ok")

    app = web.Application(
        middlewares=[as_bot, wire.middleware("slack", http_refusal, shown_arguments)]
    )
    app.router.add_post("/{key}", answer)
    return app


def _payload(raw: bytes) -> Json:
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Refusal("invalid_payload")
    return body
