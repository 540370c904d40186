"""A world that runs as a process of its own, and replicas of the bot that come and go in it."""

import asyncio
import json
from asyncio.subprocess import Process
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any

import aiohttp

from playground.cast import PEOPLE
from tests.conversations.claims import Truth, truth
from tests.conversations.evidence import Evidence, events_of, tables_of
from tests.onlooker import Row
from tests.process.processes import PLAYGROUND, READY_SECONDS, Started, ended, first_line, kill

LOOK_SECONDS = 0.05
PATIENCE_SECONDS = 40.0
POSTS = r"^POST .*/assignmentScheduleRequests$"


class Remote:
    """Speaks to the control interface of a world, as any outside check does."""

    def __init__(self, told: dict[str, Any], started: Started, http: aiohttp.ClientSession) -> None:
        self.told = told
        self._started = started
        self._http = http
        self._replica: Process | None = None

    @property
    def url(self) -> str:
        """Of the bot's database."""
        return str(self.told["database_url"])

    async def get(self, path: str, **query: str) -> Any:
        async with self._http.get(f"{self.told['control']}{path}", params=query) as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self._http.post(f"{self.told['control']}{path}", json=body) as answer:
            assert answer.status == HTTPStatus.OK, await answer.text()
            return await answer.json()

    async def starts_bot(self) -> None:
        """One replica, by the command and the environment that the world printed."""
        self._replica = await self._serves()

    async def starts_another(self) -> None:
        """One more replica; `kills_bot` still means the first."""
        await self._serves()

    @property
    def replicas(self) -> list[str]:
        """Where each replica listens, in the order in which they were started."""
        lines = (line for line in self._started.logged().splitlines() if '"serving"' in line)
        return [f"http://127.0.0.1:{json.loads(line)['port']}" for line in lines]

    async def readiness(self, replica: str) -> int | None:
        """What it says to `/readyz`; None when nobody listens there."""
        try:
            async with self._http.get(f"{replica}/readyz") as answer:
                return answer.status
        except aiohttp.ClientConnectionError:
            return None

    async def _serves(self) -> Process:
        serve = self.told["serve"]
        before = self._started.logged().count('"serving"')
        replica = await self._started.start(*serve["command"], env=serve["env"])
        async with asyncio.timeout(READY_SECONDS):
            while self._started.logged().count('"serving"') == before or not await self._ready():
                assert replica.returncode is None, self._started.logged()
                await asyncio.sleep(LOOK_SECONDS)
        return replica

    async def _ready(self) -> bool:
        async with self._http.get(f"{self.told['bot']}/readyz") as answer:
            return answer.status == HTTPStatus.OK

    async def kills_bot(self) -> None:
        """kill -9."""
        assert self._replica is not None
        kill(self._replica)
        await self._replica.wait()

    async def stops_bot(self) -> int:
        """SIGTERM, and its exit code."""
        assert self._replica is not None
        self._replica.terminate()
        return await ended(self._replica)

    async def says(self, who: str, text: str, times: int = 1) -> None:
        """Type a command; every copy of it is acknowledged."""
        told = await self.post("/say", who=who, text=f"/aws-access {text}", times=times)
        for answer in (told, *told.get("replies", ())):
            assert answer.get("status") == HTTPStatus.OK, told

    async def links(self, who: str) -> None:
        """Sign in once, so that nothing that follows needs it."""
        await self.says(who, "link")
        url = await self.until(lambda: self._link(who))
        page = await self.post("/signin", who=who, url=url)
        assert "Signed in" in page["page"]

    async def _link(self, who: str) -> str | None:
        for row in reversed(await self.messages(who)):
            for button in row["buttons"]:
                if "/sign-in/" in (button["url"] or ""):
                    return str(button["url"])
        return None

    async def signs_in(self, who: str) -> str:
        """Follow the newest sign-in link there is; what the last page says."""
        url = await self.until(lambda: self._link(who))
        return str((await self.post("/signin", who=who, url=url))["page"])

    async def messages(self, who: str) -> list[Row]:
        rows: list[Row] = await self.get("/messages", chat="slack", who=who)
        self._started.leaks.told(rows)
        return rows

    async def card(self, who: str, title: str) -> Row:
        """The message of that title, once it is there."""

        async def there() -> Row | None:
            rows = await self.messages(who)
            return next((row for row in rows if row["text"].startswith(title)), None)

        found: Row = await self.until(there)
        return found

    async def presses(self, who: str, title: str, label: str) -> None:
        """Press a button of the message of that title; it is acknowledged."""
        message = (await self.card(who, title))["id"]
        told = await self.post("/press", chat="slack", who=who, message=message, action=label)
        assert told.get("status") == HTTPStatus.OK, told

    async def sent(self, call: str, at_least: int = 1) -> None:
        """Wait until so many calls to Graph whose "METHOD path" ends like this were made."""

        async def made() -> bool:
            calls = await self.get("/calls")
            return sum(f"{c['method']} {c['path']}".endswith(call) for c in calls) >= at_least

        await self.until(made)

    async def fails(
        self, kind: str, match: str = POSTS, *, system: str = "graph", **more: Any
    ) -> None:
        """Make the next calls fail: those to Graph unless told otherwise."""
        await self.post("/fault", system=system, match=match, kind=kind, **more)

    async def asked_of_pim(self) -> list[Row]:
        """The activations that were sent, arrived or not, oldest first."""
        calls = await self.get("/calls")
        posts = [c for c in calls if c["path"].endswith("/assignmentScheduleRequests")]
        return [c for c in posts if c["body"]["action"] == "selfActivate"]

    async def sends_to_pim(self, at_least: int) -> None:
        """Wait until that many activations have been sent."""

        async def sent() -> bool:
            return len(await self.asked_of_pim()) >= at_least

        await self.until(sent)

    async def states(self, who: str) -> dict[str, str]:
        """What each request's first card says of it, by access."""
        rows = [r for r in await self.messages(who) if r["state"] and not r["ephemeral"]]
        found: dict[str, str] = {}
        for request in tables_of(self.url)["request"]:
            cards = [r["state"] for r in rows if request["id"] in r["text"]]
            found[request["access"]] = cards[-1] if cards else "not shown"
        return found

    async def settles_as(self, who: str, state: str, accesses: Sequence[str]) -> None:
        """Wait until every one of these is shown so, letting a minute pass now and then."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            shown = await self.states(who)
            if all(shown.get(access) == state for access in accesses):
                return
            assert asyncio.get_running_loop().time() < deadline, (shown, self._started.logged())
            await self.post("/clock", advance="PT5S")

    async def is_held_by(self, who: str, access: str) -> None:
        """Wait, in real time too, until somebody has it active and their card says so."""

        async def held() -> bool:
            await self.post("/clock", advance="PT5S")
            shown = [r for r in await self.messages(who) if r["state"] == "granted"]
            return (who, access) in (await self.truth()).held and bool(shown)

        await self.until(held)

    async def truth(self) -> Truth:
        return truth(await self.get("/entra"), await self.get("/aws"))

    async def evidence(self, posted: Sequence[Row]) -> Evidence:
        shown = [row for who in PEOPLE for row in await self.messages(who)]
        return Evidence(
            tables=tables_of(self.url),
            events=events_of(self.url),
            entra=await self.get("/entra"),
            calls=await self.get("/calls"),
            deeds=None,
            posted=posted,
            shown=shown,
        )

    async def until(self, look: Callable[[], Any]) -> Any:
        """Whatever `look` finds at last; an answer that is not None or false."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                if found := await look():
                    return found
                await asyncio.sleep(LOOK_SECONDS)


async def a_world(started: Started, http: aiohttp.ClientSession, *options: str) -> Remote:
    """A world without a bot in it."""
    world = await started.start(*PLAYGROUND, "--json", "--no-browser", "--world-only", *options)
    return Remote(await first_line(world), started, http)
