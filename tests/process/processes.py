"""The product as one runs it: whole processes, started, killed, and told to end."""

import asyncio
import contextlib
import json
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playground.bots import surroundings
from tests.process.leaks import Leaks

ROOT = Path(__file__).resolve().parents[2]
PLAYGROUND = (sys.executable, "-m", "playground")
BOT = (sys.executable, "-m", "bot")
READY_SECONDS = 60.0
END_SECONDS = 10.0
"""How long whatever is told to end may take."""


@dataclass
class Started:
    """Processes started by one test; none outlives it."""

    folder: Path
    leaks: Leaks = field(default_factory=Leaks)
    _all: list[Process] = field(default_factory=list)
    _logs: list[Path] = field(default_factory=list)

    async def start(self, *command: str, env: Mapping[str, str] | None = None) -> Process:
        """Its standard output can be read; what it writes on standard error is kept."""
        self.leaks.given(env or {})
        log = self.folder / f"{len(self._all)}.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdout=PIPE,
                stderr=errors,
                env={**surroundings(), **(env or {})},
                cwd=ROOT,
            )
        self._all.append(process)
        self._logs.append(log)
        return process

    def logged(self) -> str:
        """Everything that any of them wrote on standard error."""
        return "".join(log.read_text(errors="replace") for log in self._logs)

    def leaked(self) -> list[str]:
        """Which secrets stand in what they logged, or in a database in their folder (I9)."""
        files = [*self._logs, *self.folder.glob("*.db*")]
        return [one for file in files for one in self.leaks.found_in(file.read_bytes(), file.name)]

    async def end(self) -> None:
        """Kill what is left, the last started first."""
        for process in reversed(self._all):
            if process.returncode is None:
                process.kill()
            await process.communicate()


async def first_line(process: Process) -> dict[str, Any]:
    """What `--json` prints once everything is ready."""
    assert process.stdout is not None
    line = await asyncio.wait_for(process.stdout.readline(), READY_SECONDS)
    told: dict[str, Any] = json.loads(line)
    return told


async def ended(process: Process, seconds: float = END_SECONDS) -> int:
    """Its exit code; fails when it takes longer than that."""
    return await asyncio.wait_for(process.wait(), seconds)


async def finished(process: Process, seconds: float = READY_SECONDS) -> tuple[int, str]:
    """Wait until it ends by itself: its exit code and what it printed."""
    out, _ = await asyncio.wait_for(process.communicate(), seconds)
    assert process.returncode is not None
    return process.returncode, out.decode()


def running(word: str) -> Sequence[int]:
    """The processes of this machine in whose environment `word` stands."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if word.encode() in (folder / "environ").read_bytes():
                found.append(int(folder.name))
    return found


def kill(process: Process) -> None:
    """As the machine does when it loses power: nothing can be finished first."""
    process.send_signal(signal.SIGKILL)
