"""A forged flood: how long it stalls the loop of the bot, what it costs in memory, who is let in."""

import asyncio
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.load import command
from bench.processes import World, line, peak, process, resident

CONNECTIONS = 64
SECONDS = 10.0
REFUSED = frozenset({401, 403, 503})
BODIES = (200, 2_000, 255_000)
"""Bytes of a forged body: as Slack's are, and as large as may be."""


@dataclass(frozen=True)
class Flood:
    """Stalls in milliseconds, memory in MiB; `slowest` is what a real command waited meanwhile."""

    refused: int
    others: int
    stall: float
    stall_of_cpu: float
    growth: float
    slowest: float


Forge = Callable[[int], bytes]
"""The raw request of each connection, by its number."""


async def flood(world: World, folder: Path, forge: Forge, **settings: str) -> Flood:
    """Forged requests as fast as they are refused, and a signed command every now and then."""
    told = folder / "flood.json"
    database = f"sqlite+aiosqlite:///{folder / f'flood-{forge.__name__}.db'}"
    env = {**world.env, "DATABASE_URL": database, **settings}
    async with process("bench.served", str(told), env=env, log=told.with_suffix(".log")) as bot:
        port = int(await line(bot))
        before = resident(bot.pid)
        statuses, slowest = await _flooded(port, env["SLACK_SIGNING_SECRET"], forge)
        growth = peak(bot.pid) - before
    found: dict[str, Any] = json.loads(told.read_text())
    return Flood(
        refused=sum(status in REFUSED for status in statuses),
        others=sum(status not in REFUSED for status in statuses),
        stall=found["longest_stall"] * 1000,
        stall_of_cpu=found["longest_stall_of_cpu"] * 1000,
        growth=growth / 1024,
        slowest=slowest * 1000,
    )


async def _flooded(port: int, secret: str, forge: Forge) -> tuple[list[int], float]:
    until = time.monotonic() + SECONDS
    statuses: list[int] = []
    floods = [_forging(port, forge(n), until, statuses) for n in range(CONNECTIONS)]
    flooding = asyncio.gather(*floods)
    slowest = await _honest(port, secret, until)
    await flooding
    return statuses, slowest


def of_slack(number: int) -> bytes:
    """A command that is signed with another secret."""
    forged = command(number, "status", "not the secret", int(time.time()))  # noqa: TID251
    head, _, body = forged.partition(b"\r\n\r\n")
    size = BODIES[number % len(BODIES)]
    head = re.sub(rb"Content-Length: \d+", b"Content-Length: %d" % size, head)
    return head + b"\r\n\r\n" + body.ljust(size, b"x")[:size]


async def _forging(port: int, raw: bytes, until: float, statuses: list[int]) -> None:
    while time.monotonic() < until:
        statuses.append(await _asked(port, raw))


async def _honest(port: int, secret: str, until: float) -> float:
    waits: list[float] = []
    while time.monotonic() < until:
        raw = command(10_000 + len(waits), "help", secret, int(time.time()))  # noqa: TID251
        since = time.monotonic()
        assert await _asked(port, raw) == 200  # noqa: PLR2004
        waits.append(time.monotonic() - since)
        await asyncio.sleep(0.1)
    return max(waits)


async def _asked(port: int, raw: bytes) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(raw)
    status = int((await reader.readline())[9:12])
    writer.close()
    return status
