"""Single sign-on: Teams is asked to hand over the person's token, beside the button that needs a browser.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview
"""

import asyncio
import time
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from bot.cards import Card
from bot.domain.ids import ChatAccount
from bot.ports import IntegrationError
from bot.wording.doors import SIGNING_IN
from handlers.arrivals import SignInDesk
from integrations.teams.activities import Answer, text
from integrations.teams.connector import Connector, Json, Where

CARD = "application/vnd.microsoft.card.oauth"
CONNECTION = "aws-access"
"""Teams wants a name; it is told back with the token and means nothing else."""
LINK = "/sign-in/"
STANDS = 20.0
"""Seconds after which the request is taken away: whoever's Teams has not answered it has the button."""
FORGETS = 3600.0
"""Seconds in which somebody for whom it did not work is not asked again."""
MOST_REMEMBERED = 10_000
_PRECONDITION_FAILED = 412
_log = structlog.get_logger(__name__)


class SingleSignOn:
    """What is asked of Teams for sign-in links; `resource` is the app's URI (`api://botid-…`)."""

    def __init__(
        self,
        connector: Connector,
        resource: str,
        public_url: str,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.desk: SignInDesk | None = None
        self._connector = connector
        self._resource = resource
        self._links = f"{public_url}{LINK}"
        self._monotonic = monotonic
        self._failed: dict[ChatAccount, float] = {}
        self._standing: dict[str, tuple[ChatAccount, asyncio.Task[None]]] = {}

    async def invite(self, account: ChatAccount, where: Where, card: Card) -> None:
        """Ask for a token, if the card has a link for which it would do. Losable: never raises."""
        url = next((b.url for b in card.buttons if b.url and b.url.startswith(self._links)), "")
        if self.desk is None or not url or self._has_failed(account):
            return
        key = await self.desk.offered(url.removeprefix(self._links))
        if not key:
            return
        try:
            sent = await self._connector.send(where, self._asks(key, url))
        except IntegrationError as failed:
            _log.warning("single_sign_on_not_asked", error=failed.detail)
            return
        self._standing[key] = account, asyncio.create_task(self._take_away(key, where, sent))

    async def exchanged(self, account: ChatAccount, value: Mapping[str, Any]) -> Answer:
        """A client hands over a token; one that does not serve leaves the button to be pressed."""
        key, token = text(value, "id"), text(value, "token")
        told = {"id": key, "connectionName": text(value, "connectionName")}
        if self.desk is not None and await self.desk.exchanged(account, key, token):
            return Answer(told)
        self.failed(account, "not taken")
        return Answer({**told, "failureDetail": "sign in with the button"}, _PRECONDITION_FAILED)

    def failed(self, account: ChatAccount, why: str) -> None:
        """Somebody's Teams has no token to give, or the one it gave did not do: they have the button."""
        _log.info("single_sign_on_failed", why=why)
        if len(self._failed) >= MOST_REMEMBERED:
            self._failed.clear()
        self._failed[account] = self._monotonic()
        for whose, standing in self._standing.values():
            if whose == account:
                standing.cancel()  # it is taken away at once

    async def stop(self) -> None:
        """Take away what still stands."""
        tasks = [task for _, task in self._standing.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _asks(self, key: str, url: str) -> Json:
        content = {
            "text": SIGNING_IN,
            "connectionName": CONNECTION,
            "tokenExchangeResource": {"id": key, "uri": self._resource},
            "buttons": [{"type": "signin", "title": "Sign In", "value": url}],
        }
        return {"type": "message", "attachments": [{"contentType": CARD, "content": content}]}

    async def _take_away(self, key: str, where: Where, message: str) -> None:
        try:
            await asyncio.sleep(STANDS)
        except asyncio.CancelledError:
            pass  # sooner, then
        finally:
            self._standing.pop(key, None)
        try:
            await self._connector.delete(where, message)
        except IntegrationError as failed:
            _log.info("single_sign_on_stands", error=failed.detail)

    def _has_failed(self, account: ChatAccount) -> bool:
        failed = self._failed.get(account)
        return failed is not None and self._monotonic() - failed < FORGETS
