"""What every Store does with a transaction, whatever keeps it."""

import asyncio

import pytest

from bot.domain.audit import Event, What
from bot.domain.ids import RequestId
from bot.store import JobKind, LeaseLostError, NewJob
from tests.contracts.store_world import (
    ANA,
    ANAS,
    NOON,
    Recorded,
    StoreWorld,
    a_request,
    added,
    found,
)


class StoreContract:
    """Subclass it and provide the fixtures `world` and `recorded`."""

    async def test_a_transaction_sees_what_it_wrote_and_others_do_not_before_it_commits(
        self, world: StoreWorld
    ) -> None:
        request = a_request()
        async with world.store.begin() as tx:
            await tx.add_request(request)

            assert await tx.request(request.id) == request
            assert await found(world.store, request) is None
        assert await found(world.store, request) == request

    async def test_an_exception_keeps_nothing(self, world: StoreWorld, recorded: Recorded) -> None:
        request = a_request()

        async def fail() -> None:
            async with world.store.begin() as tx:
                assert await tx.first_time("delivery")
                await tx.add_request(request)
                await tx.add_job(NewJob(JobKind.ACTIVATE, request.id, NOON))
                tx.record(Event(What.ASKED, request=request.id))
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await fail()

        assert await found(world.store, request) is None
        assert await world.jobs.waiting() == (0, None)
        assert await recorded() == []
        assert world.woken == []
        async with world.store.begin() as tx:
            assert await tx.first_time("delivery")

    async def test_a_cancelled_transaction_keeps_nothing_and_lets_the_next_one_write(
        self, world: StoreWorld
    ) -> None:
        request, inside = a_request(), asyncio.Event()

        async def never_done() -> None:
            async with world.store.begin() as tx:
                await tx.add_request(request)
                inside.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(never_done())
        await inside.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

        assert await found(world.store, request) is None
        await added(world.store, request)

    async def test_readers_do_not_wait_for_a_writer(self, world: StoreWorld) -> None:
        async with world.store.begin() as writer:
            await writer.add_request(a_request())

            async with asyncio.timeout(1), world.store.begin() as reader:
                assert await reader.open_requests(ANA) == []

    async def test_work_wakes_somebody_once_it_is_committed(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.CARD, "R-1", NOON))
            assert world.woken == []
        assert world.woken == [None]

        async with world.store.begin() as tx:
            await tx.request(RequestId("R-1"))
        assert world.woken == [None]

    async def test_events_are_recorded_in_order(
        self, world: StoreWorld, recorded: Recorded
    ) -> None:
        async with world.store.begin() as tx:
            tx.record(Event(What.ASKED, ANA, ANAS, RequestId("R-1"), {"access": "dev"}))
            tx.record(Event(What.DECIDED))
        async with world.store.begin() as tx:
            tx.record(Event(What.GRANTED))

        assert await recorded() == ["asked", "decided", "granted"]

    async def test_a_delivery_counts_once(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            assert await tx.first_time("one")
            assert not await tx.first_time("one")
            assert await tx.first_time("two")
        async with world.store.begin() as tx:
            assert not await tx.first_time("one")

    async def test_of_many_deliveries_at_once_one_counts(self, world: StoreWorld) -> None:
        async def deliver() -> bool:
            async with world.store.begin() as tx:
                return await tx.first_time("one")

        assert sum(await asyncio.gather(*(deliver() for _ in range(8)))) == 1

    async def test_a_job_is_done_with_what_it_did(self, world: StoreWorld) -> None:
        request = a_request()
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.ACTIVATE, request.id, NOON))
        [job] = await world.jobs.claim(5)

        async with world.store.begin(done=job) as tx:
            await tx.add_request(request)

        assert await found(world.store, request) == request
        assert await world.jobs.waiting() == (0, None)

    async def test_who_lost_the_lease_writes_nothing(
        self, world: StoreWorld, recorded: Recorded
    ) -> None:
        request = a_request()
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.ACTIVATE, request.id, NOON))
        [job] = await world.jobs.claim(5)
        async with world.store.begin(done=job):
            pass

        async def grant() -> None:
            async with world.store.begin(done=job) as tx:
                await tx.add_request(request)
                tx.record(Event(What.GRANTED))

        with pytest.raises(LeaseLostError):
            await grant()

        assert await found(world.store, request) is None
        assert await recorded() == []
