"""Graph's directory calls over HTTP: people, groups, applications, queries, faults."""

import re
from typing import Any

import pytest

from playground.cast import ACCESS, PEOPLE
from playground.entra.facade import Entra
from playground.entra.state import User
from playground.entra.world import (
    ADMINS,
    CUSTOM_APP_TEMPLATE,
    IDENTITY_CENTER_TEMPLATE,
    SINGLE_ACCOUNT_TEMPLATE,
)
from playground.kernel.wire import Fault
from tests.playground.entra.saying import GraphClient, group, oid

ENGINEER = PEOPLE["engineer"]


async def test_a_user_shows_the_usual_properties_and_others_only_when_selected(
    graph: GraphClient,
) -> None:
    _, usual = await graph.get("app", f"/users/{ENGINEER.oid}")
    assert usual["userPrincipalName"] == ENGINEER.upn
    assert "accountEnabled" not in usual
    _, chosen = await graph.get("app", f"/users/{ENGINEER.upn}", select="id,accountEnabled")
    assert {k: v for k, v in chosen.items() if "@" not in k} == {
        "id": ENGINEER.oid,
        "accountEnabled": True,
    }
    _, guest = await graph.get("app", f"/users/{oid('guest')}", select="userType")
    assert guest["userType"] == "Guest"
    status, refused = await graph.get("app", f"/users/{oid('stranger')}")
    assert (status, refused["error"]["code"]) == (404, "Request_ResourceNotFound")


@pytest.mark.parametrize("name", ["mail", "userPrincipalName"])
async def test_people_are_found_by_mail_or_user_name_whatever_the_case(
    graph: GraphClient, name: str
) -> None:
    _, found = await graph.get("app", "/users", filter=f"{name} eq '{ENGINEER.upn.upper()}'")
    assert [user["id"] for user in found["value"]] == [ENGINEER.oid]
    either = f"mail eq 'x' or userPrincipalName eq '{ENGINEER.upn}'"
    _, found = await graph.get("app", "/users", filter=either)
    assert [user["id"] for user in found["value"]] == [ENGINEER.oid]


async def test_memberships_are_checked_through_nested_groups(
    graph: GraphClient, entra: Entra
) -> None:
    entra.operate("activate", {"who": "engineer", "access": "dev-poweruser"})
    entra.tenant.groups[ADMINS].groups.add(group("dev-poweruser"))
    asked = {"groupIds": [ADMINS, group("prod-admin"), "unknown"]}
    _, found = await graph.post("app", f"/users/{ENGINEER.oid}/checkMemberGroups", asked)
    assert found["value"] == [ADMINS]
    _, every = await graph.post("app", f"/users/{ENGINEER.oid}/getMemberGroups", {})
    assert set(every["value"]) == {ADMINS, group("dev-poweruser")}
    _, mine = await graph.get("engineer", "/me/transitiveMemberOf")
    assert {g["id"] for g in mine["value"]} == {ADMINS, group("dev-poweruser")}
    _, inside = await graph.get(
        "app", f"/groups/{ADMINS}/transitiveMembers", select="id,accountEnabled"
    )
    assert {user["id"] for user in inside["value"]} == {ENGINEER.oid, oid("admin")}
    assert all(user["accountEnabled"] for user in inside["value"])
    _, direct = await graph.get("app", f"/groups/{ADMINS}/members")
    assert {o["id"] for o in direct["value"]} == {oid("admin"), group("dev-poweruser")}
    many = {"groupIds": [str(n) for n in range(21)]}
    assert (await graph.post("app", f"/users/{ENGINEER.oid}/checkMemberGroups", many))[0] == 400


async def test_groups_are_found_by_id_fifteen_at_a_time(graph: GraphClient) -> None:
    wanted = [access.group for access in ACCESS.values()]
    listed = ", ".join(f"'{g}'" for g in wanted)
    _, found = await graph.get("app", "/groups", filter=f"id in ({listed})", select="displayName")
    assert {g["displayName"] for g in found["value"]} == set(ACCESS)
    many = ",".join(f"'{n}'" for n in range(16))
    assert (await graph.get("app", "/groups", filter=f"id in ({many})"))[0] == 400
    _, some = await graph.post(
        "app", "/directoryObjects/getByIds", {"ids": [*wanted, oid("admin")], "types": ["user"]}
    )
    assert [o["id"] for o in some["value"]] == [oid("admin")]


