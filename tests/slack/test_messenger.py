"""The Messenger contract on the fake and, over the wire, on Slack; and what is Slack's alone."""

from datetime import UTC, datetime

import pytest

from bot.cards import Card, Form, Moment
from bot.messaging import Messenger, UnreachableError
from bot.ports import IntegrationError, Outcome
from integrations.slack.client import SlackClient
from integrations.slack.messenger import SlackMessenger
from tests.contracts.messenger import (
    CARD,
    FORM,
    LookingContract,
    MessengerContract,
    PrivateContract,
    TabContract,
)
from tests.fakes.messenger import FakeMessenger
from tests.slack.workspaces import ENGINEER, FakeWorkspace, SlackWorkspace

FIT: tuple[type[Messenger], ...] = (FakeMessenger, SlackMessenger)


class WholeContract(MessengerContract, PrivateContract, LookingContract, TabContract):
    """Slack has it all, and so has the fake."""


class TestFakeMessenger(WholeContract):
    @pytest.fixture
    def chat(self) -> FakeWorkspace:
        return FakeWorkspace()


class TestSlackMessenger(WholeContract):
    @pytest.fixture
    def chat(self, slack_chat: SlackWorkspace) -> SlackWorkspace:
        return slack_chat


async def test_a_post_tells_programs_which_state_it_shows(slack_chat: SlackWorkspace) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD)
    await slack_chat.messenger.update(posted, Card("There", state="granted", aws_seen=True))
    (message,) = slack_chat.slack.messages("engineer")
    assert message["state"] == "granted"
    assert message["aws_seen"] is True


async def test_the_direct_channel_is_asked_for_once(slack_chat: SlackWorkspace) -> None:
    for _ in range(3):
        await slack_chat.messenger.post(slack_chat.member, CARD)
    paths = [call.path for call in slack_chat.wire.calls]
    assert paths.count("/api/conversations.open") == 1


async def test_a_token_of_a_whole_organisation_is_not_taken(slack_chat: SlackWorkspace) -> None:
    slack_chat.slack.workspace.org_wide = True
    client = SlackClient(slack_chat.slack.bot_token, slack_chat.slack.api_url, dev_loopback=True)
    with pytest.raises(IntegrationError, match="a whole organisation") as refused:
        await client.start()
    assert refused.value.permanent
    await client.stop()


async def test_nothing_is_unfurled(slack_chat: SlackWorkspace) -> None:
    await slack_chat.messenger.post(slack_chat.member, CARD)
    body = slack_chat.wire.calls[-1].body
    assert body["unfurl_links"] is False
    assert body["unfurl_media"] is False


@pytest.mark.parametrize(
    "address",
    [
        "https://hooks.slack.com.evil.example/x",
        "https://evil.example/response",
        "http://hooks.slack.com/x",
        "https://hooks.slack.com:8443/x",
        "https://user@evil.example/x",
        "ftp://hooks.slack.com/x",
        "//x",
        "http://[x",
        "not an address",
    ],
)
async def test_answers_go_to_slack_only(slack_chat: SlackWorkspace, address: str) -> None:
    with pytest.raises(IntegrationError) as refused:
        await slack_chat.messenger.answer(slack_chat.member, address, CARD)
    assert refused.value.permanent
    assert refused.value.outcome is Outcome.DID_NOT


async def test_a_newer_form_is_not_overwritten(slack_chat: SlackWorkspace) -> None:
    trigger = slack_chat.trigger(slack_chat.member)
    shown = await slack_chat.messenger.open_form(trigger, FORM)
    await slack_chat.messenger.redraw_form(shown, Form("activate", "Newer", "Go", FORM.fields))
    await slack_chat.messenger.redraw_form(shown, Form("activate", "Older", "Go", FORM.fields))
    assert slack_chat.forms(slack_chat.member) == ["Newer"]


async def test_a_closed_form_cannot_be_redrawn(slack_chat: SlackWorkspace) -> None:
    with pytest.raises(IntegrationError) as refused:
        await slack_chat.messenger.redraw_form("V0GONE:1.2", FORM)
    assert refused.value.detail == "not_found"
    assert refused.value.permanent


