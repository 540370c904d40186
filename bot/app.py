"""The composition root: the only place that knows every concrete class, in the order they are made."""

import asyncio
import gc
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import aiohttp
import structlog
from prometheus_client import REGISTRY

from bot.access_file import AccessFileError
from bot.chats import Chats, Desks, open_chats
from bot.clock import OffsetClock, real_now
from bot.domain.ids import Chat
from bot.messaging import Messenger
from bot.ports import IntegrationError
from bot.reloading import hangups, load, load_quietly, reloading
from bot.settings import EntraSettings as GivenEntra
from bot.settings import Readable, Settings
from bot.wording import stolen
from handlers import orphans
from handlers.context import Memory, World
from handlers.dispatch import Desk
from handlers.policy import Policy
from handlers.reseal import Rotation
from handlers.sign_in_desk import SignInPages
from handlers.standing import check_links
from handlers.sweep import sweep
from handlers.taken_back import take_back
from handlers.work import handlers
from handlers.worker import Around, Worker
from integrations.aws import open_aws
from integrations.database.anchor import anchored, check_anchor
from integrations.database.bell import Bell
from integrations.database.engine import check_url, connect, is_shared, must_be_there
from integrations.database.history import History, must_go_on
from integrations.database.jobs import DatabaseJobs
from integrations.database.lock import AlreadyRunningError, only_process
from integrations.database.schema import SchemaTooNewError, must_be_made, upgrade
from integrations.database.sealing import open_vault, parse_keys
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from integrations.entra.credentials import app_credential
from integrations.entra.directory import EntraDirectory
from integrations.entra.grantor import EntraGrantor
from integrations.entra.graph import Graph
from integrations.entra.pim import EntraPim
from integrations.entra.settings import EntraSettings
from integrations.entra.sign_in import EntraSignIn
from integrations.web import dev, pages
from integrations.web.server import Check, application, listen

_ALONE = {
    "why": "without TOKEN_KEYS a sign-in is known only to the replica that served it, and so is "
    "what it was for: with several replicas people may be asked to sign in again",
    "do": "set TOKEN_KEYS, or run one replica",
}
MY_APPS = "https://launcher.myapps.microsoft.com"
LEAVING_SECONDS = 2.0
"""How long a replica says that it leaves, and still takes what comes, while others can be chosen."""
DRAIN_SECONDS = 5.0
"""How long what runs may go on; what takes longer is handed back."""
ANSWER_SECONDS = 1.5
"""How long answers that are on their way may. With the open requests' three, all end within ten."""
SWEEP_SECONDS = 60.0
STOP_SECONDS = 1.0
"""For a task that is cancelled; it waits for nothing but a connection that it gives back."""
_log = structlog.get_logger()


CANNOT_START = (
    *(AccessFileError, AlreadyRunningError, SchemaTooNewError),
    *(IntegrationError, ValueError, OSError),
)
"""What `serving` raises when the surroundings, and not the code, have to be mended."""


READABLE: Readable = {
    "TOKEN_KEYS": parse_keys,
    "DATABASE_URL": check_url,
    "AUDIT_ANCHOR": check_anchor,
}
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
        policy = load(settings.access_file)
        hangup = stack.enter_context(hangups())
        stack.enter_context(only_process(settings.database_url))
        history = await stack.enter_async_context(anchored(settings.audit_anchor, real_now))
        await must_go_on(settings.database_url, history)
        await asyncio.to_thread(upgrade, settings.database_url)
        database = Database(connect(settings.database_url), history)
        stack.push_async_callback(database.close)
        store = DatabaseStore(database, clock, lambda: worker.wake(), policy.stamp)  # noqa: PLW0108  it is made below
        app = entra_settings(settings.teams.app) if settings.teams else None
        chats = await open_chats(settings, app, store, stack)
        world = await _world(settings, _Given(clock, store, policy, chats.messengers), stack)
        jobs = DatabaseJobs(database, clock)
        if not database.is_shared:
            await jobs.release_all()  # nobody else works on SQLite, so nobody else holds a lease
        desk = Desk(world)
        bell = await _bell(settings.database_url, database, lambda: worker.wake(), stack)  # noqa: PLW0108  made below
        worker = Worker(
            jobs,
            clock,
            handlers(world),
            around=Around(
                crowded=lambda: desk.crowded,
                deaf=lambda: bell is not None and not bell.heard,
            ),
        )
        await orphans.begin(world)
        then = partial(take_back, world)
        reloads = reloading(hangup, settings.access_file, policy, then)
        stack.push_async_callback(_stop, asyncio.create_task(reloads, name="reloading"))
        yield await _serve(_Parts(settings, clock, world, desk, worker, chats, history), stack)


@asynccontextmanager
async def looking(settings: Settings) -> AsyncIterator[World]:
    """A world to read in, beside a bot that is serving: no chat, no work. Raises CANNOT_START."""
    must_be_there(settings.database_url)
    async with AsyncExitStack() as stack:
        clock, policy = OffsetClock(), load_quietly(settings.access_file)
        database = Database(connect(settings.database_url))
        stack.push_async_callback(database.close)
        await must_be_made(database.engine)
        store = DatabaseStore(database, clock, stamp=policy.stamp)
        yield await _world(settings, _Given(clock, store, policy, {}), stack)


def keep_for_good() -> None:
    """Tell the garbage collector that what exists now stays: call it once, when all is started.

    Going through the SDKs' hundreds of thousands of objects takes a tenth of a second, in which
    nobody is answered; a flood of forged requests would cause it again and again.
    https://docs.python.org/3/library/gc.html#gc.freeze
    """
    gc.collect()
    gc.freeze()


