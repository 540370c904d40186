"""What Slack's deliveries become, and what everything else gets."""

import hashlib
import hmac
import json
import logging
import time
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
from structlog.testing import capture_logs

from bot.cards import Button, Card, Entry, FieldErrors, Form, Option, Pick
from bot.domain.ids import Chat, ChatAccount
from bot.intents import Status, Withdraw, encode
from integrations.slack.client import SlackClient
from integrations.slack.front_door import LARGEST_BODY, PATH, route
from integrations.slack.listeners import bolt_app
from integrations.slack.messenger import SlackMessenger
from playground.cast import SLACK_OTHER_TEAM, SLACK_TEAM
from tests.slack.conftest import Door
from tests.slack.desk import ScriptedDesk

ENGINEER = ChatAccount(Chat.SLACK, SLACK_TEAM, "U0ENGINEER")
FORM = Form(
    "activate",
    "Activate",
    "Activate",
    (
        Pick("access", "Access", reloads=True),
        Pick("duration", "For", (Option("PT1H", "1 h"), Option("PT2H", "2 h"))),
        Entry("reason", "Reason", required=True),
        Entry("ticket", "Ticket"),
    ),
)
FORM_TYPE = "application/x-www-form-urlencoded"


def signed(secret: bytes, body: bytes, content_type: str = FORM_TYPE) -> dict[str, str]:
    timestamp = str(int(time.time()))  # noqa: TID251
    mac = hmac.new(secret, b"v0:%b:%b" % (timestamp.encode(), body), hashlib.sha256).hexdigest()
    return {
        "Content-Type": content_type,
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": f"v0={mac}",
    }


async def post(door: Door, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(door.url + PATH, data=body, headers=headers) as answer,
    ):
        return answer.status, await answer.read()


async def opened(door: Door) -> SlackMessenger:
    client = SlackClient(door.slack.bot_token, door.slack.api_url, dev_loopback=True)
    await client.start()
    messenger = SlackMessenger(client)
    await messenger.open_form(door.slack.workspace.triggers.mint(ENGINEER.user), FORM)
    await client.stop()
    return messenger


async def test_a_command_is_answered_with_the_desks_card(door: Door) -> None:
    door.desk.card = Card("Nothing active", buttons=(Button("Show status", Status()),))
    told = await door.slack.say("engineer", "/aws-access status")
    assert told["status"] == 200
    assert told["reply"]["response_type"] == "ephemeral"
    assert told["reply"]["text"] == "Nothing active\nYou can press: Show status."
    (message,) = door.slack.messages("engineer")
    assert message["ephemeral"]
    assert message["buttons"][0]["label"] == "Show status"
    ((arrival, text),) = door.desk.said_
    assert arrival.account == ENGINEER
    assert text == "status"
    assert arrival.trigger
    assert arrival.reply_to.startswith(door.slack.workspace.address)


async def test_a_desk_that_answers_later_leaves_the_answer_empty(door: Door) -> None:
    told = await door.slack.say("engineer", "/aws-access status")
    assert (told["status"], told["reply"]) == (200, "")


async def test_what_slack_wraps_typed_words_in_is_undone(door: Door) -> None:
    await door.slack.say(
        "engineer", "/aws-access activate dev a < b & see https://x.example/?a=1&b=2 with @approver"
    )
    assert door.desk.said_[0][1] == (
        "activate dev a < b & see https://x.example/?a=1&b=2 with <@U0APPROVER|approver>"
    )


async def test_three_deliveries_of_one_command_have_one_name(door: Door) -> None:
    await door.slack.say("engineer", "/aws-access status", times=3)
    await door.slack.say("engineer", "/aws-access status")
    names = [arrival.delivery for arrival, _ in door.desk.said_]
    assert len(set(names[:3])) == 1
    assert names[3] != names[0]
    assert names[0].startswith(f"slack:{SLACK_TEAM}:")


async def test_a_button_hands_in_its_intent(door: Door) -> None:
    door.desk.card = Card("Waiting", buttons=(Button("Withdraw", Withdraw()),))
    await door.slack.say("engineer", "/aws-access status")
    (message,) = door.slack.messages("engineer")
    told = await door.slack.press("engineer", message["id"], "Withdraw", times=2)
    assert told["status"] == 200
    (first, value), (second, _) = door.desk.pressed_
    assert value == encode(Withdraw())
    assert first == second
    assert first.account == ENGINEER
    assert first.reply_to


