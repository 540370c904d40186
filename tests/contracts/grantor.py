"""What every Grantor does: the fake and Microsoft Graph's."""

from datetime import timedelta
from typing import Protocol

import pytest

from bot.domain.ids import GroupId
from bot.ports import Grantor, IntegrationError, Outcome, PimRefusedError, PimState
from playground.cast import ACCESS
from tests.contracts.pim import ENGINEER, HOUR, REFERENCE, PimWorld, terms

DUAL = GroupId(ACCESS["prod-dual-control"].group)
ASKED = terms("prod-dual-control", HOUR / 2, "INC-42")


class GrantorWorld(PimWorld, Protocol):
    """A Pim's world with a grantor in it."""

    @property
    def grantor(self) -> Grantor: ...


class GrantorContract:
    """Subclass it and provide the fixture `world`."""

    async def test_what_it_assigns_is_held_as_assigned_until_its_end(
        self, world: GrantorWorld
    ) -> None:
        made = await world.grantor.assign(ENGINEER, ASKED, REFERENCE)

        [held] = await world.pim.held(ENGINEER)
        assert made.state is PimState.ACTIVE
        assert (held.group, held.activated) == (DUAL, False)
        assert held.starts_at is not None
        assert held.ends_at == held.starts_at + HOUR / 2
        assert await world.pim.request(made.id) == made
        world.skip(HOUR / 2 + timedelta(seconds=1))
        assert await world.pim.held(ENGINEER) == ()

    async def test_a_lost_answer_is_found_by_its_reference(self, world: GrantorWorld) -> None:
        world.lose_the_next_answer()

        with pytest.raises(IntegrationError) as lost:
            await world.grantor.assign(ENGINEER, ASKED, REFERENCE)

        assert lost.value.outcome is Outcome.UNKNOWN
        found = await world.pim.find(ENGINEER, DUAL, REFERENCE, None)
        assert found is not None
        assert found.state is PimState.ACTIVE
        assert await world.pim.find(ENGINEER, DUAL, "R-SECOND22", None) is None

    async def test_a_second_one_is_refused(self, world: GrantorWorld) -> None:
        await world.grantor.assign(ENGINEER, ASKED, REFERENCE)

        with pytest.raises(PimRefusedError) as refused:
            await world.grantor.assign(ENGINEER, ASKED, "R-SECOND22")

        assert refused.value.code == "RoleAssignmentExists"

    async def test_it_removes_after_five_minutes_and_not_before(self, world: GrantorWorld) -> None:
        await world.grantor.assign(ENGINEER, ASKED, REFERENCE)
        with pytest.raises(PimRefusedError) as refused:
            await world.grantor.remove(ENGINEER, DUAL, "A-22222222")
        assert refused.value.code == "ActiveDurationTooShort"

        world.skip(timedelta(minutes=5, seconds=1))

        removed = await world.grantor.remove(ENGINEER, DUAL, "A-22222222")
        assert removed.state is PimState.ENDED
        assert await world.pim.held(ENGINEER) == ()

    async def test_what_is_not_held_cannot_be_removed(self, world: GrantorWorld) -> None:
        with pytest.raises(PimRefusedError) as refused:
            await world.grantor.remove(ENGINEER, DUAL, "A-22222222")

        assert refused.value.code == "RoleAssignmentDoesNotExist"
