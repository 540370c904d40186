"""The composition root: the only place that knows every concrete class, in the order they are made."""

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

import aiohttp
import structlog
from prometheus_client import REGISTRY

from bot import access_file
from bot.clock import OffsetClock, real_now, real_seconds
from bot.domain.access import Catalog
from bot.domain.ids import Chat
from bot.ports import IntegrationError
from bot.settings import Readable, Settings
from handlers.context import Memory, World
from handlers.dispatch import Desk
from handlers.sign_in import SignInPages
from handlers.sweep import sweep
from handlers.work import handlers
from handlers.worker import Worker
from integrations.aws import open_aws
from integrations.database.engine import check_url, connect
from integrations.database.jobs import DatabaseJobs
from integrations.database.lock import AlreadyRunningError, only_process
from integrations.database.schema import SchemaTooNewError, upgrade
from integrations.database.sealing import open_vault, parse_keys
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from integrations.entra.credentials import app_credential
from integrations.entra.directory import EntraDirectory
from integrations.entra.graph import Graph
from integrations.entra.pim import EntraPim
from integrations.entra.settings import EntraSettings
from integrations.entra.sign_in import EntraSignIn
from integrations.slack import front_door
from integrations.slack.client import SlackClient
from integrations.slack.listeners import bolt_app
from integrations.slack.messenger import SlackMessenger
from integrations.slack.socket_mode import SocketMode
from integrations.web import dev, pages
from integrations.web.server import Check, application, listen

MY_APPS = "https://launcher.myapps.microsoft.com"
DRAIN_SECONDS = 8.0
SWEEP_SECONDS = 60.0
_log = structlog.get_logger()


CANNOT_START = (AlreadyRunningError, SchemaTooNewError, IntegrationError, ValueError, OSError)
"""What `serving` raises when the surroundings, and not the code, have to be mended."""


READABLE: Readable = {"TOKEN_KEYS": parse_keys, "DATABASE_URL": check_url}
"""Settings that only their adapters can read."""


@dataclass(frozen=True, slots=True)
class Running:
    """The bot, serving; `port` is the real one."""

    port: int


