"""The control interface over a whole world: what outside programs and the page rely on."""

import asyncio
import json
import sqlite3
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from playground.cast import ACCESS, PEOPLE
from playground.control.interface import Interface
from playground.world import World
from tests.playground.world.conftest import Client
from tests.playground.world.fake_bot import FakeBot, call

DEV = ACCESS["dev-poweruser"].group
ENGINEER = PEOPLE["engineer"].oid


async def test_what_is_typed_reaches_the_bot_signed_through_the_balancer(
    world: World, client: Client
) -> None:
    bot = FakeBot()
    await bot.start(world.balancer.url)

    told = await client.post("/say", chat="slack", who="engineer", text="/aws-access help", times=3)

    await bot.stop()
    assert told["status"] == 200
    assert told["reply"] == {"from": "bot"}
    assert len(bot.seen) == 3
    assert len(set(bot.seen)) == 1
    assert bot.headers[0]["X-Slack-Signature"].startswith("v0=")


async def test_what_is_said_on_teams_reaches_the_same_bot(world: World, client: Client) -> None:
    bot = FakeBot()
    await bot.start(world.balancer.url)

    told = await client.post("/say", chat="teams", who="admin", text="help", times=2)
    prod = "19:prod@thread.tacv2"
    await client.post("/say", chat="teams", who="admin", text="help", channel=prod)
    status, _ = await client.answer(
        "POST", "/say", json={"who": "admin", "text": "x", "channel": prod}
    )

    await bot.stop()
    assert (told["status"], told["reply"]) == (200, {"from": "bot"})
    assert [path for _, path, _ in bot.seen] == ["/api/messages"] * 3
    assert bot.seen[0] == bot.seen[1]
    assert status == 400


async def test_what_teams_would_not_deliver_says_why(client: Client) -> None:
    where = {"chat": "teams", "who": "stranger"}
    told = [
        await client.post("/say", **where, text="help"),
        await client.post("/press", **where, message="m", action="a"),
        await client.post("/submit", **where, form="f"),
        await client.post("/choose", **where, form="f", field="x", value="y"),
        await client.post("/close", **where, form="f"),
        await client.get("/options", **where, form="f", field="x"),
        await client.post("/home", **where),
        await client.post("/teams", op="block", who="stranger"),
    ]

    assert [list(one) for one in told] == [["undelivered"]] * len(told)
    assert await client.get("/messages", **where) == []
    assert await client.get("/forms", **where) == []
    assert await client.get("/home", **where) is None


async def test_what_somebody_does_to_the_app_in_teams_is_done_there(
    world: World, client: Client
) -> None:
    assert await client.post("/teams", op="block", who="admin") == {}
    assert world.teams.tenant.blocked == {"admin"}
    assert await client.post("/teams", op="uninstall", who="guest") == {"heard": 503}
    assert world.teams.tenant.uninstalled == {"guest"}


async def test_what_slack_would_not_deliver_says_why(client: Client) -> None:
    told = await client.post("/say", chat="slack", who="stranger", text="/aws-access help")

    assert list(told) == ["undelivered"]
    assert await client.get("/messages", chat="slack", who="stranger") == []


async def test_an_activation_in_the_portal_reaches_aws_four_minutes_later(client: Client) -> None:
    await client.post("/entra", op="activate", who="engineer", access="dev-poweruser")
    await client.post("/clock", advance="PT3M")
    early = await client.get("/aws")
    await client.post("/clock", advance="PT2M")
    late = await client.get("/aws")

    assert early["memberships"] == []
    assert [(m["oid"], m["group"]) for m in late["memberships"]] == [(ENGINEER, DEV)]
    active = (await client.get("/entra"))["activations"]
    assert [(a["oid"], a["group"]) for a in active] == [(ENGINEER, DEV)]


async def test_scim_is_steered_through_the_same_call(client: Client) -> None:
    await client.post("/entra", op="scim", delay="PT10M")
    await client.post("/entra", op="activate", who="engineer", access="dev-poweruser")
    await client.post("/clock", advance="PT9M")

    assert (await client.get("/aws"))["memberships"] == []


async def test_the_clock_says_now_and_what_is_next(client: Client) -> None:
    before = datetime.fromisoformat((await client.get("/clock"))["now"])
    told = await client.post("/clock", advance="PT1H30M")

    after = datetime.fromisoformat(told["now"])
    assert timedelta(hours=1.5) <= after - before < timedelta(hours=1.6)
    assert (await client.get("/clock"))["next"] is None


async def test_settling_waits_without_skipping(world: World, client: Client) -> None:
    bot = FakeBot()
    await bot.start(world.balancer.url)
    bot.busy = 1

    told = await client.post("/settle", seconds=0.1)

    await bot.stop()
    assert told["settled"] is False


async def test_faults_stand_until_used_or_taken_away(world: World, client: Client) -> None:
    standing = await client.post(
        "/fault",
        system="graph",
        match="GET /v1.0/users",
        kind="status",
        status=429,
        retry_after=0.5,
    )
    status, _, headers = await call("GET", f"{world.entra.graph_url}/users/x")
    assert (status, headers["Retry-After"]) == (429, "0.5")
    assert [fault["status"] for fault in standing] == [429]
    assert (await client.answer("DELETE", "/fault"))[1] == []

    seen = await client.get("/calls")
    assert [(c["system"], c["method"], c["path"], c["status"]) for c in seen] == [
        ("graph", "GET", "/v1.0/users/x", 429)
    ]
    assert await client.get("/calls", after=str(seen[-1]["n"])) == []


