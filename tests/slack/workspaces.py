"""Chats that one can look at from the outside: the fake one, and the simulated Slack over the wire."""

import re
from collections import deque
from dataclasses import dataclass, field

from bot.cards import Card
from bot.domain.ids import Channel, Chat, ChatAccount
from bot.messaging import Posted
from bot.ports import IntegrationError, Outcome
from integrations.slack.messenger import SlackMessenger
from integrations.slack.text import plain
from playground.cast import SLACK_OTHER_TEAM, SLACK_TEAM
from playground.kernel.wire import Fault, Wire
from playground.slack.facade import Slack
from playground.slack.state import Channel as SlackChannel
from tests.contracts.messenger import Read
from tests.fakes.messenger import FakeMessenger

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

    def home(self, account: ChatAccount) -> str:
        shown = self.messenger.homes[account][-1]
        return "\n".join(plain(item.line) for part in shown.sections for item in part.items)

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

    def channel(self, kind: str) -> Channel:
        channel = Channel(Chat.SLACK, f"C-{kind}")
        if kind != "closed":
            self.messenger.channels[channel] = kind == "shared"
        return channel

    def read_in(self, channel: Channel) -> list[Read]:
        return [
            Read(_words(one.card), edited=one.edits > 0)
            for one in self.messenger.messages
            if one.account == channel
        ]

    def may_not_look(self) -> None:
        self.messenger.blind = True

    def may_not_delete(self) -> None:
        self.messenger.fixed = True


def _words(card: Card) -> str:
    return "\n".join([card.title, *map(plain, card.lines)])


@dataclass
class SlackWorkspace:
    slack: Slack
    wire: Wire
    messenger: SlackMessenger

    def __post_init__(self) -> None:
        self.member = account(ENGINEER)
        self.unusual = {
            "guest": account(GUEST),
            "stranger": ChatAccount(Chat.SLACK, SLACK_OTHER_TEAM, STRANGER),
            "bot": account(BOT),
            "deactivated": account(LEAVER),
            "unknown": account("U0NOBODY00"),
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

    def home(self, account: ChatAccount) -> str:
        shown = self.slack.home(self.slack.workspace.accounts[account.user].name)
        assert shown is not None
        return str(shown["text"])

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

    def channel(self, kind: str) -> Channel:
        key = {"internal": "C0PROD", "shared": "C0PARTNERS", "closed": "C0CLOSED"}[kind]
        closed = SlackChannel("C0CLOSED", "closed", invited=False)
        self.slack.workspace.channels[closed.id] = closed
        return Channel(Chat.SLACK, key)

    def read_in(self, channel: Channel) -> list[Read]:
        return [
            Read(m["text"], private=m["ephemeral"], edited=not m["new"])
            for m in self.slack.messages("admin")
            if m["to"] == channel.id
        ]

    def may_not_look(self) -> None:
        self.slack.workspace.scopes.remove("im:history")

    def may_not_delete(self) -> None:
        self.slack.workspace.refuses["chat.delete"] = "compliance_exports_prevent_deletion"

    def _fault(self, match: str, kind: str, status: int = 503, after: float | None = None) -> None:
        fault = Fault("slack", re.compile(match), 1, kind, status, after)  # type: ignore[arg-type]
        self.wire.faults.append(fault)


def account(user: str) -> ChatAccount:
    return ChatAccount(Chat.SLACK, SLACK_TEAM, user)
