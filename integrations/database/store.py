"""The store: transactions that hold the state, its record and the work it causes, or nothing."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from bot.domain.audit import Event
from bot.ports import Clock
from bot.store import Job, NewJob, Transaction
from integrations.database import audit, jobs
from integrations.database.approvals import ApprovalRows
from integrations.database.bell import RING
from integrations.database.messages import MessageRows, PlaceRows
from integrations.database.orphans import OrphanRows
from integrations.database.people import PeopleRows, SignInRows
from integrations.database.receipts import ReceiptRows
from integrations.database.requests import ActivationRows, RequestRows
from integrations.database.sweeping import SweepRows
from integrations.database.unit import Database, Unit

Stamp = Callable[[], Mapping[str, str]]


class DatabaseTransaction(
    RequestRows,
    ActivationRows,
    ApprovalRows,
    PeopleRows,
    SignInRows,
    MessageRows,
    PlaceRows,
    OrphanRows,
    ReceiptRows,
    SweepRows,
):
    """One transaction: :class:`bot.store.Transaction`. Jobs and events wait for its end."""

    def __init__(self, unit: Unit, stamp: Stamp) -> None:
        self._unit = unit
        self._stamp = stamp
        self.jobs: list[NewJob] = []
        self.events: list[Event] = []

    async def add_job(self, job: NewJob) -> None:
        """Added when the transaction commits."""
        self.jobs.append(job)

    async def must_hold(self, job: Job) -> None:
        """See :meth:`bot.store.Transaction.must_hold`."""
        await jobs.must_hold(self._unit, job)

    def record(self, event: Event) -> None:
        """Appended when the transaction commits."""
        self.events.append(replace(event, data={**self._stamp(), **event.data}))


class DatabaseStore:
    """Where everything is kept: :class:`bot.store.Store`.

    `on_work` is called after each commit that added a job, to wake the worker of this process.
    `stamp` is what every event's data says besides its own, such as the policy in force.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        on_work: Callable[[], None] = lambda: None,
        stamp: Stamp = dict,
    ) -> None:
        self._database = database
        self._clock = clock
        self._on_work = on_work
        self._stamp = stamp

    @asynccontextmanager
    async def begin(self, done: Job | None = None) -> AsyncIterator[Transaction]:
        """See :meth:`bot.store.Store.begin`."""
        async with self._database.unit() as unit:
            transaction = DatabaseTransaction(unit, self._stamp)
            yield transaction
            await jobs.add(unit, transaction.jobs, self._clock.now())
            if transaction.jobs and self._database.is_shared:
                await unit.write(RING)
            if done is not None:
                await jobs.complete(unit, done)
            await audit.append(unit, transaction.events, self._clock)
        if transaction.jobs:
            self._on_work()
