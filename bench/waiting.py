"""What a bot costs that has nothing to do: statements it sends, and thousands of requests that wait."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.processes import World, cpu_seconds, line, process, resident
from bot.domain.ids import Chat, ChatAccount, GroupId, new_request_id
from bot.domain.policy import Terms
from bot.domain.request import Request, State
from bot.store import JobKind, NewJob
from integrations.database.engine import connect
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import Postgres

COUNT = 3000
IDLE_SECONDS = 90.0
SETTLE_SECONDS = 15.0
_SENT = re.compile(r"LOG:  (?:statement|execute [^:]*): (.*)")


@dataclass(frozen=True)
class Waiting:
    """MiB of a bot without and with requests that wait, and what those cost of one processor."""

    without: float
    resident: float
    cpu: float


class _Now:
    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251  of the bot that finds them


async def _put(url: str) -> None:
    database, now = Database(connect(url)), _Now().now()
    store = DatabaseStore(database, _Now())
    for first in range(0, COUNT, 500):
        async with store.begin() as tx:
            for number in range(first, first + 500):
                one = Request(
                    id=new_request_id(),
                    asker=ChatAccount(Chat.SLACK, "T0PLAYGRND", f"U{number:06}"),
                    terms=Terms("dev-poweruser", GroupId("g"), timedelta(hours=1), "because"),
                    state=State.AWAITING_SIGN_IN,
                    asked_at=now,
                    expires_at=now + timedelta(hours=1),
                )
                await tx.add_request(one)
                await tx.add_job(NewJob(JobKind.LAPSE, one.id, one.expires_at))
    await database.engine.dispose()


@asynccontextmanager
async def _bot(env: dict[str, str], told: Path) -> AsyncIterator[int]:
    async with process("bench.served", str(told), env=env, log=told.with_suffix(".log")) as one:
        await line(one)
        await asyncio.sleep(SETTLE_SECONDS)
        yield one.pid


async def waiting(world: World, url: str, folder: Path) -> Waiting:
    """The same bot before and after there is something that waits."""
    env = {**world.env, "DATABASE_URL": url}
    async with _bot(env, folder / "nothing-waits.json") as pid:
        without = resident(pid) / 1024
    await _put(url)
    async with _bot(env, folder / "waiting.json") as pid:
        before = cpu_seconds(pid)
        await asyncio.sleep(SETTLE_SECONDS)
        cpu = (cpu_seconds(pid) - before) / SETTLE_SECONDS
        return Waiting(without, resident(pid) / 1024, cpu)


async def idle(world: World, server: Postgres, folder: Path, replicas: int = 1) -> float:
    """Statements a minute of each replica that nobody asks anything, as their server logged them."""
    await _logs(server, "all")
    url, log = server.url("migrated"), server.folder / "log"
    env = {**world.env, "DATABASE_URL": url}
    async with AsyncExitStack() as stack:
        bots = (_bot(env, folder / f"idle-{n}.json") for n in range(replicas))
        await asyncio.gather(*map(stack.enter_async_context, bots))
        before = _sent(log)
        await asyncio.sleep(IDLE_SECONDS)
        sent = _sent(log) - before
    await _logs(server, "none")
    return sent / IDLE_SECONDS * 60 / replicas


async def _logs(server: Postgres, which: str) -> None:
    for change in (f"ALTER SYSTEM SET log_statement = '{which}'", "SELECT pg_reload_conf()"):
        await server._run("postgres", change)  # noqa: SLF001


def _sent(log: Path) -> int:
    return len(_SENT.findall(log.read_text(errors="replace")))
