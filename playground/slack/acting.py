"""What every act of a person needs: their account, the rights it mints, and how it is reported."""

from dataclasses import dataclass

from playground.cast import PEOPLE
from playground.slack.accounts import Account
from playground.slack.delivery import Answer, Delivery
from playground.slack.refusals import Json, Undeliverable
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


def heard(answers: list[Answer]) -> Answer:
    """The answer Slack acts on when the network delivered several times: the first that came."""
    return next((one for one in answers if not one.failure), answers[0])


def outcome(answers: list[Answer], slack_says: str = "", **more: object) -> Json:
    """How an act is reported; `slack_says` is what Slack itself told the person, if anything."""
    report = heard(answers).shown()
    if len(answers) > 1:
        report["replies"] = [one.shown() for one in answers]
    if slack_says:
        report["slack_says"] = slack_says
    return {**report, **more}