async def test_a_link_button_is_only_acknowledged(door: Door) -> None:
    door.desk.card = Card("Sign in", buttons=(Button("Sign in", url="https://bot.example/x"),))
    await door.slack.say("engineer", "/aws-access link")
    (message,) = door.slack.messages("engineer")
    told = await door.slack.press("engineer", message["id"], "Sign in")
    assert (told["status"], told["url"]) == (200, "https://bot.example/x")
    assert door.desk.pressed_ == []


async def test_a_strangers_click_is_told_by_their_own_team(door: Door) -> None:
    door.desk.card = Card("Waiting", buttons=(Button("Withdraw", Withdraw()),))
    await door.slack.say("engineer", "/aws-access status")
    (message,) = door.slack.messages("engineer")
    await door.slack.press("stranger", message["id"], "Withdraw", force=True)
    ((arrival, _),) = door.desk.pressed_
    assert arrival.account == ChatAccount(Chat.SLACK, SLACK_OTHER_TEAM, "U0STRANGER")


async def test_a_form_is_handed_in_by_its_fields_and_closed(door: Door) -> None:
    door.desk.offers = (Option("dev", "dev", "Development"), Option("prod", "prod"))
    await opened(door)
    told = await door.slack.submit(
        "engineer", "aa:activate", {"Access": "prod", "For": "2 h", "Reason": "a hotfix"}
    )
    assert told["reply"] == {"response_action": "clear"}
    assert door.slack.forms("engineer") == []
    ((arrival, form, values),) = door.desk.submitted_
    assert form == "activate"
    assert values == {"access": "prod", "duration": "PT2H", "reason": "a hotfix", "ticket": ""}
    assert arrival.account == ENGINEER
    assert arrival.shown.startswith("V")


async def test_errors_stand_at_their_fields(door: Door) -> None:
    door.desk.offers = (Option("dev", "dev"),)
    door.desk.errors = FieldErrors({"reason": "Say why.", "elsewhere": "Not now."})
    await opened(door)
    inputs = {"Access": "dev", "For": "1 h", "Reason": "x"}
    await door.slack.submit("engineer", "aa:activate", inputs)
    (form,) = door.slack.forms("engineer")
    assert form["errors"] == {"reason": "Say why.", "access": "Not now."}


async def test_a_choice_that_reloads_hands_in_the_whole_form(door: Door) -> None:
    door.desk.offers = (Option("dev", "dev"),)
    await opened(door)
    await door.slack.choose("engineer", "aa:activate", "Reason", "typed before")
    told = await door.slack.choose("engineer", "aa:activate", "Access", "dev")
    assert told["status"] == 200
    ((arrival, form, values),) = door.desk.chosen_
    assert form == "activate"
    assert values == {"access": "dev", "duration": "", "reason": "typed before", "ticket": ""}
    view_id, _, version = arrival.shown.partition(":")
    assert view_id
    assert version


async def test_options_are_asked_for_by_field_and_a_hundred_are_shown(door: Door) -> None:
    door.desk.offers = tuple(Option(f"a-{n}", f"Access {n}") for n in range(150))
    await opened(door)
    told = await door.slack.options("engineer", "aa:activate", "Access", "acc")
    assert len(told["options"]) == 100
    assert door.desk.asked_ == [(ENGINEER, "access", "acc")]


async def test_a_failing_desk_still_acknowledges_and_logs_no_words(door: Door) -> None:
    door.desk.raises = RuntimeError("the person's secret words")
    with capture_logs() as logs:
        told = await door.slack.say("engineer", "/aws-access status")
    assert told["status"] == 200
    assert "try again" in told["reply"]["text"]
    assert [log["error"] for log in logs] == ["RuntimeError"]
    assert "secret words" not in str(logs)


async def test_a_failing_desk_keeps_the_form_open(door: Door) -> None:
    await opened(door)
    door.desk.offers = (Option("dev", "dev"),)
    await door.slack.choose("engineer", "aa:activate", "Access", "dev")
    door.desk.raises = RuntimeError("x")
    inputs = {"For": "1 h", "Reason": "x"}
    told = await door.slack.submit("engineer", "aa:activate", inputs)
    assert told["reply"]["response_action"] == "errors"
    assert await door.slack.choose("engineer", "aa:activate", "Access", "dev")