@dataclass(frozen=True, slots=True)
class _Parts:
    """What the doors are made of."""

    settings: Settings
    clock: OffsetClock
    world: World
    desk: Desk
    worker: Worker
    chats: Chats
    history: History


async def _bell(
    url: str, database: Database, wake: Callable[[], None], stack: AsyncExitStack
) -> Bell | None:
    """What other replicas ring; nobody else works on SQLite."""
    if not database.is_shared:
        return None
    bell = Bell(url, wake)
    await bell.start()
    stack.push_async_callback(bell.stop)
    return bell


@dataclass(frozen=True, slots=True)
class _Given:
    """What the world is made of besides what its settings say."""

    clock: OffsetClock
    store: DatabaseStore
    policy: Policy
    messengers: Mapping[Chat, Messenger]


async def _world(settings: Settings, given: _Given, stack: AsyncExitStack) -> World:
    clock = given.clock
    entra = entra_settings(settings.entra)
    graph = Graph(entra, app_credential(entra))
    stack.push_async_callback(graph.close)
    grantor = _grantor(settings, clock, stack)
    sign_in = EntraSignIn(entra, real_now)
    stack.push_async_callback(sign_in.close)
    aws = open_aws(settings.aws.region, settings.aws.endpoint_url)
    stack.push_async_callback(aws.close)
    return World(
        clock=clock,
        store=given.store,
        directory=EntraDirectory(graph, clock, entra.tenant),
        pim=EntraPim(graph, clock),
        grantor=grantor,
        sign_in=sign_in,
        vault=open_vault(parse_keys(settings.token_keys)),
        aws=aws,
        messengers=given.messengers,
        tenant=entra.tenant,
        public_url=settings.public_url,
        my_apps_url=MY_APPS,
        policy=given.policy,
        real_now=real_now,
        memory=Memory(clock),
    )


def _grantor(settings: Settings, clock: OffsetClock, stack: AsyncExitStack) -> EntraGrantor | None:
    """The grantor with a credential and a Graph of its own, where one is configured."""
    if settings.grantor is None:
        return None
    entra = entra_settings(settings.grantor)
    graph = Graph(entra, app_credential(entra))
    stack.push_async_callback(graph.close)
    return EntraGrantor(graph, clock)


def entra_settings(given: GivenEntra) -> EntraSettings:
    """What the Entra adapters take, of one app registration."""
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


async def _serve(parts: _Parts, stack: AsyncExitStack) -> Running:
    settings = parts.settings
    sign_in = SignInPages(parts.world)
    routes = list(pages.routes(sign_in, settings.public_url, dev_loopback=settings.dev_loopback))
    working = asyncio.create_task(parts.worker.run(), name="worker")
    working.add_done_callback(_fatal)
    stack.push_async_callback(asyncio.wait, [working])
    stack.push_async_callback(parts.worker.drain, DRAIN_SECONDS)
    stack.push_async_callback(parts.desk.drain, ANSWER_SECONDS)
    stack.push_async_callback(_stop, asyncio.create_task(_sweep(parts.world), name="sweeper"))
    doors = await parts.chats.open_doors(Desks(parts.desk, sign_in), stack)
    leaving = asyncio.Event()
    staying = {"worker": _still(working), "staying": _unless(leaving)}
    checks: dict[str, Check] = {**staying, "history": parts.history.whole, **doors.checks}
    routes += doors.routes
    if settings.dev_loopback:
        routes += dev.routes(_set_offset(parts), lambda: _waiting(parts))
    app = application(routes, checks, REGISTRY)
    listening = await listen(app, settings.host, settings.port)
    stack.push_async_callback(listening.stop)
    stack.push_async_callback(_leave, parts, leaving)
    if settings.dev_world_url:
        await _register(parts, listening.port)
    _log.info("serving", port=listening.port, **_plainly(settings))
    if is_shared(settings.database_url) and not settings.token_keys:
        _log.warning("several_replicas_need_token_keys", **_ALONE)
    return Running(listening.port)


async def _stop(task: asyncio.Task[None]) -> None:
    """Cancel it, and let it give back what it holds before the database is closed."""
    task.cancel()
    await asyncio.wait([task], timeout=STOP_SECONDS)


async def _leave(parts: _Parts, leaving: asyncio.Event) -> None:
    """Begin no more work, and let whoever sends people here choose another replica."""
    leaving.set()
    others = is_shared(parts.settings.database_url)
    await asyncio.gather(
        parts.worker.drain(DRAIN_SECONDS), asyncio.sleep(LEAVING_SECONDS if others else 0.0)
    )


async def _sweep(world: World) -> None:
    rotation = Rotation()
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            await sweep(world)
            await rotation.go_on(world)
            await check_links(world)
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


def _unless(happened: asyncio.Event) -> Check:
    async def not_yet() -> bool:
        return not happened.is_set()

    return not_yet


def _plainly(settings: Settings) -> dict[str, str]:
    """What whoever starts the bot should know about it (design: said in the start-up log too)."""
    chats = {"Slack": settings.slack, "Teams": settings.teams}
    return {
        "chats": ", ".join(name for name, given in chats.items() if given is not None),
        "grants_by": "each person's own token"
        + (", and the grantor where authority is application" if settings.grantor else ""),
        "stolen_credential": f"{stolen.STANDING} `aws-access doctor` looks whether that is so.",
        **({"stolen_grantor": stolen.GRANTOR} if settings.grantor else {}),
        "tokens_at_rest": (
            f"encrypted with TOKEN_KEYS. {stolen.KEPT}"
            if settings.token_keys
            else f"none: each activation needs a sign-in. {stolen.NOT_KEPT}"
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
