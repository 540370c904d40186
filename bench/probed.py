"""The real bot with two probes in it: how long its event loop stalls, and when Graph is asked.

Run as a process: says its port, and for each line it is told, what the probes saw since the last.
"""

import asyncio
import json
import sys
import time
from typing import Any

import httpx

from bot.app import serving
from bot.logs import configure
from bot.settings import from_environment
from integrations.entra import graph

BEAT = 0.001


class Probes:
    """What was seen since the last question. Seconds on a monotonic clock."""

    def __init__(self) -> None:
        self.stall = 0.0
        self.calls: list[tuple[float, float, str, str]] = []

    async def beat(self) -> None:
        """Measure how much later than asked the loop comes back."""
        while True:
            before = time.perf_counter()
            await asyncio.sleep(BEAT)
            self.stall = max(self.stall, time.perf_counter() - before - BEAT)

    def taken(self) -> dict[str, Any]:
        """Everything since the last time, and a fresh start."""
        seen = {"stall": self.stall, "calls": self.calls}
        self.stall, self.calls = 0.0, []
        return seen

    def watch_graph(self) -> None:
        """Note every call to Graph at the one place they all pass."""
        passes, send = graph._OnlyGraph, graph._OnlyGraph.handle_async_request  # noqa: SLF001

        async def noted(transport: Any, request: httpx.Request) -> httpx.Response:  # noqa: ANN401
            start = time.perf_counter()
            answer = await send(transport, request)
            self.calls.append((start, time.perf_counter(), request.method, request.url.path))
            return answer

        passes.handle_async_request = noted  # type: ignore[method-assign, assignment]


async def main() -> None:
    """Serve until the standard input ends."""
    configure()
    probes = Probes()
    probes.watch_graph()
    async with serving(from_environment()) as bot:
        beating = asyncio.create_task(probes.beat())
        print(json.dumps({"port": bot.port}), flush=True)
        while await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(probes.taken()), flush=True)
        beating.cancel()


if __name__ == "__main__":
    asyncio.run(main())
