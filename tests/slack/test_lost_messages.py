"""Slack's ways to lose a message, to show it late, and to let the bot neither edit nor delete it."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from bot.messaging import MessageGoneError
from bot.ports import IntegrationError
from integrations.slack import messenger
from playground.slack.content import Content
from tests.contracts.messenger import CARD, LONG_AGO, MAIN
from tests.slack.workspaces import ENGINEER, SlackWorkspace


async def test_a_message_is_found_however_much_was_said_since(slack_chat: SlackWorkspace) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    workspace = slack_chat.slack.workspace
    channel = workspace.channels[posted.channel]
    for n in range(450):
        workspace.post(channel, Content(str(n)))

    assert await slack_chat.messenger.find(slack_chat.member, MAIN, LONG_AGO) == (posted,)

    looks = [call for call in slack_chat.wire.calls if "history" in call.path]
    assert len(looks) == 3


async def test_only_so_far_back_is_looked(slack_chat: SlackWorkspace) -> None:
    await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    later = slack_chat.slack.workspace.clock.now() + timedelta(minutes=6)

    assert await slack_chat.messenger.find(slack_chat.member, MAIN, later) == ()


async def test_a_look_through_a_history_without_end_ends(
    slack_chat: SlackWorkspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messenger, "MOST_PAGES", 2)
    monkeypatch.setattr(messenger, "PAGE", 1)
    posts = [await slack_chat.messenger.post(slack_chat.member, CARD, MAIN) for _ in range(3)]

    found = await slack_chat.messenger.find(slack_chat.member, MAIN, LONG_AGO)

    assert found == (posts[2], posts[1])


async def test_what_others_posted_is_not_ours_whatever_it_says(slack_chat: SlackWorkspace) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    workspace = slack_chat.slack.workspace
    copied = workspace.find(posted.channel, posted.message)
    assert copied is not None
    workspace.post(copied.channel, copied.content, author=ENGINEER)

    assert await slack_chat.messenger.find(slack_chat.member, MAIN, LONG_AGO) == (posted,)


async def test_a_look_that_is_one_too_many_says_when_to_come_back(
    slack_chat: SlackWorkspace,
) -> None:
    slack_chat._fault("conversations.history", "status", 429, 30)
    with pytest.raises(IntegrationError) as limited:
        await slack_chat.messenger.find(slack_chat.member, MAIN, LONG_AGO)
    assert limited.value.retry_after == 30


@pytest.mark.parametrize("error", ["edit_window_closed", "cant_update_message"])
async def test_a_message_that_can_no_longer_be_edited_is_taken_away(
    slack_chat: SlackWorkspace, error: str
) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    slack_chat.slack.workspace.refuses["chat.update"] = error

    with pytest.raises(MessageGoneError):
        await slack_chat.messenger.update(posted, CARD, MAIN)

    assert slack_chat.read(slack_chat.member) == []


async def test_one_that_can_be_neither_edited_nor_taken_away_is_at_least_told_of(
    slack_chat: SlackWorkspace,
) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    slack_chat.slack.workspace.refuses["chat.update"] = "edit_window_closed"
    slack_chat.may_not_delete()

    with capture_logs() as logged, pytest.raises(MessageGoneError):
        await slack_chat.messenger.update(posted, CARD, MAIN)

    assert [(one["event"], one["log_level"]) for one in logged] == [
        ("message_left_behind", "error")
    ]


@pytest.mark.parametrize("error", ["is_inactive", "channel_not_found", "account_inactive"])
async def test_a_channel_that_is_frozen_or_away_is_no_reason_to_post_anew(
    slack_chat: SlackWorkspace, error: str
) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    slack_chat.slack.workspace.refuses["chat.update"] = error

    with pytest.raises(IntegrationError) as failed:
        await slack_chat.messenger.update(posted, CARD, MAIN)

    assert failed.value.permanent
    assert len(slack_chat.read(slack_chat.member)) == 1


async def test_a_deletion_that_fails_otherwise_is_tried_again(slack_chat: SlackWorkspace) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD, MAIN)
    slack_chat._fault("chat.delete", "status", 503)

    with pytest.raises(IntegrationError):
        await slack_chat.messenger.retract(posted)
    assert await slack_chat.messenger.retract(posted)
