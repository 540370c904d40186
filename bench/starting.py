"""What it costs to start, with Teams and without."""

import time
from dataclasses import dataclass
from pathlib import Path

from bench.processes import World, line, process, resident

TRIES = 3


@dataclass(frozen=True)
class Start:
    """Until it serves, in seconds, and what it has in memory then, in MiB: the best of some tries."""

    seconds: float
    resident: float


async def starting(world: World, folder: Path) -> dict[str, Start]:
    """One start of each kind after another, by name; nothing is worked on."""
    alone = {name: "" for name in world.env if name.startswith("TEAMS_")}
    kinds = {"Slack and Teams": world.env, "Slack alone": {**world.env, **alone}}
    found: dict[str, list[Start]] = {name: [] for name in kinds}
    for number in range(TRIES):
        for name, env in kinds.items():
            url = f"sqlite+aiosqlite:///{folder / f'start-{number}-{len(env)}-{len(name)}.db'}"
            found[name].append(await _start({**env, "DATABASE_URL": url}, folder / "start.json"))
    return {
        name: Start(min(s.seconds for s in starts), min(s.resident for s in starts))
        for name, starts in found.items()
    }


async def _start(env: dict[str, str], told: Path) -> Start:
    began = time.monotonic()
    log = told.with_suffix(".log")
    async with process("bench.served", str(told), "--resting", env=env, log=log) as bot:
        await line(bot)
        return Start(time.monotonic() - began, resident(bot.pid) / 1024)
