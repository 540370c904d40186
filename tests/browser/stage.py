"""A real world with a scripted bot: what the page shows is decided by the test, all else is real."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from playground.control.interface import Interface
from playground.kernel.wire import Call
from playground.serving import Site
from playground.slack.content import new_content
from playground.slack.state import Message
from playground.slack.views import checked_view
from playground.world import World

Json = dict[str, Any]
Answer = Callable[[Json], Awaitable[Any]]

LOOK_SECONDS = 0.02
AUDIT = (
    "CREATE TABLE audit_event (seq INTEGER PRIMARY KEY, at TEXT, what TEXT, request_id TEXT, "
    "actor_tenant TEXT, actor_oid TEXT, v INTEGER, payload TEXT, row_hash BLOB)"
)


async def _nothing(_: Json) -> Any:
    return ""


@dataclass
class Stage:
    """The world, the page over it, and what the scripted bot answers to commands and to clicks."""

    world: World
    interface: Interface
    database: Path
    heard: list[Json] = field(default_factory=list)
    """Every command and interaction the bot got."""
    on_command: Answer = _nothing
    on_interaction: Answer = _nothing

    @property
    def url(self) -> str:
        """Where the page is."""
        return self.interface.page_url

    def post(self, who: str, text: str, *, only: bool = False, **content: Any) -> Message:
        """The bot posts to somebody's conversation, or says something only they see."""
        workspace = self.world.slack.workspace
        account = workspace.account(who)
        channel = workspace.direct(account.id) if account else None
        if account is None or channel is None:
            raise LookupError(who)
        message = new_content({"text": text, **content})
        self.call("slack", "/api/chat.postMessage")
        return workspace.post(channel, message, only_for=account.id if only else None)

    def edit(self, message: Message, text: str, **content: Any) -> None:
        """The bot edits a message in place."""
        self.world.slack.workspace.edit(message, new_content({"text": text, **content}))
        self.call("slack", "/api/chat.update")

    def open_form(self, who: str, view: Json) -> None:
        """The bot opens a modal in front of somebody."""
        workspace = self.world.slack.workspace
        account = workspace.account(who)
        if account is None:
            raise LookupError(who)
        workspace.views.open(account.id, checked_view(view, "modal"))
        self.call("slack", "/api/views.open")

    def redraw_form(self, view: Json) -> None:
        """The bot redraws the one open modal."""
        views = self.world.slack.workspace.views
        views.update(views.all()[0], checked_view(view, "modal"))
        self.call("slack", "/api/views.update")

    def call(self, system: Any, path: str, **more: Any) -> None:
        """The bot made a call."""
        calls = self.world.wire.calls
        told = {"method": "POST", "query": "", "status": 200, "delivered": True, "as_": "bot"}
        at = self.world.clock.now().isoformat()
        rest = {**told, "body": None, **more}
        calls.append(Call(n=len(calls) + 1, system=system, path=path, at=at, **rest))

    def record(self, what: str, oid: str | None = None, **data: str) -> None:
        """The bot wrote an event into its audit log."""
        at = self.world.clock.now().isoformat()
        payload = json.dumps({"what": what, "data": data})
        with sqlite3.connect(self.database) as database:
            database.execute(
                "INSERT INTO audit_event (at, what, request_id, actor_oid, v, payload, row_hash) "
                "VALUES (?, ?, ?, ?, 1, ?, randomblob(32))",
                (at, what, "R-7K2M", oid, payload),
            )
        database.close()

    async def hear(self, request: web.Request) -> web.Response:
        """What Slack delivers to the bot."""
        form = dict(parse_qsl(await request.text(), keep_blank_values=True))
        if "payload" in form:
            told = json.loads(form["payload"])
            answer = await self._answer(told, self.on_interaction)
        else:
            answer = await self._answer(form, self.on_command)
        return web.json_response(answer) if answer else web.Response()

    async def hear_teams(self, request: web.Request) -> web.Response:
        """What Teams delivers to the bot."""
        activity = await request.json()
        does = self.on_interaction if activity["type"] == "invoke" else self.on_command
        answer = await self._answer(activity, does)
        return web.json_response(answer) if answer else web.Response()

    async def _answer(self, told: Json, answer: Answer) -> Any:
        self.heard.append(told)
        return await answer(told)


async def until(true: Callable[[], bool], seconds: float = 5.0) -> None:
    """Wait for something to be true. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110  (anything may be what makes it true)
            await asyncio.sleep(LOOK_SECONDS)


async def _idle(_: web.Request) -> web.Response:
    return web.json_response({"busy": 0, "next": None})


@asynccontextmanager
async def stage(folder: Path, port: int = 0) -> AsyncIterator[Stage]:
    """Set the stage in an empty folder, the page on `port`, and take it down at the end."""
    world = World(folder)
    database = folder / "stage.db"
    with sqlite3.connect(database) as connection:
        connection.execute(AUDIT)
    connection.close()
    interface = Interface(world, f"sqlite+aiosqlite:///{database}")
    set_up = Stage(world, interface, database)
    bot = web.Application()
    bot.router.add_post("/slack/events", set_up.hear)
    bot.router.add_post("/api/messages", set_up.hear_teams)
    bot.router.add_get("/dev/work", _idle)
    bot.router.add_post("/dev/clock", _idle)
    site = Site(bot)
    await site.start()
    await world.start()
    await interface.start(port)
    world.replicas.add(site.url)
    try:
        yield set_up
    finally:
        await interface.stop()
        await world.stop()
        await site.stop()
