"""Graph's PIM calls over HTTP: shapes, filters, bodies, approvals."""

import re
from typing import Any

import aiohttp
import pytest

from playground.cast import PEOPLE
from playground.entra.facade import Entra
from playground.entra.oauth import Asked
from playground.kernel.wire import Fault, Kind
from tests.playground.entra.saying import (
    PIM,
    REQUESTS,
    GraphClient,
    body,
    group,
    oid,
    skip,
)

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z")
MINE = f"principalId eq '{oid('engineer')}'"


async def test_an_activation_answers_201_and_the_whole_request(graph: GraphClient) -> None:
    status, made = await graph.post("engineer", REQUESTS, body())
    assert status == 201
    assert made["status"] == "Provisioned"
    assert made["createdBy"]["user"]["id"] == oid("engineer")
    assert made["targetScheduleId"] == f"{group('dev-poweruser')}_member_{made['id']}"
    assert made["scheduleInfo"]["expiration"] == {
        "type": "afterDuration",
        "endDateTime": None,
        "duration": "PT1H",
    }
    assert TIME.fullmatch(made["scheduleInfo"]["startDateTime"])
    status, read = await graph.get("app", f"{REQUESTS}/{made['id']}")
    assert (status, read["id"], read["status"]) == (200, made["id"], "Provisioned")


async def test_an_activation_is_found_from_its_schedule_by_the_reading_application(
    graph: GraphClient,
) -> None:
    _, made = await graph.post("engineer", REQUESTS, body())
    place = f"groupId eq '{group('dev-poweruser')}' and {MINE}"
    _, schedules = await graph.get("app", f"{PIM}/assignmentSchedules", filter=place)
    assert [s["createdUsing"] for s in schedules["value"]] == [made["id"]]
    _, instances = await graph.get("app", f"{PIM}/assignmentScheduleInstances", filter=place)
    (instance,) = instances["value"]
    assert instance["assignmentType"] == "activated"
    assert instance["assignmentScheduleId"] == schedules["value"][0]["id"]
    assert TIME.fullmatch(instance["endDateTime"])


async def test_an_instance_exists_only_while_it_is_in_force(
    graph: GraphClient, entra: Entra
) -> None:
    await graph.post("engineer", REQUESTS, body())
    skip(entra.clock, hours=2)
    for name in ("assignmentSchedules", "assignmentScheduleInstances"):
        _, found = await graph.get("app", f"{PIM}/{name}", filter=MINE)
        assert found["value"] == []


async def test_eligibilities_are_listed_by_person_and_by_group(graph: GraphClient) -> None:
    _, mine = await graph.get("app", f"{PIM}/eligibilityScheduleInstances", filter=MINE)
    assert len(mine["value"]) == 6
    of_group = f"groupId eq '{group('prod-admin')}'"
    _, theirs = await graph.get(
        "app", f"{PIM}/eligibilitySchedules", filter=of_group, expand="group,principal"
    )
    assert {row["principal"]["id"] for row in theirs["value"]} == {oid("engineer"), oid("approver")}
    assert {row["group"]["displayName"] for row in theirs["value"]} == {"prod-admin"}


@pytest.mark.parametrize(
    "name",
    [
        "assignmentSchedules",
        "assignmentScheduleInstances",
        "eligibilitySchedules",
        "eligibilityScheduleInstances",
    ],
)
@pytest.mark.parametrize("given", [{}, {"filter": "accessId eq 'member'"}])
async def test_a_list_without_principal_or_group_is_refused(
    graph: GraphClient, name: str, given: dict[str, str]
) -> None:
    status, refused = await graph.get("app", f"{PIM}/{name}", **given)
    assert status == 400
    assert "principalId or groupId" in refused["error"]["message"]


async def test_people_find_their_own_requests_and_approvers_what_waits_for_them(
    graph: GraphClient,
) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    pending = "status eq 'PendingApproval'"
    for who, on in (("engineer", "principal"), ("engineer", "createdBy"), ("approver", "approver")):
        path = f"{REQUESTS}/filterByCurrentUser(on='{on}')"
        status, found = await graph.get(who, path, filter=pending)
        assert (status, [row["id"] for row in found["value"]]) == (200, [made["id"]])
    _, none = await graph.get("outsider", f"{REQUESTS}/filterByCurrentUser(on='approver')")
    assert none["value"] == []
    path = f"{PIM}/assignmentSchedules/filterByCurrentUser(on='approver')"
    assert (await graph.get("approver", path))[0] == 400


