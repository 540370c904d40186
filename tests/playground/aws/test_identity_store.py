"""The identity store as the simulator answers it to boto3."""

import pytest
from botocore.exceptions import ClientError

from playground.aws.facade import Aws
from playground.aws.names import SCIM_ISSUER, STORE_ID
from playground.cast import ACCESS, PEOPLE
from tests.playground.aws.conftest import Caller

DEV = ACCESS["dev-poweruser"]
ENGINEER = PEOPLE["engineer"]
OUTSIDER = PEOPLE["outsider"]


def by_external_id(entra: str) -> dict[str, dict[str, str]]:
    return {"ExternalId": {"Issuer": SCIM_ISSUER, "Id": entra}}


def by_user_name(name: str) -> dict[str, dict[str, str]]:
    return {"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": name}}


async def group_id(bot: Caller) -> str:
    found = await bot(
        "identitystore",
        "get_group_id",
        IdentityStoreId=STORE_ID,
        AlternateIdentifier=by_external_id(DEV.group),
    )
    return str(found["GroupId"])


async def user_id(bot: Caller, name: str = ENGINEER.upn) -> str:
    found = await bot(
        "identitystore",
        "get_user_id",
        IdentityStoreId=STORE_ID,
        AlternateIdentifier=by_user_name(name),
    )
    return str(found["UserId"])


async def test_a_group_is_found_by_its_entra_id_and_says_so(bot: Caller) -> None:
    found = await bot(
        "identitystore", "describe_group", IdentityStoreId=STORE_ID, GroupId=await group_id(bot)
    )

    assert found["DisplayName"] == "dev-poweruser"
    assert found["ExternalIds"] == [{"Issuer": SCIM_ISSUER, "Id": DEV.group}]


async def test_a_user_is_found_by_entra_id_and_by_name_in_any_case(bot: Caller) -> None:
    found = await bot(
        "identitystore",
        "get_user_id",
        IdentityStoreId=STORE_ID,
        AlternateIdentifier=by_external_id(ENGINEER.oid),
    )

    assert found["UserId"] == await user_id(bot, ENGINEER.upn.upper())
    described = await bot(
        "identitystore", "describe_user", IdentityStoreId=STORE_ID, UserId=found["UserId"]
    )
    assert described["UserName"] == ENGINEER.upn
    assert described["UserStatus"] == "ENABLED"
    assert described["ExternalIds"] == [{"Issuer": SCIM_ISSUER, "Id": ENGINEER.oid}]


@pytest.mark.parametrize(
    "identifier",
    [
        by_user_name(OUTSIDER.upn),
        by_external_id(OUTSIDER.oid),
        {"ExternalId": {"Issuer": "https://elsewhere.example", "Id": ENGINEER.oid}},
    ],
)
async def test_whom_nobody_provisioned_is_not_found(
    bot: Caller, identifier: dict[str, dict[str, str]]
) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        await bot(
            "identitystore",
            "get_user_id",
            IdentityStoreId=STORE_ID,
            AlternateIdentifier=identifier,
        )


async def test_the_cheap_question_answers_whether_a_user_is_in_groups(
    bot: Caller, aws: Aws
) -> None:
    question = {
        "IdentityStoreId": STORE_ID,
        "MemberId": {"UserId": await user_id(bot)},
        "GroupIds": [await group_id(bot)],
    }
    before = await bot("identitystore", "is_member_in_groups", **question)
    aws.world.provision(DEV.group, ENGINEER.oid, present=True)
    after = await bot("identitystore", "is_member_in_groups", **question)

    assert [row["MembershipExists"] for row in before["Results"]] == [False]
    assert [row["MembershipExists"] for row in after["Results"]] == [True]


async def test_no_more_than_a_hundred_groups_are_asked_about_at_once(bot: Caller) -> None:
    with pytest.raises(ClientError, match="ValidationException"):
        await bot(
            "identitystore",
            "is_member_in_groups",
            IdentityStoreId=STORE_ID,
            MemberId={"UserId": await user_id(bot)},
            GroupIds=[f"{n:08d}-0000-0000-0000-000000000000" for n in range(101)],
        )


async def test_a_membership_says_when_it_came(bot: Caller, aws: Aws) -> None:
    aws.world.provision(DEV.group, ENGINEER.oid, present=True)

    listed = await bot(
        "identitystore",
        "list_group_memberships_for_member",
        IdentityStoreId=STORE_ID,
        MemberId={"UserId": await user_id(bot)},
    )

    (row,) = listed["GroupMemberships"]
    (shown,) = aws.shown()["memberships"]
    assert shown["since"] == row["CreatedAt"].astimezone().isoformat().replace("Z", "+00:00")


async def test_a_second_membership_of_the_same_pair_is_a_conflict(owner: Caller, aws: Aws) -> None:
    aws.world.provision(DEV.group, ENGINEER.oid, present=True)

    with pytest.raises(ClientError, match="ConflictException"):
        await owner(
            "identitystore",
            "create_group_membership",
            IdentityStoreId=STORE_ID,
            GroupId=await group_id(owner),
            MemberId={"UserId": await user_id(owner)},
        )


async def test_an_unknown_store_is_not_found(bot: Caller) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        await bot("identitystore", "list_groups", IdentityStoreId="d-0000000000")
    described = await bot("identitystore", "describe_identity_store", IdentityStoreId=STORE_ID)
    assert described["NetworkConfiguration"] == {"VpceAccessRequired": False}
