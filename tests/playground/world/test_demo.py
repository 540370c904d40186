"""`python -m playground`: what it prints, what it starts, and that it leaves nothing behind."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from playground.cast import ACCESS, PEOPLE
from tests.playground.world.fake_bot import FakeBot, call

Start = Callable[..., Awaitable[Process]]


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    started: list[Process] = []

    async def begin(*options: str) -> Process:
        started.append(
            await asyncio.create_subprocess_exec(
                sys.executable, "-m", "playground", *options, stdout=PIPE, stderr=PIPE
            )
        )
        return started[-1]

    yield begin
    for process in started:
        if process.returncode is None:
            process.terminate()
        await process.communicate()


async def first_line(process: Process) -> dict[str, Any]:
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), 60)
    told: dict[str, Any] = json.loads(line)
    return told


async def test_the_first_line_says_everything_an_outside_check_needs(start: Start) -> None:
    told = await first_line(await start("--json", "--no-browser", "--world-only", "--port", "0"))

    assert set(told) == {
        "page",
        "bot",
        "control",
        "settings",
        "database_url",
        "slack_signing_secret",
        "people",
        "access",
        "serve",
    }
    engineer = PEOPLE["engineer"]
    assert told["people"]["engineer"] == {
        "oid": engineer.oid,
        "slack": engineer.slack,
        "teams": engineer.teams,
    }
    assert told["people"]["stranger"]["oid"] is None
    assert told["access"] == {name: {"group": one.group} for name, one in ACCESS.items()}
    assert told["serve"]["command"][1:] == ["-m", "bot", "serve"]
    assert (await call("GET", f"{told['control']}/clock"))[0] == 200
    assert (await call("GET", told["page"]))[0] == 200


async def test_a_replica_started_by_somebody_else_joins_the_world(start: Start) -> None:
    told = await first_line(await start("--json", "--world-only"))
    bot = FakeBot()

    await bot.start(told["serve"]["env"]["DEV_WORLD_URL"])
    answer = await call("GET", f"{told['bot']}/readyz")
    await bot.stop()

    assert answer[1] == {"from": "bot"}


async def test_the_choices_reach_the_bot(start: Start, tmp_path: Path) -> None:
    access, database = tmp_path / "mine.toml", "postgresql+asyncpg://somewhere/db"
    access.write_text("")
    options = ("--access-file", str(access), "--database-url", database, "--no-token-keys")

    told = await first_line(await start("--json", "--world-only", *options))

    env = told["serve"]["env"]
    assert (env["ACCESS_FILE"], env["DATABASE_URL"]) == (str(access), database)
    assert told["database_url"] == database
    assert env["TOKEN_KEYS"] == ""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_being_told_to_end_leaves_nothing_behind(
    start: Start, number: signal.Signals
) -> None:
    process = await start("--json", "--world-only")
    told = await first_line(process)
    folder = Path(told["serve"]["env"]["ACCESS_FILE"]).parent
    assert folder.is_dir()

    process.send_signal(number)

    assert await asyncio.wait_for(process.wait(), 10) == 0
    assert not folder.exists()


async def test_a_bot_that_refuses_its_settings_ends_the_demo_with_what_it_said(
    start: Start, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.toml"
    broken.write_text("accesses = 1")

    process = await start("--json", "--access-file", str(broken))
    out, err = await asyncio.wait_for(process.communicate(), 60)

    assert process.returncode == 2
    assert out == b""
    assert b"Unknown key 'accesses'" in err


async def test_a_taken_port_is_said(start: Start) -> None:
    told = await first_line(await start("--json", "--world-only"))
    taken = told["page"].rstrip("/").rpartition(":")[2]

    process = await start("--json", "--world-only", "--port", taken)
    _, err = await asyncio.wait_for(process.communicate(), 30)

    assert process.returncode == 2
    assert b"could not start" in err
