"""What several replicas on one PostgreSQL do, beside one process on SQLite in the same run."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from sqlalchemy import func, select

from bench.commands import CLICK, COMMAND, RATE, Numbers, Run, Server, bot, loaded_all
from bench.processes import World
from bench.waiting import Waiting, idle, waiting
from bot.intents import Deactivate, encode
from bot.store import JobKind
from integrations.database import tables
from integrations.database.engine import connect
from tests.databases import Postgres
from tests.onlooker import looked_up
from tests.process.processes import PLAYGROUND, Started, first_line
from tests.process.remote import Remote

REPLICAS = 3
WARM_UP, PACED, FLAT_OUT = 300, 900, 1500
KILLS = ("dev-poweruser", "prod-readonly", "seed-admin")
SQLITE = "one process on SQLite"
_LEASED = "SELECT id FROM job WHERE kind = 'activate' AND leased_until > now()"


@dataclass(frozen=True)
class Speed:
    """A way to run it: commands at the usual rate, commands and clicks as fast as it can."""

    paced: Run
    commands: Run
    clicks: Run


@dataclass(frozen=True)
class Found:
    """`speeds` by who they are of; `taken_over` are seconds from a kill to the activation."""

    speeds: dict[str, Speed]
    taken_over: Sequence[float]
    statements: float
    waits: dict[str, Waiting]


async def replicas(world: World, server: Postgres, folder: Path) -> Found:
    """Everything, one after the other."""
    numbers = Numbers()
    sqlite = f"sqlite+aiosqlite:///{folder / 'one.db'}"
    one, several = [await asyncio.to_thread(server.empty) for _ in range(2)]
    ways = {SQLITE: (sqlite, 1), "1 replica": (one, 1), f"{REPLICAS} replicas": (several, REPLICAS)}
    speeds = {
        name: await _speed(world, url, count, folder, numbers)
        for name, (url, count) in ways.items()
    }
    waits = {
        "SQLite": await waiting(world, f"sqlite+aiosqlite:///{folder / 'waits.db'}", folder),
        "PostgreSQL": await waiting(world, await asyncio.to_thread(server.empty), folder),
    }
    taken_over = await _taken_over(await asyncio.to_thread(server.empty), folder)
    return Found(speeds, taken_over, await idle(world, server, folder, REPLICAS), waits)


async def _speed(world: World, url: str, count: int, folder: Path, numbers: Numbers) -> Speed:
    click = encode(Deactivate("dev-poweruser"))
    async with _bots({**world.env, "DATABASE_URL": url}, count, folder) as servers:
        await _spread(servers, WARM_UP, numbers, COMMAND, {})
        found = Speed(
            await _spread(servers, PACED, numbers, COMMAND, {"rate": RATE}),
            await _spread(servers, FLAT_OUT, numbers, COMMAND, {}),
            await _spread(servers, FLAT_OUT, numbers, click, {"kind": CLICK}),
        )
        lost = WARM_UP + PACED + 2 * FLAT_OUT - await _noted(url)
        if lost:
            raise RuntimeError(f"{lost} of what was acknowledged is not in the database")
        return found


@asynccontextmanager
async def _bots(env: dict[str, str], count: int, folder: Path) -> AsyncIterator[list[Server]]:
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(bot(env, folder / f"replica-{n}.json", "--resting"))
            for n in range(count)
        ]


async def _spread(
    servers: Sequence[Server], count: int, numbers: Numbers, text: str, how: dict[str, object]
) -> Run:
    first, secret = numbers.take(count), servers[0].secret
    return await loaded_all(servers, count, {"secret": secret, "text": text, "first": first, **how})


async def _noted(url: str) -> int:
    """How many commands and clicks the database has: an answer alone does not say that they are."""
    engine = connect(url)
    async with engine.connect() as connection:
        kinds = tables.job.c.kind == JobKind.INTENT.value
        found = await connection.execute(select(func.count()).where(kinds))
    await engine.dispose()
    return int(found.scalar_one())


async def _taken_over(url: str, folder: Path) -> list[float]:
    """Kill who has sent an activation and waits for the answer: seconds until Entra has it, once."""
    started = Started(folder)
    options = ("--json", "--no-browser", "--world-only", "--database-url", url)
    async with aiohttp.ClientSession(trust_env=False) as http:
        try:
            told = await first_line(await started.start(*PLAYGROUND, *options))
            world = Remote(told, started, http)
            await world.starts_bot()
            await world.links("engineer")
            return [await _one_taken_over(world, access) for access in KILLS]
        finally:
            await started.end()


async def _one_taken_over(world: Remote, access: str) -> float:
    sent = len(await world.asked_of_pim())
    await world.fails("timeout")
    await world.says("engineer", f"activate {access} 1h INC-42 because")
    await world.sends_to_pim(sent + 1)
    first = world._replica  # noqa: SLF001  who is at it
    await world.starts_bot()
    assert first is not None
    first.kill()
    began = time.monotonic()
    if not looked_up(world.url, [_LEASED])[0]:
        raise RuntimeError("who was killed was not at it: nothing is there to take over")
    await world.is_held_by("engineer", access)
    return time.monotonic() - began
