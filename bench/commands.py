"""How fast a command is acknowledged that is durable by then, on each database, beside bare bolt."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from bench.processes import World, cpu_seconds, line, process

RATE = 200.0
WARM_UP, PACED, FLAT_OUT, WORKED_ON = 300, 1000, 1500, 400
CONNECTIONS = 32
CLICK = "click"
COMMAND = "activate dev-poweruser 1h INC-42 checking the slow index"


@dataclass(frozen=True)
class Run:
    """What one run of the load generator found; latencies in milliseconds."""

    per_second: float
    p50: float
    p99: float
    cpu: float
    """What one command cost the server, in milliseconds of its CPU time."""
    failed: int


@dataclass(frozen=True)
class Measured:
    """One database: at 200 commands a second, and as fast as it can."""

    paced: Run
    flat_out: Run


@dataclass(frozen=True)
class Server:
    """Something that takes commands."""

    port: int
    secret: str
    pid: int


class Numbers:
    """Numbers of commands that were not used before; each command is another delivery."""

    def __init__(self) -> None:
        self._next = 0

    def take(self, count: int) -> int:
        """The first of `count` new ones."""
        self._next += count
        return self._next - count


async def bare(secret: str, numbers: Numbers) -> Run:
    """Nothing but bolt, as fast as it can."""
    async with process("bench.bare", secret) as one:
        server = Server(int(await line(one)), secret, one.pid)
        await load(server, WARM_UP, numbers)
        return await load(server, FLAT_OUT * 2, numbers)


async def durable(world: World, database_url: str, folder: Path, numbers: Numbers) -> Measured:
    """The bot, keeping its data there."""
    env = {**world.env, "DATABASE_URL": database_url}
    async with bot(env, folder / "resting.json", "--resting") as server:
        await load(server, WARM_UP, numbers)
        paced = await load(server, PACED, numbers, rate=RATE)
        flat_out = await load(server, FLAT_OUT, numbers)
    return Measured(paced, flat_out)


async def at_work(world: World, folder: Path, numbers: Numbers) -> Run:
    """The bot working on each command while the next ones come, on an empty SQLite file."""
    url = f"sqlite+aiosqlite:///{folder / 'at-work.db'}"
    async with bot({**world.env, "DATABASE_URL": url}, folder / "at-work.json") as server:
        return await load(server, WORKED_ON, numbers, rate=RATE)


@asynccontextmanager
async def bot(env: dict[str, str], told: Path, *how: str) -> AsyncIterator[Server]:
    """The real bot, until the block is left."""
    log = told.with_suffix(".log")
    async with process("bench.served", str(told), *how, env=env, log=log) as one:
        yield Server(int(await line(one)), env["SLACK_SIGNING_SECRET"], one.pid)
        one.kill()  # what it still has to do is nobody's business


async def load(
    server: Server, count: int, numbers: Numbers, text: str = COMMAND, **how: object
) -> Run:
    """Commands that nobody sent before; `how`: a `rate`, and what else the generator is told."""
    told = {"secret": server.secret, "text": text, "first": numbers.take(count), **how}
    return await loaded(server, count, told)


async def loaded(server: Server, count: int, sent: dict[str, object]) -> Run:
    """What sending so many of them found."""
    return await loaded_all([server], count, sent)


async def loaded_all(servers: Sequence[Server], count: int, sent: dict[str, object]) -> Run:
    """The same, spread over several."""
    ports = [server.port for server in servers]
    told = {"ports": ports, "count": count, "connections": CONNECTIONS, "rate": 0.0, **sent}
    before = sum(cpu_seconds(server.pid) for server in servers)
    async with process("bench.load") as generator:
        out, _ = await generator.communicate(json.dumps(told).encode() + b"\n")
    cpu = (sum(cpu_seconds(server.pid) for server in servers) - before) / count * 1000
    found = json.loads(out)
    parts = quantiles(found["latencies"], n=100)
    failed = int(found["failed"])
    return Run(count / found["seconds"], parts[49] * 1000, parts[98] * 1000, cpu, failed)