async def test_a_failing_desk_offers_nothing_and_presses_are_still_acknowledged(door: Door) -> None:
    door.desk.card = Card("x", buttons=(Button("Show status", Status()),))
    await door.slack.say("engineer", "/aws-access status")
    await opened(door)
    door.desk.raises = RuntimeError("x")
    (message,) = door.slack.messages("engineer")
    assert (await door.slack.press("engineer", message["id"], "Show status"))["status"] == 200
    assert await door.slack.options("engineer", "aa:activate", "Access") == {"options": []}


async def test_a_kind_of_delivery_nobody_listens_for_is_refused_quietly(door: Door) -> None:
    payload = {
        "type": "shortcut",
        "callback_id": "secret words",
        "team": {"id": SLACK_TEAM},
        "user": {"id": "U0ENGINEER", "team_id": SLACK_TEAM},
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    with capture_logs() as logs:
        assert (await post(door, body, signed(door.secret, body)))[0] == 404
    assert [log["error"] for log in logs] == ["BoltUnhandledRequestError"]
    assert "secret words" not in str(logs)


async def test_another_workspace_is_not_served(door: Door) -> None:
    fields = {"team_id": "T0FOREIGN", "user_id": "U1", "command": "/aws-access", "text": "status"}
    fields["response_url"] = "http://127.0.0.1:9/never-called"
    body = urlencode(fields).encode()
    status, answer = await post(door, body, signed(door.secret, body))
    assert (status, answer) == (200, b"AWS Access is not available in this workspace.")
    assert door.desk.untouched


async def test_an_account_without_a_team_does_nothing(door: Door) -> None:
    payload = {
        "type": "block_actions",
        "team": {"id": SLACK_TEAM},
        "user": {"id": "U0ENGINEER", "team_id": None},
        "actions": [{"type": "button", "action_id": "aa:status:0", "value": "{}", "block_id": "b"}],
    }
    body = urlencode({"payload": json.dumps(payload)}).encode()
    assert (await post(door, body, signed(door.secret, body)))[0] == 200
    assert door.desk.untouched


async def test_a_delivery_without_a_trigger_is_named_by_its_signature(door: Door) -> None:
    fields = {"team_id": SLACK_TEAM, "user_id": "U1", "command": "/aws-access", "text": "status"}
    body = urlencode(fields).encode()
    headers = signed(door.secret, body)
    for _ in range(2):
        await post(door, body, headers)
    (first, _), (second, _) = door.desk.said_
    assert first.delivery == second.delivery
    assert headers["X-Slack-Signature"] not in first.delivery


async def test_the_url_verification_of_a_new_app_is_answered(door: Door) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "c1"}).encode()
    status, answer = await post(door, body, signed(door.secret, body, "application/json"))
    assert (status, json.loads(answer)) == (200, {"challenge": "c1"})


DEEP = b'{"a":' * 40_000 + b"1" + b"}" * 40_000
HOSTILE = [
    (b"", FORM_TYPE),
    (b"\xff\xfe\x00", FORM_TYPE),
    (b"\xff\xfe\x00", "application/json"),
    (b"{", "application/json"),
    (b"[1,2]", "application/json"),
    (b'"text"', "application/json"),
    (DEEP, "application/json"),
    (b"payload=%7B", FORM_TYPE),
    (b"payload=%5B%5D", FORM_TYPE),
    (b"payload=null", FORM_TYPE),
    (b"payload=" + DEEP[:200_000], FORM_TYPE),
    (b"{}", "application/json; charset=klingon"),
    (b'{"type":"block_actions","actions":7}', "application/json"),
    (b'{"type":"block_actions","user":[],"actions":[{"action_id":"aa:x"}]}', "application/json"),
    (b'{"type":"view_submission","view":{"callback_id":5}}', "application/json"),
    (b'{"type":"event_callback","event":"x"}', "application/json"),
    (b'{"team":"x","user":7,"enterprise":[]}', "application/json"),
    (b"ssl_check=1&token=x", FORM_TYPE),
    (b"attacker-words=" + b"x" * 1000, "text/plain"),
]


