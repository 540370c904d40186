"""Everything that can go wrong between us and Graph, and what we then say became of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.ids import GroupId
from bot.domain.policy import PimRules
from bot.ports import IntegrationError, Outcome, PimRefusedError
from playground.cast import ACCESS
from playground.entra.forced import CODES
from tests.contracts.pim import DEV, ENGINEER, OUTSIDER, REFERENCE, terms
from tests.entra.world import SUBMIT, EntraWorld, entra_world

ELIGIBLE = r"/eligibilityScheduleInstances$"
POLICY = r"/roleManagementPolicyAssignments$"
TOKEN = r"/oauth2/v2.0/token$"


@pytest.fixture
async def hasty(tmp_path: Path) -> AsyncIterator[EntraWorld]:
    """Adapters that wait 0.3 seconds for an answer."""
    async with entra_world(tmp_path, read_timeout=0.3) as made:
        yield made


async def test_too_many_requests_did_not_happen_and_says_when_to_come_back(
    world: EntraWorld,
) -> None:
    world.fails("graph", SUBMIT, "status", 429, retry_after=2.128)

    with pytest.raises(IntegrationError) as failed:
        await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)

    assert (failed.value.outcome, failed.value.retry_after) == (Outcome.DID_NOT, 2.128)
    assert not failed.value.permanent
    assert len(world.calls("graph", SUBMIT)) == 1
    assert await world.pim.held(ENGINEER) == ()


@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_broken_service_leaves_it_unknown_and_is_sent_once(
    world: EntraWorld, status: int
) -> None:
    world.fails("graph", SUBMIT, "status", status, times=9)

    with pytest.raises(IntegrationError) as failed:
        await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)

    assert failed.value.outcome is Outcome.UNKNOWN
    assert len(world.calls("graph", SUBMIT)) == 1


async def test_a_reset_leaves_it_unknown_and_is_sent_once(world: EntraWorld) -> None:
    world.fails("graph", SUBMIT, "reset", times=9)

    with pytest.raises(IntegrationError) as failed:
        await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)

    assert failed.value.outcome is Outcome.UNKNOWN
    assert len(world.calls("graph", SUBMIT)) == 1
    assert await world.pim.find(ENGINEER, DEV, REFERENCE, None) is None


async def test_silence_leaves_it_unknown_within_the_time_allowed(hasty: EntraWorld) -> None:
    token = await hasty.token("engineer")
    hasty.fails("graph", SUBMIT, "timeout")

    async with asyncio.timeout(2):
        with pytest.raises(IntegrationError) as failed:
            await hasty.pim.activate(token, terms(), REFERENCE)

    assert failed.value.outcome is Outcome.UNKNOWN
    assert len(hasty.calls("graph", SUBMIT)) == 1


async def test_a_lost_answer_is_sent_once_and_its_effect_is_found(world: EntraWorld) -> None:
    world.fails("graph", SUBMIT, "lost_answer")

    with pytest.raises(IntegrationError) as failed:
        await world.pim.activate(await world.token("engineer"), terms(), REFERENCE)

    assert failed.value.outcome is Outcome.UNKNOWN
    assert len(world.calls("graph", SUBMIT)) == 1
    assert len(await world.pim.held(ENGINEER)) == 1
    assert await world.pim.find(ENGINEER, DEV, REFERENCE, None) is not None


async def test_what_cannot_be_connected_to_did_not_happen(tmp_path: Path) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{unused.getsockname()[1]}/v1.0"
        async with entra_world(tmp_path, graph_url=nowhere) as world:
            token = await world.token("engineer")

            with pytest.raises(IntegrationError) as failed:
                await world.pim.activate(token, terms(), REFERENCE)

    assert (failed.value.outcome, failed.value.permanent) == (Outcome.DID_NOT, False)


@pytest.mark.parametrize("kind", ["reset", "lost_answer"])
async def test_a_reading_survives_one_broken_connection(world: EntraWorld, kind: str) -> None:
    world.fails("graph", ELIGIBLE, kind)  # type: ignore[arg-type]

    assert await world.pim.eligibilities(ENGINEER)
    assert len(world.calls("graph", ELIGIBLE)) == 2


async def test_a_reading_gives_up_after_the_second_broken_connection(world: EntraWorld) -> None:
    world.fails("graph", ELIGIBLE, "reset", times=9)

    with pytest.raises(IntegrationError) as failed:
        await world.pim.eligibilities(ENGINEER)

    assert not failed.value.permanent
    assert len(world.calls("graph", ELIGIBLE)) == 2


async def test_a_reading_that_is_not_answered_in_time_is_not_repeated(hasty: EntraWorld) -> None:
    hasty.fails("graph", ELIGIBLE, "timeout")

    with pytest.raises(IntegrationError):
        await hasty.pim.eligibilities(ENGINEER)

    assert len(hasty.calls("graph", ELIGIBLE)) == 1


async def test_a_throttled_reading_says_when_to_come_back(world: EntraWorld) -> None:
    world.fails("graph", ELIGIBLE, "status", 429, retry_after=2.128)

    with pytest.raises(IntegrationError) as failed:
        await world.pim.eligibilities(ENGINEER)

    assert (failed.value.retry_after, failed.value.permanent) == (2.128, False)


async def test_a_bot_without_the_permission_is_told_so_for_good(world: EntraWorld) -> None:
    with pytest.raises(IntegrationError) as failed:
        await world.graph.read_all(world.graph.asks.own_requests(DEV))

    assert failed.value.permanent
    assert "PermissionScopeNotGranted" in failed.value.detail


async def test_nobody_can_activate_for_somebody_else(world: EntraWorld) -> None:
    mixed_up = replace(await world.token("approver"), person=ENGINEER)

    with pytest.raises(PimRefusedError) as refused:
        await world.pim.activate(mixed_up, terms(), REFERENCE)

    assert refused.value.code == "UnauthorizedAccessException"


async def test_a_challenged_token_says_which_claims_would_help(world: EntraWorld) -> None:
    token = await world.token("engineer")
    world.operate("disable", who="engineer")

    with pytest.raises(PimRefusedError) as refused:
        await world.pim.activate(token, terms(), REFERENCE)

    assert (refused.value.code, "nbf" in refused.value.claims) == (
        "InvalidAuthenticationToken",
        True,
    )
    with pytest.raises(PimRefusedError) as unseen:
        await world.pim.find(ENGINEER, DEV, REFERENCE, token)
    assert (unseen.value.code, unseen.value.claims) == (refused.value.code, refused.value.claims)


async def test_a_token_that_is_not_taken_for_reading_asks_for_a_sign_in(world: EntraWorld) -> None:
    nobodys = replace(await world.token("engineer"), secret="nobody's")

    with pytest.raises(PimRefusedError) as unseen:
        await world.pim.find(ENGINEER, DEV, REFERENCE, nobodys)

    assert (unseen.value.code, unseen.value.claims) == ("InvalidAuthenticationToken", "")


async def test_rules_are_asked_for_once_by_many_and_again_after_five_minutes(
    world: EntraWorld,
) -> None:
    await asyncio.gather(*(world.pim.rules(DEV) for _ in range(20)))
    assert len(world.calls("graph", POLICY)) == 1

    world.operate("policy", access="dev-poweruser", max="PT2H")
    assert (await world.pim.rules(DEV)).max == timedelta(hours=8)
    world.skip(timedelta(minutes=5))

    assert (await world.pim.rules(DEV)).max == timedelta(hours=2)
    assert len(world.calls("graph", POLICY)) == 2


async def test_what_could_not_be_read_is_not_remembered(world: EntraWorld) -> None:
    world.fails("graph", POLICY, "status", 503)
    with pytest.raises(IntegrationError):
        await world.pim.rules(DEV)

    assert await world.pim.rules(DEV) != PimRules()


async def test_a_group_that_pim_comes_to_know_is_asked_for_again(world: EntraWorld) -> None:
    unknown = GroupId(ENGINEER.tenant)

    await world.pim.rules(unknown)
    await world.pim.rules(unknown)

    assert len(world.calls("graph", POLICY)) == 2


async def test_every_reading_is_by_the_bot_and_every_change_by_the_person(
    world: EntraWorld,
) -> None:
    token = await world.token("engineer")

    made = await world.pim.activate(token, terms(), REFERENCE)
    await world.pim.request(made.id)
    await world.pim.find(ENGINEER, DEV, REFERENCE, token)
    await world.pim.held(ENGINEER)

    posts = {call.as_ for call in world.calls("graph", "^POST")}
    reads = {call.as_ for call in world.calls("graph", "^GET")}
    assert (posts, reads) == ({f"user:{ENGINEER.oid}"}, {"app"})


async def test_one_round_trip_lies_before_the_activation(world: EntraWorld) -> None:
    token = await world.token("engineer")

    await asyncio.gather(world.pim.eligibilities(ENGINEER), world.pim.rules(DEV))
    await world.pim.activate(token, terms(), REFERENCE)

    assert [call.method for call in world.calls("graph")] == ["GET", "GET", "POST"]


async def test_a_refused_credential_is_for_good_and_nothing_reaches_graph(tmp_path: Path) -> None:
    async with entra_world(tmp_path, client_secret="wrong") as world:
        with pytest.raises(IntegrationError) as failed:
            await world.pim.eligibilities(ENGINEER)

        assert (failed.value.system, failed.value.permanent) == ("Microsoft Entra ID", True)
        assert "wrong" not in str(failed.value)
        assert world.calls("graph") == []


async def test_a_broken_sign_in_endpoint_is_worth_another_try(world: EntraWorld) -> None:
    world.fails("login", TOKEN, "status", 503, times=9)

    with pytest.raises(IntegrationError) as failed:
        await world.pim.eligibilities(ENGINEER)

    assert (failed.value.system, failed.value.permanent) == ("Microsoft Entra ID", False)


@pytest.mark.parametrize("status", [429, 503])
async def test_a_busy_sign_in_endpoint_does_not_lose_the_persons_token(
    world: EntraWorld, status: int
) -> None:
    kept = (await world.signed_in("engineer")).refresh_token
    world.fails("login", TOKEN, "status", status, retry_after=2.128)

    with pytest.raises(IntegrationError) as failed:
        await world.sign_in.refresh(ENGINEER, kept)

    assert (failed.value.retry_after, failed.value.permanent) == (2.128, False)
    assert (await world.sign_in.refresh(ENGINEER, kept)).person == ENGINEER


@pytest.mark.parametrize("kind", ["reset", "timeout"])
async def test_no_answer_from_sign_in_is_a_failure_and_no_refusal(
    hasty: EntraWorld, kind: str
) -> None:
    kept = (await hasty.signed_in("engineer")).refresh_token
    hasty.fails("login", TOKEN, kind)  # type: ignore[arg-type]

    with pytest.raises(IntegrationError) as failed:
        await hasty.sign_in.refresh(ENGINEER, kept)

    assert not failed.value.permanent


async def test_consent_given_a_moment_later_counts_at_once(world: EntraWorld) -> None:
    kept = (await world.signed_in("engineer")).refresh_token
    world.withdraw_consent()
    with pytest.raises(Exception, match="consent_required"):
        await world.sign_in.refresh(ENGINEER, kept)

    world.operate("consent", missing=False)

    assert (await world.sign_in.refresh(ENGINEER, kept)).person == ENGINEER


@pytest.mark.parametrize("wrapped", [True, False])
@pytest.mark.parametrize("code", sorted(CODES))
async def test_every_refusal_of_pims_arrives_as_one_in_either_shape(
    world: EntraWorld, code: str, *, wrapped: bool
) -> None:
    token = await world.token("engineer")
    world.operate("refuse", code=code, wrapped=wrapped)

    with pytest.raises(PimRefusedError) as refused:
        await world.pim.activate(token, terms(), REFERENCE)

    assert refused.value.code == code
    assert await world.pim.held(ENGINEER) == ()


async def test_owners_have_a_policy_and_eligibilities_of_their_own(world: EntraWorld) -> None:
    world.operate("eligible", who="outsider", access="dev-poweruser", relationship="owner")
    world.operate("eligible", who="outsider", access="prod-readonly", through_group=True)

    mine = await world.pim.eligibilities(OUTSIDER)

    assert [e.group for e in mine] == [GroupId(ACCESS["prod-readonly"].group)]
