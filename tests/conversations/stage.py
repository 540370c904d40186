"""The stage of a conversation: the playground's world and the real bot, in the test's own loop."""

import asyncio
import io
import json
import logging
import re
import signal
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog

from bot.app import serving
from bot.settings import from_environment
from integrations.database.audit import Tampered, verify
from integrations.database.engine import connect
from playground.access_file import render
from playground.cast import PEOPLE
from playground.control.browser import Browser
from playground.control.page import WebPage
from playground.entra.authorize import PERSON_COOKIE
from playground.entra.times import parse_duration
from playground.kernel.wire import Call, Fault, Kind, System
from playground.settings import REDIRECT, Told, bot_settings, new_token_keys
from playground.world import World
from tests.conversations.canaries import Canaries
from tests.conversations.deeds import Deeds
from tests.conversations.evidence import Evidence, events_of, tables_of
from tests.conversations.invariants import broken
from tests.conversations.journal import Journal, listen_to_slack, listen_to_teams
from tests.conversations.places import MIXED, SLACK, SLACK_OVER_SOCKETS, TEAMS, Places
from tests.conversations.witness import Witness
from tests.onlooker import Row

PIM = r"/assignmentScheduleRequests$"


@dataclass(frozen=True)
class Ways:
    """How a world differs from the usual one."""

    keeps_tokens: bool = True
    single_sign_on: bool = False
    """Whether Teams is asked for people's tokens, instead of their browser."""
    where: str = SLACK
    """In which chats the script is played."""
    notified: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """The channels that are told of an access."""
    grid: bool = False
    """Whether the Slack workspace is part of an Enterprise Grid organisation."""


@dataclass(frozen=True)
class Kept:
    """Where the bot keeps what it knows: a database, and the files of it that there are now."""

    url: str
    files: Callable[[], Sequence[Path]]


@dataclass
class Stage:
    """Everything that is not said in a chat: time, faults, portals, browsers, and looking."""

    world: World
    kept: Kept
    settings: Mapping[str, str]
    journal: Journal
    witness: Witness
    canaries: Canaries
    deeds: Deeds
    log: io.StringIO
    places: Places
    _bot: AsyncExitStack = field(default_factory=AsyncExitStack)
    _browsers: dict[str, Browser] = field(default_factory=dict)

    async def starts_bot(self) -> None:
        await self._bot.enter_async_context(serving(from_environment(self.settings)))

    async def stops_bot(self) -> None:
        await self._bot.aclose()

    async def restarts_bot(self, **settings: str) -> None:
        """As a new deployment does, with these settings changed: what is only in memory is gone."""
        await self.stops_bot()
        self.settings = {**self.settings, **settings}
        self.canaries.given(self.settings)
        await self.starts_bot()

    async def reloads(self, access_file: str) -> list[Row]:
        """An administrator changes the access file and sends SIGHUP; what the bot logs of it."""
        await asyncio.to_thread(Path(self.settings["ACCESS_FILE"]).write_text, access_file)
        before = len(self.log.getvalue())
        signal.raise_signal(signal.SIGHUP)
        async with asyncio.timeout(20):
            while True:
                lines = self.log.getvalue()[before:].splitlines()
                told = [
                    row for line in lines if "access_file" in (row := json.loads(line))["event"]
                ]
                if told and told[-1]["event"].endswith("reloaded"):
                    return told
                await asyncio.sleep(0.01)

    async def settles(self) -> None:
        """Wait until everything that is due has been done."""
        assert await self.world.stepper.settle(), "the bot does not come to rest"

    async def skips(self, time: str) -> None:
        """Let an ISO 8601 duration pass, with everything that happens in it."""
        await self.world.stepper.skip(parse_duration(time))

    async def day_breaks(self) -> None:
        """Let time pass until nine in the morning, for what is not done at night."""
        now = self.world.clock.now()
        nine = now.replace(hour=9, minute=0, second=0, microsecond=0)
        await self.world.stepper.skip(nine + timedelta(days=now >= nine) - now)

    async def jumps(self, time: str) -> None:
        """Let a long time pass at once, as if the bot had been asleep: what came due is late."""
        clock, stepper = self.world.clock, self.world.stepper
        await stepper._step_to(clock.now() + parse_duration(time))

    def fails(self, system: System, match: str, kind: Kind, **more: Any) -> None:
        """Make the next calls of `system` fail whose "METHOD path" matches."""
        how = {"times": 1, "status": 503, **more}
        self.world.wire.faults.append(Fault(system, re.compile(match), kind=kind, **how))

    def mended(self) -> None:
        """Take all faults away."""
        self.world.wire.faults.clear()

    def entra(self, op: str, **args: Any) -> Row:
        """What an administrator does, or somebody in the portal."""
        return self.world.entra.operate(op, args)

    def scim(self, **args: Any) -> None:
        """Steer how memberships reach AWS."""
        self.world.aws.operate_scim(args)

    def calls(self, system: System, match: str = "") -> list[Call]:
        """The bot's calls to a system whose "METHOD path" matches."""
        return [
            call
            for call in self.world.wire.calls
            if call.system == system and re.search(match, f"{call.method} {call.path}")
        ]

    def asked_of_pim(self, action: str = "selfActivate") -> list[Call]:
        """The changes that were sent to PIM."""
        sent = self.calls("graph", f"^POST .*{PIM}")
        return [call for call in sent if call.body["action"] == action]

    def holds(self, who: str) -> set[str]:
        """The names of the accesses that Entra has active for somebody now."""
        shown = self.world.entra.shown()
        groups = shown["groups"]
        mine = [a for a in shown["activations"] if a["oid"] == PEOPLE[who].oid]
        return {groups[a["group"]]["name"] for a in mine if a["type"] == "activated"}

    def requests(self) -> list[Row]:
        return tables_of(self.kept.url)["request"]

    def events(self, what: str = "") -> list[Row]:
        """The record, or the events of one kind in it."""
        return [e for e in events_of(self.kept.url) if what in {"", e["what"]}]

    async def browses(self, who: str, url: str) -> WebPage:
        """Somebody follows a link in their own browser, pressing Confirm wherever it is met."""
        if who not in self._browsers:
            self._browsers[who] = self.new_browser(who)
        return await self._browsers[who].follow(url)

    def new_browser(self, who: str) -> Browser:
        entra = self.world.entra
        browser = Browser(entra.ca_path, {PERSON_COOKIE: who}, entra.authorize_url)
        browser.visited = self.canaries.visited
        return browser

    async def closes_browsers(self) -> None:
        for browser in self._browsers.values():
            await browser.close()

    def evidence(self) -> Evidence:
        shown = [row for who in PEOPLE for row in self.places.messages(who)]
        return Evidence(
            tables=tables_of(self.kept.url),
            events=events_of(self.kept.url),
            entra=self.world.entra.shown(),
            calls=[call.shown() for call in self.world.wire.calls],
            deeds=self.deeds.counted,
            posted=self.journal.posted,
            shown=shown,
        )

    async def problems(self) -> list[str]:
        """Whatever must not be, once it is all over and the bot has stopped."""
        evidence = self.evidence()
        return [
            *self.witness.problems,
            *broken(evidence),
            *self._leaks(evidence),
            *self.canaries.found_in_files(await asyncio.to_thread(self.kept.files)),
            *await _tampered(self.kept.url),
        ]

    def _leaks(self, evidence: Evidence) -> list[str]:
        found = self.canaries.found_in(self.log.getvalue(), where="the log")
        recorded = "\n".join(str(one) for call in self.world.wire.calls for one in _recorded(call))
        found += self.canaries.found_in(recorded, where="a recording")
        for call in self.world.wire.calls:
            found += self.canaries.found_in_told(call.body, where=f"{call.system} {call.path}")
        for row in evidence.shown:
            found += self.canaries.found_in_told(row["raw"], where=f"a message to {row['to']}")
        return found


