"""A chat in memory: what everybody was shown, for tests that are about something else."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.cards import Card, Form, Home
from bot.domain.ids import Channel, Chat, ChatAccount
from bot.messaging import About, ChatProfile, MessageGoneError, Posted, To, UnreachableError
from bot.ports import DirectoryUser, IntegrationError, Outcome


@dataclass
class Shown:
    """One message. `private`: an answer to a command; `edits`: how often it was brought up to date.

    `hidden`: the chat does not show it yet to who looks for it.
    """

    account: To
    card: Card
    posted: Posted | None = None
    private: bool = False
    edits: int = 0
    about: About | None = None
    hidden: bool = False


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
    refusing: dict[ChatAccount, IntegrationError] = field(default_factory=dict)
    homes: dict[ChatAccount, list[Home]] = field(default_factory=dict)
    """All that anybody's tab has shown, the newest last."""
    channels: dict[Channel, bool] = field(default_factory=dict)
    """Those the bot was invited to, and whether others than the workspace's people read them."""
    silent: IntegrationError | None = None
    """Raised by whoever asks for a profile."""
    fixed: bool = False
    """Nothing can be taken away in this chat."""
    blind: bool = False
    """The bot may not look for messages."""
    lags: bool = False
    """What is posted now cannot be found yet."""
    loses: list[str] = field(default_factory=list)
    """Topics of which the next message arrives and its answer does not."""
    looks: int = 0
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

    def to(self, account: To) -> list[Card]:
        """The cards somebody sees now, oldest first."""
        return [one.card for one in self.messages if one.account == account]

    def delete(self, posted: Posted) -> None:
        """Somebody deleted a message."""
        self.messages = [one for one in self.messages if one.posted != posted]

    async def profile(self, account: ChatAccount) -> ChatProfile:
        if self.silent is not None:
            raise self.silent
        if account.team != self.team:
            return ChatProfile(account, account.user, "", "stranger")
        known = self.profiles.get(account)
        return known or ChatProfile(account, account.user, "", "unknown")

    async def account_of(self, user: DirectoryUser) -> ChatAccount | None:
        mails = {user.mail, user.user_name} - {""}
        known = (p for p in self.profiles.values() if p.mail in mails and p.stands != "stranger")
        return next((profile.account for profile in known), None)

    async def post(self, to: To, card: Card, about: About | None = None) -> Posted:
        if isinstance(to, ChatAccount) and to in self.refusing:
            raise self.refusing[to]
        if isinstance(to, ChatAccount):
            known = self.profiles.get(to)
            if known is None or known.stands == "deactivated":
                raise UnreachableError("the chat", "no such member")
        if isinstance(to, Channel) and to not in self.channels:
            raise UnreachableError("the chat", "not_in_channel")
        where = to.id if isinstance(to, Channel) else f"D-{to.user}"
        posted = Posted(self.chat, where, str(next(self._numbers)))
        shown = Shown(to, card, posted, about=about, hidden=self.lags)
        self._done(lambda: self.messages.append(shown))
        if about is not None and about.topic in self.loses:
            self.loses.remove(about.topic)
            raise IntegrationError("the chat", "no answer", outcome=Outcome.UNKNOWN)
        return posted

    async def find(self, to: To, about: About, since: datetime) -> tuple[Posted, ...]:
        self.looks += 1
        mine = [one for one in self.messages if (one.account, one.about) == (to, about)]
        seen = [one.posted for one in mine if one.posted and not one.hidden and not self.blind]
        return tuple(reversed(seen))

    async def update(self, posted: Posted, card: Card, about: About | None = None) -> None:
        found = next((n for n, one in enumerate(self.messages) if one.posted == posted), None)
        if found is None:
            raise MessageGoneError
        before = self.messages[found]
        after = replace(before, card=card, edits=before.edits + 1, about=about)
        self._done(lambda: self.messages.__setitem__(found, after))

    async def is_shared(self, channel: Channel) -> bool:
        if channel not in self.channels:
            raise UnreachableError("the chat", "channel_not_found")
        return self.channels[channel]

    async def retract(self, posted: Posted) -> bool:
        if not self.fixed:
            self._done(lambda: self.delete(posted))
        return not self.fixed

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

    async def show_home(self, account: ChatAccount, home: Home) -> None:
        if account.team != self.team:
            raise IntegrationError("the chat", "account of another workspace", permanent=True)
        self._done(lambda: self.homes.setdefault(account, []).append(home))

    def _done(self, effect: Callable[[], None]) -> None:
        failure = self.failures.popleft() if self.failures else None
        if failure is None or failure.outcome is not Outcome.DID_NOT:
            effect()
        if failure is not None:
            raise failure
