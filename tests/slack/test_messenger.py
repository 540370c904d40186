"""The Messenger contract on the fake and, over the wire, on Slack; and what is Slack's alone."""

import re
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from bot.cards import Card, Form
from bot.domain.ids import Chat, ChatAccount
from bot.ports import IntegrationError, Messenger, Outcome, Posted
from integrations.slack.client import SlackClient
from integrations.slack.messenger import SlackMessenger
from integrations.slack.text import plain
from playground.cast import SLACK_OTHER_TEAM, SLACK_TEAM
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Fault, Wire
from playground.slack.facade import Slack
from tests.contracts.messenger import CARD, FORM, MessengerContract, Read
from tests.fakes.messenger import FakeMessenger

FIT: tuple[type[Messenger], ...] = (FakeMessenger, SlackMessenger)
ENGINEER, STRANGER, GUEST, BOT, LEAVER = (
    "U0ENGINEER",
    "U0STRANGER",
    "U0GUEST000",
    "U0AWSACCES",
    "U0OUTSIDER",
)


@dataclass
class FakeWorkspace:
    messenger: FakeMessenger = field(default_factory=FakeMessenger)

    def __post_init__(self) -> None:
        join = self.messenger.join
        self.member = join("U1", "Erin", mail="erin@example.com")
        self.unusual = {s: join(f"U-{s}", stands=s) for s in ("guest", "bot", "deactivated")}
        self.unusual["stranger"] = ChatAccount(Chat.SLACK, "T0OTHER", "U2")
        self.unusual["unknown"] = ChatAccount(Chat.SLACK, self.messenger.team, "U3")

    def read(self, account: ChatAccount) -> list[Read]:
        return [
            Read(_words(one.card), one.private, edited=one.edits > 0)
            for one in self.messenger.messages
            if one.account == account
        ]

    def forms(self, account: ChatAccount) -> list[str]:
        return [form.title for form in self.messenger.forms.values()]

    def delete(self, posted: Posted) -> None:
        self.messenger.delete(posted)

    def reply_to(self, account: ChatAccount) -> str:
        return "address"

    def used_up(self, account: ChatAccount) -> str:
        self.messenger.used_up.add("old")
        return "old"

    def trigger(self, account: ChatAccount) -> str:
        return "trigger"

    def limit_next(self, seconds: float) -> None:
        self.messenger.failures = deque([IntegrationError("fake", "limit", retry_after=seconds)])

    def lose_next_answer(self) -> None:
        self.messenger.failures = deque([IntegrationError("fake", "lost", outcome=Outcome.UNKNOWN)])


def _words(card: Card) -> str:
    return "\n".join([card.title, *map(plain, card.lines)])


class TestFakeMessenger(MessengerContract):
    @pytest.fixture
    def chat(self) -> FakeWorkspace:
        return FakeWorkspace()


@dataclass
class SlackWorkspace:
    slack: Slack
    wire: Wire
    messenger: SlackMessenger

    def __post_init__(self) -> None:
        self.member = _account(ENGINEER)
        self.unusual = {
            "guest": _account(GUEST),
            "stranger": ChatAccount(Chat.SLACK, SLACK_OTHER_TEAM, STRANGER),
            "bot": _account(BOT),
            "deactivated": _account(LEAVER),
            "unknown": _account("U0NOBODY00"),
        }
        self.slack.workspace.accounts[LEAVER].deleted = True

    def read(self, account: ChatAccount) -> list[Read]:
        who = self.slack.workspace.accounts[account.user].name
        return [
            Read(m["text"], private=m["ephemeral"], edited=not m["new"])
            for m in self.slack.messages(who)
        ]

    def forms(self, account: ChatAccount) -> list[str]:
        who = self.slack.workspace.accounts[account.user].name
        return [form["title"] for form in self.slack.forms(who)]

    def delete(self, posted: Posted) -> None:
        workspace = self.slack.workspace
        workspace.messages = [m for m in workspace.messages if m.ts != posted.message]

    def reply_to(self, account: ChatAccount) -> str:
        workspace = self.slack.workspace
        channel = workspace.direct(account.user)
        assert channel is not None
        key = workspace.response_urls.mint(channel, account.user)
        return f"{workspace.address}/response/{key}"

    def used_up(self, account: ChatAccount) -> str:
        url = self.reply_to(account)
        for _ in range(5):
            self.slack.workspace.response_urls.use(url.rpartition("/")[2])
        return url

    def trigger(self, account: ChatAccount) -> str:
        return self.slack.workspace.triggers.mint(account.user)

    def limit_next(self, seconds: float) -> None:
        self._fault("chat.postMessage", "status", 429, seconds)

    def lose_next_answer(self) -> None:
        self._fault("chat.postMessage", "lost_answer")

    def _fault(self, match: str, kind: str, status: int = 503, after: float | None = None) -> None:
        fault = Fault("slack", re.compile(match), 1, kind, status, after)  # type: ignore[arg-type]
        self.wire.faults.append(fault)


def _account(user: str) -> ChatAccount:
    return ChatAccount(Chat.SLACK, SLACK_TEAM, user)


@pytest.fixture
async def slack_chat() -> AsyncIterator[SlackWorkspace]:
    wire = Wire(WorldClock())
    slack = Slack(wire.clock, wire)
    await slack.start()
    client = SlackClient(slack.bot_token, slack.api_url, dev_loopback=True)
    await client.start()
    yield SlackWorkspace(slack, wire, SlackMessenger(client))
    await client.stop()
    await slack.stop()


class TestSlackMessenger(MessengerContract):
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
    with pytest.raises(IntegrationError) as failed:
        await slack_chat.messenger.post(slack_chat.member, CARD)
    assert failed.value.detail == "channel_not_found"
    account.deleted = False
    await slack_chat.messenger.post(slack_chat.member, CARD)
    paths = [call.path for call in slack_chat.wire.calls]
    assert paths.count("/api/conversations.open") == 2


async def test_an_update_that_fails_otherwise_is_not_taken_for_gone(
    slack_chat: SlackWorkspace,
) -> None:
    posted = await slack_chat.messenger.post(slack_chat.member, CARD)
    slack_chat._fault("chat.update", "status", 503)
    with pytest.raises(IntegrationError):
        await slack_chat.messenger.update(posted, CARD)
