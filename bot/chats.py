"""The chats that the bot is in: each is opened where it is configured, and comes in by its own door."""

from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import structlog
from aiohttp import ClientSession, web
from yarl import URL

from bot.clock import real_seconds
from bot.domain.ids import Chat
from bot.messaging import Messenger
from bot.ports import IntegrationError
from bot.settings import Settings, SlackSettings, TeamsSettings
from bot.store import Store
from handlers.arrivals import FrontDesk, SignInDesk
from integrations import outbound
from integrations.entra.credentials import AppToken, app_credential
from integrations.entra.settings import EntraSettings
from integrations.slack import front_door as slack_door
from integrations.slack.client import SlackClient
from integrations.slack.listeners import bolt_app
from integrations.slack.messenger import SlackMessenger
from integrations.slack.socket_mode import SocketMode
from integrations.teams import front_door as teams_door
from integrations.teams.connector import Connector
from integrations.teams.dialogs import Dialogs
from integrations.teams.keys import Keys
from integrations.teams.limits import Limits
from integrations.teams.messenger import TeamsMessenger
from integrations.teams.places import Places
from integrations.teams.reception import Reception
from integrations.teams.single_sign_on import SingleSignOn
from integrations.teams.verify import Expected, Verifier, goes_to
from integrations.web.server import Check

_log = structlog.get_logger()
METADATA = "/v1/.well-known/openidconfiguration"
SCOPE = "https://api.botframework.com/.default"


@dataclass(frozen=True, slots=True)
class Desks:
    """Whom the doors lead to."""

    front: FrontDesk
    sign_in: SignInDesk


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the chats come in, and what must work for them to."""

    routes: list[web.RouteDef] = field(default_factory=list)
    checks: dict[str, Check] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Slack:
    settings: SlackSettings
    client: SlackClient

    async def open_door(self, desks: Desks, doors: Doors, stack: AsyncExitStack) -> None:
        bolt = bolt_app(desks.front, self.client, self.settings.signing_secrets)
        if self.settings.app_token:
            socket = SocketMode(bolt, self.client, self.settings.app_token)
            await socket.start()
            stack.push_async_callback(socket.stop)
            doors.checks["slack_socket"] = socket.ready
        else:
            door = slack_door.route(bolt, self.settings.signing_secrets, real_seconds)
            doors.routes.append(door)


@dataclass(frozen=True, slots=True)
class _Teams:
    tenant: str
    verifier: Verifier
    messenger: TeamsMessenger

    async def open_door(self, desks: Desks, doors: Doors, stack: AsyncExitStack) -> None:
        from integrations.teams.turns import Turns  # noqa: PLC0415  botbuilder is large

        if self.messenger.single_sign_on is not None:
            self.messenger.single_sign_on.desk = desks.sign_in
            stack.push_async_callback(self.messenger.single_sign_on.stop)
        turns = Turns(Reception(desks.front, self.messenger, self.tenant))
        doors.routes.append(teams_door.route(self.verifier, turns))


class Chats:
    """Those that are configured; there is at least one."""

    def __init__(
        self, opened: Mapping[Chat, _Slack | _Teams], messengers: Mapping[Chat, Messenger]
    ) -> None:
        self._opened = opened
        self.messengers = messengers

    async def open_doors(self, desks: Desks, stack: AsyncExitStack) -> Doors:
        """Let in what people say; what was opened is closed with the stack. Raises IntegrationError."""
        doors = Doors()
        for chat in self._opened.values():
            await chat.open_door(desks, doors, stack)
        return doors


async def open_chats(
    settings: Settings, app: EntraSettings | None, store: Store, stack: AsyncExitStack
) -> Chats:
    """Open the way out to each; `app` is the Teams bot's own. Raises IntegrationError."""
    opened: dict[Chat, _Slack | _Teams] = {}
    messengers: dict[Chat, Messenger] = {}
    if settings.slack is not None:
        client = SlackClient(
            settings.slack.bot_token, settings.slack.api_url, dev_loopback=settings.dev_loopback
        )
        stack.push_async_callback(client.stop)
        await client.start()
        opened[Chat.SLACK] = _Slack(settings.slack, client)
        messengers[Chat.SLACK] = SlackMessenger(client)
    if settings.teams is not None and app is not None:
        teams = await _open_teams(settings, settings.teams, app, store, stack)
        opened[Chat.TEAMS] = teams
        messengers[Chat.TEAMS] = teams.messenger
    return Chats(opened, messengers)


@dataclass(frozen=True, slots=True)
class TeamsWay:
    """The way out to Teams: what is believed of it, its one session, the app's token, the keys."""

    expected: Expected
    session: ClientSession
    token: AppToken
    keys: Keys


def reach_teams(
    teams: TeamsSettings, app: EntraSettings, stack: AsyncExitStack, *, dev_loopback: bool
) -> TeamsWay:
    """Open it; nothing is asked yet."""
    host = urlsplit(teams.service_url).hostname or ""
    expected = Expected(app.client_id, app.tenant, hosts=(host,), loopback=dev_loopback)
    login = URL(teams.login_url).origin()

    def allowed(url: URL) -> bool:
        return url.origin() == login or goes_to(expected, str(url))

    session = outbound.session(allowed)
    stack.push_async_callback(session.close)
    credential = app_credential(app)
    stack.push_async_callback(credential.close)
    return TeamsWay(
        expected,
        session,
        AppToken(credential, SCOPE, real_seconds),
        Keys(session, f"{teams.login_url}{METADATA}", real_seconds),
    )


async def _open_teams(
    settings: Settings,
    teams: TeamsSettings,
    app: EntraSettings,
    store: Store,
    stack: AsyncExitStack,
) -> _Teams:
    way = reach_teams(teams, app, stack, dev_loopback=settings.dev_loopback)
    try:
        await way.token()
    except IntegrationError as failed:
        if failed.permanent:
            raise
        _log.warning("teams_token_later", error=failed.detail)
    connector = Connector(way.session, way.token, Limits())
    places = Places(store, app.tenant, teams.service_url)
    silent = None
    if teams.single_sign_on:
        silent = SingleSignOn(connector, teams.single_sign_on, settings.public_url)
    return _Teams(
        app.tenant,
        Verifier(way.expected, way.keys),
        TeamsMessenger(connector, places, Dialogs(), way.expected, silent),
    )
