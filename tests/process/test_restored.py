"""An older state of the database is put back: the bot says so, and does nothing, until somebody accepts."""

import asyncio
import json
import shutil
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from bot.domain.receipt import receipts_in
from integrations.database.anchor import read_anchor
from integrations.database.audit import audit_rows
from integrations.database.engine import connect
from tests.databases import Postgres, sqlite_url
from tests.process.processes import BOT, Started, finished
from tests.process.remote import Remote, a_world

_END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname ="
ASK = "activate dev-poweruser 1h INC-42 because"


@dataclass
class Kept:
    """A database of which there is a copy from earlier; `back` puts the copy in its place."""

    url: str
    copy: Callable[[], Awaitable[None]]
    back: Callable[[], Awaitable[None]]


def _of_sqlite(folder: Path) -> Kept:
    file, copy = folder / "bot.db", folder / "yesterday"

    def move(source: Path, target: Path) -> None:
        for end in ("", "-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
            part = source.with_name(source.name + end)
            if part.exists():
                shutil.copy(part, target.with_name(target.name + end))

    return Kept(
        sqlite_url(file),
        lambda: asyncio.to_thread(move, file, copy),
        lambda: asyncio.to_thread(move, copy, file),
    )


def _of_postgresql(server: Postgres) -> Kept:
    url = server.empty()
    name = urlsplit(url).path.removeprefix("/")

    async def copy() -> None:
        await server._run("postgres", f"CREATE DATABASE {name}_yesterday TEMPLATE {name}")

    async def back() -> None:
        """As when a standby that was behind takes over: all at once, for whoever is connected."""
        await server._run("postgres", f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        await server._run("postgres", f"{_END_ALL} '{name}'; SELECT pg_sleep(0.3)")
        await server._run("postgres", f"ALTER DATABASE {name} RENAME TO {name}_lost")
        await server._run("postgres", f"ALTER DATABASE {name}_yesterday RENAME TO {name}")

    return Kept(url, copy, back)


@pytest.fixture(params=["sqlite", "postgresql"])
def kept(request: pytest.FixtureRequest, tmp_path: Path) -> Kept:
    if request.param == "sqlite":
        return _of_sqlite(tmp_path)
    return _of_postgresql(request.getfixturevalue("postgres_server"))


@dataclass
class Scene:
    """A world whose bot keeps an anchor; a person has signed in, and that is what the copy knows."""

    world: Remote
    started: Started
    kept: Kept
    anchor: Path

    async def bot(self, *command: str) -> tuple[int, str]:
        """A command that ends by itself: its exit code, and what it and all before it have said."""
        env = self.world.told["serve"]["env"]
        process = await self.started.start(*BOT, *command, env=env)
        code, told = await finished(process)
        return code, told + self.started.logged()

    async def rows(self) -> list[dict[str, object]]:
        engine = connect(self.kept.url)
        found = [row async for row in audit_rows(engine)]
        await engine.dispose()
        return found

    async def is_anchored(self) -> None:
        """What was committed is in the anchor, while the bot goes on."""
        there, place = len(await self.rows()), None
        async with asyncio.timeout(10):
            while place is None or place.seq < there:
                await asyncio.sleep(0.05)
                place = read_anchor(self.anchor)


@pytest.fixture
async def scene(started: Started, http: aiohttp.ClientSession, kept: Kept) -> Scene:
    world = await a_world(started, http, "--database-url", kept.url)
    await world.starts_bot()
    await world.links("engineer")
    assert await world.stops_bot() == 0
    await kept.copy()
    await world.starts_bot()
    await world.says("engineer", ASK)
    await world.is_held_by("engineer", "dev-poweruser")
    return Scene(world, started, kept, Path(world.told["serve"]["env"]["AUDIT_ANCHOR"]))


async def test_a_restored_backup_is_refused_until_somebody_accepts_it(scene: Scene) -> None:
    """The process was killed: what it had written down a second before is enough."""
    await scene.is_anchored()
    await scene.world.kills_bot()
    place = read_anchor(scene.anchor)
    await scene.kept.back()
    before = await scene.rows()

    code, said = await scene.bot("serve")
    assert code == 2
    assert f"Cannot start: the database: its record ends at row {len(before)}" in said
    assert "aws-access audit accept REASON" in said
    assert "Traceback" not in said
    code, said = await scene.bot("audit", "verify")
    assert code == 1
    assert "the anchor saw it, and its record ends at row" in said
    assert (await scene.rows(), read_anchor(scene.anchor)) == (before, place)

    code, said = await scene.bot("audit", "accept", "the disk is broken")
    assert code == 0
    assert "Accepted, and written into the record: its record ends at row" in said
    assert (await scene.bot("audit", "accept", "once more"))[1].count("nothing to accept") == 1

    await scene.world.starts_bot()
    await scene.world.says("engineer", "status")
    await scene.world.card("engineer", "Your AWS access")
    assert await scene.world.stops_bot() == 0
    code, said = await scene.bot("audit", "verify")
    assert code == 0
    accepted = [r for r in await scene.rows() if r["what"] == "history_accepted"]
    [told] = [json.loads(str(row["payload"]))["data"] for row in accepted]
    assert (told["reason"], told["anchor_seq"]) == ("the disk is broken", str(place and place.seq))
    assert len((await scene.world.truth()).ever) == 1


async def test_without_an_anchor_there_is_nothing_to_accept(scene: Scene) -> None:
    assert await scene.world.stops_bot() == 0
    before = await scene.rows()

    code, said = await scene.bot("audit", "accept", "because", "--anchor", "")
    assert (code, "AUDIT_ANCHOR (or --anchor) is missing" in said) == (2, True)
    code, said = await scene.bot("audit", "accept", "because", "--anchor", f"{scene.anchor}2")
    assert (code, "there is no anchor at" in said) == (2, True)
    code, said = await scene.bot(
        "audit", "accept", "because", "--database", "sqlite+aiosqlite:///no.db"
    )
    assert (code, "Nothing was accepted" in said) == (2, True)
    code, said = await scene.bot("audit", "verify", "--anchor", str(scene.anchor.parent))
    assert (code, "cannot be read" in said, "Traceback" in said) == (3, True, False)
    code, said = await scene.bot("audit", "verify", "--anchor", f"{scene.anchor}2")
    assert (code, "there is no anchor at" in said) == (3, True)
    assert await scene.rows() == before


async def test_a_card_is_a_witness_to_the_record_where_nothing_else_is(scene: Scene) -> None:
    """What somebody copied from the chat is compared with it."""
    said = "\n".join(row["text"] for row in await scene.world.messages("engineer"))
    assert len(receipts_in(said)) == 1
    copied = scene.anchor.with_name("copied.txt")
    copied.write_text(said)
    assert await scene.world.stops_bot() == 0
    verifying = ("audit", "verify", "--anchor", "", "--receipts", str(copied))
    assert (await scene.bot(*verifying))[0] == 0

    await scene.kept.back()

    assert (await scene.bot("audit", "verify", "--anchor", ""))[0] == 0
    code, told = await scene.bot(*verifying)
    assert (code, "is not the row that a card has shown" in told) == (1, True)
    copied.write_text("nothing of the kind")
    code, told = await scene.bot(*verifying)
    assert (code, "no card's receipt" in told) == (3, True)


@pytest.mark.parametrize("kept", ["postgresql"], indirect=True)
async def test_a_standby_that_was_behind_is_not_worked_with(
    scene: Scene, http: aiohttp.ClientSession
) -> None:
    """It takes over while the bot runs, which remembers by itself how far the record went."""
    calls = len(await scene.world.get("/calls"))
    await scene.kept.back()
    before = await scene.rows()

    told = await scene.world.post("/say", who="engineer", text=f"/aws-access {ASK}")

    assert told["status"] == HTTPStatus.OK
    assert "I cannot work at the moment" in str(told["reply"])
    [replica] = scene.world.replicas[-1:]
    async with http.get(f"{replica}/readyz") as ready:
        assert ready.status == HTTPStatus.SERVICE_UNAVAILABLE
        assert (await ready.json())["checks"]["history"] is False
    assert await scene.rows() == before
    made = (await scene.world.get("/calls"))[calls:]
    assert [call for call in made if call["method"] in {"POST", "PATCH"}] == []
    assert await scene.world.stops_bot() == 0
    code, said = await scene.bot("serve")
    assert (code, "Put back the database that has it" in said) == (2, True)
