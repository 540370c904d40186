"""What every Pim does: the fake and Microsoft Graph's."""

from datetime import timedelta
from typing import Protocol

import pytest

from bot.domain.access import Principal
from bot.domain.decision import Verdict
from bot.domain.ids import GroupId, PersonId, PimId
from bot.domain.policy import PimRules, Terms
from bot.ports import (
    IntegrationError,
    Outcome,
    PersonToken,
    Pim,
    PimRefusedError,
    PimState,
    Review,
)
from playground.cast import ACCESS, PEOPLE, TENANT_ID

HOUR = timedelta(hours=1)
ENGINEER = PersonId(TENANT_ID, PEOPLE["engineer"].oid)
OUTSIDER = PersonId(TENANT_ID, PEOPLE["outsider"].oid)
DEV, PROD = (GroupId(ACCESS[name].group) for name in ("dev-poweruser", "prod-admin"))
REFERENCE = "R-7K3Q9FHM"


class PimWorld(Protocol):
    """A Pim with the playground's cast behind it, and what the suite does to that world."""

    @property
    def pim(self) -> Pim: ...
    async def token(self, person: str, claims: str = "") -> PersonToken: ...
    def skip(self, time: timedelta) -> None: ...
    def approve(self, requester: str, access: str, approver: str) -> None: ...
    def deny(self, requester: str, access: str, approver: str) -> None: ...
    def ask_approvers_why(self, access: str) -> None: ...
    def ask_for_context(self, access: str, context: str) -> None: ...
    def lose_the_next_answer(self) -> None: ...


def terms(access: str = "dev-poweruser", duration: timedelta = HOUR, ticket: str = "") -> Terms:
    return Terms(access, GroupId(ACCESS[access].group), duration, "checking the index", ticket)


