"""The fake and the real adapter keep the same contract."""

from dataclasses import dataclass
from re import compile as pattern

import pytest

from bot.aws import Aws
from bot.domain.ids import GroupId
from bot.ports import IntegrationError
from integrations.aws import AbsentAws, IdentityCenter, open_aws
from playground.cast import ACCESS, PEOPLE
from playground.kernel.wire import Fault
from tests.fakes.aws import FakeAws
from tests.integrations.aws.conftest import Simulated
from tests.integrations.aws.contract import (
    DEV,
    ENGINEER,
    ENGINEER_OPENS,
    PORTAL,
    READ_ONLY,
    READ_ONLY_OPENS,
    AwsContract,
    Organisation,
)


@dataclass
class InMemory:
    aws: FakeAws

    def join(self, key: str, group: GroupId) -> None:
        self.aws.memberships.add((PEOPLE[key].upn, group))

    def leave(self, key: str, group: GroupId) -> None:
        self.aws.memberships.discard((PEOPLE[key].upn, group))

    def use_roles_only(self) -> None:
        self.aws.permission_sets = False

    def fail(self) -> None:
        self.aws.failure = IntegrationError("AWS", "down")


@dataclass
class OverTheWire:
    aws: Aws
    simulated: Simulated

    def join(self, key: str, group: GroupId) -> None:
        self.simulated.world.provision(group, PEOPLE[key].oid, present=True)

    def leave(self, key: str, group: GroupId) -> None:
        self.simulated.world.provision(group, PEOPLE[key].oid, present=False)

    def use_roles_only(self) -> None:
        self.simulated.world.center.state.permission_sets = False

    def fail(self) -> None:
        self.simulated.wire.faults.append(Fault("aws", pattern("."), 1000, "status", 403))


class TestFake(AwsContract):
    @pytest.fixture
    def organisation(self) -> Organisation:
        others = {
            GroupId(a.group): ()
            for a in ACCESS.values()
            if a.setup == "identity-center-scim" and a.group != READ_ONLY
        }
        return InMemory(
            FakeAws(
                known_portal=PORTAL,
                groups={**others, READ_ONLY: READ_ONLY_OPENS},
                users={ENGINEER: ENGINEER_OPENS},
            )
        )


class TestIdentityCenter(AwsContract):
    @pytest.fixture
    def organisation(self, simulated: Simulated, adapter: IdentityCenter) -> Organisation:
        return OverTheWire(adapter, simulated)


async def test_with_a_region_the_settings_open_the_real_adapter(simulated: Simulated) -> None:
    aws = open_aws("eu-west-1", simulated.url)

    assert await aws.portal() == PORTAL
    await aws.close()


async def test_without_a_region_aws_is_never_asked_and_knows_nothing() -> None:
    aws = open_aws("")

    assert isinstance(aws, AbsentAws)
    assert await aws.portal() is None
    assert await aws.opened_by_group(DEV) is None
    assert await aws.opened_by_user(ENGINEER, through_groups=True) is None
    assert await aws.uses_permission_sets()
    assert not await aws.has_membership(ENGINEER, DEV)
    await aws.close()