async def test_a_profile_that_cannot_be_read_is_an_error_not_a_member(
    slack_chat: SlackWorkspace,
) -> None:
    slack_chat._fault("users.info", "status", 503)
    with pytest.raises(IntegrationError):
        await slack_chat.messenger.profile(slack_chat.member)


async def test_a_broken_connection_is_told_from_one_never_made(slack_chat: SlackWorkspace) -> None:
    await slack_chat.messenger.post(slack_chat.member, CARD)
    await slack_chat.slack.stop()
    outcomes = []
    for _ in range(2):
        with pytest.raises(IntegrationError) as failed:
            await slack_chat.messenger.post(slack_chat.member, CARD)
        outcomes.append(failed.value.outcome)
    assert outcomes == [Outcome.UNKNOWN, Outcome.DID_NOT]


@pytest.mark.parametrize(("status", "outcome"), [(429, Outcome.DID_NOT), (500, Outcome.UNKNOWN)])
async def test_an_answer_that_may_have_arrived_is_not_said_twice(
    slack_chat: SlackWorkspace, status: int, outcome: Outcome
) -> None:
    slack_chat._fault("/response/", "status", status, 3)
    address = slack_chat.reply_to(slack_chat.member)
    with pytest.raises(IntegrationError) as failed:
        await slack_chat.messenger.answer(slack_chat.member, address, CARD)
    assert failed.value.outcome is outcome
    assert slack_chat.read(slack_chat.member) == []


async def test_an_answer_whose_receipt_is_lost_leaves_the_outcome_open(
    slack_chat: SlackWorkspace,
) -> None:
    slack_chat._fault("/response/", "lost_answer")
    address = slack_chat.reply_to(slack_chat.member)
    with pytest.raises(IntegrationError) as failed:
        await slack_chat.messenger.answer(slack_chat.member, address, CARD)
    assert failed.value.outcome is Outcome.UNKNOWN


async def test_a_direct_channel_that_is_gone_is_asked_for_again(slack_chat: SlackWorkspace) -> None:
    await slack_chat.messenger.post(slack_chat.member, CARD)
    account = slack_chat.slack.workspace.accounts[ENGINEER]
    account.deleted = True
    with pytest.raises(UnreachableError) as failed:
        await slack_chat.messenger.post(slack_chat.member, CARD)
    assert failed.value.detail == "user_disabled"
    account.deleted = False
    await slack_chat.messenger.post(slack_chat.member, CARD)
    paths = [call.path for call in slack_chat.wire.calls]
    assert paths.count("/api/conversations.open") == 3


async def test_a_direct_channel_of_former_days_is_replaced_at_once(
    slack_chat: SlackWorkspace,
) -> None:
    slack_chat.messenger._channels[ENGINEER] = "D0FORMERLY"
    await slack_chat.messenger.post(slack_chat.member, CARD)
    assert len(slack_chat.read(slack_chat.member)) == 1


async def test_an_update_that_fails_otherwise_is_not_taken_for_gone(
    slack_chat: SlackWorkspace,
) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD)
    slack_chat._fault("chat.update", "status", 503)
    with pytest.raises(IntegrationError):
        await slack_chat.messenger.update(posted, CARD)


async def test_the_text_tells_times_in_the_zone_of_its_reader(slack_chat: SlackWorkspace) -> None:
    chat = slack_chat
    card = Card("Active", (("Until ", Moment(datetime(2025, 3, 8, 23, 5, tzinfo=UTC)), "."),))
    first = await chat.messenger.post(chat.member, card)
    account = chat.slack.workspace.accounts[ENGINEER]
    shown = account.shown()
    chat.slack.workspace.accounts[ENGINEER].shown = lambda: {**shown, "tz": "Europe/Berlin"}  # type: ignore[method-assign]

    await chat.messenger.profile(chat.member)
    await chat.messenger.post(chat.member, card)
    await chat.messenger.answer(chat.member, chat.reply_to(chat.member), card)
    before, posted, whispered = (row["raw"]["text"] for row in chat.slack.messages("engineer"))
    await chat.messenger.update(first, card)

    assert "23:05 UTC" in before
    assert "00:05 CET" in posted
    assert "00:05 CET" in whispered
    assert "00:05 CET" in chat.slack.messages("engineer")[0]["raw"]["text"]
