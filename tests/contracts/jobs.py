"""What every Jobs does, together with the store that adds them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.store import Job, JobKind, Jobs, LeaseLostError, NewJob, Store
from tests.databases import NOON, Hands

SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class JobsWorld:
    """Jobs and their store, business time, and an end to all leases that now run."""

    store: Store
    jobs: Jobs
    clock: Hands
    end_leases: Callable[[], Awaitable[None]]

    async def add(self, *jobs: NewJob) -> None:
        async with self.store.begin() as tx:
            for job in jobs:
                await tx.add_job(job)

    async def complete(self, job: Job) -> None:
        async with self.store.begin(done=job):
            pass

    async def claim_one(self) -> Job:
        [job] = await self.jobs.claim(10)
        return job


def card(subject: str = "R-1", after: float = 0, note: str = "") -> NewJob:
    payload = {"note": note} if note else {}
    return NewJob(JobKind.CARD, subject, NOON + after * SECOND, payload=payload)


class JobsContract:
    """Subclass it and provide the fixture `world`."""

    async def test_due_jobs_are_claimed_oldest_first(self, world: JobsWorld) -> None:
        await world.add(card("c", -1), card("a", -3), card("b", -2), card("later", 1))

        assert [job.subject for job in await world.jobs.claim(2)] == ["a", "b"]
        assert [job.subject for job in await world.jobs.claim(2)] == ["c"]
        assert await world.jobs.claim(2) == []

        world.clock.pass_(seconds=1)
        assert [job.subject for job in await world.jobs.claim(2)] == ["later"]

    async def test_a_claimed_job_says_what_to_do(self, world: JobsWorld) -> None:
        await world.add(NewJob(JobKind.INTENT, "d-1", NOON, "key", {"intent": "{}", "who": "ü"}))

        job = await world.claim_one()

        assert (job.kind, job.subject) == (JobKind.INTENT, "d-1")
        assert job.payload == {"intent": "{}", "who": "ü"}
        assert (job.attempts, job.created_at) == (1, NOON)

    async def test_no_two_claimants_share_a_job(self, world: JobsWorld) -> None:
        await world.add(*(card(str(n), -n) for n in range(40)))

        claims = await asyncio.gather(*(world.jobs.claim(7) for _ in range(8)))

        subjects = [job.subject for claim in claims for job in claim]
        assert len(subjects) == len(set(subjects))
        more = [job.subject for job in await world.jobs.claim(40)]
        assert sorted(subjects + more, key=int) == [str(n) for n in range(40)]

    async def test_a_done_job_is_gone(self, world: JobsWorld) -> None:
        await world.add(card())
        job = await world.claim_one()

        await world.complete(job)
        await world.end_leases()

        assert await world.jobs.claim(10) == []

    async def test_an_abandoned_job_is_taken_over_and_its_former_owner_is_fenced_off(
        self, world: JobsWorld
    ) -> None:
        await world.add(card())
        dead = await world.claim_one()
        assert await world.jobs.claim(10) == []

        await world.end_leases()
        heir = await world.claim_one()

        assert (heir.id, heir.attempts) == (dead.id, 2)
        with pytest.raises(LeaseLostError):
            await world.complete(dead)
        async with world.store.begin() as tx:
            await tx.must_hold(heir)
            with pytest.raises(LeaseLostError):
                await tx.must_hold(dead)
        await world.jobs.put_back(dead, NOON, "not mine", counted=True)
        await world.jobs.bury(dead, "not mine")
        await world.jobs.hold([dead])
        await world.complete(heir)
        assert await world.jobs.waiting() == (0, None)

    async def test_a_held_job_stays_ours(self, world: JobsWorld) -> None:
        await world.add(card("held"), card("dropped"))
        jobs = {job.subject: job for job in await world.jobs.claim(10)}

        await world.end_leases()
        await world.jobs.hold([jobs["held"]])

        assert [job.subject for job in await world.jobs.claim(10)] == ["dropped"]
        await world.jobs.hold([])

    async def test_leases_do_not_run_on_business_time(self, world: JobsWorld) -> None:
        await world.add(card())
        await world.claim_one()

        world.clock.pass_(days=1)

        assert await world.jobs.claim(10) == []

    # the same key again

    async def test_a_waiting_job_is_not_doubled_and_keeps_the_earlier_time(
        self, world: JobsWorld
    ) -> None:
        await world.add(card(after=5, note="old"), card(after=9, note="new"))
        assert await world.jobs.waiting() == (0, NOON + 5 * SECOND)

        await world.add(card(after=2, note="newest"))
        assert await world.jobs.waiting() == (0, NOON + 2 * SECOND)

        world.clock.pass_(seconds=9)
        assert (await world.claim_one()).payload == {"note": "newest"}

    async def test_jobs_of_another_kind_or_key_are_others(self, world: JobsWorld) -> None:
        await world.add(
            card(), NewJob(JobKind.LAPSE, "R-1", NOON), NewJob(JobKind.CARD, "R-1", NOON, "own")
        )

        assert len(await world.jobs.claim(10)) == 3

    async def test_a_running_job_runs_once_more(self, world: JobsWorld) -> None:
        await world.add(card(note="first"))
        job = await world.claim_one()
        await world.add(card(after=7), card(after=4, note="second"), card(after=9, note="third"))

        assert await world.jobs.claim(10) == []
        await world.complete(job)
        assert await world.jobs.waiting() == (0, NOON + 4 * SECOND)

        world.clock.pass_(seconds=4)
        again = await world.claim_one()
        assert (again.id, again.attempts, again.payload) == (job.id, 1, {"note": "third"})
        with pytest.raises(LeaseLostError):
            await world.complete(job)
        await world.complete(again)
        assert await world.jobs.waiting() == (0, None)

    async def test_a_job_can_ask_for_its_own_next_run(self, world: JobsWorld) -> None:
        await world.add(card())
        job = await world.claim_one()

        async with world.store.begin(done=job) as tx:
            await tx.add_job(card(after=30))

        assert await world.jobs.waiting() == (0, NOON + 30 * SECOND)

    async def test_a_job_put_back_runs_when_it_was_asked_for_if_that_is_sooner(
        self, world: JobsWorld
    ) -> None:
        await world.add(card("soon"), card("late"))
        jobs = {job.subject: job for job in await world.jobs.claim(10)}
        await world.add(card("soon", 1), card("late", 99))

        for job in jobs.values():
            await world.jobs.put_back(job, NOON + 50 * SECOND, "", counted=True)

        assert await world.jobs.waiting() == (0, NOON + SECOND)
        world.clock.pass_(seconds=50)
        again = await world.jobs.claim(10)
        assert [job.subject for job in again] == ["soon", "late"]
        for job in again:
            await world.complete(job)
        assert await world.jobs.waiting() == (0, None)

    async def test_of_adding_and_completing_at_once_none_is_lost(self, world: JobsWorld) -> None:
        for _ in range(10):
            await world.add(card())
            job = await world.claim_one()

            await asyncio.gather(world.complete(job), world.add(card()))

            await world.complete(await world.claim_one())
            assert await world.jobs.waiting() == (0, None)

    # failures

    async def test_a_failed_job_comes_back_when_it_is_due(self, world: JobsWorld) -> None:
        await world.add(card())
        job = await world.claim_one()

        await world.jobs.put_back(job, NOON + 3 * SECOND, "429", counted=False)

        assert await world.jobs.claim(10) == []
        world.clock.pass_(seconds=3)
        job = await world.claim_one()
        assert job.attempts == 1

        await world.jobs.put_back(job, NOON, "500", counted=True)

        assert (await world.claim_one()).attempts == 2

    async def test_a_buried_job_stays_until_somebody_asks_for_it_again(
        self, world: JobsWorld
    ) -> None:
        await world.add(card())
        await world.jobs.bury(await world.claim_one(), "KeyError")
        await world.end_leases()
        assert await world.jobs.claim(10) == []
        assert await world.jobs.waiting() == (0, None)

        await world.add(card(after=1))

        assert await world.jobs.waiting() == (0, NOON + SECOND)
        world.clock.pass_(seconds=1)
        await world.complete(await world.claim_one())

    async def test_a_job_asked_for_while_it_ran_its_last_time_is_not_buried(
        self, world: JobsWorld
    ) -> None:
        await world.add(card())
        job = await world.claim_one()
        await world.add(card())

        await world.jobs.bury(job, "KeyError")

        await world.complete(await world.claim_one())

    async def test_what_waits_is_what_is_due_or_being_done(self, world: JobsWorld) -> None:
        assert await world.jobs.waiting() == (0, None)
        await world.add(card("a"), card("b"), card("c", 5), card("d", 9))
        assert await world.jobs.waiting() == (2, NOON + 5 * SECOND)

        await world.jobs.claim(1)

        assert await world.jobs.waiting() == (2, NOON + 5 * SECOND)

    async def test_rounds_are_due_like_anything_and_are_nothing_to_wait_for(
        self, world: JobsWorld
    ) -> None:
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.RECONCILE, "entra", NOON + timedelta(hours=1)))

        assert await world.jobs.waiting() == (0, NOON + timedelta(hours=1))
        assert await world.jobs.waiting(rounds=False) == (0, None)