async def test_an_approver_reads_the_stage_and_approves(graph: GraphClient, entra: Entra) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    assert made["status"] == "PendingApproval"
    approval = f"{PIM}/assignmentApprovals/{made['approvalId']}"
    _, read = await graph.get("approver", approval, expand="stages")
    (stage,) = read["stages"]
    assert (stage["status"], stage["reviewResult"], stage["assignedToMe"]) == (
        "InProgress",
        "NotReviewed",
        True,
    )
    decision = {"reviewResult": "Approve", "justification": "known work"}
    path = f"{approval}/stages/{stage['id']}"
    assert (await graph.call("approver", "PATCH", path, decision))[0] == 204
    assert (await graph.call("teams-approver", "PATCH", path, decision))[0] == 409
    _, after = await graph.get("approver", f"{approval}/stages")
    assert after["value"][0]["reviewResult"] == "Approved"
    assert after["value"][0]["reviewedBy"]["id"] == oid("approver")
    (active,) = entra.shown()["activations"]
    assert (active["oid"], active["request"]) == (oid("engineer"), made["id"])


@pytest.mark.parametrize(
    "decision",
    [{"reviewResult": "Approved"}, {"reviewResult": "Approve", "extra": 1}, {"justification": "x"}],
)
async def test_a_decision_in_other_words_is_refused(
    graph: GraphClient, decision: dict[str, Any]
) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    path = f"{PIM}/assignmentApprovals/{made['id']}/stages/{made['id']}"
    assert (await graph.call("approver", "PATCH", path, decision))[0] == 400


async def test_a_pending_request_can_be_cancelled_once(graph: GraphClient) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    path = f"{REQUESTS}/{made['id']}/cancel"
    assert (await graph.post("outsider", path))[0] == 403
    assert (await graph.post("engineer", path))[0] == 204
    assert (await graph.post("engineer", path))[0] == 400
    _, read = await graph.get("engineer", f"{REQUESTS}/{made['id']}")
    assert read["status"] == "Canceled"


def without(name: str) -> dict[str, Any]:
    return {k: v for k, v in body().items() if k != name}


def lasting(**expiration: Any) -> dict[str, Any]:
    return body(scheduleInfo={"expiration": {"type": "afterDuration", **expiration}})


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (body(action="SelfActivate"), "BadRequest"),
        (body(accessId="Member"), "BadRequest"),
        (body(status="Provisioned"), "BadRequest"),
        (body(colour="blue"), "BadRequest"),
        (body(ticketInfo={"number": "1"}), "BadRequest"),
        (body(isValidationOnly="False"), "BadRequest"),
        (without("principalId"), "BadRequest"),
        (without("scheduleInfo"), "InvalidRoleAssignmentRequestSchedule"),
        (lasting(), "InvalidRoleAssignmentRequestSchedule"),
        (lasting(duration="1:30:00"), "InvalidRoleAssignmentRequest"),
        (lasting(duration="P6M"), "InvalidRoleAssignmentRequest"),
        (lasting(type="AfterDuration", duration="PT1H"), "BadRequest"),
        (
            body(scheduleInfo={"startDateTime": "2026-01-08T07:43:00", "expiration": {}}),
            "InvalidRoleAssignmentRequestSchedule",
        ),
    ],
)
async def test_a_badly_formed_request_is_refused(
    graph: GraphClient, entra: Entra, wrong: dict[str, Any], code: str
) -> None:
    status, refused = await graph.post("engineer", REQUESTS, wrong)
    assert (status, refused["error"]["code"]) == (400, code)
    assert entra.shown()["requests"] == []


async def test_the_sdks_annotations_and_offsets_are_accepted(graph: GraphClient) -> None:
    said = body(scheduleInfo={"expiration": {"type": "afterDuration", "duration": "PT1H"}})
    said["@odata.type"] = "#microsoft.graph.privilegedAccessGroupAssignmentScheduleRequest"
    said["scheduleInfo"]["startDateTime"] = "2026-01-08T07:43:00+00:00"
    assert (await graph.post("engineer", REQUESTS, said))[0] == 201


async def test_deactivation_needs_no_schedule_and_answers_revoked(
    graph: GraphClient, entra: Entra
) -> None:
    await graph.post("engineer", REQUESTS, body())
    ending = {k: v for k, v in body(action="selfDeactivate").items() if k.endswith(("Id", "n"))}
    _, early = await graph.post("engineer", REQUESTS, ending)
    assert early["error"]["code"] == "ActiveDurationTooShort"
    skip(entra.clock, minutes=6)
    status, made = await graph.post("engineer", REQUESTS, ending)
    assert (status, made["status"]) == (201, "Revoked")


