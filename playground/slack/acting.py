"""What every act of a person needs: their account, and the rights it mints."""

import secrets
from dataclasses import dataclass

from playground.cast import PEOPLE, SLACK_SISTER_TEAM, SLACK_TEAM
from playground.kernel.acts import Json, Undeliverable, outcome
from playground.slack.accounts import Account
from playground.slack.delivery import Delivery, Kind
from playground.slack.payloads import callback
from playground.slack.scopes import SUBSCRIBED
from playground.slack.state import Channel, Message, Workspace


@dataclass(frozen=True)
class Acting:
    """The workspace as somebody at a keyboard meets it."""

    workspace: Workspace
    delivery: Delivery

    def account(self, who: str) -> Account:
        """Raises LookupError for nobody of the world, Undeliverable without an active account."""
        if who not in PEOPLE:
            raise LookupError(f"there is nobody called {who!r} in the world")
        account = self.workspace.account(who)
        if account is None or account.deleted:
            raise Undeliverable(f"{who} has no {'active ' if account else ''}Slack account")
        return account

    def response_url(self, channel: Channel, user: str, source: Message | None = None) -> str:
        """A fresh response_url."""
        key = self.workspace.response_urls.mint(channel, user, source)
        return f"{self.workspace.address}/response/{key}"

    async def happens(self, event: Json) -> Json:
        """The app hears of an event, if it has subscribed to such. Raises Undeliverable."""
        if event["type"] not in SUBSCRIBED:
            raise Undeliverable(f"the app has not subscribed to {event['type']}")
        event_id = f"Ev{secrets.token_hex(5).upper()}"
        team = SLACK_SISTER_TEAM if self.workspace.enterprise else SLACK_TEAM
        payload = callback(event, event_id, self.workspace.next_ts(), team)
        return outcome(await self.delivery.send(Kind.EVENT, payload))
