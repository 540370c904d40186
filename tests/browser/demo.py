"""The playground with the real bot, as `make demo` runs it."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

COMMAND = (sys.executable, "-m", "playground", "--json", "--no-browser", "--port", "0")
START_SECONDS = 90


@asynccontextmanager
async def demo_running() -> AsyncIterator[dict[str, Any]]:
    """What its first line says. Raises RuntimeError when it does not start, with what it wrote."""
    process = await asyncio.create_subprocess_exec(*COMMAND, stdout=PIPE, stderr=PIPE)
    if process.stdout is None or process.stderr is None:
        raise RuntimeError("a process without pipes")
    wrote = asyncio.create_task(process.stderr.read())
    try:
        line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
        if not line:
            why = (await wrote).decode(errors="replace")
            raise RuntimeError(f"the playground did not start: {why[-2000:]}")
        yield json.loads(line)
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()
        await wrote
