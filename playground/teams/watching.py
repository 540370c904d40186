"""What the client does by itself when a message arrives: refresh a card, sign somebody in silently.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/universal-actions-for-adaptive-cards/up-to-date-views
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from playground.cast import SINGLE_SIGN_ON
from playground.entra.oauth import OAuthError
from playground.kernel.acts import Json, heard
from playground.teams import activities
from playground.teams.accounts import Account
from playground.teams.acting import TAKEN, WORDS, Acting, after_action
from playground.teams.chatting import executed
from playground.teams.fields import Action, initial
from playground.teams.state import Message, card_of, sign_in_of

REFRESH_AGAIN = timedelta(minutes=1)
Token = Callable[[str], str]
"""The single sign-on token of a person, by object id; raises OAuthError without consent."""


class Watching:
    """Everybody's client is open. `busy` while something that it began is under way."""

    def __init__(self, acting: Acting, token: Token) -> None:
        self._acting = acting
        self._tenant = acting.tenant
        self._token = token
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def busy(self) -> bool:
        """Whether the bot is still going to hear of something."""
        return bool(self._tasks)

    async def stop(self) -> None:
        """Give up what is under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def arrived(self, message: Message) -> None:
        """A message was posted or edited."""
        card = card_of(message.activity) or {}
        for account in self._tenant.accounts.values():
            if not self._tenant.sees(account, message):
                continue
            if self._is_refreshed(message, card, account):
                self.begin(self._refresh(message, Action(card["refresh"]["action"]), account))
        asked, person = sign_in_of(message.activity), message.conversation.person
        if asked and asked.get("tokenExchangeResource") and person is not None:
            self.begin(self._sign_in(message, person, asked))

    def begin(self, doing: Coroutine[Any, Any, None]) -> None:
        """Have something go on by itself."""
        task = asyncio.create_task(doing)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _is_refreshed(self, message: Message, card: Json, account: Account) -> bool:
        if "refresh" not in card:
            return False
        now, last = self._tenant.clock.now(), message.refreshed.get(account.id)
        named = card["refresh"].get("userIds")
        return (last is None or now - last >= REFRESH_AGAIN) and (
            named is None or account.id in named
        )

    async def _refresh(self, message: Message, action: Action, account: Account) -> None:
        message.refreshed[account.id] = self._tenant.clock.now()
        card = card_of(message.activity) or {}
        value = executed(action, initial(card), "automatic")
        now, where = self._tenant.clock.now(), message.conversation
        activity = activities.invoke("adaptiveCard/action", account, where, value, now, message)
        answer = heard(await self._acting.delivery.send(activity))
        body = answer.reply if isinstance(answer.reply, dict) else {}
        # What fails or only says something leaves the card as it is: nobody has pressed anything.
        if answer.accepted and body.get("statusCode") == TAKEN and body.get("type") != WORDS:
            after_action(self._tenant, message, account, answer)

    async def _sign_in(self, message: Message, account: Account, asked: Json) -> None:
        resource = asked["tokenExchangeResource"]
        now, where = self._tenant.clock.now(), message.conversation
        try:
            token = self._token_for(account, str(resource.get("uri")))
        except _NoTokenError as failed:
            value = {"code": str(failed), "message": "The token could not be had."}
            failure = activities.invoke("signin/failure", account, where, value, now)
            await self._acting.delivery.send(failure)
            return
        value = {
            "id": resource.get("id", ""),
            "connectionName": asked.get("connectionName", ""),
            "token": token,
        }
        activity = activities.invoke("signin/tokenExchange", account, where, value, now)
        if heard(await self._acting.delivery.send(activity)).accepted:
            self._tenant.take_in(message)

    def _token_for(self, account: Account, uri: str) -> str:
        """Raises _NoTokenError with Teams' code."""
        if uri != SINGLE_SIGN_ON:
            raise _NoTokenError("resourcematchfailed")
        if account.key in self._tenant.unconsenting:
            raise _NoTokenError("userconsentrequired")
        try:
            return self._token(account.oid)
        except OAuthError:
            raise _NoTokenError("authrequestfailed") from None


class _NoTokenError(Exception):
    """Teams can hand over none; the text is the code that it tells the bot."""
