"""How the adapter asks AWS: where, how often, and what it makes of refusals."""

import asyncio
from re import compile as pattern

import pytest

from bot.domain.ids import GroupId
from bot.ports import IntegrationError
from integrations.aws import IdentityCenter
from integrations.aws.calls import AWS_HOST, Calls
from integrations.aws.identity_center import SELDOM_SECONDS
from playground.cast import ACCESS, PEOPLE
from playground.kernel.wire import Fault
from tests.integrations.aws.conftest import Simulated, Watch

ENGINEER = PEOPLE["engineer"]
DEV = GroupId(ACCESS["dev-poweruser"].group)


async def test_from_the_wrong_region_the_home_region_is_found_and_asked(
    simulated: Simulated,
) -> None:
    adapter = IdentityCenter(Calls(simulated.url), "us-east-1")

    portal = await adapter.portal()
    opened = await adapter.opened_by_group(DEV)

    assert portal is not None
    assert portal.region == "eu-west-1"
    assert opened is not None
    assert [one.permission_set for one in opened] == ["PowerUserAccess"]
    await adapter.close()


async def test_an_instance_of_a_single_account_is_no_portal(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.world.center.instances[0].account_id = "222222222222"

    assert await adapter.portal() is None
    assert await adapter.opened_by_group(DEV) is None
    assert await adapter.uses_permission_sets()


async def test_an_instance_that_is_not_active_is_no_portal(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.world.center.instances[0].status = "CREATE_IN_PROGRESS"

    assert await adapter.portal() is None


async def test_watching_a_membership_costs_one_call_once_the_ids_are_known(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    await adapter.has_membership(ENGINEER.upn, DEV)
    before = len(simulated.paths())

    await adapter.has_membership(ENGINEER.upn, DEV)

    assert simulated.paths()[before:] == ["/identitystore/IsMemberInGroups"]


async def test_permission_sets_and_accounts_are_asked_for_again_after_ten_minutes(
    simulated: Simulated, adapter: IdentityCenter, watch: Watch
) -> None:
    async def calls_of_one_question() -> list[str]:
        before = len(simulated.paths())
        await adapter.opened_by_group(DEV)
        return simulated.paths()[before:]

    await calls_of_one_question()
    watch.seconds = SELDOM_SECONDS - 1
    assert await calls_of_one_question() == ["/sso-admin/ListAccountAssignmentsForPrincipal"]

    watch.seconds = SELDOM_SECONDS + 1
    assert {
        "/sso-admin/ListInstances",
        "/sso-admin/DescribePermissionSet",
        "/organizations/ListAccounts",
    } < set(await calls_of_one_question())


async def test_many_who_ask_at_once_cause_one_call(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    await asyncio.gather(*(adapter.opened_by_group(DEV) for _ in range(20)))

    assert simulated.paths().count("/sso-admin/ListInstances") == 1
    assert simulated.paths().count("/sso-admin/DescribePermissionSet") == 1


async def test_an_asker_who_gives_up_does_not_take_the_answer_from_the_others(
    adapter: IdentityCenter,
) -> None:
    impatient = asyncio.create_task(adapter.opened_by_group(DEV))
    patient = asyncio.create_task(adapter.opened_by_group(DEV))
    await asyncio.sleep(0)
    impatient.cancel()

    assert await patient


async def test_a_user_made_anew_is_found_under_the_new_id(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    directory = simulated.world.directory
    simulated.world.provision(DEV, ENGINEER.oid, present=True)
    assert await adapter.has_membership(ENGINEER.upn, DEV)
    (old,) = [one for one in directory.rows.users.values() if one.UserName == ENGINEER.upn]
    del directory.rows.users[old.UserId]
    assert not await adapter.has_membership(ENGINEER.upn, DEV)

    new = "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d"
    directory.rows.users[new] = old._replace(UserId=new)
    directory.external_ids[new] = ENGINEER.oid
    simulated.world.provision(DEV, ENGINEER.oid, present=True)

    assert await adapter.has_membership(ENGINEER.upn, DEV)


async def test_a_permission_set_deleted_meanwhile_is_left_out(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.world.center.permission_sets.clear()

    assert await adapter.opened_by_group(DEV) == ()


async def test_a_session_length_nobody_can_read_is_a_failure_and_not_a_guess(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    for one in simulated.world.center.permission_sets:
        one.session_duration = "forever"

    with pytest.raises(IntegrationError, match="PowerUserAccess"):
        await adapter.opened_by_group(DEV)


async def test_a_user_without_assignments_opens_nothing(adapter: IdentityCenter) -> None:
    assert await adapter.opened_by_user(PEOPLE["approver"].upn, through_groups=True) == ()


async def test_one_throttled_call_is_tried_again(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.wire.faults.append(Fault("aws", pattern("ListInstances"), 1, "status", 429))

    assert await adapter.portal() is not None


async def test_steady_throttling_says_when_to_try_again(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    fault = Fault("aws", pattern("ListInstances"), 5, "status", 429, retry_after=7.0)
    simulated.wire.faults.append(fault)

    with pytest.raises(IntegrationError) as failed:
        await adapter.portal()

    assert failed.value.retry_after == 7.0
    assert not failed.value.permanent


async def test_a_failure_is_not_remembered(simulated: Simulated, adapter: IdentityCenter) -> None:
    simulated.wire.faults.append(Fault("aws", pattern("ListInstances"), 2, "status", 500))
    with pytest.raises(IntegrationError):
        await adapter.portal()

    assert await adapter.portal() is not None


async def test_a_missing_permission_is_permanent_and_names_the_operation(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.wire.faults.append(Fault("aws", pattern("IsMemberInGroups"), 1, "status", 403))

    with pytest.raises(IntegrationError, match="IsMemberInGroups") as failed:
        await adapter.has_membership(ENGINEER.upn, DEV)

    assert failed.value.permanent
    assert failed.value.lacks == "identitystore:IsMemberInGroups"


async def test_the_missing_permission_is_named_as_a_policy_writes_it(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.wire.faults.append(Fault("aws", pattern("DescribePermissionSet"), 1, "status", 403))

    with pytest.raises(IntegrationError) as failed:
        await adapter.opened_by_group(DEV)

    assert failed.value.lacks == "sso:DescribePermissionSet"


async def test_a_lost_answer_is_asked_for_again(
    simulated: Simulated, adapter: IdentityCenter
) -> None:
    simulated.wire.faults.append(Fault("aws", pattern("ListInstances"), 1, "lost_answer"))

    assert await adapter.portal() is not None


async def test_an_endpoint_that_is_down_is_a_passing_failure(simulated: Simulated) -> None:
    adapter = IdentityCenter(Calls("http://127.0.0.1:9"), "eu-west-1")

    with pytest.raises(IntegrationError) as failed:
        await adapter.portal()

    assert not failed.value.permanent
    await adapter.close()


async def test_without_a_credential_the_failure_is_permanent(
    simulated: Simulated, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/nonexistent")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent")
    adapter = IdentityCenter(Calls(simulated.url), "eu-west-1")

    with pytest.raises(IntegrationError) as failed:
        await adapter.portal()

    assert failed.value.permanent
    await adapter.close()


async def test_no_host_is_called_that_is_not_on_the_list(simulated: Simulated) -> None:
    calls = Calls()
    with pytest.raises(IntegrationError, match="may not be called"):
        await calls.on("iam", "eu-west-1", lambda iam: iam.list_users())
    calls.close()


async def test_with_an_endpoint_of_its_own_nothing_else_is_called(simulated: Simulated) -> None:
    calls = Calls(simulated.url)

    def elsewhere(client: object) -> None:
        client.meta.events.register(  # type: ignore[attr-defined]
            "request-created",
            lambda request, **_: setattr(request, "url", "https://sts.amazonaws.com/"),
        )
        client.list_instances()  # type: ignore[attr-defined]

    with pytest.raises(IntegrationError, match=r"sts\.amazonaws\.com may not be called"):
        await calls.on("sso-admin", "eu-west-1", elsewhere)
    calls.close()


@pytest.mark.parametrize(
    "host",
    [
        "sso.eu-west-1.amazonaws.com",
        "identitystore.eu-west-1.amazonaws.com",
        "organizations.us-east-1.amazonaws.com",
        "sts.amazonaws.com",
        "organizations.cn-northwest-1.amazonaws.com.cn",
    ],
)
def test_the_services_that_are_read_are_on_the_list(host: str) -> None:
    assert AWS_HOST.fullmatch(host)


@pytest.mark.parametrize(
    "host",
    [
        "sso.eu-west-1.amazonaws.com.evil.example",
        "bucket.s3.amazonaws.com",
        "evil-sso.eu-west-1.amazonaws.com",
        "sso.eu-west-1.amazonaws.com:8443",
        "169.254.169.254",
    ],
)
def test_other_hosts_are_not_on_the_list(host: str) -> None:
    assert AWS_HOST.fullmatch(host) is None
