import re

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.cast import SLACK_BOT_USER, SLACK_OTHER_TEAM, SLACK_TEAM
from playground.kernel.wire import Fault, Wire
from playground.slack.facade import Slack


async def error_of(client: AsyncWebClient, method: str, **params: str) -> str:
    with pytest.raises(SlackApiError) as raised:
        await client.api_call(method, params=params)
    assert raised.value.response.status_code == 200
    return str(raised.value.response["error"])


async def test_the_bot_token_names_the_bot_and_the_workspace(client: AsyncWebClient) -> None:
    who = await client.auth_test()
    assert (who["team_id"], who["user_id"], who["bot_id"]) == (
        SLACK_TEAM,
        SLACK_BOT_USER,
        "B0AWSACCES",
    )


async def test_tokens_are_checked_and_answered_with_http_200(slack: Slack) -> None:
    def using(token: str) -> AsyncWebClient:
        return AsyncWebClient(token=token, base_url=slack.api_url)

    assert await error_of(using(""), "auth.test") == "not_authed"
    assert await error_of(using("xoxb-wrong"), "auth.test") == "invalid_auth"
    assert await error_of(using(slack.app_token), "auth.test") == "not_allowed_token_type"
    bot = using(slack.bot_token)
    assert await error_of(bot, "apps.connections.open") == "not_allowed_token_type"
    assert await error_of(bot, "chat.scheduleMessage") == "unknown_method"


async def test_a_form_body_with_a_token_in_it_works_and_is_not_recorded(
    slack: Slack, wire: Wire
) -> None:
    form = {"token": slack.bot_token, "user": "U0ENGINEER"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{slack.api_url}users.info", data=form) as answer,
    ):
        assert (await answer.json())["user"]["name"] == "engineer"
    [call] = wire.calls
    assert (call.system, call.method, call.path, call.as_) == (
        "slack",
        "POST",
        "/api/users.info",
        "bot",
    )
    assert call.body == {"user": "U0ENGINEER"}
    assert slack.bot_token not in repr(call.shown())


async def test_profiles_tell_members_guests_strangers_and_the_bot_apart(
    client: AsyncWebClient,
) -> None:
    async def user(slack_id: str) -> dict[str, object]:
        return dict((await client.users_info(user=slack_id))["user"])

    engineer = await user("U0ENGINEER")
    assert engineer["profile"]["email"] == "engineer@playground.example"  # type: ignore[index]
    assert (engineer["tz"], engineer["deleted"], engineer["is_bot"]) == ("Etc/UTC", False, False)
    assert "is_stranger" not in engineer
    assert (await user("U0GUEST000"))["is_restricted"] is True
    stranger = await user("U0STRANGER")
    assert (stranger["is_stranger"], stranger["team_id"]) == (True, SLACK_OTHER_TEAM)
    assert (await user(SLACK_BOT_USER))["is_bot"] is True
    assert await error_of(client, "users.info", user="U0NOBODY") == "user_not_found"


async def test_only_active_members_are_found_by_email(slack: Slack, client: AsyncWebClient) -> None:
    found = await client.users_lookupByEmail(email="Admin@playground.example")
    assert found["user"]["id"] == "U0ADMIN000"
    method = "users.lookupByEmail"
    stranger = "stranger@playground.example"
    assert await error_of(client, method, email=stranger) == "users_not_found"
    slack.workspace.accounts["U0ADMIN000"].deleted = True
    assert await error_of(client, method, email="admin@playground.example") == "users_not_found"


async def test_conversations_and_user_groups(slack: Slack, client: AsyncWebClient) -> None:
    opened = await client.conversations_open(users="U0ENGINEER")
    assert opened["channel"]["id"] == "D0ENGINEER"
    open_ = "conversations.open"
    assert await error_of(client, open_, users="U0NOBODY") == "user_not_found"
    assert await error_of(client, open_, users="U0STRANGER") == "user_not_visible"
    assert await error_of(client, open_) == "users_list_not_supplied"
    slack.workspace.accounts["U0OUTSIDER"].deleted = True
    assert await error_of(client, open_, users="U0OUTSIDER") == "user_disabled"
    slack.set_up(scopes=[*slack.workspace.scopes, "usergroups:read"], revoked=None, org_wide=None)
    info = await client.conversations_info(channel="C0PROD")
    assert (info["channel"]["name"], info["channel"]["is_ext_shared"]) == ("prod", False)
    assert await error_of(client, "conversations.info", channel="C1") == "channel_not_found"
    slack.workspace.usergroups["S0APPROVERS"] = ["U0APPROVER"]
    slack.workspace.scopes.add("usergroups:read")
    group = await client.usergroups_users_list(usergroup="S0APPROVERS")
    assert group["users"] == ["U0APPROVER"]
    assert await error_of(client, "usergroups.users.list", usergroup="S1") == "no_such_subteam"


async def test_a_429_names_when_to_come_back_and_the_next_call_works(
    wire: Wire, client: AsyncWebClient
) -> None:
    wire.faults.append(Fault("slack", re.compile("chat.postMessage"), 1, "status", 429, 7))
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel="U0ENGINEER", text="x")
    answer = raised.value.response
    assert (answer.status_code, answer["error"]) == (429, "ratelimited")
    assert answer.headers["Retry-After"] == "7"
    await client.chat_postMessage(channel="U0ENGINEER", text="x")
    assert [call.status for call in wire.calls] == [429, 200]
    assert {call.as_ for call in wire.calls} == {"bot"}


async def test_after_a_lost_answer_the_message_is_there(
    slack: Slack, wire: Wire, client: AsyncWebClient
) -> None:
    wire.faults.append(Fault("slack", re.compile("chat.postMessage"), 1, "lost_answer"))
    with pytest.raises(aiohttp.ClientError):
        await client.chat_postMessage(channel="U0ENGINEER", text="x")
    assert [row["text"] for row in slack.messages("engineer")] == ["x"]
    assert wire.calls[0].delivered is False


async def test_a_revoked_token_is_refused_and_the_other_is_not(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.set_up(scopes=None, revoked=["bot"], org_wide=None)

    assert await error_of(client, "auth.test") == "token_revoked"
    app = {"Authorization": f"Bearer {slack.app_token}"}
    opened = await client.api_call("apps.connections.open", headers=app)
    assert opened["ok"]
