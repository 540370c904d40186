"""Graph refuses whatever the credential in use may not do."""

from typing import Any

import jwt
import pytest

from playground.entra.facade import Entra
from playground.entra.tokens import GRAPH
from tests.playground.entra.saying import PIM, REQUESTS, GraphClient, body, group, oid

ADMIN_ASSIGN = body("prod-dual-control", action="adminAssign")


async def test_the_reading_application_neither_lists_requests_nor_submits_one(
    graph: GraphClient, entra: Entra
) -> None:
    listing = {"filter": f"principalId eq '{oid('engineer')}'"}
    for status, refused in (
        await graph.get("app", REQUESTS, **listing),
        await graph.post("app", REQUESTS, ADMIN_ASSIGN),
        await graph.post("app", REQUESTS, body()),
    ):
        assert (status, refused["error"]["code"]) == (403, "UnknownError")
        assert "PermissionScopeNotGranted" in refused["error"]["message"]
    assert entra.shown()["requests"] == []


async def test_the_grantor_assigns_but_never_activates_and_sees_no_directory(
    graph: GraphClient, entra: Entra
) -> None:
    status, made = await graph.post("grantor", REQUESTS, ADMIN_ASSIGN)
    assert (status, made["status"]) == (201, "Provisioned")
    assert made["createdBy"]["user"] is None
    status, refused = await graph.post("grantor", REQUESTS, body())
    assert (status, refused["error"]["code"]) == (403, "UnauthorizedAccessException")
    for path in ("/users", "/groups", "/servicePrincipals"):
        status, refused = await graph.get("grantor", path)
        assert (status, refused["error"]["code"]) == (403, "Authorization_RequestDenied")
    (active,) = entra.shown()["activations"]
    assert active["type"] == "assigned"


async def test_no_application_reads_or_decides_an_approval(graph: GraphClient) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    approval = f"{PIM}/assignmentApprovals/{made['id']}"
    decision = {"reviewResult": "Approve", "justification": "because"}
    for who in ("app", "grantor"):
        assert (await graph.get(who, approval))[0] == 403
        path = f"{approval}/stages/{made['id']}"
        assert (await graph.call(who, "PATCH", path, decision))[0] == 403
    _, read = await graph.get("app", f"{REQUESTS}/{made['id']}")
    assert read["status"] == "PendingApproval"


async def test_the_current_user_of_an_application_is_nobody(graph: GraphClient) -> None:
    path = f"{PIM}/eligibilityScheduleInstances/filterByCurrentUser(on='principal')"
    status, found = await graph.get("app", path)
    assert (status, found["value"]) == (200, [])


async def test_people_see_and_do_only_their_own(graph: GraphClient, entra: Entra) -> None:
    _, made = await graph.post("engineer", REQUESTS, body("prod-admin"))
    hers = {"filter": f"principalId eq '{oid('engineer')}'"}
    whole = {"filter": f"groupId eq '{group('prod-admin')}'"}
    assert (await graph.get("outsider", REQUESTS, **hers))[0] == 403
    assert (await graph.get("engineer", REQUESTS, **whole))[0] == 403
    assert (await graph.get("engineer", REQUESTS, **hers))[0] == 200
    assert (await graph.get("outsider", f"{REQUESTS}/{made['id']}"))[0] == 403
    assert (await graph.get("approver", f"{REQUESTS}/{made['id']}"))[0] == 200
    assert (await graph.post("outsider", REQUESTS, body()))[0] == 403
    assert (await graph.post("engineer", REQUESTS, ADMIN_ASSIGN))[0] == 403
    entra.tenant.administrators.add(oid("admin"))
    assert (await graph.get("admin", REQUESTS, **whole))[0] == 200


async def call_with(graph: GraphClient, token: str) -> tuple[int, Any, str]:
    url = f"{graph.entra.graph_url}/users"
    async with graph.session.get(url, headers={"Authorization": token}) as answer:
        return answer.status, await answer.json(), answer.headers["WWW-Authenticate"]


async def test_without_a_good_token_nobody_gets_in(graph: GraphClient, entra: Entra) -> None:
    signer = entra.signer
    claims = {"aud": GRAPH, "azp": "x", "roles": ["Directory.Read.All"]}
    stolen = jwt.encode(claims | {"iss": signer.issuer}, "k" * 32, "HS256")
    tokens = {
        "": "empty",
        "Bearer nonsense": "validation failure",
        f"Bearer {stolen}": "validation failure",
        f"Bearer {signer.sign(claims, lifetime=-10)}": "expired",
        f"Bearer {signer.sign(claims | {'aud': 'api://other'})}": "validation failure",
        f"Bearer {signer.sign(claims | {'iss': 'https://evil.example'})}": "validation failure",
    }
    for token, says in tokens.items():
        status, refused, challenge = await call_with(graph, token)
        assert (status, refused["error"]["code"]) == (401, "InvalidAuthenticationToken")
        assert says in refused["error"]["message"]
        assert challenge.startswith("Bearer realm")


async def test_skipping_time_makes_no_token_older(graph: GraphClient, entra: Entra) -> None:
    token = f"Bearer {graph.token('app')}"
    entra.clock.step_to(entra.clock.now().replace(year=entra.clock.now().year + 1))
    url = f"{entra.graph_url}/users"
    async with graph.session.get(url, headers={"Authorization": token}) as answer:
        assert answer.status == 200


async def test_a_disabled_persons_token_stops_at_once_with_a_claims_challenge(
    graph: GraphClient, entra: Entra
) -> None:
    token = f"Bearer {graph.token('engineer')}"
    entra.operate("disable", {"who": "engineer"})
    status, _, challenge = await call_with(graph, token)
    assert status == 401
    assert 'error="insufficient_claims"' in challenge


@pytest.mark.parametrize(
    ("who", "label"),
    [("app", "app"), ("grantor", "grantor"), ("engineer", f"user:{oid('engineer')}")],
)
async def test_the_recorder_learns_whose_credential_it_was(
    graph: GraphClient, entra: Entra, who: str, label: str
) -> None:
    await graph.post(who, REQUESTS, {"wrong": True})
    (call,) = entra.wire.calls
    shown = call.shown()
    assert (shown["system"], shown["as"], shown["method"]) == ("graph", label, "POST")
    assert shown["body"] == {"wrong": True}


async def test_what_nobody_signed_is_recorded_as_the_bots(graph: GraphClient, entra: Entra) -> None:
    async with graph.session.get(f"{entra.graph_url}/me") as answer:
        assert answer.status == 401
    (call,) = entra.wire.calls
    assert call.shown()["as"] == "bot"


async def test_a_delegated_permission_nobody_asked_for_is_missing(
    graph: GraphClient, entra: Entra
) -> None:
    claims = {"aud": GRAPH, "azp": "x", "oid": oid("engineer"), "scp": "User.Read"}
    headers = {"Authorization": f"Bearer {entra.signer.sign(claims)}"}
    async with graph.session.post(
        entra.graph_url + REQUESTS, json=body(), headers=headers
    ) as answer:
        assert answer.status == 403
    async with graph.session.get(f"{entra.graph_url}/me", headers=headers) as answer:
        assert (await answer.json())["id"] == oid("engineer")
