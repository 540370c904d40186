"""What every Store does, whatever keeps it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

import pytest

from bot.domain.activation import Activation, End
from bot.domain.audit import Event, What
from bot.domain.ids import (
    Chat,
    ChatAccount,
    GroupId,
    PersonId,
    PimId,
    RequestId,
    new_activation_id,
    new_request_id,
)
from bot.domain.policy import Terms
from bot.domain.request import Request, State
from bot.ports import KeptToken, Posted
from bot.store import (
    ConflictError,
    JobKind,
    Jobs,
    LeaseLostError,
    LinkRow,
    NewJob,
    Posting,
    RequestFilter,
    SignInRow,
    Store,
)

NOON = datetime.fromisoformat("2026-03-04T12:00:00.123456+00:00")
HOUR = timedelta(hours=1)
ANA, BO = PersonId("tenant", "ana"), PersonId("tenant", "bo")
ANAS, BOS = ChatAccount(Chat.SLACK, "T1", "U-ana"), ChatAccount(Chat.SLACK, "T1", "U-bo")
DEV, PROD = GroupId("dev"), GroupId("prod")


@dataclass(frozen=True)
class StoreWorld:
    """A store and its jobs, and how often it said that there is work."""

    store: Store
    jobs: Jobs
    woken: list[None]


class Recorded(Protocol):
    """What the suite must be told of the record, which has no port to read it by."""

    async def __call__(self) -> Sequence[str]: ...


def a_request(
    person: PersonId | None = ANA, asker: ChatAccount = ANAS, group: GroupId = DEV
) -> Request:
    return Request(
        id=new_request_id(),
        asker=asker,
        terms=Terms(group, group, HOUR, "a reason", "INC-42"),
        state=State.ACTIVATING,
        asked_at=NOON,
        expires_at=NOON + HOUR,
        person=person,
    )


def an_activation(request: Request | None = None, person: PersonId = ANA) -> Activation:
    return Activation(
        id=new_activation_id(),
        request=request and request.id,
        person=person,
        group=request.terms.group if request else DEV,
        access="dev",
        started_at=NOON,
        ends_at=NOON + HOUR,
    )


def a_sign_in(key: str = "key", state_key: str = "") -> SignInRow:
    return SignInRow(key, ANAS, '{"do":"status"}', "", NOON, NOON + HOUR, state_key=state_key)


async def added(store: Store, *requests: Request) -> None:
    async with store.begin() as tx:
        for request in requests:
            await tx.add_request(request)


async def found(store: Store, request: Request) -> Request | None:
    async with store.begin() as tx:
        return await tx.request(request.id)


class StoreContract:
    """Subclass it and provide the fixtures `world` and `recorded`."""

    # one transaction

    async def test_what_was_added_is_found_as_it_was(self, world: StoreWorld) -> None:
        full = replace(
            a_request(),
            terms=Terms("dev", DEV, HOUR, "weil’s 🔥\n", "INC-42", NOON + HOUR),
            pim=PimId("pim"),
            why="AADSTS50076",
            tried_at=NOON,
        )
        bare = a_request(person=None, group=PROD)

        await added(world.store, full, bare)

        assert await found(world.store, full) == full
        assert await found(world.store, bare) == bare
        assert await found(world.store, a_request()) is None

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

        with pytest.raises(ZeroDivisionError):
            async with world.store.begin() as tx:
                assert await tx.first_time("delivery")
                await tx.add_request(request)
                await tx.add_job(NewJob(JobKind.ACTIVATE, request.id, NOON))
                tx.record(Event(What.ASKED, request=request.id))
                raise ZeroDivisionError

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

    # deliveries

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

    # requests

    async def test_one_request_is_open_for_each_person_and_group(self, world: StoreWorld) -> None:
        first = a_request()
        await added(world.store, first, a_request(group=PROD), a_request(person=BO, asker=BOS))

        async with world.store.begin() as tx:
            with pytest.raises(ConflictError):
                await tx.add_request(a_request(asker=BOS))
            await tx.save_request(first.ended(State.FAILED))  # the transaction can still be used
            await tx.add_request(a_request())

    async def test_one_request_is_open_for_each_unknown_account_and_group(
        self, world: StoreWorld
    ) -> None:
        await added(world.store, a_request(person=None), a_request(person=None, asker=BOS))

        with pytest.raises(ConflictError):
            await added(world.store, a_request(person=None))
        await added(world.store, a_request(person=ANA))

    async def test_knowing_the_person_can_meet_an_open_request_of_theirs(
        self, world: StoreWorld
    ) -> None:
        known, unknown = a_request(), a_request(person=None, asker=BOS)
        await added(world.store, known, unknown)

        async with world.store.begin() as tx:
            with pytest.raises(ConflictError):
                await tx.save_request(unknown.identified(ANA))
            await tx.save_request(unknown.ended(State.REFUSED, "DUPLICATE"))

        after = await found(world.store, unknown)
        assert after is not None
        assert (after.state, after.person) == (State.REFUSED, None)

    async def test_a_stale_save_is_refused(self, world: StoreWorld) -> None:
        request = a_request()
        await added(world.store, request)
        moved = request.needs_sign_in(NOON, "because")
        async with world.store.begin() as tx:
            await tx.save_request(moved)

        with pytest.raises(ConflictError):
            async with world.store.begin() as tx:
                await tx.save_request(request.ended(State.FAILED))

        assert await found(world.store, request) == moved

    async def test_of_many_saves_at_once_one_wins(
        self, world: StoreWorld, recorded: Recorded
    ) -> None:
        request = a_request()
        await added(world.store, request)

        async def end(state: State) -> State | None:
            try:
                async with world.store.begin() as tx:
                    seen = await tx.request(request.id)
                    assert seen is not None
                    await asyncio.sleep(0.01)
                    await tx.save_request(seen.ended(state))
                    tx.record(Event(What.FAILED))
            except ConflictError:
                return None
            return state

        ends = [State.FAILED, State.DENIED, State.LAPSED, State.REFUSED] * 4
        won = [state for state in await asyncio.gather(*map(end, ends)) if state]

        after = await found(world.store, request)
        assert after is not None
        assert won == [after.state]
        assert after.version == 2
        assert await recorded() == ["failed"]

    async def test_terms_cannot_be_saved_again(self, world: StoreWorld) -> None:
        request = a_request()
        await added(world.store, request)
        widened = replace(request.terms, duration=8 * HOUR, group=PROD)

        async with world.store.begin() as tx:
            await tx.save_request(replace(request.uncertain("lost"), terms=widened))

        after = await found(world.store, request)
        assert after is not None
        assert after.terms == request.terms

    async def test_open_requests_are_those_of_a_person_or_an_account(
        self, world: StoreWorld
    ) -> None:
        known, unknown = a_request(), a_request(person=None, group=PROD)
        over, others = replace(a_request(), state=State.DENIED), a_request(BO, BOS)
        await added(world.store, known, unknown, over, others)

        async with world.store.begin() as tx:
            assert await tx.open_requests(ANA) == [known]
            assert {r.id for r in await tx.open_requests_of(ANAS)} == {known.id, unknown.id}

    async def test_lists_are_newest_first_and_show_what_was_wanted(self, world: StoreWorld) -> None:
        made = [
            replace(
                a_request(person=ANA if n % 2 else BO, group=DEV if n % 3 else PROD),
                asked_at=NOON + n * HOUR,
                state=State.DENIED if n % 5 else State.GRANTED,
            )
            for n in range(12)
        ]
        await added(world.store, *made)

        async def listed(wanted: RequestFilter) -> list[int]:
            async with world.store.begin() as tx:
                return [made.index(request) for request in await tx.requests(wanted)]

        assert await listed(RequestFilter(limit=3)) == [11, 10, 9]
        assert await listed(RequestFilter(person=ANA)) == [11, 9, 7, 5, 3, 1]
        assert await listed(RequestFilter(access="prod")) == [9, 6, 3, 0]
        assert await listed(RequestFilter(state="granted")) == [10, 5, 0]
        assert await listed(RequestFilter(since=NOON + 9 * HOUR)) == [11, 10, 9]
        assert await listed(RequestFilter(ANA, "dev", NOON, "denied", 2)) == [11, 7]

    # activations

    async def test_an_activation_is_found_by_everything_it_is_known_by(
        self, world: StoreWorld
    ) -> None:
        request, beside = a_request(), an_activation(person=BO)
        ours = an_activation(request)
        await added(world.store, request)
        async with world.store.begin() as tx:
            await tx.add_activation(ours)
            await tx.add_activation(beside)

        async with world.store.begin() as tx:
            assert await tx.activation(ours.id) == ours
            assert await tx.activation(beside.id) == beside
            assert await tx.activation_of(request.id) == ours
            assert await tx.activations([request.id, RequestId("R-none")]) == {request.id: ours}
            assert await tx.activations([]) == {}
            assert await tx.active(ANA) == [ours]
            assert await tx.active_in(BO, DEV) == beside
            assert await tx.active_in(BO, PROD) is None

    async def test_one_activation_is_active_for_each_person_and_group(
        self, world: StoreWorld
    ) -> None:
        first = an_activation()
        async with world.store.begin() as tx:
            await tx.add_activation(first)
            with pytest.raises(ConflictError):
                await tx.add_activation(an_activation())
            await tx.save_activation(first.over(End.EXPIRED, NOON + HOUR))
            await tx.add_activation(an_activation())

    async def test_a_request_has_one_activation(self, world: StoreWorld) -> None:
        request = a_request()
        await added(world.store, request)
        async with world.store.begin() as tx:
            await tx.add_activation(an_activation(request).over(End.EXPIRED, NOON))

            with pytest.raises(ConflictError):
                await tx.add_activation(an_activation(request))

    async def test_a_stale_save_of_an_activation_is_refused(self, world: StoreWorld) -> None:
        before = an_activation()
        seen = before.seen_in_aws(NOON)
        async with world.store.begin() as tx:
            await tx.add_activation(before)
            await tx.save_activation(seen)

            with pytest.raises(ConflictError):
                await tx.save_activation(before.over(End.REVOKED, NOON))
            assert await tx.activation(before.id) == seen

    # people

    async def test_a_link_says_who_an_account_is_until_it_is_dropped(
        self, world: StoreWorld
    ) -> None:
        first, second = LinkRow(ANAS, ANA, "ana@x", NOON), LinkRow(ANAS, BO, "bo@x", NOON + HOUR)
        async with world.store.begin() as tx:
            await tx.save_link(first)
            assert await tx.link(ANAS) == first
            await tx.save_link(second)
            assert await tx.link(ANAS) == second
            assert await tx.accounts(ANA) == []
            await tx.drop_link(ANAS)
            assert await tx.link(ANAS) is None

    async def test_the_account_last_used_comes_first(self, world: StoreWorld) -> None:
        teams = ChatAccount(Chat.TEAMS, "tenant", "29:ana")
        async with world.store.begin() as tx:
            await tx.save_link(LinkRow(ANAS, ANA, "ana@x", NOON - 2 * HOUR))
            await tx.save_link(LinkRow(teams, ANA, "ana@x", NOON - HOUR))
            assert await tx.accounts(ANA) == [teams, ANAS]
            await tx.add_request(a_request())
            assert await tx.accounts(ANA) == [ANAS, teams]

    async def test_user_names_are_those_last_linked(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.save_link(LinkRow(ANAS, ANA, "old@x", NOON))
            await tx.save_link(LinkRow(BOS, ANA, "new@x", NOON + HOUR))

            assert await tx.user_names([ANA, BO]) == {ANA: "new@x"}
            assert await tx.user_names([]) == {}

    async def test_the_last_token_is_kept_until_it_is_dropped(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.keep_token(KeptToken(ANA, "k1", b"\x00\xff"))
            await tx.keep_token(KeptToken(ANA, "k2", b"\x01"))
            assert await tx.kept_token(ANA) == KeptToken(ANA, "k2", b"\x01")
            assert await tx.kept_token(BO) is None
            await tx.drop_token(ANA)
            assert await tx.kept_token(ANA) is None

    # signing in

    async def test_a_sign_in_is_found_by_its_link_and_by_its_state(self, world: StoreWorld) -> None:
        fresh, other = a_sign_in(), a_sign_in("other")
        started = replace(
            fresh, state_key="s", flow={"auth_uri": "https://x"}, browser="b", confirmed_at=NOON
        )
        async with world.store.begin() as tx:
            await tx.add_sign_in(fresh)
            await tx.add_sign_in(other)
            assert await tx.sign_in("key") == fresh
            await tx.save_sign_in(started)
            assert await tx.sign_in("key") == started
            assert await tx.sign_in_by_state("s") == started
            assert await tx.sign_in_by_state("") is None

    async def test_a_sign_in_is_used_once(self, world: StoreWorld) -> None:
        row = a_sign_in(state_key="s")
        async with world.store.begin() as tx:
            await tx.add_sign_in(row)

        async def use() -> bool:
            try:
                async with world.store.begin() as tx:
                    await tx.save_sign_in(replace(row, used_at=NOON))
            except ConflictError:
                return False
            return True

        assert sum(await asyncio.gather(*(use() for _ in range(5)))) == 1

    async def test_a_link_can_only_be_made_once(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            await tx.add_sign_in(a_sign_in())
            with pytest.raises(ConflictError):
                await tx.add_sign_in(a_sign_in())

    # messages

    async def test_the_last_posting_of_a_topic_is_kept(self, world: StoreWorld) -> None:
        first = Posting("R-1", "card", Posted(Chat.SLACK, "D1", "1.1"), "a")
        second = Posting("R-1", "card", Posted(Chat.SLACK, "D2", "2.2"), "b")
        async with world.store.begin() as tx:
            await tx.save_posting(first)
            assert await tx.posting("R-1", "card") == first
            await tx.save_posting(second)
            assert await tx.posting("R-1", "card") == second
            assert await tx.posting("R-1", "receipt") is None

    # a job that is done

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

        with pytest.raises(LeaseLostError):
            async with world.store.begin(done=job) as tx:
                await tx.add_request(request)
                tx.record(Event(What.GRANTED))

        assert await found(world.store, request) is None
        assert await recorded() == []
