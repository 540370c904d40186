"""The playground with the real bot, as `make demo` runs it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.process.leaks import Leaks

COMMAND = (sys.executable, "-m", "playground", "--json", "--no-browser", "--port", "0")
START_SECONDS = 90


@asynccontextmanager
async def demo_running() -> AsyncIterator[dict[str, Any]]:
    """What its first line says. Raises RuntimeError when it does not start, with what it wrote.

    No secret may stand in that at the end, whatever was done (I9).
    """
    process = await asyncio.create_subprocess_exec(*COMMAND, stdout=PIPE, stderr=PIPE)
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("a process without pipes")
    wrote = asyncio.create_task(process.stderr.read())
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if not line:
            why = (await wrote).decode(errors="replace")
            raise RuntimeError(f"the playground did not start: {why[-2000:]}")
        told = json.loads(line)
        yield told
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        logged = await wrote
    leaks = Leaks()
    leaks.given({"SLACK_SIGNING_SECRET": told["slack_signing_secret"]})
    if found := leaks.found_in(logged, "the log of the demo"):
        raise AssertionError(found)
