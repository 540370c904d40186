import json
from urllib.parse import parse_qsl

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.cast import SLACK_OTHER_TEAM, SLACK_TEAM
from playground.slack import delivery
from playground.slack.facade import Slack
from tests.playground.slack.kit import actions, button, modal, option, section, text_input
from tests.playground.slack.listening_bot import ListeningBot


async def test_a_slash_command_arrives_signed_and_in_its_documented_shape(
    slack: Slack, bot: ListeningBot
) -> None:
    answer = await slack.say("engineer", "/aws-access recent @admin <soon>")
    assert answer == {"status": 200, "reply": ""}
    form = bot.payload
    assert form["command"] == "/aws-access"
    assert form["text"] == "recent <@U0ADMIN000|admin> &lt;soon&gt;"
    assert (form["team_id"], form["user_id"], form["user_name"]) == (
        SLACK_TEAM,
        "U0ENGINEER",
        "engineer",
    )
    assert (form["channel_id"], form["channel_name"]) == ("D0ENGINEER", "directmessage")
    assert form["response_url"].startswith(f"{slack.workspace.address}/response/")
    assert bot.headers[0]["Content-Type"] == "application/x-www-form-urlencoded"
    assert slack.messages("engineer") == []


async def test_three_times_means_the_identical_bytes(slack: Slack, bot: ListeningBot) -> None:
    bot.answers = ["done", "again", 500]
    answer = await slack.say("engineer", "/aws-access status", times=3)
    assert len(bot.bodies) == 3
    assert len(set(bot.bodies)) == 1
    assert len({h["X-Slack-Signature"] + h["X-Slack-Request-Timestamp"] for h in bot.headers}) == 1
    assert (answer["status"], answer["reply"]) == (200, "done")
    assert [one["status"] for one in answer["replies"]] == [200, 200, 500]
    assert [row["text"] for row in slack.messages("engineer")] == ["done"]


async def test_the_answer_to_a_command_is_an_ephemeral_message(
    slack: Slack, bot: ListeningBot
) -> None:
    bot.answers = [{"text": "x", "blocks": [section("*Yours*: nothing")]}]
    await slack.say("engineer", "/aws-access status")
    [row] = slack.messages("engineer")
    assert (row["id"], row["ephemeral"], row["text"]) == ("e:1", True, "Yours: nothing")


async def test_slack_says_so_when_the_app_fails_or_answers_nonsense(
    slack: Slack, bot: ListeningBot
) -> None:
    bot.answers = [500, {"text": "x", "blocks": [section("x" * 3001)]}]
    failed = await slack.say("engineer", "/aws-access status")
    assert (failed["status"], failed["slack_says"]) == (
        500,
        '/aws-access failed with the error "dispatch_failed"',
    )
    await slack.say("engineer", "/aws-access status")
    rows = slack.messages("engineer")
    assert [row["text"] for row in rows] == [
        failed["slack_says"],
        '/aws-access failed with the error "invalid_blocks"',
    ]
    assert rows[0]["raw"]["user"] == "USLACKBOT"


async def test_slack_gives_up_after_three_seconds(
    slack: Slack, bot: ListeningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "ANSWER_SECONDS", 0.1)
    bot.seconds = 0.3
    answer = await slack.say("engineer", "/aws-access status")
    assert answer["undelivered"].startswith("operation_timeout")
    assert 'error "operation_timeout"' in slack.messages("engineer")[0]["text"]


async def test_a_bot_that_is_down_is_not_reached(slack: Slack, bot: ListeningBot) -> None:
    assert (await slack.say("engineer", "/aws-access x"))["status"] == 200
    await bot.stop()
    answer = await slack.say("engineer", "/aws-access x")
    assert answer["undelivered"].startswith("dispatch_failed")


async def test_what_the_real_platform_would_not_deliver(slack: Slack, bot: ListeningBot) -> None:
    async def why(who: str, text: str) -> str:
        return str((await slack.say(who, text))["undelivered"])

    assert "only for members" in await why("stranger", "/aws-access status")
    assert "does not listen" in await why("engineer", "good morning")
    assert "not a valid command" in await why("engineer", "/aws status")
    assert "no Slack account" in await why("teams-approver", "/aws-access status")
    slack.workspace.accounts["U0OUTSIDER"].deleted = True
    assert "no active" in await why("outsider", "/aws-access status")
    with pytest.raises(LookupError):
        await slack.say("nobody", "/aws-access status")
    assert bot.bodies == []
    assert slack.messages("teams-approver") == []


