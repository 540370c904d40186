"""Identity Center as the simulator answers it to boto3."""

from collections.abc import Callable

import pytest
from botocore.exceptions import ClientError

from playground.aws.facade import Aws
from playground.aws.names import INSTANCE_ARN, MANAGEMENT, STORE_ID
from playground.cast import ACCESS, PEOPLE, entra_id
from tests.playground.aws.conftest import Caller

DEV = ACCESS["dev-poweruser"]
ENGINEER = PEOPLE["engineer"]


async def opened(bot: Caller, principal_type: str, principal: str) -> set[tuple[str, str, str]]:
    """(account, permission set name, type) of every assignment that counts for a principal."""
    answer = await bot(
        "sso-admin",
        "list_account_assignments_for_principal",
        InstanceArn=INSTANCE_ARN,
        PrincipalType=principal_type,
        PrincipalId=principal,
    )
    rows = set()
    for row in answer["AccountAssignments"]:
        described = await bot(
            "sso-admin",
            "describe_permission_set",
            InstanceArn=INSTANCE_ARN,
            PermissionSetArn=row["PermissionSetArn"],
        )
        rows.add((row["AccountId"], described["PermissionSet"]["Name"], row["PrincipalType"]))
    return rows


async def test_the_home_region_lists_one_active_instance_of_the_management_account(
    bot: Caller,
) -> None:
    (instance,) = (await bot("sso-admin", "list_instances"))["Instances"]

    assert instance["InstanceArn"] == INSTANCE_ARN
    assert instance["IdentityStoreId"] == STORE_ID
    assert instance["OwnerAccountId"] == MANAGEMENT
    assert instance["Status"] == "ACTIVE"
    assert instance["PrimaryRegion"] == "eu-west-1"


async def test_another_region_has_no_instance_but_can_be_told_where_it_is(
    bot_in: Callable[[str], Caller],
) -> None:
    elsewhere = bot_in("us-east-1")

    assert (await elsewhere("sso-admin", "list_instances"))["Instances"] == []
    everywhere = await elsewhere("sso-admin", "list_instances", RegionScope="ALL_REGIONS")
    assert [one["PrimaryRegion"] for one in everywhere["Instances"]] == ["eu-west-1"]
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        await elsewhere("sso-admin", "describe_instance", InstanceArn=INSTANCE_ARN)
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        await elsewhere("identitystore", "list_groups", IdentityStoreId=STORE_ID)


async def test_describe_instance_says_that_permission_sets_are_enabled(bot: Caller) -> None:
    described = await bot("sso-admin", "describe_instance", InstanceArn=INSTANCE_ARN)

    assert described["PermissionSetsEnabled"] is True
    assert described["NetworkConfigurationDetails"] == {"VpceAccessRequired": False}
    listed = await bot("sso-admin", "list_regions", InstanceArn=INSTANCE_ARN)
    assert [one["RegionName"] for one in listed["Regions"]] == ["eu-west-1"]


async def test_a_group_opens_what_the_cast_says(bot: Caller) -> None:
    readonly = entra_id("aws:group:prod-readonly")

    assert await opened(bot, "GROUP", readonly) == {
        ("222222222222", "ReadOnlyAccess", "GROUP"),
        ("333333333333", "ViewOnlyAccess", "GROUP"),
    }


async def test_a_users_assignments_include_those_of_the_groups_the_user_is_in(
    bot: Caller, aws: Aws
) -> None:
    user = entra_id("aws:user:engineer")
    direct = ("444444444444", "AdministratorAccess-8h", "USER")
    assert await opened(bot, "USER", user) == {direct}

    aws.world.provision(DEV.group, ENGINEER.oid, present=True)

    inherited = ("111111111111", "PowerUserAccess", "GROUP")
    assert await opened(bot, "USER", user) == {direct, inherited}


async def test_the_same_permission_set_in_two_lengths_is_two_permission_sets(aws: Aws) -> None:
    found = {
        (one["account"], one["account_name"], one["permission_set"], one["session"])
        for one in aws.shown()["assignments"]
        if "AdministratorAccess" in one["permission_set"]
    }

    assert found == {
        ("222222222222", "prod", "AdministratorAccess", "PT1H"),
        ("444444444444", "first", "AdministratorAccess-8h", "PT8H"),
    }


async def test_permission_sets_are_listed_in_pages(bot: Caller) -> None:
    first = await bot("sso-admin", "list_permission_sets", InstanceArn=INSTANCE_ARN, MaxResults=3)
    rest = await bot(
        "sso-admin",
        "list_permission_sets",
        InstanceArn=INSTANCE_ARN,
        MaxResults=3,
        NextToken=first["NextToken"],
    )

    arns = [*first["PermissionSets"], *rest["PermissionSets"]]
    assert len(set(arns)) == 5
    assert "NextToken" not in rest
    assert all(arn.startswith("arn:aws:sso:::permissionSet/ssoins-") for arn in arns)


async def test_an_assignment_provisions_the_permission_set_in_its_account(bot: Caller) -> None:
    in_logs = await bot(
        "sso-admin",
        "list_permission_sets_provisioned_to_account",
        InstanceArn=INSTANCE_ARN,
        AccountId="333333333333",
    )

    (view_only,) = in_logs["PermissionSets"]
    back = await bot(
        "sso-admin",
        "list_accounts_for_provisioned_permission_set",
        InstanceArn=INSTANCE_ARN,
        PermissionSetArn=view_only,
    )
    assert back["AccountIds"] == ["333333333333"]


async def test_a_permission_set_without_a_duration_lasts_an_hour_and_keeps_its_name_to_itself(
    owner: Caller,
) -> None:
    made = await owner(
        "sso-admin", "create_permission_set", InstanceArn=INSTANCE_ARN, Name="Billing"
    )

    assert made["PermissionSet"]["SessionDuration"] == "PT1H"
    with pytest.raises(ClientError, match="ConflictException"):
        await owner("sso-admin", "create_permission_set", InstanceArn=INSTANCE_ARN, Name="Billing")


async def test_the_organization_has_the_worlds_accounts_by_name(bot: Caller) -> None:
    listed = (await bot("organizations", "list_accounts"))["Accounts"]
    assert {one["Id"]: one["Name"] for one in listed} == {
        "100000000001": "management",
        "111111111111": "dev",
        "222222222222": "prod",
        "333333333333": "logs",
        "444444444444": "first",
    }
    described = await bot("organizations", "describe_organization")
    assert described["Organization"]["MasterAccountId"] == MANAGEMENT
    services = await bot("organizations", "list_aws_service_access_for_organization")
    trusted = [one["ServicePrincipal"] for one in services["EnabledServicePrincipals"]]
    assert trusted == ["sso.amazonaws.com"]
    delegates = await bot("organizations", "list_delegated_administrators")
    assert [one["Name"] for one in delegates["DelegatedAdministrators"]] == ["logs"]


async def test_the_caller_is_in_the_management_account(bot: Caller) -> None:
    assert (await bot("sts", "get_caller_identity"))["Account"] == MANAGEMENT