@asynccontextmanager
async def serving(settings: Settings) -> AsyncIterator[Running]:
    """Everything, started; stopped in reverse order when the block is left. Raises CANNOT_START."""
    async with AsyncExitStack() as stack:
        clock = OffsetClock()
        stack.enter_context(only_process(settings.database_url))
        await asyncio.to_thread(upgrade, settings.database_url)
        database = Database(connect(settings.database_url))
        stack.push_async_callback(database.engine.dispose)
        slack = SlackClient(
            settings.slack.bot_token, settings.slack.api_url, dev_loopback=settings.dev_loopback
        )
        stack.push_async_callback(slack.stop)
        await slack.start()
        store = DatabaseStore(database, clock, lambda: worker.wake())  # noqa: PLW0108  it is made below
        world = await _world(settings, clock, store, slack, stack)
        jobs = DatabaseJobs(database, clock)
        if database.turn is not None:
            await jobs.release_all()  # nobody else works on SQLite, so nobody else holds a lease
        desk = Desk(world)
        worker = Worker(jobs, clock, handlers(world), crowded=lambda: desk.crowded)
        yield await _serve(_Parts(settings, clock, world, desk, worker, slack), stack)


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the doors are made of."""

    settings: Settings
    clock: OffsetClock
    world: World
    desk: Desk
    worker: Worker
    slack: SlackClient


async def _world(
    settings: Settings,
    clock: OffsetClock,
    store: DatabaseStore,
    slack: SlackClient,
    stack: AsyncExitStack,
) -> World:
    entra = _entra(settings)
    graph = Graph(entra, app_credential(entra))
    stack.push_async_callback(graph.close)
    sign_in = EntraSignIn(entra, real_now)
    stack.push_async_callback(sign_in.close)
    aws = open_aws(settings.aws.region, settings.aws.endpoint_url)
    stack.push_async_callback(aws.close)
    return World(
        clock=clock,
        store=store,
        directory=EntraDirectory(graph, clock, entra.tenant),
        pim=EntraPim(graph, clock),
        sign_in=sign_in,
        vault=open_vault(parse_keys(settings.token_keys)),
        aws=aws,
        messengers={Chat.SLACK: SlackMessenger(slack)},
        tenant=entra.tenant,
        public_url=settings.public_url,
        my_apps_url=MY_APPS,
        catalog=_catalog(settings),
        real_now=real_now,
        memory=Memory(clock),
    )


def _entra(settings: Settings) -> EntraSettings:
    given = settings.entra
    return EntraSettings(
        tenant=given.tenant,
        client_id=given.client_id,
        client_secret=given.client_secret,
        certificate=given.certificate,
        federated_token_file=given.federated_token_file,
        managed_identity_client_id=given.managed_identity_client_id,
        login_url=given.login_url,
        login_ca_file=given.login_ca_file,
        graph_url=given.graph_url,
    )


def _catalog(settings: Settings) -> Catalog | None:
    return access_file.read(settings.access_file) if settings.access_file else None


async def _serve(parts: _Parts, stack: AsyncExitStack) -> Running:
    settings = parts.settings
    bolt = bolt_app(parts.desk, parts.slack, settings.slack.signing_secrets)
    routes = list(
        pages.routes(
            SignInPages(parts.world), settings.public_url, dev_loopback=settings.dev_loopback
        )
    )
    working = asyncio.create_task(parts.worker.run(), name="worker")
    working.add_done_callback(_fatal)
    stack.push_async_callback(asyncio.wait, [working])
    stack.push_async_callback(parts.worker.drain, DRAIN_SECONDS)
    stack.push_async_callback(parts.desk.drain, DRAIN_SECONDS)
    sweeping = asyncio.create_task(_sweep(parts.world), name="sweeper")
    stack.callback(sweeping.cancel)
    checks: dict[str, Check] = {"worker": _still(working)}
    if settings.slack.app_token:
        socket = SocketMode(bolt, parts.slack, settings.slack.app_token)
        await socket.start()
        stack.push_async_callback(socket.stop)
        checks["slack_socket"] = socket.ready
    else:
        routes.append(front_door.route(bolt, settings.slack.signing_secrets, real_seconds))
    if settings.dev_loopback:
        routes += dev.routes(_set_offset(parts), lambda: _waiting(parts))
    app = application(routes, checks, REGISTRY)
    listening = await listen(app, settings.host, settings.port)
    stack.push_async_callback(listening.stop)
    if settings.dev_world_url:
        await _register(parts, listening.port)
    _log.info("serving", port=listening.port, **_plainly(settings))
    return Running(listening.port)


async def _sweep(world: World) -> None:
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await sweep(world)
        except Exception as failed:  # noqa: BLE001  the next sweep may do better
            _log.warning("not_swept", error=type(failed).__name__)


def _fatal(task: asyncio.Task[None]) -> None:
    """Without its worker the bot would take in work and never do it: better to end, and say so."""
    if not task.cancelled() and (failed := task.exception()):
        _log.critical("worker_ended", error=type(failed).__name__, exc_info=failed)
        signal.raise_signal(signal.SIGTERM)


def _still(task: asyncio.Task[None]) -> Check:
    async def running() -> bool:
        return not task.done()

    return running


def _plainly(settings: Settings) -> dict[str, str]:
    """What whoever starts the bot should know about it (design: said in the start-up log too)."""
    return {
        "grants_by": "each person's own token; the bot's credential can only read",
        "tokens_at_rest": (
            "encrypted with TOKEN_KEYS: a stolen process acts as everyone linked"
            if settings.token_keys
            else "none: each activation needs a sign-in"
        ),
        "catalogue": settings.access_file or "every group of the AWS apps; nobody is admin",
    }


def _set_offset(parts: _Parts) -> Callable[[float], None]:
    def set_offset(seconds: float) -> None:
        parts.clock.set_offset(seconds)
        parts.worker.wake()

    return set_offset


async def _waiting(parts: _Parts) -> tuple[int, datetime | None]:
    due, following = await parts.worker.idle()
    return due + parts.desk.busy, following


async def _register(parts: _Parts, port: int) -> None:
    """Tell the development world where we are, and take its time."""
    url = f"{parts.settings.dev_world_url}/replicas"
    async with (
        aiohttp.ClientSession(trust_env=False) as session,
        session.post(url, json={"url": f"http://127.0.0.1:{port}"}) as answer,
    ):
        answer.raise_for_status()
        parts.clock.set_offset(float((await answer.json())["offset_seconds"]))
    parts.worker.wake()
