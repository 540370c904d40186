"""The people as Teams knows them, the team they share, and the bot among them."""

from dataclasses import dataclass

from playground.cast import PEOPLE, TEAMS_APP_ID, TENANT_ID, Person
from playground.kernel.acts import Json

BOT = f"28:{TEAMS_APP_ID}"
"""How conversations name a bot: its app id with this prefix."""
BOT_NAME = "AWS Access"


@dataclass(frozen=True)
class Account:
    """One Teams user of our tenant; `id` is what Teams calls them towards this bot alone."""

    id: str
    key: str
    name: str
    oid: str
    mail: str
    guest: bool = False

    def shown(self) -> Json:
        """A member of a conversation.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
        """
        given, _, surname = self.name.partition(" ")
        return {
            "id": self.id,
            "name": self.name,
            "givenName": given,
            "surname": surname,
            "objectId": self.oid,
            "aadObjectId": self.oid,
            "email": self.mail,
            "userPrincipalName": self.mail,
            "tenantId": TENANT_ID,
            "userRole": "guest" if self.guest else "user",
        }

    def sender(self) -> Json:
        """`from` of an activity."""
        return {"id": self.id, "name": self.name, "aadObjectId": self.oid}


def accounts() -> dict[str, Account]:
    """Everybody who has Teams, by their key in the world."""
    return {p.key: _account(p.teams, p) for p in PEOPLE.values() if p.teams is not None}


def _account(teams_id: str, person: Person) -> Account:
    return Account(teams_id, person.key, person.name, person.oid, person.upn, person.guest)
