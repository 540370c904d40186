"""Run every measurement and print it beside its target."""

import asyncio
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.load import COMMAND, Commands, Load, at_rate, flat_out
from bench.world import BenchWorld, child, line, running
from tests.databases import postgres

RATE, SECONDS, CONNECTIONS = 200, 5.0, 16
Row = tuple[str, str, str]


async def floor(world: BenchWorld) -> Load:
    """Bare bolt, flat out."""
    env = {"SLACK_SIGNING_SECRET": world.secret}
    async with child("-m", "bench.floor", env=env) as bare:
        commands = Commands((await line(bare))["port"], world.secret)
        await flat_out(commands, CONNECTIONS, 0.5)
        return await flat_out(commands, CONNECTIONS, 3.0)


async def durable(name: str, database_url: str) -> list[Row]:
    """A durable command at the target rate, and flat out against the floor of this run."""
    async with running("--database-url", database_url) as world:
        bare = await floor(world)
        async with child("-m", "bench.probed", env=world.env) as bot:
            commands = Commands((await line(bot))["port"], world.secret)
            await at_rate(commands, 50, 1.0)
            timed = await at_rate(commands, RATE, SECONDS)
            most = await flat_out(commands, CONNECTIONS, 3.0)
    ratio = most.per_second / bare.per_second
    return [
        (
            f"{name}: `{COMMAND}` at {RATE}/s, durable before its ack",
            f"p50 {timed.p50:.1f} ms, p99 {timed.p99:.1f} ms, {timed.failed} failed",
            "p99 ≤ 50 ms",
        ),
        (
            f"{name}: flat out, {CONNECTIONS} connections",
            f"{most.per_second:.0f}/s = {ratio:.2f} of bare bolt ({bare.per_second:.0f}/s)",
            "reported",
        ),
    ]


async def first_graph_call() -> list[Row]:
    """The longest stall with the first Graph calls in it, and the round trips before the POST."""
    async with running() as world:
        async with child("-m", "bench.probed", env=world.env) as bot:
            await line(bot)
            await world.links("engineer")
        async with child("-m", "bench.probed", env=world.env) as bot:
            await line(bot)
            cold = await _activation(world, bot, "dev-poweruser")
            warm = await _activation(world, bot, "prod-readonly")
            again = await _activation(world, bot, "seed-admin")
    stall = max(seen["stall"] for seen in (cold, warm, again)) * 1000
    return [
        (
            "longest stall of the event loop, first Graph call included",
            f"{stall:.0f} ms",
            "≤ 50 ms",
        ),
        ("serial Graph round trips before the POST, cold", str(_depth(cold["calls"])), "≤ 2"),
        ("the same, warm", str(_depth(warm["calls"])), "≤ 1"),
    ]


async def _activation(
    world: BenchWorld, bot: asyncio.subprocess.Process, access: str
) -> dict[str, list[tuple[float, float, str, str]]]:
    await _seen(bot)
    text = f"/aws-access activate {access} 30m INC-1 bench"
    await world.post("/say", chat="slack", who="engineer", text=text)
    await world.post("/settle")
    return await _seen(bot)


async def _seen(bot: asyncio.subprocess.Process) -> dict[str, list[tuple[float, float, str, str]]]:
    assert bot.stdin is not None
    bot.stdin.write(b"\n")
    found: dict[str, list[tuple[float, float, str, str]]] = await line(bot)
    return found


def _depth(calls: Sequence[tuple[float, float, str, str]]) -> int:
    """How many calls before the first POST came one after the other: those that overlap are one."""
    post = next(start for start, _, method, _ in sorted(calls) if method == "POST")
    depth, ended = 0, 0.0
    for start, end, _, _ in sorted((c for c in calls if c[1] <= post), key=lambda c: c[1]):
        if start >= ended:
            depth, ended = depth + 1, end
    return depth


async def measured(sqlite: str, postgresql: str) -> list[Row]:
    """Every row of the table."""
    return [
        *await durable("SQLite", sqlite),
        *await durable("PostgreSQL", postgresql),
        *await first_graph_call(),
    ]


def main() -> None:
    """Measure, and print one table."""
    # A PostgreSQL that really writes: the default settings, fsync included.
    with tempfile.TemporaryDirectory() as folder, postgres(settings=()) as server:
        sqlite = f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        rows = asyncio.run(measured(sqlite, server.empty()))
    table = Table("what", "measured", "target", title=f"on {os.cpu_count()} cores")
    for row in rows:
        table.add_row(*row)
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
