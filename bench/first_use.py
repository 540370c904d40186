"""The first activation of a new process: how long its loop stalls, and how often it waits for Graph."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.processes import World, line, process
from bench.served import DISTANCE

WHO = "engineer"
COLD, WARM = "dev-poweruser", "prod-readonly"
POST = ("POST", re.compile(r"/assignmentScheduleRequests$"))
PATIENCE_SECONDS = 20.0
Call = tuple[float, float, str, str]


@dataclass
class Measured:
    """Stalls in milliseconds; round trips that were waited for, one by one, before the POST."""

    stall: float = 0.0
    stall_of_cpu: float = 0.0
    trips: dict[str, int] = field(default_factory=dict)


async def first_use(world: World, folder: Path) -> Measured:
    """Link with one process, activate with a new one (cold), and once more (warm)."""
    url = f"sqlite+aiosqlite:///{folder / 'first-use.db'}"
    env = {**world.env, "DATABASE_URL": url}
    async with _bot(env, folder / "linking.json"):
        await _link(world)
    told, asked = folder / "first-use.json", {}
    async with _bot(env, told):
        asked["cold"] = await _activates(world, COLD)
        await _said(world, f"activate {WARM} 9h")  # refused, but now its policy is known
        await asyncio.sleep(0.5)
        asked["warm"] = await _activates(world, WARM)
    found = json.loads(told.read_text())
    trips = {name: serial_trips(found["calls"], since) for name, since in asked.items()}
    return Measured(found["longest_stall"] * 1000, found["longest_stall_of_cpu"] * 1000, trips)


@asynccontextmanager
async def _bot(env: dict[str, str], told: Path) -> AsyncIterator[None]:
    async with process(
        "bench.served", str(told), "--distant", env=env, log=told.with_suffix(".log")
    ) as one:
        await line(one)
        yield


async def _said(world: World, text: str) -> None:
    told = await world.post("/say", who=WHO, text=f"/aws-access {text}")
    assert told["status"] == 200, told  # noqa: PLR2004


async def _link(world: World) -> None:
    await _said(world, "link")
    [url] = await _until(world, _sign_in_links)
    page = await world.post("/signin", who=WHO, url=url)
    assert "Signed in" in page["page"], page


async def _sign_in_links(world: World) -> list[str]:
    rows = await world.get("/messages", who=WHO)
    urls = [button["url"] or "" for row in rows for button in row["buttons"]]
    return [url for url in urls if "/sign-in/" in url][-1:]


async def _activates(world: World, access: str) -> float:
    """Ask, and wait until it is active; when it was asked, by the machine's monotonic clock."""
    since = time.monotonic()
    await _said(world, f"activate {access} 1h INC-42 checking the slow index")

    async def active(world: World) -> list[Any]:
        shown = await world.get("/entra")
        names = {group: one["name"] for group, one in shown["groups"].items()}
        return [a for a in shown["activations"] if names[a["group"]] == access]

    await _until(world, active)
    await world.post("/settle", seconds=5)
    return since


async def _until(world: World, look: Any) -> list[Any]:  # noqa: ANN401
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if found := await look(world):
                return list(found)
            await asyncio.sleep(0.05)


def serial_trips(calls: Sequence[Call], since: float) -> int:
    """How many ways to Graph, one after the other, had to be gone before the POST began."""
    posts = (began for began, _, method, path in sorted(calls) if _is_post(method, path))
    return int((next(at for at in posts if at >= since) - since) / DISTANCE)


def _is_post(method: str, path: str) -> bool:
    return method == POST[0] and POST[1].search(path) is not None
