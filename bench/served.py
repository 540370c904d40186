"""The real bot with two instruments in it: a heartbeat of its event loop, and its calls to Graph.

`python -m bench.served FILE [--resting] [--distant]` prints the port it listens on, serves until
SIGTERM, and leaves what it measured in FILE. With --resting what was noted down is not worked on;
with --distant each way to Graph takes DISTANCE longer, so that time tells how many there were.
"""

import asyncio
import json
import signal
import sys
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import httpx

import bot.app
from bot.logs import configure
from bot.settings import from_environment
from handlers.worker import Worker
from integrations.entra.graph import _OnlyGraph

BEAT_SECONDS = 0.001
DISTANCE = 0.5
"""Seconds, of which all else on the way to an activation takes less than one."""


@dataclass
class Measured:
    """Times are seconds; `calls` are (begin, end, method, path) by the machine's monotonic clock.

    A stall in wall time may be another process' doing; one in CPU time is the bot's own.
    """

    longest_stall: float = 0.0
    longest_stall_of_cpu: float = 0.0
    calls: list[tuple[float, float, str, str]] = field(default_factory=list)

    async def beat(self) -> None:
        """Note how late the loop comes round."""
        wall, cpu = time.monotonic(), time.thread_time()
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            now, used = time.monotonic(), time.thread_time()
            self.longest_stall = max(self.longest_stall, now - wall - BEAT_SECONDS)
            self.longest_stall_of_cpu = max(self.longest_stall_of_cpu, used - cpu)
            wall, cpu = now, used

    def listen(self, distance: float) -> None:
        """Note every call to Graph, on the only way out to it, and make each take longer."""
        send = _OnlyGraph.handle_async_request

        async def noted(wire: _OnlyGraph, request: httpx.Request) -> httpx.Response:
            began = time.monotonic()
            try:
                await asyncio.sleep(distance)
                return await send(wire, request)
            finally:
                ended = time.monotonic()
                self.calls.append((began, ended, request.method, request.url.path))

        setattr(_OnlyGraph, "handle_async_request", noted)  # noqa: B010  not ours to subclass


class Resting(Worker):
    """A worker that leaves all work where it is."""

    async def _take(self) -> float:
        return 1.0


async def _serve(measured: Measured) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with bot.app.serving(from_environment(readable=bot.app.READABLE)) as running:
        bot.app.keep_for_good()
        print(running.port, flush=True)
        beating = asyncio.create_task(measured.beat())
        await stop.wait()
        beating.cancel()


def _main(arguments: list[str]) -> None:
    configure()
    if "--resting" in arguments:
        setattr(bot.app, "Worker", Resting)  # noqa: B010  the composition root offers no choice
    measured = Measured()
    measured.listen(DISTANCE if "--distant" in arguments else 0.0)
    asyncio.run(_serve(measured))
    Path(arguments[0]).write_text(json.dumps(asdict(measured)))


if __name__ == "__main__":
    _main(sys.argv[1:])
