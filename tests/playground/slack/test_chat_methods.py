import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from playground.kernel.clock import WorldClock
from playground.slack.content import Content
from playground.slack.facade import Slack
from tests.playground.slack.kit import actions, button, section

ENGINEER, DIRECT = "U0ENGINEER", "D0ENGINEER"
CARD = {"event_type": "aws_access", "event_payload": {"state": "granted", "aws_seen": True}}


async def refused(call: object) -> str:
    with pytest.raises(SlackApiError) as raised:
        await call  # type: ignore[misc]
    return str(raised.value.response["error"])


async def test_a_message_to_a_user_id_lands_in_the_direct_conversation(
    slack: Slack, client: AsyncWebClient
) -> None:
    answer = await client.chat_postMessage(channel=ENGINEER, text="hello")
    assert answer["channel"] == DIRECT
    [row] = slack.messages("engineer")
    assert row["id"] == f"{DIRECT}:{answer['ts']}"
    assert (row["to"], row["ephemeral"], row["new"], row["text"]) == (
        "engineer",
        False,
        True,
        "hello",
    )
    assert slack.messages("approver") == []


async def test_a_channel_is_read_by_members_but_not_by_guests_and_strangers(
    slack: Slack, client: AsyncWebClient
) -> None:
    await client.chat_postMessage(channel="C0PROD", text="hello")
    readers = [who for who in ("engineer", "outsider", "guest", "stranger") if slack.messages(who)]
    assert readers == ["engineer", "outsider"]
    assert slack.messages("engineer")[0]["to"] == "C0PROD"


async def test_an_update_edits_in_place_and_text_without_blocks_removes_the_blocks(
    slack: Slack, client: AsyncWebClient
) -> None:
    blocks = [section("*Pending*"), actions(button())]
    posted = await client.chat_postMessage(channel=DIRECT, text="pending", blocks=blocks)
    assert slack.messages("engineer")[0]["text"] == "Pending"
    await client.chat_update(channel=DIRECT, ts=posted["ts"], text="done")
    [row] = slack.messages("engineer")
    assert (row["text"], row["new"], row["buttons"]) == ("done", False, [])
    assert slack.workspace.posts[DIRECT] == 1


async def test_the_state_of_a_card_comes_from_its_metadata_which_an_update_keeps(
    slack: Slack, client: AsyncWebClient
) -> None:
    posted = await client.chat_postMessage(channel=DIRECT, text="one", metadata=CARD)
    plain = await client.chat_postMessage(channel=DIRECT, text="two")
    rows = slack.messages("engineer")
    assert [(r["state"], r["aws_seen"]) for r in rows] == [("granted", True), (None, False)]
    await client.chat_update(channel=DIRECT, ts=posted["ts"], text="still")
    await client.chat_update(channel=DIRECT, ts=plain["ts"], text="now", metadata=CARD)
    assert [r["state"] for r in slack.messages("engineer")] == ["granted", "granted"]
    await client.chat_update(channel=DIRECT, ts=posted["ts"], text="gone", metadata={})
    assert slack.messages("engineer")[0]["state"] is None


async def test_an_ephemeral_is_seen_by_one_and_cannot_be_updated(
    slack: Slack, client: AsyncWebClient
) -> None:
    answer = await client.chat_postEphemeral(channel="C0PROD", user=ENGINEER, text="psst")
    [row] = slack.messages("engineer")
    assert (row["id"], row["ephemeral"], row["to"]) == ("e:1", True, "engineer")
    assert slack.messages("approver") == []
    update = client.chat_update(channel="C0PROD", ts=answer["message_ts"], text="louder")
    assert await refused(update) == "message_not_found"
    outside = client.chat_postEphemeral(channel="C0PROD", user="U0STRANGER", text="psst")
    assert await refused(outside) == "user_not_in_channel"


async def test_bad_blocks_are_refused_with_the_place(client: AsyncWebClient) -> None:
    with pytest.raises(SlackApiError) as raised:
        await client.chat_postMessage(channel=DIRECT, text="x", blocks=[section("x" * 3001)])
    answer = raised.value.response
    assert answer.status_code == 200
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_the_documented_error_strings(slack: Slack, client: AsyncWebClient) -> None:
    general = slack.workspace.channels["C0GENERAL"]
    theirs = slack.workspace.post(general, Content("mine"), author=ENGINEER)
    mine = await client.chat_postMessage(channel="C0GENERAL", text="x")
    at = {"channel": "C0GENERAL", "ts": mine["ts"]}
    post, update, raw = client.chat_postMessage, client.chat_update, client.api_call
    assert await refused(post(channel="C0NOWHERE", text="x")) == "channel_not_found"
    assert await refused(post(channel="U0STRANGER", text="x")) == "channel_not_found"
    assert await refused(raw("chat.postMessage", json={"channel": DIRECT})) == "no_text"
    assert await refused(post(channel=DIRECT, text="x", thread_ts="1.1")) == "thread_not_found"
    assert await refused(post(channel=DIRECT, text="x", blocks="{")) == "invalid_blocks_format"
    bad = {"event_type": "aws_access"}
    assert await refused(post(channel=DIRECT, text="x", metadata=bad)) == "invalid_metadata_format"
    assert await refused(update(**at, text="x" * 4001)) == "msg_too_long"
    assert await refused(raw("chat.update", json=at)) == "no_text"
    assert await refused(update(channel=ENGINEER, ts="1.1", text="x")) == "channel_not_found"
    assert await refused(update(channel="C0GENERAL", ts="1.1", text="x")) == "message_not_found"
    foreign = update(channel="C0GENERAL", ts=theirs.ts, text="x")
    assert await refused(foreign) == "cant_update_message"


async def test_time_stamps_are_world_time_unique_and_growing(
    clock: WorldClock, slack: Slack, client: AsyncWebClient
) -> None:
    stamps = [(await client.chat_postMessage(channel=DIRECT, text=t))["ts"] for t in "abc"]
    assert stamps == sorted(set(stamps))
    clock.step_to(clock.now().replace(year=2101))
    later = await client.chat_postMessage(channel=DIRECT, text="later")
    assert float(later["ts"]) > 4_000_000_000
