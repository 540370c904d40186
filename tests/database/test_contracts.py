"""The database's store and jobs keep their contracts, on SQLite and on PostgreSQL."""

from collections.abc import Sequence

import pytest
from sqlalchemy import update

from integrations.database import tables
from integrations.database.audit import audit_rows
from integrations.database.columns import real_now
from integrations.database.jobs import DatabaseJobs
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.contracts.jobs import JobsContract, JobsWorld, card
from tests.contracts.store import StoreContract
from tests.contracts.store_approvals import ApprovalsContract
from tests.contracts.store_people import PeopleContract
from tests.contracts.store_requests import ActivationsContract, RequestsContract
from tests.contracts.store_sweeping import SweepContract
from tests.contracts.store_world import Recorded, StoreWorld
from tests.databases import Hands


class InDatabase:
    @pytest.fixture
    def world(self, database: Database, clock: Hands) -> StoreWorld:
        woken: list[None] = []
        store = DatabaseStore(database, clock, lambda: woken.append(None))
        return StoreWorld(store, DatabaseJobs(database, clock), woken)

    @pytest.fixture
    def recorded(self, database: Database) -> Recorded:
        async def recorded() -> Sequence[str]:
            return [row["what"] async for row in audit_rows(database.engine)]

        return recorded


class TestDatabaseStore(InDatabase, StoreContract):
    pass


class TestDatabaseRequests(InDatabase, RequestsContract):
    pass


class TestDatabaseActivations(InDatabase, ActivationsContract):
    pass


class TestDatabaseApprovals(InDatabase, ApprovalsContract):
    pass


class TestDatabasePeople(InDatabase, PeopleContract):
    pass


class TestDatabaseSweep(InDatabase, SweepContract):
    pass


class TestDatabaseJobs(JobsContract):
    @pytest.fixture
    def world(self, database: Database, clock: Hands) -> JobsWorld:
        async def end_leases() -> None:
            async with database.unit() as unit:
                held = update(tables.job).where(tables.job.c.owner.is_not(None))
                await unit.write(held.values(leased_until=real_now(-1)))

        store, jobs = DatabaseStore(database, clock), DatabaseJobs(database, clock)
        return JobsWorld(store, jobs, clock, end_leases)

    async def test_kinds_that_only_newer_code_knows_are_left_to_it(
        self, database: Database, world: JobsWorld
    ) -> None:
        await world.add(card())
        async with database.unit() as unit:
            await unit.write(update(tables.job).values(kind="from the future"))

        assert await world.jobs.claim(10) == []
        assert await world.jobs.waiting() == (0, None)