async def test_a_press_carries_the_message_the_action_and_fresh_rights(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    blocks = [section("*Yes?*", block_id="ask"), actions(button(value="42"), block_id="buttons:1")]
    posted = await client.chat_postMessage(channel="U0ENGINEER", text="yes?", blocks=blocks)
    [row] = slack.messages("engineer")
    assert row["buttons"] == [{"id": "aa:Approve", "label": "Approve", "url": None}]
    assert (await slack.press("engineer", row["id"], "Approve"))["status"] == 200
    payload = bot.payload
    assert payload["type"] == "block_actions"
    assert payload["user"]["team_id"] == payload["team"]["id"] == SLACK_TEAM
    assert payload["enterprise"] is None
    assert payload["container"] == {
        "type": "message",
        "message_ts": posted["ts"],
        "channel_id": "D0ENGINEER",
        "is_ephemeral": False,
    }
    assert payload["message"]["blocks"] == blocks
    [action] = payload["actions"]
    assert (action["block_id"], action["action_id"], action["value"], action["type"]) == (
        "buttons:1",
        "aa:Approve",
        "42",
        "button",
    )
    view = modal(section())
    assert (await client.views_open(trigger_id=bot.trigger_id, view=view))["view"]["id"]


async def test_a_press_on_an_ephemeral_message_carries_no_message(
    slack: Slack, bot: ListeningBot
) -> None:
    bot.answers = [{"text": "x", "blocks": [actions(button())]}]
    await slack.say("engineer", "/aws-access status")
    await slack.press("engineer", "e:1", "aa:Approve")
    assert bot.payload["container"]["is_ephemeral"] is True
    assert "message" not in bot.payload


async def test_a_link_button_tells_the_app_and_opens_the_page(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    blocks = [actions(button("Sign in", url="https://bot.example/signin?x=1"))]
    await client.chat_postMessage(channel="U0ENGINEER", text="x", blocks=blocks)
    [row] = slack.messages("engineer")
    assert row["buttons"][0]["url"] == "https://bot.example/signin?x=1"
    pressed = await slack.press("engineer", row["id"], "Sign in")
    assert pressed == {"status": 200, "reply": "", "url": "https://bot.example/signin?x=1"}
    assert bot.payload["actions"][0]["url"] == pressed["url"]


async def test_a_label_may_be_written_without_the_dots_that_announce_a_form(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="U0ENGINEER", text="x", blocks=[actions(button("Deny…"))])
    [row] = slack.messages("engineer")
    assert (await slack.press("engineer", row["id"], "deny"))["status"] == 200
    assert bot.payload["actions"][0]["text"]["text"] == "Deny…"


async def test_nobody_presses_what_they_cannot_see_unless_forced(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0PROD", text="x", blocks=[actions(button())])
    [row] = slack.messages("engineer")
    assert "sees no message" in (await slack.press("stranger", row["id"], "Approve"))["undelivered"]
    assert "no one button" in (await slack.press("engineer", row["id"], "Deny"))["undelivered"]
    assert bot.bodies == []
    forced = await slack.press("stranger", row["id"], "Approve", force=True, times=2)
    assert forced["status"] == 200
    assert len(set(bot.bodies)) == 1
    assert bot.payload["user"]["team_id"] == SLACK_OTHER_TEAM
    assert bot.payload["team"]["id"] == SLACK_TEAM


async def test_a_forced_press_reaches_a_button_that_an_edit_removed(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    blocks = [actions(button(), block_id="first")]
    posted = await client.chat_postMessage(channel="U0ENGINEER", text="x", blocks=blocks)
    await client.chat_update(channel="D0ENGINEER", ts=posted["ts"], text="decided")
    [row] = slack.messages("engineer")
    assert "undelivered" in await slack.press("engineer", row["id"], "Approve")
    await slack.press("engineer", row["id"], "Approve", force=True)
    assert bot.payload["actions"][0]["block_id"] == "first"


async def test_equal_buttons_are_told_apart_by_their_block(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    blocks = [actions(button(value=v), block_id=v) for v in ("one", "two")]
    await client.chat_postMessage(channel="U0ENGINEER", text="x", blocks=blocks)
    [row] = slack.messages("engineer")
    assert [b["id"] for b in row["buttons"]] == ["one/aa:Approve", "two/aa:Approve"]
    await slack.press("engineer", row["id"], "two/aa:Approve")
    assert bot.payload["actions"][0]["value"] == "two"


async def test_menus_and_inputs_on_a_message_carry_their_state(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    menu = {"type": "static_select", "action_id": "size", "options": [option("s", "Small")]}
    blocks = [text_input("why", "Reason"), actions(menu, block_id="menus")]
    await client.chat_postMessage(channel="U0ENGINEER", text="x", blocks=blocks)
    [row] = slack.messages("engineer")
    await slack.press("engineer", row["id"], "size", {"size": "Small", "Reason": "because"})
    assert bot.payload["actions"][0]["selected_option"]["value"] == "s"
    values = bot.payload["state"]["values"]
    assert values["why"]["value"] == {"type": "plain_text_input", "value": "because"}
    assert values["menus"]["size"]["selected_option"]["value"] == "s"
    unknown = await slack.press("engineer", row["id"], "size", {"colour": "red"})
    assert "no field" in unknown["undelivered"]


async def test_opening_the_home_tab_is_an_event(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    assert (await slack.open_home("engineer"))["status"] == 200
    assert bot.payload["type"] == "event_callback"
    assert bot.payload["event"]["type"] == "app_home_opened"
    assert "view" not in bot.payload["event"]
    home = {"type": "home", "blocks": [section("Yours"), actions(button("End"), block_id="b")]}
    await client.views_publish(user_id="U0ENGINEER", view=home)
    shown = slack.home("engineer")
    assert shown is not None
    assert shown["text"] == "Yours"
    await slack.press("engineer", shown["id"], "End")
    assert bot.payload["container"] == {"type": "view", "view_id": shown["id"]}
    await slack.open_home("engineer")
    assert bot.payload["event"]["view"]["id"] == shown["id"]
    assert "undelivered" in await slack.open_home("stranger")
    assert slack.home("admin") is None


async def test_payloads_travel_as_a_form_with_one_json_field(
    slack: Slack, bot: ListeningBot, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="U0ENGINEER", text="x", blocks=[actions(button())])
    await slack.press("engineer", slack.messages("engineer")[0]["id"], "Approve")
    [(name, value)] = parse_qsl(bot.bodies[0].decode())
    assert (name, json.loads(value)["type"]) == ("payload", "block_actions")