@pytest.mark.parametrize("case", range(len(HOSTILE)))
async def test_hostile_bytes_get_4xx_and_no_line_in_the_log(
    door: Door, caplog: pytest.LogCaptureFixture, case: int
) -> None:
    body, content_type = HOSTILE[case]
    caplog.set_level(logging.DEBUG)
    for headers in (
        {"Content-Type": content_type},
        {
            "Content-Type": content_type,
            "X-Slack-Signature": "v0=é",
            "X-Slack-Request-Timestamp": "x",
        },
        {**signed(b"wrong", body, content_type)},
    ):
        with capture_logs() as logs:
            assert await post(door, body, headers) == (401, b"")
        assert logs == []
    assert door.desk.untouched
    assert [r for r in caplog.records if r.name.split(".")[0] in {"slack_bolt", "aiohttp"}] == []


@pytest.mark.parametrize("case", range(len(HOSTILE)))
async def test_even_signed_nonsense_is_refused_without_a_word_of_it(
    door: Door, caplog: pytest.LogCaptureFixture, case: int
) -> None:
    body, content_type = HOSTILE[case]
    with capture_logs() as logs:
        status, answer = await post(door, body, signed(door.secret, body, content_type))
    assert 400 <= status < 500 or (status, answer) == (200, b"")
    assert door.desk.untouched
    assert all(set(log) <= {"event", "where", "error", "log_level"} for log in logs)
    assert caplog.records == []


async def test_an_unsigned_ssl_check_never_runs_a_command(door: Door) -> None:
    body = urlencode(
        {"team_id": SLACK_TEAM, "user_id": "U1", "command": "/aws-access", "ssl_check": "1"}
    ).encode()
    assert await post(door, body, {"Content-Type": FORM_TYPE}) == (401, b"")
    assert door.desk.untouched


async def test_bolt_itself_refuses_an_unsigned_ssl_check(door: Door) -> None:
    from slack_bolt.async_app import AsyncBoltRequest  # noqa: PLC0415

    client = SlackClient(door.slack.bot_token, door.slack.api_url, dev_loopback=True)
    await client.start()
    desk = ScriptedDesk(Card("never"))
    body = urlencode({"team_id": SLACK_TEAM, "command": "/aws-access", "ssl_check": "1"})
    request = AsyncBoltRequest(body=body, headers={"content-type": FORM_TYPE})
    answer = await bolt_app(desk, client, ("s",)).async_dispatch(request)
    await client.stop()
    assert answer.status == 401
    assert desk.untouched


async def test_a_large_body_is_refused_before_it_is_read(door: Door) -> None:
    body = b"x" * (LARGEST_BODY + 1)
    assert (await post(door, body, signed(door.secret, body)))[0] == 413


async def test_a_large_body_that_does_not_say_so_is_refused(door: Door) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b"x" * 64 * 1024

    headers = {"Content-Type": FORM_TYPE}
    async with (
        aiohttp.ClientSession() as session,
        session.post(door.url + PATH, data=chunks(), headers=headers) as answer,
    ):
        assert answer.status == 413


async def test_both_secrets_are_good_while_they_are_rotated(door: Door) -> None:
    client = SlackClient(door.slack.bot_token, door.slack.api_url, dev_loopback=True)
    await client.start()
    desk, secrets = ScriptedDesk(), ("old", "new")
    from aiohttp import web  # noqa: PLC0415
    from aiohttp.test_utils import TestClient, TestServer  # noqa: PLC0415

    app = web.Application()
    app.add_routes([route(bolt_app(desk, client, secrets), secrets, time.time)])  # noqa: TID251
    body = urlencode({"team_id": SLACK_TEAM, "user_id": "U1", "command": "/aws-access"}).encode()
    async with TestClient(TestServer(app)) as browser:
        for secret in (b"old", b"new", b"older"):
            answer = await browser.post(PATH, data=body, headers=signed(secret, body))
            assert answer.status == (401 if secret == b"older" else 200)
    await client.stop()
    assert len(desk.said_) == 2


def test_without_a_secret_there_is_no_door() -> None:
    with pytest.raises(ValueError, match="signing secret"):
        route(None, ("",), time.time)  # type: ignore[arg-type]  # noqa: TID251
