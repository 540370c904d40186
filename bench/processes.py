"""Everything that is measured runs in processes of its own, which end with the benchmark."""

import asyncio
import json
import os
import re
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from playground.bots import surroundings

ROOT = Path(__file__).resolve().parent.parent
END_SECONDS = 15.0


@asynccontextmanager
async def process(
    *arguments: str, env: Mapping[str, str] | None = None, log: Path | None = None
) -> AsyncIterator[Process]:
    """`python -m …`; ended by SIGTERM when the block is left."""
    with (log or Path("/dev/null")).open("wb") as errors:
        started = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *arguments,
            stdin=PIPE,
            stdout=PIPE,
            stderr=errors,
            env={**surroundings(), **(env or {})},
            cwd=ROOT,
        )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.terminate()
            try:
                await asyncio.wait_for(started.wait(), END_SECONDS)
            except TimeoutError:
                started.kill()
                await started.wait()


async def line(started: Process) -> Any:  # noqa: ANN401  JSON
    """The next line it prints, as data. Raises RuntimeError when it ends instead."""
    assert started.stdout is not None
    text = await started.stdout.readline()
    if not text:
        raise RuntimeError("a process that is to be measured did not start")
    return json.loads(text)


def cpu_seconds(pid: int) -> float:
    """What a running process has used of the processor so far.

    https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html (fields 14 and 15, in clock ticks)
    """
    _, _, fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")
    user, system = fields.split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def resident(pid: int) -> int:
    """What a running process has in memory, in KiB."""
    return _kilobytes(pid, "VmRSS")


def peak(pid: int) -> int:
    """The most that it ever had."""
    return _kilobytes(pid, "VmHWM")


def _kilobytes(pid: int, what: str) -> int:
    [found] = re.findall(rf"{what}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found)


class World:
    """The playground without a bot; `env` is what a replica is told."""

    def __init__(self, told: dict[str, Any], http: aiohttp.ClientSession) -> None:
        # One database after the other: an anchor would refuse all but the first.
        self.env: dict[str, str] = {**told["serve"]["env"], "AUDIT_ANCHOR": ""}
        self.secret: str = told["slack_signing_secret"]
        self._control: str = told["control"]
        self._http = http

    async def get(self, path: str, **query: str) -> Any:  # noqa: ANN401  JSON
        async with self._http.get(f"{self._control}{path}", params=query) as answer:
            return await answer.json()

    async def post(self, path: str, **body: object) -> Any:  # noqa: ANN401  JSON
        async with self._http.post(f"{self._control}{path}", json=body) as answer:
            return await answer.json()


@asynccontextmanager
async def world() -> AsyncIterator[World]:
    """A world on its own."""
    options = ("--json", "--no-browser", "--world-only", "--port", "0")
    async with (
        process("playground", *options) as started,
        aiohttp.ClientSession(trust_env=False) as http,
    ):
        yield World(await line(started), http)
