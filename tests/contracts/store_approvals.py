"""What every Store does with approvals: who was asked to decide, and what they decided."""

from dataclasses import replace

from bot.domain.access import Authority
from bot.domain.decision import Asked, Decision, Invitation, Standing, Verdict
from bot.domain.ids import RequestId
from bot.domain.request import Request, State
from tests.contracts.store_world import ANA, BO, BOS, HOUR, NOON, PROD, StoreWorld, a_request, added


def waiting(request: Request) -> Request:
    return replace(request, state=State.AWAITING_APPROVAL)


def invited(request: RequestId, name: str = "Bo") -> Invitation:
    return Invitation(request, BO, name, BOS, NOON)


def decided(request: RequestId, human: str = "bo", verdict: Verdict = Verdict.APPROVE) -> Decision:
    return Decision(request, human, BO, BOS, "Bo", verdict, "a reason", NOON)


class ApprovalsContract:
    """Subclass it and provide the fixture `world`."""

    async def test_an_invitation_is_kept_and_replaced_for_the_same_person(
        self, world: StoreWorld
    ) -> None:
        request = waiting(a_request())
        await added(world.store, request)
        first = invited(request.id)
        elsewhere = replace(first, person=ANA, name="Ana", account=None, asked=Asked.TOLD)

        async with world.store.begin() as tx:
            await tx.save_invitation(first)
            await tx.save_invitation(elsewhere)
            await tx.save_invitation(replace(first, reminders=2))

        async with world.store.begin() as tx:
            assert await tx.invitations(request.id) == [elsewhere, replace(first, reminders=2)]
            assert await tx.invitations(RequestId("R-NOTHING2")) == []

    async def test_what_waits_for_somebody_is_undecided_and_the_oldest_comes_first(
        self, world: StoreWorld
    ) -> None:
        old = replace(waiting(a_request()), asked_at=NOON - HOUR)
        new, voided, done = (
            waiting(a_request(group=PROD)),
            waiting(a_request(BO, BOS)),
            waiting(a_request(BO, BOS, PROD)),
        )
        await added(world.store, old, new, voided, done)
        async with world.store.begin() as tx:
            for request in (old, new, voided, done):
                await tx.save_invitation(invited(request.id))
            await tx.save_decision(decided(done.id))
            await tx.save_decision(decided(voided.id).void("sign_in"))

        async with world.store.begin() as tx:
            found = [request.id for request in await tx.waiting_for(BO)]
            assert found[0] == old.id
            assert set(found) == {old.id, new.id, voided.id}
            assert await tx.waiting_for(ANA) == []

    async def test_what_is_decided_here_waits_for_everybody_who_has_not_voted(
        self, world: StoreWorld
    ) -> None:
        ours = replace(waiting(a_request()), authority=Authority.APPLICATION)
        await added(world.store, ours)
        async with world.store.begin() as tx:
            await tx.save_invitation(invited(ours.id))
            await tx.save_decision(replace(decided(ours.id, "cy"), person=ANA).counted())

        async with world.store.begin() as tx:
            assert await tx.waiting_for(BO) == [ours]
            await tx.save_decision(decided(ours.id).counted())
        async with world.store.begin() as tx:
            assert await tx.waiting_for(BO) == []

    async def test_what_is_over_waits_for_nobody(self, world: StoreWorld) -> None:
        request = waiting(a_request())
        await added(world.store, request)
        async with world.store.begin() as tx:
            await tx.save_invitation(invited(request.id))
            over = request.ended(State.DENIED, "Denied")
            await tx.save_request(over)

        async with world.store.begin() as tx:
            assert await tx.waiting_for(BO) == []

    async def test_votes_that_may_still_have_an_effect_are_found_by_whose_they_are(
        self, world: StoreWorld
    ) -> None:
        ours, pims, over = (
            replace(waiting(a_request()), authority=Authority.APPLICATION),
            waiting(a_request(group=PROD)),
            replace(waiting(a_request(BO, BOS)), authority=Authority.APPLICATION),
        )
        await added(world.store, ours, pims, over)
        async with world.store.begin() as tx:
            for request in (ours, pims, over):
                await tx.save_decision(decided(request.id).counted())
                other = replace(decided(request.id, "cy", Verdict.DENY), person=ANA)
                await tx.save_decision(other.counted())
            await tx.save_request(over.ended(State.DENIED, "voted_down"))

        async with world.store.begin() as tx:
            assert await tx.open_votes(BO) == [decided(ours.id).counted()]
            assert await tx.open_votes(ANA) == []
            await tx.save_decision(decided(ours.id).void("locked"))
        async with world.store.begin() as tx:
            assert await tx.open_votes(BO) == []

    async def test_a_human_has_one_decision_about_a_request(self, world: StoreWorld) -> None:
        request = waiting(a_request())
        await added(world.store, request)
        first, other = decided(request.id), replace(decided(request.id, "cy"), at=NOON + HOUR)

        async with world.store.begin() as tx:
            await tx.save_decision(first.void("sign_in"))
            await tx.save_decision(other)
            await tx.save_decision(first.counted())

        async with world.store.begin() as tx:
            assert await tx.decisions(request.id) == [first.counted(), other]
            assert [d.standing for d in await tx.decisions(request.id)] == [
                Standing.COUNTED,
                Standing.RELAYING,
            ]