async def test_applications_are_found_by_template_and_say_which_groups_they_have(
    graph: GraphClient,
) -> None:
    apps: dict[str, Any] = {}
    for template in (IDENTITY_CENTER_TEMPLATE, SINGLE_ACCOUNT_TEMPLATE, CUSTOM_APP_TEMPLATE):
        _, found = await graph.get(
            "app", "/servicePrincipals", filter=f"applicationTemplateId eq '{template}'"
        )
        apps |= {app["displayName"]: app for app in found["value"]}
    groups, jobs = {}, {}
    for name, app in apps.items():
        path = f"/servicePrincipals/{app['id']}"
        _, rows = await graph.get("app", f"{path}/appRoleAssignedTo")
        groups[name] = {row["principalDisplayName"] for row in rows["value"]}
        _, rows = await graph.get("app", f"{path}/synchronization/jobs")
        jobs[name] = [row["status"]["code"] for row in rows["value"]]
        _, same = await graph.get("app", f"/servicePrincipals(appId='{app['appId']}')")
        assert same["id"] == app["id"]
    assert groups == {
        "AWS IAM Identity Center": {
            "dev-poweruser",
            "prod-admin",
            "prod-readonly",
            "prod-dual-control",
        },
        "AWS IAM Identity Center (sign-in only)": {"seed-admin"},
        "AWS Single-Account Access": {"legacy-single"},
        "Payroll": {"payroll-app"},
    }
    assert [name for name, status in jobs.items() if status == ["Active"]] == [
        "AWS IAM Identity Center"
    ]
    _, rows = await graph.get("app", f"/groups/{group('payroll-app')}/appRoleAssignments")
    assert [row["resourceDisplayName"] for row in rows["value"]] == ["Payroll"]
    path = f"/groups/{group('payroll-app')}/appRoleAssignments"
    assert (await graph.get("engineer", path))[0] == 403


async def test_long_lists_come_in_pages_of_a_hundred(graph: GraphClient, entra: Entra) -> None:
    for n in range(240):
        entra.tenant.users[f"u{n}"] = User(f"u{n}", f"u{n}@x", "U Ser", "", "")
    seen: list[str] = []
    next_link = "/users"
    pages = 0
    while next_link:
        _, page = await graph.get("app", next_link)
        assert len(page["value"]) <= 100
        seen += [user["id"] for user in page["value"]]
        next_link = page.get("@odata.nextLink", "")
        pages += 1
    assert pages == 3
    assert len(seen) == len(set(seen)) == len(entra.tenant.users)


@pytest.mark.parametrize(
    "query",
    [
        {"filter": "mail eq"},
        {"filter": "mail like 'x'"},
        {"filter": "mail eq 'x' xor mail eq 'y'"},
        {"filter": "mail eq 'unclosed"},
        {"filter": "shoeSize eq '44'"},
        {"apply": "groupby"},
        {"top": "many"},
    ],
)
async def test_a_query_graph_would_not_understand_is_refused(
    graph: GraphClient, query: dict[str, str]
) -> None:
    assert (await graph.get("app", "/users", **query))[0] == 400


@pytest.mark.parametrize(
    "path",
    [
        "/groups/unknown",
        "/servicePrincipals/unknown",
        "/servicePrincipals(appId='unknown')",
        "/servicePrincipals/{payroll}/synchronization/jobs/unknown",
    ],
)
async def test_what_the_directory_does_not_know_is_not_found(
    graph: GraphClient, entra: Entra, path: str
) -> None:
    payroll = next(app.id for app in entra.tenant.apps.values() if app.name == "Payroll")
    status, refused = await graph.get("app", path.format(payroll=payroll))
    assert (status, refused["error"]["code"]) == (404, "Request_ResourceNotFound")


async def test_a_path_outside_the_simulator_says_so(graph: GraphClient) -> None:
    status, refused = await graph.get("app", "/organization")
    assert (status, refused["error"]["message"]) == (
        400,
        "Resource not found for the segment 'organization'.",
    )


async def test_a_throttled_call_is_worded_and_delayed_as_graph_does(
    graph: GraphClient, entra: Entra
) -> None:
    entra.wire.faults.append(
        Fault("graph", re.compile("GET .*/users"), 1, "status", 429, retry_after=2.128)
    )
    headers = {"Authorization": f"Bearer {graph.token('app')}"}
    async with graph.session.get(f"{entra.graph_url}/users", headers=headers) as answer:
        assert (answer.status, answer.headers["Retry-After"]) == (429, "2.128")
        assert (await answer.json())["error"]["code"] == "TooManyRequests"
    assert entra.wire.calls[0].as_ == "app"
    assert (await graph.get("app", "/users"))[0] == 200
