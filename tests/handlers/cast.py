"""Who is there and what there is to activate, one access for each set-up and each hindrance."""

from datetime import timedelta

from bot.domain.access import Access, Assurance, Authority, Catalog, Principal
from bot.domain.aws import Opening, Portal
from bot.domain.ids import Chat, ChatAccount, GroupId, PersonId
from bot.domain.policy import PimRules
from bot.messaging import ChatProfile
from bot.ports import DirectoryUser, EnterpriseApp
from handlers.opens import IDENTITY_CENTER, SINGLE_ACCOUNT

TENANT = "11111111-1111-4111-8111-111111111111"
TEAM = "T0TEAM"
HOUR = timedelta(hours=1)
PORTAL = Portal("https://d-1234567890.awsapps.com/start", "eu-central-1")
ADMINS, AUDITORS = "admins", "auditors"


def _person(letter: str) -> PersonId:
    return PersonId(TENANT, f"{letter * 8}-{letter * 4}-4{letter * 3}-8{letter * 3}-{letter * 12}")


ANN, BEN, ADA, AUDREY, GUS = (_person(letter) for letter in "abcde")
ANNS, BENS, ADAS, AUDREYS, GUSS, STRANGER = (
    ChatAccount(Chat.SLACK, "T0OTHER" if user == "U0STRANGER" else TEAM, user)
    for user in ("U0ANN", "U0BEN", "U0ADA", "U0AUDREY", "U0GUS", "U0STRANGER")
)
PEOPLE = {ANNS: ANN, BENS: BEN, ADAS: ADA, AUDREYS: AUDREY, GUSS: GUS}


def mail(person: PersonId) -> str:
    names = {ANN: "ann", BEN: "ben", ADA: "ada", AUDREY: "audrey", GUS: "gus"}
    return f"{names[person]}@example.com"


def user(person: PersonId) -> DirectoryUser:
    name = mail(person).split("@", maxsplit=1)[0].capitalize()
    return DirectoryUser(person, name, mail(person), mail(person))


def profile(account: ChatAccount, stands: str = "") -> ChatProfile:
    person = PEOPLE[account]
    return ChatProfile(account, user(person).name, mail(person), stands)


def _group(name: str) -> GroupId:
    return GroupId(f"group-of-{name}")


DEV, SEED, SINGLE, PAYROLL, PROD, ADRIFT, DUAL, CONFIRMED, OPEN = (
    _group(name)
    for name in (
        "dev-poweruser",
        "seed-admin",
        "legacy-single",
        "payroll-app",
        "prod-admin",
        "adrift",
        "prod-dual-control",
        "confirmed",
        "prod-readonly",
    )
)
CATALOG = Catalog(
    (
        Access("dev-poweruser", DEV),
        Access("seed-admin", SEED),
        Access("legacy-single", SINGLE),
        Access("payroll-app", PAYROLL),
        Access("prod-admin", PROD, max=4 * HOUR),
        Access("adrift", ADRIFT),
        Access("prod-dual-control", DUAL, Authority.APPLICATION),
        Access("confirmed", CONFIRMED, assurance=Assurance.CONFIRM),
        Access("prod-readonly", OPEN),
        Access("in-the-portal", _group("in-the-portal"), assurance=Assurance.PORTAL),
    ),
    admins=frozenset({Principal("group", ADMINS)}),
    auditors=frozenset({Principal("group", AUDITORS)}),
)
_REASON = PimRules(max=8 * HOUR, reason_required=True)
RULES = {
    DEV: _REASON,
    SEED: _REASON,
    SINGLE: _REASON,
    PAYROLL: _REASON,
    ADRIFT: _REASON,
    CONFIRMED: _REASON,
    PROD: PimRules(
        max=8 * HOUR, reason_required=True, ticket_required=True, approval_required=True
    ),
    OPEN: PimRules(max=8 * HOUR),
}
APPS = {
    DEV: EnterpriseApp("sp-1", "app-1", "AWS", IDENTITY_CENTER, provisioned=True),
    PROD: EnterpriseApp("sp-1", "app-1", "AWS", IDENTITY_CENTER, provisioned=True),
    # Provisioned by other means: AWS knows the group although Entra shows no job.
    OPEN: EnterpriseApp("sp-2", "app-2", "AWS again", IDENTITY_CENTER),
    SEED: EnterpriseApp("sp-3", "app-3", "AWS by hand", IDENTITY_CENTER),
    SINGLE: EnterpriseApp("sp-4", "app-4", "AWS single", SINGLE_ACCOUNT),
    PAYROLL: EnterpriseApp("sp-5", "app-5", "Payroll", "another template"),
}
BY_GROUP = {
    DEV: (Opening("111111111111", "dev", "PowerUserAccess", HOUR),),
    PROD: (Opening("222222222222", "prod", "AdministratorAccess", HOUR),),
    OPEN: (
        Opening("222222222222", "prod", "ReadOnlyAccess", HOUR),
        Opening("333333333333", "logs", "ViewOnlyAccess", HOUR),
    ),
}
BY_USER = {
    mail(ANN): (
        Opening("444444444444", "first", "AdministratorAccess", 8 * HOUR, "https://console.aws"),
    )
}
