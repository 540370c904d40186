"""What every act of a person in Teams needs: their account, the way to the bot, the answer shown."""

from dataclasses import dataclass

from playground.cast import PEOPLE
from playground.kernel.acts import Answer, Undeliverable
from playground.teams.accounts import Account
from playground.teams.content import refuse_wrong_card
from playground.teams.delivery import Delivery
from playground.teams.refusals import Refused
from playground.teams.state import CARD, Message, Tenant

WORDS = "application/vnd.microsoft.activity.message"
TROUBLE = "Something went wrong. Please try again."
"""What Teams shows under a card when the bot does not answer, or with nonsense."""
TAKEN = 200


@dataclass(frozen=True)
class Acting:
    """The tenant as somebody at a keyboard meets it."""

    tenant: Tenant
    delivery: Delivery

    def account(self, who: str) -> Account:
        """Raises LookupError for nobody of the world, Undeliverable without Teams."""
        if who not in PEOPLE:
            raise LookupError(f"there is nobody called {who!r} in the world")
        account = self.tenant.accounts.get(who)
        if account is None:
            raise Undeliverable(f"{who} has no Teams account")
        return account

    def reached(self, account: Account) -> None:
        """Raises Undeliverable where what somebody does with the bot is not sent to it."""
        if account.key in self.tenant.uninstalled:
            raise Undeliverable(f"the app is not installed for {account.key}")
        if account.key in self.tenant.blocked:
            raise Undeliverable(f"{account.key} has blocked the bot")


def after_action(tenant: Tenant, message: Message, account: Account, answer: Answer) -> str:
    """Show what the bot answered to a press; answers what Teams itself had to tell, or "".

    https://learn.microsoft.com/adaptive-cards/authoring-cards/universal-action-model#response-format
    """
    said = ""
    body = answer.reply if answer.accepted and isinstance(answer.reply, dict) else {}
    kind, value = body.get("type"), body.get("value")
    if body.get("statusCode") == TAKEN and kind == CARD and _is_shown(value):
        tenant.show(message, account, value or {})
    elif body.get("statusCode") == TAKEN and kind == WORDS and isinstance(value, str):
        tenant.note(message, account, value)
    elif body.get("statusCode") != TAKEN and _told(value):
        tenant.note(message, account, _told(value))
    else:
        said = TROUBLE
        tenant.note(message, account, said)
    return said


def _is_shown(card: object) -> bool:
    try:
        refuse_wrong_card(card)
    except Refused:
        return False
    return True


def _told(value: object) -> str:
    """What an error says: {"code", "message"}."""
    return str(value.get("message") or "") if isinstance(value, dict) else ""
