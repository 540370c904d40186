"""`python -m tests.faults.soak [PEOPLE] [SECONDS]`: hundreds of requests while replicas are killed.

Each person asks for five accesses at once. Every five seconds one replica is killed, or stopped for
longer than its leases last, and another is started. In the end every request has to be granted, once,
every card has to say so, and the record has to be whole. First three replicas on PostgreSQL, then the
one process on SQLite.
"""

import asyncio
import random
import signal
import sys
import tempfile
import time
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp
from rich.console import Console
from rich.table import Table

from integrations.database.audit import Verified, verify
from integrations.database.engine import connect
from tests.databases import postgres
from tests.faults.crowded import FREE, joins

if __name__ == "__main__":
    CROWD = joins(int(sys.argv[1]) if len(sys.argv) > 1 else 40)

# What follows reads who is there as it is imported.
from playground.cast import PEOPLE
from tests.conversations.evidence import Evidence, events_of, tables_of
from tests.conversations.invariants import broken
from tests.process.judging import without_notices_told_twice
from tests.process.processes import Started, first_line
from tests.process.remote import Remote

KILL_EVERY = 5.0
STOPPED = 25.0
"""Longer than a lease."""
START_SECONDS = 120.0
"""Without a replica for so long, none will come: one did not start."""
PATIENCE = 600.0
NOES = ("does not answer", "I was away for over an hour", "I could not note that down")
dice = random.SystemRandom()


@dataclass
class Soaked:
    """What came of it."""

    where: str
    replicas: int
    requests: int = 0
    granted: int = 0
    effects: int = 0
    sent_again: int = 0
    kills: int = 0
    stops: int = 0
    repeated: int = 0
    """Clicks that met no replica and were made once more."""
    told_no: int = 0
    """Those that were noted, and then answered: a system did not answer, nothing was changed."""
    twice: int = 0
    """Notices in a channel that stand there twice: docs/connect-slack.md says why they may."""
    seconds: float = 0.0
    events: int = 0
    wrong: list[str] = field(default_factory=list)


