"""The playground as a process of its own, and the few things the benches ask of it."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import aiohttp


class BenchWorld:
    """A running world without a bot; `env` starts one against it."""

    def __init__(self, told: Mapping[str, Any], session: aiohttp.ClientSession) -> None:
        self.control = str(told["control"])
        self.env: dict[str, str] = dict(told["serve"]["env"])
        self.secret = str(told["slack_signing_secret"])
        self._session = session

    async def post(self, path: str, **body: object) -> Any:  # noqa: ANN401
        """One call of the control interface."""
        async with self._session.post(self.control + path, json=body) as answer:
            return await answer.json()

    async def get(self, path: str) -> Any:  # noqa: ANN401
        """One question to the control interface."""
        async with self._session.get(self.control + path) as answer:
            return await answer.json()

    async def links(self, who: str) -> None:
        """Sign a person in once, so that their token is kept."""
        await self.post("/say", chat="slack", who=who, text="/aws-access link")
        await self.post("/settle")
        for message in reversed(await self.get(f"/messages?chat=slack&who={who}")):
            for button in message["buttons"]:
                if button["url"] and "/sign-in/" in button["url"]:
                    await self.post("/signin", who=who, url=button["url"])
                    await self.post("/settle")
                    return


@asynccontextmanager
async def running(*options: str) -> AsyncIterator[BenchWorld]:
    """Start the world, and end it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "playground", "--json", "--no-browser", "--world-only", *options),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told = json.loads(await process.stdout.readline())
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
            yield BenchWorld(told, session)
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def child(*command: str, env: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of ours that is talked to by lines; ended at the end."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        env={**os.environ, **env},  # noqa: TID251  the child needs our PATH
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.terminate()
        await process.wait()


async def line(process: asyncio.subprocess.Process) -> Any:  # noqa: ANN401
    """The next line a child says, as JSON."""
    assert process.stdout is not None
    return json.loads(await process.stdout.readline())