async def test_the_policy_is_shown_with_its_seventeen_rules(graph: GraphClient) -> None:
    scope = f"scopeId eq '{group('prod-admin')}' and scopeType eq 'Group'"
    path = "/policies/roleManagementPolicyAssignments"
    _, both = await graph.get("app", path, filter=scope)
    assert [row["roleDefinitionId"] for row in both["value"]] == ["member", "owner"]
    assert "policy" not in both["value"][0]
    _, one = await graph.get(
        "app",
        path,
        filter=f"{scope} and roleDefinitionId eq 'member'",
        expand="policy($expand=rules)",
    )
    rules = {rule["id"]: rule for rule in one["value"][0]["policy"]["rules"]}
    assert len(rules) == 17
    assert rules["Expiration_EndUser_Assignment"]["maximumDuration"] == "PT4H"
    assert rules["Enablement_EndUser_Assignment"]["enabledRules"] == ["Justification", "Ticketing"]
    stage = rules["Approval_EndUser_Assignment"]["setting"]["approvalStages"][0]
    assert stage["isApproverJustificationRequired"] is False
    named = {approver["userId"] for approver in stage["primaryApprovers"]}
    assert named == {PEOPLE[k].oid for k in ("approver", "teams-approver", "engineer-admin")}
    assert (await graph.get("app", path, filter=f"scopeId eq '{group('prod-admin')}'"))[0] == 400


async def test_a_missing_authentication_context_is_told_inside_an_unknown_error(
    graph: GraphClient, entra: Entra
) -> None:
    entra.operate("policy", {"access": "dev-poweruser", "acrs": "c1"})
    status, refused = await graph.post("engineer", REQUESTS, body())
    assert (status, refused["error"]["code"]) == (400, "UnknownError")
    assert '"errorCode":"RoleAssignmentRequestAcrsValidationFailed"' in refused["error"]["message"]
    strong = Asked(acrs=frozenset({"c1"}), cp1=True)
    assert (await graph.post("engineer", REQUESTS, body(), asked=strong))[0] == 201


async def test_a_lost_answer_leaves_the_activation_in_force_and_a_reset_does_not(
    graph: GraphClient, entra: Entra
) -> None:
    kinds: tuple[tuple[Kind, int], ...] = (("reset", 0), ("lost_answer", 1))
    for kind, count in kinds:
        fault = Fault("graph", re.compile("POST .*assignmentScheduleRequests$"), 1, kind)
        entra.wire.faults.append(fault)
        with pytest.raises(aiohttp.ClientConnectionError):
            await graph.post("engineer", REQUESTS, body())
        assert not entra.wire.calls[-1].delivered
        assert len(entra.shown()["activations"]) == count
    _, again = await graph.post("engineer", REQUESTS, body())
    assert again["error"]["code"] == "RoleAssignmentExists"


async def test_an_eligibility_leads_to_the_request_that_made_it(graph: GraphClient) -> None:
    _, mine = await graph.get("app", f"{PIM}/eligibilitySchedules", filter=MINE)
    made = mine["value"][0]["createdUsing"]
    status, read = await graph.get("app", f"{PIM}/eligibilityScheduleRequests/{made}")
    assert (status, read["targetScheduleId"]) == (200, mine["value"][0]["id"])
    listing = await graph.get("app", f"{PIM}/eligibilityScheduleRequests", filter=MINE)
    assert listing[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        f"{REQUESTS}/unknown",
        f"{PIM}/assignmentApprovals/unknown",
        f"{PIM}/assignmentApprovals/{{id}}/stages/unknown",
    ],
)
async def test_what_pim_does_not_know_is_not_found(graph: GraphClient, path: str) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    status, refused = await graph.get("approver", path.format(id=made["id"]))
    assert (status, refused["error"]["code"]) == (404, "ResourceNotFound")


async def test_a_policy_is_read_by_those_it_concerns(graph: GraphClient, entra: Entra) -> None:
    path = "/policies/roleManagementPolicyAssignments"
    scope = f"scopeId eq '{group('prod-admin')}' and scopeType eq 'Group'"
    assert (await graph.get("engineer", path, filter=scope, expand="policy"))[0] == 200
    assert (await graph.get("outsider", path, filter=scope))[0] == 403
    entra.tenant.administrators.add(oid("admin"))
    assert (await graph.get("admin", path, filter=scope))[0] == 200
    assert (await graph.get("app", path, filter=scope, expand="rules"))[0] == 400
