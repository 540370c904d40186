"""How fast a command is acknowledged that is durable by then, on each database, beside bare bolt."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench.processes import World, line, process
from tests.databases import postgres

RATE = 200.0
PACED, FLAT_OUT, WORKED_ON = 1000, 1500, 400
CONNECTIONS = 32
COMMAND = "activate dev-poweruser 1h INC-42 checking the slow index"


@dataclass(frozen=True)
class Run:
    """What one run of the load generator found; latencies in milliseconds."""

    per_second: float
    p50: float
    p99: float
    failed: int


@dataclass(frozen=True)
class Measured:
    """One server: at 200 commands a second, as fast as it can, and at 200 while it works on them."""

    paced: Run
    flat_out: Run
    at_work: Run | None = None


class Numbers:
    """Numbers of commands that were not used before; each command is another delivery."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, count: int) -> int:
        """The first of `count` new ones."""
        self._next += count
        return self._next - count


async def bare(secret: str, numbers: Numbers) -> Run:
    """bolt alone, as fast as it can."""
    async with process("bench.bare", secret) as server:
        port = int(await line(server))
        await _load(port, secret, 300, numbers)
        return await _load(port, secret, FLAT_OUT * 2, numbers)


async def durable(world: World, database_url: str, folder: Path, numbers: Numbers) -> Measured:
    """The bot, keeping its data there."""
    env = {**world.env, "DATABASE_URL": database_url}
    async with _bot(env, folder / "resting.json", "--resting") as port:
        await _load(port, world.secret, 300, numbers)
        paced = await _load(port, world.secret, PACED, numbers, RATE)
        flat_out = await _load(port, world.secret, FLAT_OUT, numbers)
    return Measured(paced, flat_out)


async def at_work(world: World, folder: Path, numbers: Numbers) -> Run:
    """The bot working on each command while the next ones come, on an empty SQLite file."""
    url = f"sqlite+aiosqlite:///{folder / 'at-work.db'}"
    async with _bot({**world.env, "DATABASE_URL": url}, folder / "at-work.json") as port:
        await _load(port, world.secret, 20, numbers)
        return await _load(port, world.secret, WORKED_ON, numbers, RATE)


@asynccontextmanager
async def _bot(env: dict[str, str], told: Path, *how: str) -> AsyncIterator[int]:
    async with process("bench.served", str(told), *how, env=env, log=told.with_suffix(".log")) as one:
        yield int(await line(one))


async def _load(port: int, secret: str, count: int, numbers: Numbers, rate: float = 0.0) -> Run:
    told = {
        "port": port,
        "secret": secret,
        "text": COMMAND,
        "first": numbers.take(count),
        "count": count,
        "rate": rate,
        "connections": CONNECTIONS,
    }
    async with process("bench.load") as generator:
        out, _ = await generator.communicate(json.dumps(told).encode() + b"\n")
    found = json.loads(out)
    parts = quantiles(found["latencies"], n=100)
    per_second = count / found["seconds"]
    return Run(per_second, parts[49] * 1000, parts[98] * 1000, int(found["failed"]))


async def on_each_database(
    world: World, folder: Path, numbers: Numbers
) -> dict[str, Measured]:
    """Both databases as a careful operator sets them up: what is answered survives a power cut."""
    on_sqlite = await durable(world, f"sqlite+aiosqlite:///{folder / 'bench.db'}", folder, numbers)
    with postgres(settings=()) as server:
        on_postgresql = await durable(world, server.url("migrated"), folder, numbers)
    return {"SQLite": on_sqlite, "PostgreSQL": on_postgresql}
