"""What every Aws port does, told once; each implementation brings its own organisation."""

from datetime import timedelta
from typing import Protocol

import pytest

from bot.aws import Aws
from bot.domain.aws import Opening, Portal
from bot.domain.ids import GroupId
from bot.ports import IntegrationError
from playground.cast import ACCESS, PEOPLE

ENGINEER = PEOPLE["engineer"].upn
OUTSIDER = PEOPLE["outsider"].upn
READ_ONLY = GroupId(ACCESS["prod-readonly"].group)
DEV = GroupId(ACCESS["dev-poweruser"].group)
NOT_PROVISIONED = GroupId(ACCESS["seed-admin"].group)

PORTAL = Portal("https://d-9067642ac7.awsapps.com/start", "eu-west-1")
HOUR = timedelta(hours=1)
READ_ONLY_OPENS = (
    Opening("333333333333", "logs", "ViewOnlyAccess", HOUR),
    Opening("222222222222", "prod", "ReadOnlyAccess", HOUR),
)
ENGINEER_OPENS = (
    Opening(
        "444444444444",
        "first",
        "AdministratorAccess-8h",
        timedelta(hours=8),
        "https://console.aws.amazon.com/cloudwatch/home",
    ),
)


class Organisation(Protocol):
    """An AWS to ask, and the ways to change what it knows."""

    @property
    def aws(self) -> Aws: ...

    def join(self, key: str, group: GroupId) -> None: ...

    def leave(self, key: str, group: GroupId) -> None: ...

    def use_roles_only(self) -> None: ...

    def fail(self) -> None: ...


class AwsContract:
    """Inherit this and give a fixture `organisation`."""

    async def test_the_portal_is_that_of_the_organisation(self, organisation: Organisation) -> None:
        assert await organisation.aws.portal() == PORTAL

    async def test_a_provisioned_group_is_known(self, organisation: Organisation) -> None:
        assert await organisation.aws.group_known(DEV)
        assert not await organisation.aws.group_known(NOT_PROVISIONED)

    async def test_a_user_is_known_by_name_or_not(self, organisation: Organisation) -> None:
        assert await organisation.aws.user_known(ENGINEER)
        assert not await organisation.aws.user_known("nobody@example.com")

    async def test_a_group_opens_what_is_assigned_to_it(self, organisation: Organisation) -> None:
        assert await organisation.aws.opened_by_group(READ_ONLY) == READ_ONLY_OPENS

    async def test_a_group_aws_does_not_have_is_told_from_one_that_opens_nothing(
        self, organisation: Organisation
    ) -> None:
        assert await organisation.aws.opened_by_group(NOT_PROVISIONED) is None

    async def test_a_user_opens_what_is_assigned_directly_and_nothing_through_groups(
        self, organisation: Organisation
    ) -> None:
        organisation.join("engineer", DEV)

        own = await organisation.aws.opened_by_user(ENGINEER, through_groups=False)
        assert own == ENGINEER_OPENS

    async def test_what_the_users_groups_open_is_told_too_when_it_is_asked_for(
        self, organisation: Organisation
    ) -> None:
        organisation.join("engineer", READ_ONLY)

        everything = await organisation.aws.opened_by_user(ENGINEER, through_groups=True)
        assert everything == (*ENGINEER_OPENS, *READ_ONLY_OPENS)

    async def test_a_user_aws_does_not_have_is_told_from_one_that_opens_nothing(
        self, organisation: Organisation
    ) -> None:
        for through_groups in (True, False):
            found = await organisation.aws.opened_by_user(OUTSIDER, through_groups=through_groups)
            assert found is None

    async def test_permission_sets_are_in_use_unless_aws_says_otherwise(
        self, organisation: Organisation
    ) -> None:
        assert await organisation.aws.uses_permission_sets()

        organisation.use_roles_only()

        assert not await organisation.aws.uses_permission_sets()

    async def test_a_membership_is_seen_while_it_is_there(self, organisation: Organisation) -> None:
        assert not await organisation.aws.has_membership(ENGINEER, DEV)

        organisation.join("engineer", DEV)
        assert await organisation.aws.has_membership(ENGINEER, DEV)
        assert not await organisation.aws.has_membership(ENGINEER, READ_ONLY)

        organisation.leave("engineer", DEV)
        assert not await organisation.aws.has_membership(ENGINEER, DEV)

    async def test_nobody_unknown_is_in_a_group_until_they_arrive(
        self, organisation: Organisation
    ) -> None:
        assert not await organisation.aws.has_membership(OUTSIDER, DEV)
        assert not await organisation.aws.has_membership(ENGINEER, NOT_PROVISIONED)

        organisation.join("outsider", DEV)

        assert await organisation.aws.has_membership(OUTSIDER, DEV)

    async def test_a_failure_is_an_integration_error_and_never_an_answer(
        self, organisation: Organisation
    ) -> None:
        organisation.fail()

        with pytest.raises(IntegrationError):
            await organisation.aws.opened_by_group(DEV)
        with pytest.raises(IntegrationError):
            await organisation.aws.opened_by_user(ENGINEER, through_groups=True)
        with pytest.raises(IntegrationError):
            await organisation.aws.uses_permission_sets()
        with pytest.raises(IntegrationError):
            await organisation.aws.has_membership(ENGINEER, DEV)
        with pytest.raises(IntegrationError):
            await organisation.aws.portal()
