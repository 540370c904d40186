"""`python -m bench [replicas]`: measures, and prints every number beside the one it has to hold.

With `replicas` only what several replicas do beside a single process.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import commands
from bench.commands import RATE, Numbers, Run
from bench.first_use import first_use
from bench.flood import Flood, flood, of_slack
from bench.history import FEW, MANY, History, history
from bench.processes import world
from bench.replicas import KILLS, REPLICAS, SQLITE, Found, replicas
from bench.starting import Start, starting
from bench.teams import of_teams, unanswering, verified
from bench.waiting import COUNT, idle
from tests.databases import Postgres, postgres

ACK_MS = 50.0
STALL_MS = 50.0
FLOOD_MIB = 64.0
COLD_TRIPS, WARM_TRIPS = 2, 1
RECENT_MS = 20.0
VERIFIED = 200_000.0
IDLE = 60.0
TAKEN_OVER = 30.0


@dataclass(frozen=True)
class Row:
    """One number. `holds`: None where there is no target."""

    what: str
    measured: str
    target: str = ""
    holds: bool | None = None


async def measured(folder: Path, databases: Mapping[str, str]) -> list[Row]:
    """Everything, one after the other: they must not disturb each other."""
    numbers = Numbers()
    async with world() as one:
        bare = await commands.bare(one.secret, numbers)
        durable = {
            name: await commands.durable(one, url, folder, numbers)
            for name, url in databases.items()
        }
        at_work = await commands.at_work(one, folder, numbers)
    async with world() as another:
        first = await first_use(another, folder)
    async with world() as third:
        forged = await flood(third, folder, of_slack)
        async with unanswering() as keys:
            at_teams = await flood(third, folder, of_teams, TEAMS_LOGIN_URL=keys)
        starts = await starting(third, folder)
    activities = await verified()
    rows = [Row("bare bolt, as fast as it can", _speed(bare))]
    for database, found in durable.items():
        rows += [
            _paced(f"durable command on {database} at {RATE:.0f}/s", found.paced),
            Row(
                f"durable command on {database}, as fast as it can",
                f"{_speed(found.flat_out)}; "
                f"{found.flat_out.per_second / bare.per_second:.2f} of bare bolt",
            ),
        ]
    worked = f"p50 {at_work.p50:.1f} ms, p99 {at_work.p99:.1f} ms{_failed(at_work)}"
    rows.append(Row(f"the same at {RATE:.0f}/s while the bot works on them (SQLite)", worked))
    stall = f"{first.stall:.1f} ms ({first.stall_of_cpu:.1f} ms of its own CPU time)"
    rows.append(
        Row(
            "longest stall of the loop, first Graph call included",
            stall,
            f"≤ {STALL_MS:.0f} ms",
            first.stall <= STALL_MS,
        )
    )
    rows += _flooded("a forged flood", forged)
    rows += _flooded("forged activities of Teams while its keys cannot be had", at_teams)
    rows += [
        Row("bare aiohttp that reads an activity", _speed(activities.bare)),
        Row(
            "the same, verified and through the turn",
            f"{_speed(activities.door)}; {activities.door.per_second / activities.bare.per_second:.2f} of it",
        ),
    ]
    rows += [_start(name, found) for name, found in starts.items()]
    for name, most in (("cold", COLD_TRIPS), ("warm", WARM_TRIPS)):
        trips = first.trips[name]
        what = f"serial Graph round trips before the POST, {name}"
        rows.append(Row(what, str(trips), f"≤ {most}", trips <= most))
    return rows


async def lasting(folder: Path, server: Postgres) -> list[Row]:
    """What a bot costs that rests, and a long history."""
    async with world() as one:
        statements = await idle(one, server, folder)
    await server._run("postgres", "CREATE DATABASE history")  # noqa: SLF001
    urls = {
        "SQLite": f"sqlite+aiosqlite:///{folder / 'history.db'}",
        "PostgreSQL": server.url("history"),
    }
    what = "statements a minute of a replica that rests (PostgreSQL)"
    rows = [Row(what, f"{statements:.0f}", f"< {IDLE:.0f}", statements < IDLE)]
    for name, url in urls.items():
        rows += _history(name, await history(url))
    return rows


async def beside_one_process(folder: Path, server: Postgres) -> list[Row]:
    """Several replicas, as ratios to the one process on SQLite."""
    async with world() as one:
        found = await replicas(one, server, folder)
    return [*_speeds(found), *_of_replicas(found)]


def _speeds(found: Found) -> list[Row]:
    floor, rows = found.speeds[SQLITE], []
    for who, speed in found.speeds.items():
        rows.append(_paced(f"durable command at {RATE:.0f}/s: {who}", speed.paced))
        for what, run, of in (
            ("durable commands", speed.commands, floor.commands),
            ("durable clicks", speed.clicks, floor.clicks),
        ):
            ratio = f"{run.per_second / of.per_second:.2f} of {SQLITE}"
            rows.append(Row(f"{what}, as fast as it can: {who}", f"{_speed(run)}; {ratio}"))
    return rows


def _of_replicas(found: Found) -> list[Row]:
    longest, floor = max(found.taken_over), found.waits["SQLite"].resident
    taken = ", ".join(f"{seconds:.1f} s" for seconds in found.taken_over)
    what = f"taken over from a replica that was killed, {len(KILLS)} times"
    idle_what = f"statements a minute of each of {REPLICAS} replicas that rest"
    return [
        Row(what, taken, f"≤ {TAKEN_OVER:.0f} s", longest <= TAKEN_OVER),
        Row(idle_what, f"{found.statements:.0f}", f"< {IDLE:.0f}", found.statements < IDLE),
        *(
            Row(
                f"{COUNT} requests that wait ({database})",
                f"{waits.resident:.0f} MiB, {waits.resident / waits.without:.2f} of none, "
                f"{waits.resident / floor:.2f} of SQLite's; {waits.cpu:.1%} CPU",
            )
            for database, waits in found.waits.items()
        ),
    ]


def _history(name: str, found: History) -> list[Row]:
    asked = f"p99 {found.many:.1f} ms, {found.many / found.few:.1f} of that among {FEW:,}"
    fine = found.many <= RECENT_MS
    speed = f"{found.verified:,.0f} rows/s"
    return [
        Row(f"recent, among {MANY:,} requests on {name}", asked, f"≤ {RECENT_MS:.0f} ms", fine),
        Row(f"audit verify on {name}", speed, f"≥ {VERIFIED:,.0f}", found.verified >= VERIFIED),
    ]


def _start(name: str, found: Start) -> Row:
    return Row(
        f"from nothing to serving, {name}", f"{found.seconds:.1f} s, {found.resident:.0f} MiB"
    )


def _flooded(what: str, found: Flood) -> list[Row]:
    others = f", {found.others} NOT REFUSED" if found.others else ""
    stall = f"{found.stall:.1f} ms ({found.stall_of_cpu:.1f} ms of its own CPU time)"
    return [
        Row(
            f"longest stall of the loop under {what}",
            f"{stall}, {found.refused} refused{others}",
            f"≤ {STALL_MS:.0f} ms",
            found.stall <= STALL_MS and not found.others,
        ),
        Row(
            f"memory that it takes: {what}",
            f"{found.growth:.0f} MiB",
            f"≤ {FLOOD_MIB:.0f} MiB",
            found.growth <= FLOOD_MIB,
        ),
        Row(f"a real command meanwhile, the slowest: {what}", f"{found.slowest:.0f} ms"),
    ]


def _paced(what: str, run: Run) -> Row:
    found = f"p50 {run.p50:.1f} ms, p99 {run.p99:.1f} ms{_failed(run)}"
    return Row(what, found, f"p99 ≤ {ACK_MS:.0f} ms", run.p99 <= ACK_MS and not run.failed)


def _speed(run: Run) -> str:
    return f"{run.per_second:.0f}/s, {run.cpu:.1f} ms of CPU each{_failed(run)}"


def _failed(run: Run) -> str:
    return f", {run.failed} FAILED" if run.failed else ""


def shown(rows: list[Row]) -> Table:
    """The table."""
    table = Table(title="Numbers to hold")
    for heading in ("what", "measured", "target", ""):
        table.add_column(heading)
    for row in rows:
        mark = {True: "[green]holds[/green]", False: "[red]MISSED[/red]", None: ""}[row.holds]
        table.add_row(row.what, row.measured, row.target, mark)
    return table


def main() -> int:
    """Measure; 0 when every target holds, 1 when one is missed."""
    console = Console(soft_wrap=True)
    if sys.argv[1:] not in ([], ["replicas"]):
        console.print("python -m bench [replicas]")
        return 2
    busy, began = os.getloadavg()[0], time.monotonic()
    # Without settings PostgreSQL is durable: what is answered survives a power cut.
    with (
        tempfile.TemporaryDirectory(prefix="aws-access-bench-") as name,
        postgres(settings=()) as server,
    ):
        folder = Path(name)
        databases = {
            "SQLite": f"sqlite+aiosqlite:///{folder / 'bench.db'}",
            "PostgreSQL": server.url("migrated"),
        }
        parts = [beside_one_process(folder, server)]
        if not sys.argv[1:]:
            parts += [measured(folder, databases), lasting(folder, server)]
        rows = [row for part in parts for row in _printed(console, asyncio.run(part))]
    console.print(
        f"{time.monotonic() - began:.0f} s on {os.cpu_count()} cores; "
        f"load average {busy:.1f} before it began (anything above 0.5 disturbs it)."
    )
    return int(any(row.holds is False for row in rows))


def _printed(console: Console, rows: list[Row]) -> list[Row]:
    """At once: what comes after may fail."""
    console.print(shown(rows))
    return rows


if __name__ == "__main__":
    sys.exit(main())
