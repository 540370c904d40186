"""The people of the workspace as Slack knows them, made from the cast."""

from dataclasses import dataclass, field

from playground.cast import (
    PEOPLE,
    SLACK_APP_ID,
    SLACK_BOT_USER,
    SLACK_ENTERPRISE,
    SLACK_OTHER_TEAM,
    SLACK_TEAM,
    Person,
)
from playground.slack.refusals import Json

SLACK_BOT_ID = "B0AWSACCES"
SLACKBOT = "USLACKBOT"
TEAM_DOMAIN = "playground"


@dataclass
class Account:
    """One Slack user; `name` is the person's key in the world."""

    id: str
    name: str
    real_name: str
    title: str
    email: str
    team: str = SLACK_TEAM
    guest: bool = False
    stranger: bool = False
    bot: bool = False
    deleted: bool = False
    zone: str = "Etc/UTC"
    teams: list[str] = field(default_factory=list)
    """Of an Enterprise Grid account, the workspaces it is a member of; `team` is any of them."""

    def shown(self) -> Json:
        """The user object of users.info, https://docs.slack.dev/reference/objects/user-object."""
        profile = {
            "real_name": self.real_name,
            "real_name_normalized": self.real_name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "title": self.title,
            "team": self.team,
            **({"api_app_id": SLACK_APP_ID, "bot_id": SLACK_BOT_ID} if self.bot else {}),
            **({} if self.bot else {"email": self.email}),
        }
        return {
            "id": self.id,
            "team_id": self.team,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "tz": self.zone,
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": self.guest,
            "is_ultra_restricted": False,
            "is_bot": self.bot,
            "is_app_user": False,
            "is_email_confirmed": not self.bot,
            "updated": 1_700_000_000,
            **({"is_stranger": True} if self.stranger else {}),
            **self._on_grid(),
        }

    def _on_grid(self) -> Json:
        if not self.teams:
            return {}
        told = {"id": self.id, "enterprise_id": SLACK_ENTERPRISE, "teams": self.teams}
        return {"enterprise_user": {**told, "is_admin": False, "is_owner": False}}


def _account(slack_id: str, person: Person) -> Account:
    return Account(
        id=slack_id,
        name=person.key,
        real_name=person.name,
        title=person.title,
        # A stranger's profile carries an address of our domain on purpose: anybody can type one
        # into another workspace, so an e-mail match must never be enough.
        email=person.upn,
        team=SLACK_OTHER_TEAM if person.stranger else SLACK_TEAM,
        guest=person.guest,
        stranger=person.stranger,
    )


def accounts() -> dict[str, Account]:
    """Everybody by Slack user id, the bot included."""
    people = [_account(p.slack, p) for p in PEOPLE.values() if p.slack is not None]
    bot = Account(SLACK_BOT_USER, "aws-access", "AWS Access", "", "", bot=True)
    return {one.id: one for one in (*people, bot)}
