"""What bolt listens for, one listener of each kind, and how each hands over to the front desk."""

import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.error import BoltUnhandledRequestError
from slack_bolt.response import BoltResponse

from bot.cards import Card
from bot.wording.doors import FAILED, NOT_HERE
from handlers.arrivals import FrontDesk
from integrations.slack.blocks import ACTION, URL_ACTION, message
from integrations.slack.client import SlackClient
from integrations.slack.forms import FIELD_ACTION, errors, form_name, options, values
from integrations.slack.log import quiet
from integrations.slack.payloads import account, account_changed, arrival, home_opened
from integrations.slack.profiles import Ours
from integrations.slack.text import received
from integrations.text import storable

Body = dict[str, Any]
OURS = re.compile(f"^{ACTION}")
ANYTHING = re.compile("")
_log = structlog.get_logger(__name__)


def bolt_app(desk: FrontDesk, client: SlackClient, signing_secrets: tuple[str, ...]) -> AsyncApp:
    """The one bolt app, for HTTP and Socket Mode alike. The client must have been started.

    bolt checks signatures once more after the gate, but knows a single secret only.
    """
    installations = {client.team: client.installation}
    app = AsyncApp(
        name="aws-access",
        # Its warnings are about settings that were chosen on purpose.
        logger=quiet("slack_bolt.aws_access", logging.ERROR),
        signing_secret=signing_secrets[0] if signing_secrets else "",
        request_verification_enabled=len(signing_secrets) == 1,
        client=client.web,
        before_authorize=_pinned_to(frozenset(installations)),
        authorize=_authorize(installations),
        process_before_response=True,
        raise_error_for_unhandled_request=True,
        ssl_check_enabled=False,
        user_facing_authorize_error_message=NOT_HERE,
    )
    listeners = Listeners(desk, client.ours)
    app.command(ANYTHING)(listeners.command)
    app.action(OURS)(listeners.action)
    app.view(OURS)(listeners.submission)
    app.options(OURS)(listeners.options)
    app.event(ANYTHING)(listeners.event)
    app.error(_failed)
    return app


class Listeners:
    """Each acknowledges in every case and lets no exception reach bolt, which would lose the ack."""

    def __init__(self, desk: FrontDesk, ours: Ours) -> None:
        self._desk = desk
        self._ours = ours

    async def command(self, ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        """A slash command; the answer is the card, seen by the person only."""
        try:
            act = arrival(body, _headers(request), self._ours)
            text = received(str(body.get("text", "")))
            card = await self._desk.said(act, text) if act else None
            answer = _private(card) if card else None
        except Exception as broken:  # noqa: BLE001  whatever it is, Slack needs its answer
            _broke("command", broken)
            answer = {"response_type": "ephemeral", "text": FAILED}
        await (ack(answer) if answer else ack())

    async def action(self, ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        """A button or a choice; Slack ignores the body of the answer."""
        try:
            await self._acted(body, _headers(request))
        except Exception as broken:  # noqa: BLE001
            _broke("action", broken)
        await ack()

    async def submission(self, ack: AsyncAck, body: Body, request: AsyncBoltRequest) -> None:
        """A form; the answer closes it or puts errors at its fields."""
        answer: Body = {"response_action": "clear"}
        try:
            act, view = arrival(body, _headers(request), self._ours), body.get("view")
            found = await self._desk.submitted(act, form_name(view), values(view)) if act else None
            told = errors(found, view) if found else {}
            if told:
                answer = {"response_action": "errors", "errors": told}
        except Exception as broken:  # noqa: BLE001
            _broke("view", broken)
            first = next(iter(values(body.get("view"))), "")
            answer = {"response_action": "errors", "errors": {first: FAILED}} if first else answer
        await ack(answer)

    async def event(self, ack: AsyncAck, body: Body) -> BoltResponse | None:
        """An event. One that is answered with an error Slack delivers again, up to three times.

        https://docs.slack.dev/apis/events-api/#retries
        """
        if not await self._noted(body):
            return BoltResponse(status=503)
        await ack()
        return None

    async def _noted(self, body: Body) -> bool:
        """Whether all that the event asks for was noted; what asks for nothing is."""
        if (opened := home_opened(body, self._ours)) is not None:
            return await self._desk.home_opened(opened)
        if (changed := account_changed(body, self._ours)) is not None:
            return await self._desk.account_changed(changed)
        return True

    async def options(self, ack: AsyncAck, body: Body) -> None:
        """What a field offers for what was typed; nothing when that cannot be found out."""
        offered: list[dict[str, Any]] = []
        try:
            who, typed = account(body, self._ours), storable(str(body.get("value", "")))
            field = str(body.get("block_id", ""))
            if who is not None:
                offered = options(await self._desk.options(who, field, typed))
        except Exception as broken:  # noqa: BLE001
            _broke("options", broken)
        await ack(options=offered)

    async def _acted(self, body: Body, headers: Mapping[str, Any]) -> None:
        act, action = arrival(body, headers, self._ours), body["actions"][0]
        action_id = str(action.get("action_id", ""))
        if act is None or action_id.startswith(URL_ACTION):
            return
        if action_id.startswith(FIELD_ACTION):
            view = body.get("view")
            await self._desk.chosen(act, form_name(view), values(view))
        else:
            await self._desk.pressed(act, storable(str(action.get("value", ""))))


def _authorize(
    installations: Mapping[str, AuthorizeResult],
) -> Callable[..., Awaitable[AuthorizeResult]]:
    async def authorize(team_id: str) -> AuthorizeResult:
        return installations[team_id]  # other teams were stopped before

    return authorize


def _pinned_to(teams: frozenset[str]) -> Callable[..., Awaitable[BoltResponse | None]]:
    """A middleware that stops other workspaces before bolt would write to their response URL."""

    async def pinned(
        body: Body, request: AsyncBoltRequest, ack: AsyncAck, next_: Callable[[], Awaitable[None]]
    ) -> BoltResponse | None:
        if body.get("type") == "url_verification" or request.context.team_id in teams:
            await next_()
            return None
        return await (ack(NOT_HERE) if "command" in body else ack())

    return pinned


async def _failed(error: Exception) -> BoltResponse:
    """What bolt could not handle. Says no more than its kind: its text may hold people's words."""
    _broke("bolt", error)
    return BoltResponse(status=404 if isinstance(error, BoltUnhandledRequestError) else 400)


def _broke(where: str, error: Exception) -> None:
    _log.error("slack_listener_failed", where=where, error=type(error).__name__)


def _headers(request: AsyncBoltRequest) -> Mapping[str, Any]:
    return {name: found[0] for name, found in request.headers.items() if found}


def _private(card: Card) -> Body:
    return {"response_type": "ephemeral", **message(card)}
