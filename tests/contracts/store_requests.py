"""What every Store does with requests and activations: no two open, no stale save, no new terms."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.access import Authority
from bot.domain.activation import End
from bot.domain.audit import Event, What
from bot.domain.ids import PimId, RequestId
from bot.domain.policy import Terms
from bot.domain.request import AlreadySettledError, State
from bot.store import ConflictError, RequestFilter
from tests.contracts.store_world import (
    ANA,
    ANAS,
    BO,
    BOS,
    DEV,
    HOUR,
    NOON,
    PROD,
    Recorded,
    StoreWorld,
    a_request,
    added,
    an_activation,
    found,
)


class RequestsContract:
    """Subclass it and provide the fixtures `world` and `recorded`."""

    async def test_what_was_added_is_found_as_it_was(self, world: StoreWorld) -> None:
        full = replace(
            a_request(),
            terms=Terms("dev", DEV, HOUR, "naïve 🔥\n", "INC-42", NOON + HOUR),
            pim=PimId("pim"),
            why="AADSTS50076",
            claims="{}",
            tried_at=NOON,
        )
        bare = a_request(person=None, group=PROD)

        await added(world.store, full, bare)

        assert await found(world.store, full) == full
        assert await found(world.store, bare) == bare
        assert await found(world.store, a_request()) is None

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
        moved = replace(request, challenges=2).needs_sign_in(NOON, "because", '{"a":{}}')
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
            except (ConflictError, AlreadySettledError):  # the second read what the first wrote
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

    async def test_whose_authority_it_is_stays_with_it(self, world: StoreWorld) -> None:
        ours = replace(a_request(), authority=Authority.APPLICATION)
        await added(world.store, ours)
        made = replace(an_activation(ours), authority=Authority.APPLICATION)
        async with world.store.begin() as tx:
            await tx.add_activation(made)
            await tx.save_request(replace(ours.touched(), authority=Authority.DELEGATED))

        async with world.store.begin() as tx:
            assert await tx.request(ours.id) == ours.touched()
            assert await tx.activation(made.id) == made


class ActivationsContract:
    """Subclass it and provide the fixture `world`."""

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

    async def test_what_ended_lately_is_found_the_last_first(self, world: StoreWorld) -> None:
        first, last = (an_activation().over(End.EXPIRED, NOON + n * HOUR) for n in (1, 2))
        older = an_activation().over(End.EXPIRED, NOON)
        others = an_activation(person=BO).over(End.EXPIRED, NOON + HOUR)
        async with world.store.begin() as tx:
            for one in (older, first, last, others, an_activation()):
                await tx.add_activation(one)

        async with world.store.begin() as tx:
            assert await tx.ended_since(ANA, NOON + HOUR) == [last, first]

    async def test_what_no_request_caused_is_listed_the_last_begun_first(
        self, world: StoreWorld
    ) -> None:
        request = a_request()
        await added(world.store, request)
        old, new = (
            replace(an_activation(), started_at=NOON + n * HOUR).over(End.EXPIRED, NOON + 3 * HOUR)
            for n in (1, 2)
        )
        others = replace(an_activation(person=BO), access="prod")
        async with world.store.begin() as tx:
            for one in (old, new, others, an_activation(request)):
                await tx.add_activation(one)

        async with world.store.begin() as tx:
            assert await tx.beside(RequestFilter()) == [new, old, others]
            assert await tx.beside(RequestFilter(limit=1)) == [new]
            assert await tx.beside(RequestFilter(person=ANA)) == [new, old]
            assert await tx.beside(RequestFilter(access="prod", state="granted")) == [others]
            assert await tx.beside(RequestFilter(since=NOON + 2 * HOUR)) == [new]
            assert not await tx.beside(RequestFilter(state="denied"))

    async def test_a_change_beside_us_is_kept(self, world: StoreWorld) -> None:
        before = an_activation()
        after = before.changed(NOON + HOUR, NOON + 3 * HOUR, NOON + 2 * HOUR)
        async with world.store.begin() as tx:
            await tx.add_activation(before)
            await tx.save_activation(after)

        async with world.store.begin() as tx:
            assert await tx.activation(before.id) == after

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