async def test_the_audit_log_is_read_with_its_json_as_data(client: Client, database: Path) -> None:
    assert await client.get("/audit") == []
    with closing(sqlite3.connect(database)) as bot:
        bot.execute("CREATE TABLE other (x)")
        bot.commit()
    assert await client.get("/audit") == []
    with closing(sqlite3.connect(database)) as bot:
        bot.execute("CREATE TABLE audit_event (seq INTEGER, what TEXT, payload TEXT, h BLOB)")
        payload = json.dumps({"reason": "slow"})
        bot.execute("INSERT INTO audit_event VALUES (2, 'granted', ?, ?)", (payload, b"\x01\xff"))
        bot.execute("INSERT INTO audit_event VALUES (1, 'asked', '{no', NULL)")
        bot.commit()

    rows = await client.get("/audit")

    assert rows == [
        {"seq": 1, "what": "asked", "payload": "{no", "h": None},
        {"seq": 2, "what": "granted", "payload": {"reason": "slow"}, "h": "01ff"},
    ]


@pytest.mark.parametrize(
    ("method", "path", "body", "why"),
    [
        ("POST", "/say", b"{", "not JSON"),
        ("POST", "/say", b"[]", "JSON object"),
        ("POST", "/say", b'{"who": "engineer"}', "text is missing"),
        ("POST", "/say", b'{"who": "nobody", "text": "x"}', "who is one of"),
        ("POST", "/say", b'{"who": "engineer", "text": 1}', "must be a JSON text"),
        ("POST", "/say", b'{"who": "engineer", "text": "x", "times": 0}', "at least 1"),
        ("POST", "/say", b'{"who": "engineer", "text": "x", "times": true}', "JSON number"),
        ("POST", "/say", b'{"who": "engineer", "text": "x", "loud": 1}', "does not know loud"),
        ("POST", "/clock", b'{"advance": "soon"}', "not a duration"),
        ("POST", "/fault", b'{"system": "graph", "match": "("}', "regular expression"),
        ("POST", "/entra", b'{"op": "disable", "who": "nobody"}', "nobody"),
        ("POST", "/signin", b'{"who": "engineer", "url": "javascript:1"}', "no web address"),
        ("GET", "/calls?after=x", b"", "the n of a call"),
        ("GET", "/clock?x=1", b"", "no arguments"),
    ],
)
async def test_a_malformed_call_is_told_what_is_wrong(
    client: Client, method: str, path: str, body: bytes, why: str
) -> None:
    status, told = await client.answer(method, path, data=body)

    assert status == 400
    assert why in told["error"]


async def test_the_help_names_every_call_and_every_op(client: Client) -> None:
    told = await client.get("/help")
    async with client.http.get(f"{client.control}/help", headers={"Accept": "text/html"}) as answer:
        html = await answer.text()

    calls = {one["call"]: one for one in told["calls"]}
    assert {
        "POST /say",
        "POST /press",
        "POST /submit",
        "GET /forms",
        "POST /signin",
        "GET /messages",
        "GET /calls",
        "POST /clock",
        "GET /clock",
        "POST /fault",
        "DELETE /fault",
        "GET /entra",
        "POST /entra",
        "GET /aws",
        "GET /audit",
    } <= calls.keys()
    assert {"eligible", "policy", "consent", "scim"} <= calls["POST /entra"]["ops"].keys()
    assert all(f"<code>{name}</code>" in html for name in calls)


async def test_a_foreign_page_or_name_is_refused(client: Client) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "http://evil.example"}):
        status, _ = await client.answer("GET", "/clock", headers=headers)
        assert status == 400


async def test_the_page_and_its_files_are_served(interface: Interface, client: Client) -> None:
    async with client.http.get(interface.page_url) as answer:
        assert (answer.status, await answer.text()) == (200, "<title>The page</title>")
        assert answer.headers["Cache-Control"] == "no-cache"
    async with client.http.get(f"{interface.page_url}page.js") as answer:
        assert answer.status == 200
        assert answer.content_type.endswith("javascript")
    async with client.http.get(f"{interface.page_url}%2e%2e/bot.db") as answer:
        assert answer.status == 404


async def test_the_stream_tells_what_happened(client: Client) -> None:
    async with client.http.get(f"{client.control}/events") as stream:
        first = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 2)
        await client.post("/entra", op="member", who="outsider", group="aws-access-admins")
        second = await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 2)

    assert first.startswith(b"event: changed\ndata: {")
    assert first != second


async def test_people_and_accesses_are_told_by_name(world: World, client: Client) -> None:
    told = await client.get("/people")

    assert [one["key"] for one in told["people"]] == list(PEOPLE)
    assert [one["name"] for one in told["access"]] == list(ACCESS)
    assert told["bot"] == world.balancer.url
    assert await client.get("/access") == told["access"]


async def test_a_site_that_cannot_be_reached_is_a_page_too(client: Client) -> None:
    told = await client.post("/signin", who="engineer", url="http://127.0.0.1:9/sign-in/x")

    assert "can't be reached" in told["page"]
