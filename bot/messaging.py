"""A chat as the product speaks in it: who is there, the messages that stand, and what can be done.

Every method may raise :class:`bot.ports.IntegrationError` besides what it names; what is for
somebody, or for a channel, :class:`UnreachableError` among them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.cards import Card, Form, Home
from bot.domain.ids import Channel, Chat, ChatAccount
from bot.ports import DirectoryUser, IntegrationError


@dataclass(frozen=True, slots=True)
class ChatProfile:
    """Who an account is in its chat, read now. `mail` is a hint that never authorises anything.

    `stands` says why this account may not act (`guest`, `stranger`, `bot`, `deactivated`), or
    is empty for a full member. `oid` is the object id in Entra, where the chat vouches for it.
    """

    account: ChatAccount
    name: str
    mail: str
    stands: str = ""
    zone: str = "UTC"
    oid: str = ""


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands, enough to bring it up to date later."""

    chat: Chat
    channel: str
    message: str


@dataclass(frozen=True, slots=True)
class About:
    """Which of our messages it is: `subject` is a request id, `topic` which of its messages.

    The chat keeps it with the message, where other programs can read it: nothing secret.
    """

    subject: str
    topic: str


To = ChatAccount | Channel
"""Whom a message is for: one person, or all who read a channel."""


class MessageGoneError(Exception):
    """The message to be updated is no longer there; a new one has to be posted."""


class UnreachableError(IntegrationError):
    """Nothing reaches this account or channel: it is deactivated, archived, or was never open to us.

    Told apart from a credential or a permission that is missing, which fails for everybody and is
    mended by an administrator: of this one nothing can be hoped.
    """

    def __init__(self, system: str, detail: str) -> None:
        super().__init__(system, detail, permanent=True)


class Messenger(Protocol):
    """One chat, as the product speaks in it."""

    async def profile(self, account: ChatAccount) -> ChatProfile:
        """The account's profile, read now."""
        ...

    async def account_of(self, user: DirectoryUser) -> ChatAccount | None:
        """The account of somebody of the directory, to notify them: it never authorises anything."""
        ...

    async def post(self, to: To, card: Card, about: About | None = None) -> Posted:
        """One new message: directly to somebody, whom it notifies, or in a channel.

        With `about` it can be found again.
        """
        ...

    async def find(self, to: To, about: About, since: datetime) -> tuple[Posted, ...]:
        """The messages of ours about this that stand there, the newest first.

        What was posted before `since` need not be looked at. Empty also where the chat does not
        let the bot look, which is logged: then a message whose answer was lost stays lost.
        """
        ...

    async def is_shared(self, channel: Channel) -> bool:
        """Whether people of other organisations read the channel too, asked now."""
        ...

    async def update(self, posted: Posted, card: Card, about: About | None = None) -> None:
        """Replace a message in place; it does not notify. Raises MessageGoneError."""
        ...

    async def retract(self, posted: Posted) -> bool:
        """Take a message away; False where the chat does not allow that. Gone already is fine."""
        ...

    async def answer(self, account: ChatAccount, reply_to: str, card: Card) -> None:
        """Answer privately where the person asked; falls back to a direct message."""
        ...

    async def open_form(self, trigger: str, form: Form) -> str:
        """Show a form and answer what to redraw it by; `trigger` is seconds old and works once."""
        ...

    async def show_home(self, account: ChatAccount, home: Home) -> None:
        """Set what the account sees on the bot's own tab; doing it again changes nothing."""
        ...

    async def redraw_form(self, shown: str, form: Form) -> None:
        """Replace the form that `open_form` showed, keeping what was typed in fields that stay."""
        ...
