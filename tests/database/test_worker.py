"""The worker: what is due is done, once there is room, and nothing is lost when it stops."""

import asyncio
from collections.abc import Sequence

import pytest

from bot.store import Job, JobKind
from handlers import worker
from handlers.worker import Around, Worker
from integrations.database.jobs import DatabaseJobs
from tests.database.shop import SECOND, Shop
from tests.databases import NOON


async def test_what_is_due_is_done(shop: Shop) -> None:
    await shop.add("a", "b", "c", "d", "e")

    await shop.rest()

    assert sorted(shop.ran) == ["a", "b", "c", "d", "e"]
    assert await shop.row() is None


async def test_added_work_starts_at_once(working: Shop) -> None:
    await asyncio.sleep(0.05)  # it has looked, and sleeps
    started = asyncio.get_running_loop().time()

    await working.add("a")
    await working.until(lambda: _has_run(working, "a"))

    assert asyncio.get_running_loop().time() - started < 0.9


async def test_work_for_later_starts_when_the_clock_gets_there(working: Shop) -> None:
    await working.add("a", after=3600)
    await asyncio.sleep(0.05)
    assert working.ran == []
    assert await working.worker.idle() == (0, NOON + 3600 * SECOND)

    working.clock.pass_(hours=1)
    working.worker.wake()

    await working.until(lambda: _has_run(working, "a"))


async def test_the_clock_may_jump_without_telling(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL", 0.1)
    running = asyncio.create_task(shop.worker.run())
    await shop.add("a", after=3600)
    await asyncio.sleep(0.05)

    shop.clock.pass_(hours=1)

    await shop.until(lambda: _has_run(shop, "a"))
    await shop.worker.drain(1)
    await running


async def test_who_cannot_hear_the_others_looks_more_often(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "POLL_DEAF", 0.1)
    deaf = Worker(
        shop.jobs, shop.clock, {JobKind.CARD: shop.handle}, around=Around(deaf=lambda: True)
    )
    running = asyncio.create_task(deaf.run())
    await asyncio.sleep(0.05)

    await shop.add("a")

    await shop.until(lambda: _has_run(shop, "a"))
    await deaf.drain(1)
    await running


async def _has_run(shop: Shop, subject: str) -> bool:
    return subject in shop.ran


async def test_no_more_jobs_run_at_once_than_there_is_room_for(working: Shop) -> None:
    most, now = 0, 0

    async def slow(job: Job) -> None:
        nonlocal most, now
        now += 1
        most = max(most, now)
        await asyncio.sleep(0.01)
        now -= 1
        await working.complete(job)

    working.does = slow
    await working.add(*map(str, range(10)))

    await working.until(lambda: _is_gone(working))
    assert most == 3


async def _is_gone(shop: Shop) -> bool:
    return (await shop.worker.idle())[0] == 0


async def test_a_job_longer_than_its_lease_is_kept(shop: Shop) -> None:
    shop.employ(shop.jobs, beat=0.02)
    running = asyncio.create_task(shop.worker.run())
    short, ended = asyncio.Event(), asyncio.Event()

    async def slow(job: Job) -> None:
        await shop.set_lease(3)
        short.set()
        await ended.wait()
        await shop.complete(job)

    async def prolonged() -> bool:
        return (await shop.lease()) > 10

    shop.does = slow
    await shop.add("a")
    await short.wait()
    await shop.until(prolonged)
    ended.set()
    await shop.worker.drain(1)
    await running
    assert shop.ran == ["a"]


async def test_draining_waits_for_what_runs_and_takes_nothing_more(working: Shop) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def slow(job: Job) -> None:
        started.set()
        await go_on.wait()
        await working.complete(job)

    working.does = slow
    await working.add("a")
    await started.wait()
    draining = asyncio.create_task(working.worker.drain(5))
    await asyncio.sleep(0.01)
    await working.add("b")
    go_on.set()
    await draining

    assert working.ran == ["a"]
    assert (await working.row()).subject == "b"


async def test_draining_gives_back_what_takes_too_long(working: Shop) -> None:
    started = asyncio.Event()

    async def stuck(job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    working.does = stuck
    await working.add("a")
    await started.wait()

    await working.worker.drain(0.01)

    row = await working.row()
    assert (row.owner, row.attempts, row.run_at) == (None, 0, NOON)


async def test_a_cancelled_worker_gives_back_what_runs(shop: Shop) -> None:
    started = asyncio.Event()

    async def stuck(job: Job) -> None:
        started.set()
        await asyncio.Event().wait()

    shop.does = stuck
    await shop.add("a")
    running = asyncio.create_task(shop.worker.run())
    await started.wait()

    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running

    assert (await shop.row()).owner is None


async def test_leases_of_a_process_that_died_are_released_at_the_next_start(shop: Shop) -> None:
    await shop.add("a")
    await shop.jobs.claim(1)
    jobs = DatabaseJobs(shop.database, shop.clock)

    await jobs.release_all()

    [job] = await jobs.claim(1)
    assert job.attempts == 2


async def test_a_worker_that_never_ran_is_drained_at_once(shop: Shop) -> None:
    async with asyncio.timeout(1):
        await shop.worker.drain(5)


async def test_nothing_is_claimed_where_nothing_is_due(shop: Shop) -> None:
    """A look is one reading statement: a replica that rests sends few."""
    claimed = 0

    async def claim(limit: int) -> Sequence[Job]:
        nonlocal claimed
        claimed += 1
        return ()

    shop.jobs.claim = claim  # type: ignore[method-assign]
    shop.worker.wake()
    await shop.worker._take()
    assert claimed == 0

    await shop.add("a")
    await shop.worker._take()
    assert claimed == 1


@pytest.mark.parametrize("during", ["waiting", "claim"])
async def test_what_becomes_due_while_it_looks_is_not_slept_over(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, during: str
) -> None:
    """Time passes between two statements too, and nobody rings for it."""
    await shop.add("a", after=1)
    await shop.add("b")
    looks = getattr(shop.jobs, during)

    async def slowly(*args: int) -> object:
        found = await looks(*args)
        shop.clock.pass_(seconds=1)
        return found

    monkeypatch.setattr(shop.jobs, during, slowly)
    pause = await shop.worker._take()

    started = [job.subject for job in shop.worker._running.values()]
    await asyncio.gather(*shop.worker._running)
    assert pause <= 0 or started == ["a", "b"]
