"""The worker when something fails: it comes back, ever later, and at last is parked."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from prometheus_client import REGISTRY

from bot.messaging import UnreachableError
from bot.ports import IntegrationError
from bot.store import ConflictError, Job, JobKind, Jobs, LeaseLostError, NewJob
from handlers.worker import MOST_FAILURES, MOST_OUTAGES, LaterError
from tests.database.shop import SECOND, Shop
from tests.databases import NOON


async def test_later_is_no_failure(shop: Shop) -> None:
    await shop.add("a")

    row = await shop.fails_once(LaterError(NOON + 90 * SECOND))

    assert (row.run_at, row.attempts, row.error) == (NOON + 90 * SECOND, 0, "")


async def test_a_system_that_says_when_is_asked_then_and_not_sooner(shop: Shop) -> None:
    await shop.add("a")

    row = await shop.fails_once(IntegrationError("Graph", "429", retry_after=7.5))

    assert 7.5 <= _after(row) < 8
    assert (row.attempts, row.error) == (0, "IntegrationError: Graph: 429")


async def test_a_system_that_says_later_for_days_is_failing(shop: Shop) -> None:
    await shop.add("a", after=90_000)
    shop.clock.pass_(seconds=90_000)

    row = await shop.fails_once(IntegrationError("Graph", "429", retry_after=1e9))

    assert row.attempts == 1
    assert _after(row) - 90_000 < 3601


@pytest.mark.parametrize(
    ("error", "attempts", "soonest", "latest"),
    [
        (IntegrationError("Graph", "500"), 0, 0.5, 1),
        (IntegrationError("Graph", "500"), 3, 4, 8),
        (IntegrationError("Graph", "500"), MOST_OUTAGES - 2, 300, 600),
        (IntegrationError("Graph", "403", permanent=True), 0, 30, 60),
        (IntegrationError("Graph", "403", permanent=True), 9, 1800, 3600),
        (ConflictError(), 0, 0.05, 0.1),
        (KeyError("bug"), 0, 0.5, 1),
    ],
)
async def test_what_fails_comes_back_ever_later(
    shop: Shop, error: Exception, attempts: int, soonest: float, latest: float
) -> None:
    await shop.add("a")
    await shop.set_attempts(attempts)

    row = await shop.fails_once(error)

    assert soonest <= _after(row) <= latest
    assert row.attempts == attempts + 1
    assert not row.dead


def _after(row: Any) -> float:
    at: datetime = row.run_at
    return (at - NOON).total_seconds()


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (KeyError("top-secret"), MOST_FAILURES),
        (ConflictError(), MOST_FAILURES),
        (IntegrationError("Graph", "gone"), MOST_OUTAGES),
    ],
)
async def test_what_keeps_failing_is_parked_and_says_why(
    shop: Shop, error: Exception, attempts: int
) -> None:
    await shop.add("a")
    await shop.set_attempts(attempts - 1)

    row = await shop.fails_once(error)

    assert row.dead
    assert row.error.startswith(type(error).__name__)
    assert "top-secret" not in row.error


async def test_what_is_for_somebody_whom_nothing_reaches_is_parked_at_once_and_counted(
    shop: Shop,
) -> None:
    await shop.add("a")
    before = given_up()

    row = await shop.fails_once(UnreachableError("Slack", "user_disabled"))

    assert row.dead
    assert row.attempts == 1
    assert row.error == "UnreachableError: Slack: user_disabled"
    assert given_up() == before + 1


def given_up() -> float:
    return REGISTRY.get_sample_value("aws_access_jobs_given_up_total", {"kind": "card"}) or 0


async def test_a_failure_does_not_hold_up_others(shop: Shop) -> None:
    async def fail_first(job: Job) -> None:
        if job.subject == "poison":
            raise KeyError
        await shop.complete(job)

    shop.does = fail_first
    await shop.add("poison", "a", "b")

    await shop.rest()

    assert sorted(shop.ran) == ["a", "b", "poison"]


async def test_a_lost_lease_is_left_to_who_has_it(shop: Shop) -> None:
    await shop.add("a")

    async def lose(job: Job) -> None:
        await shop.complete(job)
        raise LeaseLostError

    shop.does = lose
    await shop.rest()

    assert await shop.row() is None


async def test_a_kind_nobody_does_is_a_bug_that_is_seen(shop: Shop) -> None:
    async with shop.store.begin() as tx:
        await tx.add_job(NewJob(JobKind.LAPSE, "a", NOON))

    await shop.rest()

    assert (await shop.row()).error == "KeyError: see the log"


class Away:
    """Jobs in a database that is away for the first calls of each kind."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs
        self.failed: set[str] = set()

    def _once(self, call: str) -> None:
        if call not in self.failed:
            self.failed.add(call)
            raise IntegrationError("the database", "away")

    async def claim(self, limit: int) -> Sequence[Job]:
        self._once("claim")
        return await self._jobs.claim(limit)

    async def hold(self, jobs: Sequence[Job]) -> None:
        self._once("hold")
        await self._jobs.hold(jobs)

    async def put_back(self, job: Job, run_at: datetime, error: str, *, counted: bool) -> None:
        self._once("put_back")
        await self._jobs.put_back(job, run_at, error, counted=counted)

    async def bury(self, job: Job, error: str) -> None:
        await self._jobs.bury(job, error)

    async def waiting(self, *, rounds: bool = True) -> tuple[int, datetime | None]:
        self._once("waiting")
        return await self._jobs.waiting(rounds=rounds)


async def test_a_database_that_is_away_does_not_end_the_worker(shop: Shop) -> None:
    away = Away(shop.jobs)
    shop.employ(away, beat=0.01)
    running = asyncio.create_task(shop.worker.run())
    await shop.add("a")

    async def fail(job: Job) -> None:
        await shop.until(lambda: _failed(away, "hold"))
        raise KeyError

    shop.does = fail
    await shop.until(lambda: _failed(away, "waiting", "claim", "hold", "put_back"))
    await shop.worker.drain(1)
    await running

    assert (await shop.row()).owner is not None  # its lease will end, and it is found again


async def _failed(away: Away, *calls: str) -> bool:
    return away.failed >= set(calls)
