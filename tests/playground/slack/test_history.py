"""conversations.history, chat.delete and scopes: what an app can find of what it said, and take away."""

from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.content import Content
from playground.slack.facade import Slack
from playground.slack.state import Channel
from tests.playground.slack.test_chat_methods import refused

DIRECT = "D0ENGINEER"
TOLD = {"event_type": "aws_access", "event_payload": {"subject": "R-1", "topic": "main"}}


async def posted(client: AsyncWebClient, text: str) -> str:
    answer = await client.chat_postMessage(channel=DIRECT, text=text, metadata=TOLD)
    return str(answer["ts"])


def texts(answer: Any) -> list[str]:
    return [one["text"] for one in answer["messages"]]


async def test_it_is_told_in_pages_the_newest_first(client: AsyncWebClient) -> None:
    for n in range(5):
        await posted(client, str(n))

    first = await client.conversations_history(channel=DIRECT, limit=3)
    rest = await client.conversations_history(
        channel=DIRECT, limit=3, cursor=first["response_metadata"]["next_cursor"]
    )

    assert (texts(first), first["has_more"]) == (["4", "3", "2"], True)
    assert (texts(rest), rest["has_more"]) == (["1", "0"], False)
    assert rest["response_metadata"]["next_cursor"] == ""
    bad = client.conversations_history(channel=DIRECT, cursor="2")
    assert await refused(bad) == "invalid_cursor"


async def test_the_edges_of_a_time_belong_to_it_only_when_asked_for(client: AsyncWebClient) -> None:
    _, second, third, fourth = [await posted(client, str(n)) for n in range(4)]
    between: dict[str, Any] = {"channel": DIRECT, "oldest": second, "latest": fourth}

    assert texts(await client.conversations_history(**between)) == ["2"]
    assert texts(await client.conversations_history(**between, inclusive=True)) == ["3", "2", "1"]
    assert texts(await client.conversations_history(channel=DIRECT, oldest=third)) == ["3"]


async def test_metadata_is_told_in_full_only_when_asked_for(client: AsyncWebClient) -> None:
    await posted(client, "x")

    [brief] = (await client.conversations_history(channel=DIRECT))["messages"]
    [full] = (await client.conversations_history(channel=DIRECT, include_all_metadata=True))[
        "messages"
    ]

    assert brief["metadata"] == {"event_type": "aws_access"}
    assert full["metadata"] == TOLD
    assert full["bot_id"]


async def test_what_was_whispered_or_said_elsewhere_is_no_part_of_it(
    slack: Slack, client: AsyncWebClient
) -> None:
    ts = await posted(client, "here")
    workspace = slack.workspace
    workspace.post(workspace.channels[DIRECT], Content("whispered"), only_for="U0ENGINEER")
    await client.chat_postMessage(channel=DIRECT, text="in a thread", thread_ts=ts)
    await client.chat_postMessage(channel="D0ADMIN000", text="elsewhere")

    assert texts(await client.conversations_history(channel=DIRECT)) == ["here"]


async def test_each_kind_of_conversation_needs_its_scope(
    slack: Slack, client: AsyncWebClient
) -> None:
    answer = client.conversations_history(channel="C0PROD")
    assert await refused(answer) == "missing_scope"
    slack.workspace.scopes.remove("im:history")
    told = client.conversations_history(channel=DIRECT)
    assert await refused(told) == "missing_scope"
    slack.workspace.scopes.remove("chat:write")
    assert await refused(client.chat_postMessage(channel=DIRECT, text="x")) == "missing_scope"
    assert await refused(client.conversations_info(channel=DIRECT)) == "missing_scope"
    assert await refused(client.conversations_history(channel="C0")) == "channel_not_found"
    several = client.conversations_open(users="U0ENGINEER,U0ADMIN000")
    assert await refused(several) == "missing_scope"


async def test_only_its_own_messages_are_the_apps_to_delete(
    slack: Slack, client: AsyncWebClient
) -> None:
    ts = await posted(client, "x")
    workspace = slack.workspace
    theirs = workspace.post(workspace.channels[DIRECT], Content("y"), author="U0ENGINEER")
    assert "bot_id" not in theirs.shown()

    await client.chat_delete(channel=DIRECT, ts=ts)

    assert [row["text"] for row in slack.messages("engineer")] == ["y"]
    assert await refused(client.chat_delete(channel=DIRECT, ts=ts)) == "message_not_found"
    foreign = client.chat_delete(channel=DIRECT, ts=theirs.ts)
    assert await refused(foreign) == "cant_delete_message"


async def test_what_an_administrator_forbids_is_refused(
    slack: Slack, client: AsyncWebClient
) -> None:
    slack.workspace.refuses["chat.update"] = "edit_window_closed"
    ts = await posted(client, "x")

    assert (
        await refused(client.chat_update(channel=DIRECT, ts=ts, text="y")) == "edit_window_closed"
    )


async def test_a_channel_that_is_shared_is_read_by_the_others_too(
    slack: Slack, client: AsyncWebClient
) -> None:
    info = await client.conversations_info(channel="C0PARTNERS")
    assert (info["channel"]["is_ext_shared"], info["channel"]["is_member"]) == (True, True)

    await client.chat_postMessage(channel="C0PARTNERS", text="x")

    readers = [who for who in ("engineer", "guest", "stranger") if slack.messages(who)]
    assert readers == ["engineer", "stranger"]
    assert slack.messages("engineer")[0]["raw"]["channel_name"] == "partners"


async def test_the_app_says_nothing_where_it_was_not_invited_or_nobody_can(
    slack: Slack, client: AsyncWebClient
) -> None:
    channels = slack.workspace.channels
    channels["C0PROD"] = Channel("C0PROD", "prod")
    ts = (await client.chat_postMessage(channel="C0PROD", text="x"))["ts"]
    channels["C0OLD"] = Channel("C0OLD", "old", archived=True)
    channels["C0SECRET"] = Channel("C0SECRET", "secret", private=True, invited=False)

    assert await refused(client.chat_postMessage(channel="C0OLD", text="x")) == "is_archived"
    assert await refused(client.chat_postMessage(channel="C0SECRET", text="x")) == "not_in_channel"
    assert await refused(client.conversations_info(channel="C0SECRET")) == "channel_not_found"
    channels["C0PROD"] = Channel("C0PROD", "prod", archived=True)
    assert await refused(client.chat_update(channel="C0PROD", ts=ts, text="y")) == "is_inactive"