class Storm:
    """Replicas that come and go."""

    def __init__(self, world: Remote, count: int, soaked: Soaked) -> None:
        self._world = world
        self._count = count
        self._soaked = soaked
        self._alive: list[Process] = []
        self._somebody = asyncio.Event()
        self._starting: set[asyncio.Task[None]] = set()

    async def begins(self) -> None:
        for _ in range(self._count):
            self._joined(await self._world._serves())

    async def rages(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            await asyncio.sleep(KILL_EVERY)
            victim = self._alive.pop(0)
            if not self._alive:
                self._somebody.clear()
            if self._count > 1 and dice.random() < 1 / 3:
                self._soaked.stops += 1
                self._do(self._stops(victim))
            else:
                self._soaked.kills += 1
                victim.kill()
                await victim.wait()
                self._do(self._another())
            async with asyncio.timeout(START_SECONDS):
                await self._somebody.wait()

    def _do(self, work: Any) -> None:
        task = asyncio.create_task(work)
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def _another(self) -> None:
        self._joined(await self._world._serves())

    def _joined(self, replica: Process) -> None:
        self._alive.append(replica)
        self._somebody.set()

    async def _stops(self, victim: Process) -> None:
        """It does not know that time goes by, and goes on with what others have taken over."""
        victim.send_signal(signal.SIGSTOP)
        await asyncio.sleep(STOPPED)
        victim.send_signal(signal.SIGCONT)
        self._joined(victim)

    async def ends(self) -> None:
        await asyncio.gather(*self._starting)


async def _asks(world: Remote, who: str, access: str, soaked: Soaked) -> None:
    """Until it is acknowledged, as people do."""
    line = f"/aws-access activate {access} 1h INC-42 because"
    while True:
        try:
            told = await world.post("/say", who=who, text=line)
        except (AssertionError, aiohttp.ClientError):
            told = {}
        if told.get("status") == HTTPStatus.OK and "could not note" not in str(told):
            return
        soaked.repeated += 1
        await asyncio.sleep(0.5)


async def _read(world: Remote, url: str, wishes: Sequence[tuple[str, str]], soaked: Soaked) -> None:
    """Once nothing noted is left to do: who has no request was told so, and asks again."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not any(j["kind"] == "intent" for j in tables_of(url)["job"] if not j["dead"]):
            break
        await asyncio.sleep(1.0)
    there = {(r["chat_user"], r["access"]) for r in tables_of(url)["request"]}
    missing = [(who, access) for who, access in wishes if (PEOPLE[who].slack, access) not in there]
    for who, count in Counter(who for who, _ in missing).items():
        answers = [r for r in await world.messages(who) if r["ephemeral"] or not r["state"]]
        told = sum(any(no in row["text"] for no in NOES) for row in answers)
        soaked.told_no += min(told, count)
        if told < count:
            soaked.wrong.append(
                f"{who} asked for {count - told} more things than they were told of"
            )
    for who, access in missing:
        await _asks(world, who, access, soaked)


async def _joins(world: Remote, who: str) -> None:
    await world.says(who, "link")
    url = await world.until(lambda: world._link(who))
    page = await world.post("/signin", who=who, url=url)
    assert "Signed in" in page["page"], page


async def _settled(world: Remote, url: str, count: int) -> None:
    """Until nothing is open, and every card is where the bot thinks it is, and says so.

    A few seconds are let pass now and then: what was lost on the way to a chat is looked for later.
    """
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        tables = tables_of(url)
        requests = tables["request"]
        jobs = [j for j in tables["job"] if j["kind"] == "card" and not j["dead"]]
        if len(requests) >= count and all(r["state"] == "granted" for r in requests):
            due = [j for j in jobs if j["owner"] or j["attempts"]]
            in_doubt = [p for p in tables["posting"] if p["begun_at"]]
            if not due and not in_doubt:
                return
        await world.post("/clock", advance="PT3S")
        await asyncio.sleep(1.0)


async def _judged(world: Remote, url: str, people: Sequence[str], soaked: Soaked) -> None:
    engine = connect(url)
    found = await verify(engine)
    if not isinstance(found, Verified):
        soaked.wrong.append(f"I8: {found}")
    await engine.dispose()
    tables, events = tables_of(url), events_of(url)
    evidence = Evidence(
        tables=tables,
        events=events,
        entra=await world.get("/entra"),
        calls=await world.get("/calls"),
        deeds=None,
        posted=[],
        shown=[row for who in people for row in await world.messages(who)],
    )
    once = without_notices_told_twice(evidence)
    soaked.wrong += broken(once)
    soaked.twice = len(_messages(evidence) - _messages(once))
    states = Counter(request["state"] for request in tables["request"])
    soaked.requests, soaked.granted = len(tables["request"]), states["granted"]
    soaked.effects = len(evidence.entra["activations"])
    sent = [c for c in evidence.calls if c["path"].endswith("/assignmentScheduleRequests")]
    posts = [c for c in sent if c["method"] == "POST" and c["body"]["action"] == "selfActivate"]
    soaked.sent_again = len(posts) - soaked.requests
    soaked.events = len(events)


def _messages(evidence: Evidence) -> set[str]:
    return {row["raw"]["ts"] for row in evidence.shown}


@asynccontextmanager
async def _world(folder: Path, url: str, people: int) -> AsyncIterator[Remote]:
    started = Started(folder)
    options = ("--json", "--no-browser", "--world-only", "--database-url", url)
    program = (sys.executable, "-m", "tests.faults.crowded", str(people))
    async with aiohttp.ClientSession(trust_env=False) as http:
        try:
            world = await started.start(*program, *options)
            yield Remote(await first_line(world), started, http)
        finally:
            await started.end()


async def soak(folder: Path, url: str, replicas: int, seconds: float) -> Soaked:
    """One storm, from its beginning to the judgement."""
    soaked = Soaked(url.partition("+")[0], replicas)
    async with _world(folder, url, len(CROWD)) as world:
        storm = Storm(world, replicas, soaked)
        await storm.begins()
        for who in CROWD:
            await _joins(world, who)
        began = time.monotonic()
        raging = asyncio.create_task(storm.rages(seconds))
        wishes = [(who, access) for who in CROWD for access in FREE]
        async with asyncio.TaskGroup() as asking:
            for who, access in wishes:
                asking.create_task(_asks(world, who, access, soaked))
        await raging
        await storm.ends()
        await _read(world, url, wishes, soaked)
        await _settled(world, url, len(wishes))
        soaked.seconds = time.monotonic() - began
        await _judged(world, url, CROWD, soaked)
        if soaked.granted != len(wishes):
            soaked.wrong.append(f"{soaked.granted} of {len(wishes)} were granted")
    return soaked


def shown(all_of_them: Sequence[Soaked]) -> Table:
    table = Table(title="Requests in a storm")
    headings = (
        "where|replicas|killed|stopped|requests|granted|activations|sent again|asked again|told no|"
    )
    for heading in (headings + "notices twice|events verified|seconds|wrong").split("|"):
        table.add_column(heading)
    for one in all_of_them:
        numbers = (one.replicas, one.kills, one.stops, one.requests, one.granted, one.effects)
        more = (
            one.sent_again,
            one.repeated,
            one.told_no,
            one.twice,
            one.events,
            round(one.seconds),
            len(one.wrong),
        )
        table.add_row(one.where, *map(str, (*numbers, *more)))
    return table


async def _both(folder: Path, server: str, seconds: float) -> list[Soaked]:
    sqlite = f"sqlite+aiosqlite:///{folder / 'soak.db'}"
    return [
        await soak(folder / "postgresql", server, 3, seconds),
        await soak(folder / "sqlite", sqlite, 1, seconds),
    ]


def main() -> int:
    console = Console(width=150, soft_wrap=True)
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 60.0
    with (
        tempfile.TemporaryDirectory(prefix="aws-access-soak-") as name,
        postgres(settings=()) as server,
    ):
        for where in ("postgresql", "sqlite"):
            Path(name, where).mkdir()
        found = asyncio.run(_both(Path(name), server.url("migrated"), seconds))
    console.print(shown(found))
    for one in found:
        for wrong in one.wrong:
            console.print(f"{one.where}: {wrong}", style="red", markup=False)
    return int(any(one.wrong for one in found))


if __name__ == "__main__":
    sys.exit(main())
