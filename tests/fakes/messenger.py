"""A chat in memory: what everybody was shown, for tests that are about something else."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from bot.cards import Card, Form
from bot.domain.ids import Chat, ChatAccount
from bot.ports import ChatProfile, IntegrationError, MessageGoneError, Outcome, Posted


@dataclass
class Shown:
    """One message. `private`: an answer to a command; `edits`: how often it was brought up to date."""

    account: ChatAccount
    card: Card
    posted: Posted | None = None
    private: bool = False
    edits: int = 0


@dataclass
class FakeMessenger:
    """The Messenger port. `failures` are raised, one for each call that changes something.

    A failure whose outcome is `happened` or `unknown` comes after the effect, as a lost answer.
    """

    chat: Chat = Chat.SLACK
    team: str = "T0TEAM"
    profiles: dict[ChatAccount, ChatProfile] = field(default_factory=dict)
    messages: list[Shown] = field(default_factory=list)
    forms: dict[str, Form] = field(default_factory=dict)
    failures: deque[IntegrationError] = field(default_factory=deque)
    used_up: set[str] = field(default_factory=set)
    """Addresses to answer by, and triggers, that work no more."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def join(self, user: str, name: str = "", **known: str) -> ChatAccount:
        """Somebody of the workspace; `known` is `mail`, `stands` or `zone`."""
        account = ChatAccount(self.chat, self.team, user)
        self.profiles[account] = ChatProfile(
            account,
            name or user,
            known.get("mail", ""),
            known.get("stands", ""),
            known.get("zone", "UTC"),
        )
        return account

    def to(self, account: ChatAccount) -> list[Card]:
        """The cards somebody sees now, oldest first."""
        return [one.card for one in self.messages if one.account == account]

    def delete(self, posted: Posted) -> None:
        """Somebody deleted a message."""
        self.messages = [one for one in self.messages if one.posted != posted]

    async def profile(self, account: ChatAccount) -> ChatProfile:
        if account.team != self.team:
            return ChatProfile(account, account.user, "", "stranger")
        known = self.profiles.get(account)
        return known or ChatProfile(account, account.user, "", "unknown")

    async def post(self, account: ChatAccount, card: Card) -> Posted:
        if account.team != self.team:
            raise IntegrationError("the chat", "account of another workspace", permanent=True)
        posted = Posted(self.chat, f"D-{account.user}", str(next(self._numbers)))
        self._done(lambda: self.messages.append(Shown(account, card, posted)))
        return posted

    async def update(self, posted: Posted, card: Card) -> None:
        found = next((n for n, one in enumerate(self.messages) if one.posted == posted), None)
        if found is None:
            raise MessageGoneError
        before = self.messages[found]
        after = replace(before, card=card, edits=before.edits + 1)
        self._done(lambda: self.messages.__setitem__(found, after))

    async def answer(self, account: ChatAccount, reply_to: str, card: Card) -> None:
        if not reply_to or reply_to in self.used_up:
            await self.post(account, card)
            return
        self._done(lambda: self.messages.append(Shown(account, card, private=True)))

    async def open_form(self, trigger: str, form: Form) -> str:
        if trigger in self.used_up:
            raise IntegrationError("the chat", "trigger used", permanent=True)
        self.used_up.add(trigger)
        shown = f"V{next(self._numbers)}"
        self._done(lambda: self.forms.__setitem__(shown, form))
        return shown

    async def redraw_form(self, shown: str, form: Form) -> None:
        if shown not in self.forms:
            raise IntegrationError("the chat", "not_found", permanent=True)
        self._done(lambda: self.forms.__setitem__(shown, form))

    def _done(self, effect: Callable[[], None]) -> None:
        failure = self.failures.popleft() if self.failures else None
        if failure is None or failure.outcome is not Outcome.DID_NOT:
            effect()
        if failure is not None:
            raise failure
