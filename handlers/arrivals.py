"""What a front door hands in, and the one door all chats hand it to."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from bot.cards import Card, FieldErrors, Option, Page
from bot.domain.ids import ChatAccount
from bot.messaging import ChatProfile


@dataclass(frozen=True, slots=True)
class Arrival:
    """One thing a person did in a chat, authenticated as coming from that chat and not further.

    `delivery` is the same for every redelivery of one human action, and different otherwise.
    `reply_to` is where the chat lets us answer privately; `trigger` is what opens a form;
    `shown` is what redraws the form this came from.
    """

    account: ChatAccount
    delivery: str
    reply_to: str = ""
    trigger: str = ""
    shown: str = ""


class FrontDesk(Protocol):
    """What the chats' front doors call; implemented in :mod:`handlers.dispatch`. Never raises:

    a failure is logged and comes back as a card that says what happened. Each returns only once
    what must not be lost is committed; the rest happens after the answer.
    """

    async def said(self, arrival: Arrival, text: str) -> Card | None:
        """A command line; the card is the private answer, None when it comes by `reply_to`."""
        ...

    async def wrote(self, arrival: Arrival, text: str) -> None:
        """The same in a chat where every answer is a message of its own."""
        ...

    async def pressed(self, arrival: Arrival, value: str) -> None:
        """A button; `value` is the encoded intent, and may be anything at all."""
        ...

    async def submitted(
        self, arrival: Arrival, form: str, values: Mapping[str, str]
    ) -> FieldErrors | None:
        """A form was sent; None closes it."""
        ...

    async def chosen(self, arrival: Arrival, form: str, values: Mapping[str, str]) -> None:
        """A choice was made in a field that reloads its form; `values` is all that is filled in."""
        ...

    async def home_opened(self, arrival: Arrival) -> bool:
        """The bot's own tab was opened; False: it was not noted, and may be delivered again."""
        ...

    async def account_changed(self, told: ChatProfile) -> bool:
        """The chat says that an account is now so; False: it was not noted, as above."""
        ...

    async def view(self, account: ChatAccount, about: str) -> Card | None:
        """A card with `views`, as this account should see it now; None: as it stands."""
        ...

    async def options(self, account: ChatAccount, field: str, typed: str) -> tuple[Option, ...]:
        """What a field offers, at most 100, for what was typed so far."""
        ...


class SignInDesk(Protocol):
    """What the web pages of the sign-in call; implemented in :mod:`handlers.sign_in`. Never raises."""

    async def look(self, secret: str) -> Page:
        """The page behind a sign-in link. Changes nothing: link previews come here too."""
        ...

    async def confirm(self, secret: str, browser: str) -> str | Page:
        """Confirm was pressed in the browser with this cookie: where to go, or why not."""
        ...

    async def finish(self, query: Mapping[str, str], browser: str) -> Page:
        """The browser came back from Entra with this query."""
        ...

    async def offered(self, secret: str) -> str:
        """The key under which the chat may hand over a person's token for the link with this secret.

        Empty where only a browser will do.
        """
        ...

    async def exchanged(self, account: ChatAccount, key: str, token: str) -> bool:
        """The chat handed over a token; whether the sign-in is done with it."""
        ...
