"""The endpoint: what is recorded, who is refused, and how faults look from boto3."""

import re

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from playground.aws.facade import Aws
from playground.aws.names import INSTANCE_ARN, STORE_ID
from playground.kernel.wire import Fault, Wire
from tests.playground.aws.conftest import Caller


async def test_every_call_is_recorded_under_its_operation(bot: Caller, wire: Wire) -> None:
    await bot("identitystore", "list_groups", IdentityStoreId=STORE_ID)
    await bot("sso-admin", "describe_instance", InstanceArn=INSTANCE_ARN)
    await bot("sts", "get_caller_identity")

    assert [(one.method, one.path, one.as_) for one in wire.calls] == [
        ("POST", "/identitystore/ListGroups", "bot"),
        ("POST", "/sso-admin/DescribeInstance", "bot"),
        ("POST", "/sts", "bot"),
    ]
    assert wire.calls[0].body == {"IdentityStoreId": STORE_ID}


async def test_the_bots_credential_cannot_change_anything(bot: Caller, wire: Wire) -> None:
    with pytest.raises(ClientError, match="AccessDeniedException"):
        await bot("sso-admin", "create_permission_set", InstanceArn=INSTANCE_ARN, Name="Everything")
    with pytest.raises(ClientError, match="AccessDeniedException"):
        await bot("identitystore", "list_users", IdentityStoreId=STORE_ID)
    assert [one.status for one in wire.calls] == [400, 400]


async def test_an_unknown_credential_is_refused(aws: Aws) -> None:
    nobody = Caller(aws.url, "AKIANOBODY")

    with pytest.raises(ClientError, match="UnrecognizedClientException"):
        await nobody("sso-admin", "list_instances")


async def test_an_operation_the_simulator_lacks_is_an_error_and_not_a_success(
    owner: Caller,
) -> None:
    with pytest.raises(ClientError, match="UnknownOperationException"):
        await owner("sso-admin", "list_applications", InstanceArn=INSTANCE_ARN)


async def test_a_throttling_fault_reads_as_aws_words_it(bot: Caller, wire: Wire) -> None:
    wire.faults.append(Fault("aws", re.compile("ListInstances"), 1, "status", 429))

    with pytest.raises(ClientError, match="ThrottlingException"):
        await bot("sso-admin", "list_instances")
    assert (await bot("sso-admin", "list_instances"))["Instances"]


@pytest.mark.parametrize(
    ("status", "code"), [(403, "AccessDeniedException"), (500, "InternalServerException")]
)
async def test_other_faults_read_as_aws_words_them(
    bot: Caller, wire: Wire, status: int, code: str
) -> None:
    wire.faults.append(Fault("aws", re.compile("POST /sso-admin/"), 1, "status", status))

    with pytest.raises(ClientError, match=code):
        await bot("sso-admin", "list_instances")


async def test_a_lost_answer_is_a_call_that_arrived(bot: Caller, wire: Wire) -> None:
    wire.faults.append(Fault("aws", re.compile("ListInstances"), 1, "lost_answer"))

    with pytest.raises(ConnectionClosedError):
        await bot("sso-admin", "list_instances")
    assert [(one.status, one.delivered) for one in wire.calls] == [(200, False)]


async def test_the_environment_is_what_boto3_needs(aws: Aws) -> None:
    settings = aws.environment()

    assert settings["AWS_ENDPOINT_URL"] == aws.url
    assert settings["AWS_REGION"] == aws.region