class PimContract:
    """Subclass it and provide the fixture `world`."""

    async def test_the_rules_are_those_of_the_policy(self, world: PimWorld) -> None:
        approvers = tuple(
            Principal("user", PEOPLE[name].oid) for name in ACCESS["prod-admin"].approvers
        )

        assert await world.pim.rules(DEV) == PimRules(max=timedelta(hours=8), reason_required=True)
        assert await world.pim.rules(PROD) == PimRules(
            max=timedelta(hours=4),
            reason_required=True,
            ticket_required=True,
            approval_required=True,
            approvers=approvers,
        )

    async def test_a_group_without_a_policy_asks_for_nothing(self, world: PimWorld) -> None:
        assert await world.pim.rules(GroupId(TENANT_ID)) == PimRules()

    async def test_people_are_eligible_for_what_the_tenant_says(self, world: PimWorld) -> None:
        mine = await world.pim.eligibilities(ENGINEER)

        assert {e.group for e in mine} == {a.group for a in ACCESS.values() if a.eligible}
        assert await world.pim.eligibilities(OUTSIDER) == ()

    async def test_an_activation_without_approval_is_in_force_at_once(
        self, world: PimWorld
    ) -> None:
        token = await world.token("engineer")

        made = await world.pim.activate(token, terms(), REFERENCE)

        assert made.state is PimState.ACTIVE
        assert made.starts_at is not None
        assert made.ends_at == made.starts_at + HOUR
        assert await world.pim.request(made.id) == made
        [held] = await world.pim.held(ENGINEER)
        assert (held.group, held.activated, held.ends_at) == (DEV, True, made.ends_at)
        assert held.oid == ENGINEER.oid
        assert await world.pim.holders(DEV) == (held,)
        assert await world.pim.holders(PROD) == ()

    async def test_a_membership_ends_by_itself_and_its_request_stays_provisioned(
        self, world: PimWorld
    ) -> None:
        made = await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)

        world.skip(HOUR + timedelta(seconds=1))

        assert await world.pim.held(ENGINEER) == ()
        assert await world.pim.holders(DEV) == ()
        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.ACTIVE

    async def test_an_activation_is_found_by_its_reference_alone(self, world: PimWorld) -> None:
        made = await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)

        assert await world.pim.find(ENGINEER, DEV, REFERENCE, None) == made
        assert await world.pim.find(ENGINEER, DEV, "R-OTHER234", None) is None
        assert await world.pim.find(ENGINEER, PROD, REFERENCE, None) is None
        assert await world.pim.find(OUTSIDER, DEV, REFERENCE, None) is None

    async def test_what_waits_for_approval_is_seen_only_with_the_persons_token(
        self, world: PimWorld
    ) -> None:
        token = await world.token("engineer")

        made = await world.pim.activate(token, terms("prod-admin", ticket="INC-42"), REFERENCE)

        assert (made.state, made.starts_at, made.ends_at) == (PimState.WAITING, None, None)
        assert await world.pim.request(made.id) == made
        assert await world.pim.find(ENGINEER, PROD, REFERENCE, None) is None
        assert await world.pim.find(ENGINEER, PROD, REFERENCE, token) == made
        assert await world.pim.held(ENGINEER) == ()

    async def test_an_approval_starts_the_time(self, world: PimWorld) -> None:
        token = await world.token("engineer")
        made = await world.pim.activate(token, terms("prod-admin", ticket="INC-42"), REFERENCE)

        world.skip(timedelta(hours=2))
        world.approve("engineer", "prod-admin", "approver")

        after = await world.pim.request(made.id)
        [held] = await world.pim.held(ENGINEER)
        assert after is not None
        assert (after.state, after.starts_at, after.ends_at) == (
            PimState.ACTIVE,
            held.starts_at,
            held.ends_at,
        )
        assert after.starts_at is not None
        assert after.ends_at == after.starts_at + HOUR

    async def test_a_denial_is_told(self, world: PimWorld) -> None:
        token = await world.token("engineer")
        made = await world.pim.activate(token, terms("prod-admin", ticket="INC-42"), REFERENCE)

        world.deny("engineer", "prod-admin", "approver")

        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.DENIED

    async def test_what_waits_can_be_canceled_once(self, world: PimWorld) -> None:
        token = await world.token("engineer")
        made = await world.pim.activate(token, terms("prod-admin", ticket="INC-42"), REFERENCE)

        await world.pim.cancel(token, made.id)

        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.CANCELED
        with pytest.raises(PimRefusedError):
            await world.pim.cancel(token, made.id)

    async def test_what_is_scheduled_is_told_with_its_times_and_found(
        self, world: PimWorld
    ) -> None:
        token = await world.token("engineer")
        now = await world.pim.activate(token, terms(), REFERENCE)
        assert now.ends_at is not None
        wish = terms("prod-readonly")
        later = Terms(wish.access, wish.group, HOUR, starts_at=now.ends_at.replace(microsecond=0))

        made = await world.pim.activate(token, later, "R-2222222X")

        assert made.state is PimState.SCHEDULED
        assert made.starts_at == later.starts_at
        assert await world.pim.find(ENGINEER, wish.group, "R-2222222X", None) == made
        world.skip(HOUR + timedelta(minutes=1))
        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.ACTIVE

    async def test_one_cannot_activate_twice(self, world: PimWorld) -> None:
        token = await world.token("engineer")
        await world.pim.activate(token, terms(), REFERENCE)

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.activate(token, terms(), "R-SECOND22")

        assert refused.value.code == "RoleAssignmentExists"

    async def test_a_second_request_beside_one_that_waits_is_refused(self, world: PimWorld) -> None:
        token = await world.token("engineer")
        await world.pim.activate(token, terms("prod-admin", ticket="INC-42"), REFERENCE)

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.activate(token, terms("prod-admin", ticket="INC-42"), "R-SECOND22")

        assert refused.value.code == "PendingRoleAssignmentRequest"

    async def test_who_is_not_eligible_is_refused(self, world: PimWorld) -> None:
        with pytest.raises(PimRefusedError) as refused:
            await world.pim.activate(await world.token("outsider"), terms(), REFERENCE)

        assert refused.value.code == "RoleAssignmentDoesNotExist"

    async def test_every_rule_that_fails_is_named(self, world: PimWorld) -> None:
        token = await world.token("engineer")

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.activate(token, terms("prod-admin", timedelta(hours=5)), REFERENCE)

        assert refused.value.code == "RoleAssignmentRequestPolicyValidationFailed"
        assert set(refused.value.rules) == {"TicketingRule", "ExpirationRule"}

    async def test_an_authentication_context_is_asked_for_and_then_satisfied(
        self, world: PimWorld
    ) -> None:
        world.ask_for_context("dev-poweruser", "c1")
        with pytest.raises(PimRefusedError) as refused:
            await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)
        assert '"c1"' in refused.value.claims

        stronger = await world.token("engineer", refused.value.claims)

        made = await world.pim.activate(stronger, terms(), REFERENCE)
        assert made.state is PimState.ACTIVE

    async def test_nothing_is_deactivated_in_its_first_five_minutes(self, world: PimWorld) -> None:
        token = await world.token("engineer")
        await world.pim.activate(token, terms(), REFERENCE)

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.deactivate(token, DEV, "A-22222222")

        assert refused.value.code == "ActiveDurationTooShort"
        world.skip(timedelta(minutes=5, seconds=1))
        assert (await world.pim.deactivate(token, DEV, "A-22222222")).state is PimState.ENDED
        assert await world.pim.held(ENGINEER) == ()

    async def test_what_is_not_held_cannot_be_deactivated(self, world: PimWorld) -> None:
        with pytest.raises(PimRefusedError) as refused:
            await world.pim.deactivate(await world.token("engineer"), DEV, "A-22222222")

        assert refused.value.code == "RoleAssignmentDoesNotExist"

    async def test_a_request_that_pim_does_not_know_is_none(self, world: PimWorld) -> None:
        assert await world.pim.request(PimId(TENANT_ID)) is None

    async def test_a_lost_answer_is_unknown_and_what_happened_can_be_adopted(
        self, world: PimWorld
    ) -> None:
        token = await world.token("engineer")
        world.lose_the_next_answer()

        with pytest.raises(IntegrationError) as lost:
            await world.pim.activate(token, terms(), REFERENCE)

        assert lost.value.outcome is Outcome.UNKNOWN
        found = await world.pim.find(ENGINEER, DEV, REFERENCE, None)
        assert found is not None
        assert found.state is PimState.ACTIVE

    async def test_an_approver_decides_as_themselves(self, world: PimWorld) -> None:
        asker, approver = await world.token("engineer"), await world.token("approver")
        made = await world.pim.activate(asker, terms("prod-admin", ticket="INC-42"), REFERENCE)
        assert await world.pim.reviewed(approver, made.id) == Review(None)

        await world.pim.review(approver, made.id, Verdict.APPROVE, "go on")

        by = PEOPLE["approver"].oid
        assert await world.pim.reviewed(approver, made.id) == Review(Verdict.APPROVE, by)
        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.ACTIVE

    async def test_a_denial_is_final(self, world: PimWorld) -> None:
        asker, approver = await world.token("engineer"), await world.token("approver")
        made = await world.pim.activate(asker, terms("prod-admin", ticket="INC-42"), REFERENCE)

        await world.pim.review(approver, made.id, Verdict.DENY, "not now")

        found = await world.pim.reviewed(approver, made.id)
        assert found is not None
        assert found.verdict is Verdict.DENY
        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.DENIED

    async def test_whoever_decides_second_is_told(self, world: PimWorld) -> None:
        asker, approver = await world.token("engineer"), await world.token("approver")
        made = await world.pim.activate(asker, terms("prod-admin", ticket="INC-42"), REFERENCE)
        world.deny("engineer", "prod-admin", "teams-approver")

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.review(approver, made.id, Verdict.APPROVE, "")

        assert refused.value.code == "Conflict"

    @pytest.mark.parametrize("who", ["engineer", "outsider"])
    async def test_nobody_else_decides(self, world: PimWorld, who: str) -> None:
        asker = await world.token("engineer")
        made = await world.pim.activate(asker, terms("prod-admin", ticket="INC-42"), REFERENCE)

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.review(await world.token(who), made.id, Verdict.APPROVE, "")

        assert refused.value.code == "UnauthorizedAccessException"
        after = await world.pim.request(made.id)
        assert after is not None
        assert after.state is PimState.WAITING

    async def test_an_approval_that_needs_a_reason_is_refused_without_one(
        self, world: PimWorld
    ) -> None:
        world.ask_approvers_why("prod-admin")
        asker, approver = await world.token("engineer"), await world.token("approver")
        made = await world.pim.activate(asker, terms("prod-admin", ticket="INC-42"), REFERENCE)
        assert (await world.pim.rules(PROD, fresh=True)).approver_reason_required

        with pytest.raises(PimRefusedError) as refused:
            await world.pim.review(approver, made.id, Verdict.APPROVE, "")

        assert refused.value.rules == ("JustificationRule",)
