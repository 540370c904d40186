"""What every Store does for the sweeper: it finds what no job works on, and forgets what is over."""

from dataclasses import replace

from bot.domain.activation import End
from bot.domain.request import State
from bot.ports import KeptToken
from bot.store import JobKind, LinkRow, NewJob
from tests.contracts.store_world import (
    ANA,
    ANAS,
    BO,
    BOS,
    DEV,
    HOUR,
    NOON,
    PROD,
    StoreWorld,
    a_request,
    a_sign_in,
    added,
    an_activation,
)


class SweepContract:
    """Subclass it and provide the fixture `world`."""

    async def test_open_requests_without_work_are_found_oldest_first(
        self, world: StoreWorld
    ) -> None:
        older = replace(a_request(person=BO, asker=BOS), asked_at=NOON - HOUR)
        newer, worked_on = a_request(), a_request(group=PROD)
        await added(world.store, newer, older, worked_on, replace(a_request(), state=State.DENIED))
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.LAPSE, worked_on.id, NOON + HOUR))
            await tx.add_job(NewJob(JobKind.CARD, newer.id, NOON))  # which moves nothing

        async with world.store.begin() as tx:
            assert await tx.left_requests(5) == [older, newer]
            assert await tx.left_requests(1) == [older]

    async def test_a_parked_job_moves_nothing(self, world: StoreWorld) -> None:
        await added(world.store, request := a_request())
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.ACTIVATE, request.id, NOON))
        [job] = await world.jobs.claim(1)
        async with world.store.begin() as tx:
            assert await tx.left_requests(5) == []

        await world.jobs.bury(job, "KeyError")

        async with world.store.begin() as tx:
            assert await tx.left_requests(5) == [request]

    async def test_requests_whose_card_was_given_up_are_found_by_their_account(
        self, world: StoreWorld
    ) -> None:
        mine, bos = a_request(), a_request(person=BO, asker=BOS)
        await added(world.store, mine, bos)
        async with world.store.begin() as tx:
            await tx.add_job(NewJob(JobKind.CARD, mine.id, NOON))
            await tx.add_job(NewJob(JobKind.CARD, bos.id, NOON))
            await tx.add_job(NewJob(JobKind.FOLLOW, mine.id, NOON + HOUR))
            assert await tx.untold(ANAS) == []

        for job in await world.jobs.claim(2):
            await world.jobs.bury(job, "UnreachableError")

        async with world.store.begin() as tx:
            assert await tx.untold(ANAS) == [mine.id]
            await tx.add_job(NewJob(JobKind.CARD, mine.id, NOON))
        async with world.store.begin() as tx:
            assert await tx.untold(ANAS) == []

    async def test_running_activations_that_nobody_watches_are_found(
        self, world: StoreWorld
    ) -> None:
        left, watched = an_activation(), an_activation(person=BO)
        over = an_activation(a_request(group=PROD)).over(End.EXPIRED, NOON)
        async with world.store.begin() as tx:
            await tx.add_activation(left)
            await tx.add_activation(watched)
            await tx.add_activation(replace(over, request=None))
            await tx.add_job(NewJob(JobKind.END, watched.id, NOON + HOUR))

        async with world.store.begin() as tx:
            assert await tx.left_activations(5) == [left]

    async def test_sign_ins_are_forgotten_once_they_are_long_over(self, world: StoreWorld) -> None:
        old, new = a_sign_in("old"), replace(a_sign_in("new"), expires_at=NOON + 2 * HOUR)
        async with world.store.begin() as tx:
            await tx.add_sign_in(old)
            await tx.add_sign_in(new)

            await tx.forget_sign_ins(NOON + 2 * HOUR)

            assert await tx.sign_in("old") is None
            assert await tx.sign_in("new") == new

    async def test_links_are_checked_in_turn_where_a_token_is_kept(self, world: StoreWorld) -> None:
        mine, bos = LinkRow(ANAS, ANA, "ana@x", NOON), LinkRow(BOS, BO, "bo@x", NOON + HOUR)
        async with world.store.begin() as tx:
            await tx.save_link(mine)
            await tx.save_link(bos)
            await tx.keep_token(KeptToken(BO, "k1", b"\x00"))
            assert await tx.links_to_check(NOON + 2 * HOUR, 5) == [bos]
            await tx.keep_token(KeptToken(ANA, "k1", b"\x01"))
            assert await tx.links_to_check(NOON + 2 * HOUR, 5) == [mine, bos]
            assert await tx.links_to_check(NOON + 2 * HOUR, 1) == [mine]
            assert await tx.links_to_check(NOON + HOUR, 5) == [mine]

            await tx.note_checked([ANAS], NOON + HOUR + HOUR / 2)
            await tx.note_checked([], NOON)

            assert await tx.links_to_check(NOON + 2 * HOUR, 5) == [bos, mine]
            assert await tx.links_to_check(NOON + HOUR + HOUR / 4, 5) == [bos]
            assert await tx.link(ANAS) == mine

    async def test_what_is_asked_by_anybody_is_swept(self, world: StoreWorld) -> None:
        await added(world.store, unknown := a_request(person=None), a_request(person=ANA))

        async with world.store.begin() as tx:
            assert unknown in await tx.left_requests(5)

    async def test_what_is_asked_for_or_active_because_of_it_is_accounted_for(
        self, world: StoreWorld
    ) -> None:
        caused, open_, over = a_request(), a_request(group=PROD), a_request(BO, BOS)
        caused = replace(caused, state=State.GRANTED)
        over = replace(over, state=State.GRANTED)
        unknown = a_request(None, BOS, PROD)
        await added(world.store, caused, open_, over, unknown)
        ended = replace(an_activation(over, BO), ended_at=NOON, end=End.EXPIRED)
        beside = replace(an_activation(None, BO), group=PROD)
        async with world.store.begin() as tx:
            for activation in (an_activation(caused), ended, beside):
                await tx.add_activation(activation)

        async with world.store.begin() as tx:
            assert await tx.accounted() == {("ana", DEV), ("ana", PROD)}

    async def test_an_orphan_is_noted_once(self, world: StoreWorld) -> None:
        async with world.store.begin() as tx:
            assert await tx.note_orphan("one", NOON)
            assert not await tx.note_orphan("one", NOON + HOUR)

        async with world.store.begin() as tx:
            assert await tx.known_orphans(["one", "two"]) == {"one"}
            assert await tx.known_orphans([]) == set()
