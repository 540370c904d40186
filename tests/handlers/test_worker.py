"""The worker around the handlers: what takes long stays its own."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.store import Job, JobKind
from handlers.worker import Worker
from tests.handlers.harness import Bot


async def test_the_lease_of_what_takes_long_is_kept(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, hold = asyncio.Event(), bot.jobs.hold

    async def and_say_so(jobs: Sequence[Job]) -> None:
        await hold(jobs)
        held.set()

    async def takes_long(job: Job) -> None:
        await held.wait()
        async with bot.world.store.begin(done=job):
            pass

    monkeypatch.setattr(bot.jobs, "hold", and_say_so)
    worker = Worker(bot.jobs, bot.clock, {JobKind.CARD: takes_long}, beat=0.01)
    await bot.adds("card", "R-NOBODY22")
    running = asyncio.create_task(worker.run())
    async with asyncio.timeout(10):
        await held.wait()
    await worker.drain(10)
    await running

    assert await bot.jobs.waiting() == (0, None)