def _recorded(call: Call) -> Iterator[object]:
    """What the playground shows of a call; only what is told in a chat may carry a sign-in link."""
    yield from (call.path, call.query)
    if call.system not in {"slack", "teams"}:
        yield call.body


async def _tampered(url: str) -> list[str]:
    engine = connect(url)
    try:
        found = await verify(engine)
    finally:
        await engine.dispose()
    return [f"the record is broken: {found}"] if isinstance(found, Tampered) else []


@asynccontextmanager
async def staged(
    folder: Path, kept: Kept, ways: Ways, setenv: Callable[[str, str], None]
) -> AsyncIterator[Stage]:
    """Everything started; at the end everything is stopped, and nothing is judged yet.

    `setenv` sets this process' environment, which boto3 reads by itself.
    """
    world = World(folder)
    async with AsyncExitStack() as stack:
        await world.start()
        stack.push_async_callback(world.stop)
        world.entra.register_redirect(f"{world.balancer.url}{REDIRECT}")
        settings = _settings(world, folder, kept, ways)
        for name, value in world.aws.environment().items():
            setenv(name, value)
        places = Places(world, ways.where)
        journal, witness = Journal(), Witness(world, kept.url, places)
        canaries = Canaries(world, settings)
        journal.watchers += [witness.read, canaries.read]
        listen_to_slack(world.slack, journal)
        listen_to_teams(world.teams, journal)
        world.slack.workspace.socket_mode = ways.where == SLACK_OVER_SOCKETS
        if ways.grid:
            world.slack.workspace.join_grid()
        log = stack.enter_context(_logging())
        stage = Stage(world, kept, settings, journal, witness, canaries, Deeds(world), log, places)
        stack.push_async_callback(stage.closes_browsers)
        stack.push_async_callback(stage.stops_bot)
        await stage.starts_bot()
        if places.has_teams:
            world.teams.announce()
            # Who connects in the instant a server closes is left unclosed by asyncio (3.11 to 3.13,
            # Server._attach): these are the calls that a script which begins by stopping would meet.
            await stage.settles()
        yield stage


def _settings(world: World, folder: Path, kept: Kept, ways: Ways) -> dict[str, str]:
    access = folder / "access.toml"
    access.write_text(render(ways.notified))
    keys = new_token_keys() if ways.keeps_tokens else ""
    told = Told(kept.url, access, keys, folder / "anchor")
    app_token = world.slack.app_token if ways.where == SLACK_OVER_SOCKETS else ""
    other = {"SLACK_APP_TOKEN": app_token}
    if ways.where not in {TEAMS, MIXED}:
        other |= {"TEAMS_APP_ID": "", "TEAMS_APP_SECRET": ""}
    if not ways.single_sign_on:
        other |= {"TEAMS_SSO_URI": ""}
    return {**bot_settings(world, told), **other}


@contextmanager
def _logging() -> Iterator[io.StringIO]:
    """Everything the bot and its libraries log, while in the block."""
    log = io.StringIO()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(log),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(log)
    handler.setLevel(logging.WARNING)
    logging.getLogger().addHandler(handler)
    try:
        yield log
    finally:
        logging.getLogger().removeHandler(handler)
        structlog.reset_defaults()
