"""Who is in the world and what there is to ask for: fixed names and ids, nothing that happens."""

import uuid
from dataclasses import dataclass
from typing import Literal

SPACE = uuid.UUID("5f0c2d0e-2f0b-4c57-9a55-1f3f6a0c9b11")
"""Every Entra id of the world is derived from its name, so that runs can be compared."""


def entra_id(name: str) -> str:
    """The fixed GUID of anything that has a name in the world."""
    return str(uuid.uuid5(SPACE, name))


TENANT_ID = entra_id("tenant")
BOT_APP_ID = entra_id("app:aws-access")
"""The app registration that reads, and that people sign in to."""
GRANTOR_APP_ID = entra_id("app:aws-access-grantor")
TEAMS_APP_ID = entra_id("app:aws-access-teams")
"""The app registration of the bot in Teams, which can read and grant nothing."""
SINGLE_SIGN_ON = f"api://botid-{TEAMS_APP_ID}"
"""What the app's manifest names: Teams hands the bot people's tokens for this and nothing else."""
SLACK_TEAM = "T0PLAYGRND"
SLACK_OTHER_TEAM = "T0ELSEWHER"
SLACK_ENTERPRISE = "E0PLAYGRND"
"""The Enterprise Grid organisation the workspace can be made part of."""
SLACK_SISTER_TEAM = "T0SISTER00"
"""Another workspace of it."""
SLACK_BOT_USER = "U0AWSACCES"
SLACK_APP_ID = "A0AWSACCES"
DOMAIN = "playground.example"


@dataclass(frozen=True)
class Person:
    """One human account: its Entra object and its chat accounts."""

    key: str
    name: str
    title: str
    slack: str | None = None
    teams: str | None = None
    entra: bool = True
    guest: bool = False
    stranger: bool = False

    @property
    def oid(self) -> str:
        """The Entra object id."""
        return entra_id(f"user:{self.key}")

    @property
    def upn(self) -> str:
        """User principal name, also the mail address and the AWS user name."""
        return f"{self.key}@{DOMAIN}"


PEOPLE = {
    p.key: p
    for p in (
        Person(
            "engineer", "Erin Engineer", "Site reliability engineer", "U0ENGINEER", "29:engineer"
        ),
        Person("engineer-admin", "Erin Engineer (admin)", "Admin account", "U0ENGADMIN"),
        Person("approver", "Avery Approver", "Platform lead", "U0APPROVER"),
        Person("teams-approver", "Terry Approver", "Service owner", None, "29:teams-approver"),
        Person("admin", "Ada Admin", "Security engineer", "U0ADMIN000", "29:admin"),
        Person("controller-one", "Connie Controller", "Controller", "U0CTRLONE0"),
        Person("controller-two", "Cory Controller", "Controller", "U0CTRLTWO0"),
        Person(
            "stranger",
            "Sasha Stranger",
            "Works elsewhere",
            "U0STRANGER",
            entra=False,
            stranger=True,
        ),
        Person("guest", "Gale Guest", "Contractor", "U0GUEST000", "29:guest", guest=True),
        Person("outsider", "Olly Outsider", "Accountant", "U0OUTSIDER", "29:outsider"),
    )
}

Setup = Literal["identity-center", "identity-center-scim", "single-account", "saml"]


@dataclass(frozen=True)
class Opens:
    """One account and permission set that an access opens in AWS."""

    account: str
    account_name: str
    permission_set: str
    session: str = "PT1H"
    relay_state: str | None = None


@dataclass(frozen=True)
class Access:
    """One PIM group of the world: how its policy reads and what it opens."""

    name: str
    setup: Setup
    opens: tuple[Opens, ...] = ()
    eligible: tuple[str, ...] = ("engineer",)
    max: str = "PT8H"
    rules: tuple[str, ...] = ("Justification",)
    approvers: tuple[str, ...] = ()

    @property
    def group(self) -> str:
        """The Entra group's object id."""
        return entra_id(f"group:{self.name}")


ACCESS = {
    a.name: a
    for a in (
        Access(
            "seed-admin",
            "identity-center",
            (
                Opens(
                    "444444444444",
                    "first",
                    "AdministratorAccess",
                    "PT8H",
                    "https://console.aws.amazon.com/cloudwatch/home",
                ),
            ),
        ),
        Access("legacy-single", "single-account"),
        Access("payroll-app", "saml"),
        Access(
            "dev-poweruser",
            "identity-center-scim",
            (Opens("111111111111", "dev", "PowerUserAccess"),),
        ),
        Access(
            "prod-admin",
            "identity-center-scim",
            (Opens("222222222222", "prod", "AdministratorAccess"),),
            eligible=("engineer", "approver"),
            max="PT4H",
            rules=("Justification", "Ticketing"),
            approvers=("approver", "teams-approver", "engineer-admin"),
        ),
        Access(
            "prod-readonly",
            "identity-center-scim",
            (
                Opens("222222222222", "prod", "ReadOnlyAccess"),
                Opens("333333333333", "logs", "ViewOnlyAccess"),
            ),
            rules=(),
        ),
        Access(
            "prod-dual-control",
            "identity-center-scim",
            (Opens("222222222222", "prod", "AdministratorAccess"),),
            eligible=(),
            max="PT1H",
        ),
    )
}
