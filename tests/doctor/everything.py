"""Every finding the rules can make, out of what can be seen: check, subject and verdict are told apart by tests."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.doctor import needs
from bot.doctor.findings import Finding
from bot.doctor.rules import apps, aws, entra, grantor, groups, people, settings, slack, teams
from bot.doctor.rules.sight import blocked, unseen
from bot.doctor.seen import (
    App,
    AwsUser,
    Blind,
    Details,
    EntraUser,
    Group,
    Instance,
    Job,
    Licence,
    Told,
    Why,
    Workspace,
)
from bot.doctor.shared import Center
from bot.domain.aws import Opening
from bot.domain.policy import PimRules

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
TOLD = Told("https://bot.example.com", False, ("k2", "k1"), False, "eu-west-1", "access.toml")  # noqa: FBT003
ROLES = frozenset({*needs.GRAPH_ROLES, needs.EVERYTHING})
SCOPES = frozenset(needs.SLACK_SCOPES)
SPACE = Workspace("Example", "T1", "aws-access", SCOPES)
INSTANCE = Instance("arn:i", "d-1", "111", "ACTIVE", "", "eu-west-1")
CENTER = Center(aws.chosen((INSTANCE,), "111")[0], INSTANCE)
NO_CENTER = Center(aws.chosen((), "111")[0])
DETAILS = Details(permission_sets=True, endpoint_only=False, own_key=False)
OPENING = Opening("222", "prod", "Admin", HOUR, "https://console.aws.amazon.com/s3/home")
PERSON = EntraUser("oid", "ann@example.com", "ann@example.com", enabled=True)
KNOWN = AwsUser("ann@example.com", "user name", enabled=True, lacks=())
GROUP = Group("prod-admin", dynamic=False, synced=False, role_assignable=True)
JOB = Job("Active", "", NOW - timedelta(minutes=30))
PLACE = "https://eu-west-1.signin.aws.amazon.com/platform/saml"
APP = App(
    id="sp",
    app_id="app",
    name="AWS",
    identity_center=True,
    enabled=True,
    sso="saml",
    identifiers=("app", f"{PLACE}/d-1"),
    reply_urls=(f"{PLACE}/acs/tenant",),
    signing_ends=NOW + timedelta(days=365),
    told_before=True,
    groups=(("g", "prod-admin"),),
)
DENIED = Blind(Why.DENIED, "Policy.Read.All")
NEEDED = Blind(Why.DENIED, "sso:ListInstances")
SILENT = Blind(Why.SILENT, "10")
REFUSED = Blind(Why.REFUSED, "invalid_auth")
FAILED = Blind(Why.FAILED, "HTTP 503")
ODD = Blind(Why.ODD, "KeyError: 'id'")
BLIND = (DENIED, NEEDED, SILENT, REFUSED, FAILED, ODD)


def of_settings() -> list[Finding]:
    """Settings, database, access file, clock."""
    return [
        *(
            settings.token_keys(TOLD, kept)
            for kept in ({}, {"k2": 3}, {"k1": 1}, {"k0": 2}, FAILED)
        ),
        *(settings.token_keys(replace(TOLD, token_keys=("k2",)), kept) for kept in ({}, {"k2": 3})),
        *(
            settings.token_keys(replace(TOLD, token_keys=()), kept)
            for kept in ({}, {"k1": 1}, FAILED)
        ),
        settings.public_url(TOLD),
        settings.public_url(replace(TOLD, dev_loopback=True)),
        *(
            settings.public_url(replace(TOLD, public_url=f"https://{host}"))
            for host in ("localhost", "127.0.0.1", "0.0.0.0", "bot", "[2001:db8::1]", "10.1.2.3")  # noqa: S104
        ),
        settings.access_file(TOLD, 3, 1),
        settings.access_file(TOLD, 3, 0),
        settings.access_file(replace(TOLD, access_file=""), 0, 0),
        settings.database("PostgreSQL"),
        settings.database(SILENT),
        settings.database(FAILED),
        settings.clock(FAILED),
        *(settings.clock(timedelta(seconds=s)) for s in (0, 59, 60, -61, 299, 300, -3600)),
    ]


def of_slack() -> list[Finding]:
    """The Slack app."""
    sockets = replace(TOLD, socket_mode=True)
    return [
        *slack.slack(TOLD, SPACE, None),
        *slack.slack(sockets, SPACE, None),
        *slack.slack(TOLD, replace(SPACE, org_wide=True), None),
        *slack.slack(sockets, REFUSED, REFUSED),
        *slack.slack(sockets, SILENT, SILENT),
        slack.scopes(SCOPES - {"im:write", "commands"}),
        slack.scopes(SCOPES | {"channels:history"}),
    ]


def of_entra() -> list[Finding]:
    """The app registration."""
    narrow = ROLES - {needs.EVERYTHING} | needs.INSTEAD.keys()
    plan = Licence("Entra ID P2", enabled=True, bought=5, used=3)
    return [
        *entra.standing(ROLES),
        *entra.standing(narrow),
        *entra.standing(ROLES | {"Application.Read.All"}),
        *entra.standing(ROLES | {"Mail.Read"}),
        *entra.standing(ROLES | {"Directory.ReadWrite.All"}),
        *entra.standing(frozenset()),
        *entra.standing(REFUSED),
        *entra.standing(FAILED),
        entra.consent(frozenset({"A", "B"}), frozenset({"A"})),
        entra.consent(frozenset({"B"}), frozenset({"A"})),
        entra.consent(DENIED, frozenset({"A"})),
        entra.redirect_uri(("https://a/auth/callback",), "https://a/auth/callback"),
        entra.redirect_uri((), "https://a/auth/callback"),
        entra.redirect_uri(DENIED, "https://a/auth/callback"),
        entra.licence((plan,)),
        entra.licence((replace(plan, used=5),)),
        entra.licence((replace(plan, enabled=False), replace(plan, bought=0))),
        entra.licence(DENIED),
    ]


def of_teams() -> list[Finding]:
    """The app's credential, and the keys."""
    return [
        *(found for token in (None, *BLIND) for found in teams.teams(TOLD, token, 2)),
        *(found for keys in (0, *BLIND) for found in teams.teams(TOLD, None, keys)),
    ]


def of_grantor() -> list[Finding]:
    """The app registration that assigns."""
    needed, needing = frozenset({needs.GRANTOR_ROLE}), ["prod-dual-control"]
    return [
        one
        for roles in (None, needed, needed | {"Mail.Read"}, frozenset(), REFUSED, FAILED)
        for accesses in (needing, [])
        for one in grantor.standing(roles, accesses)
    ]


def of_apps() -> list[Finding]:
    """The enterprise applications and their provisioning."""
    single = replace(APP, identity_center=False)
    return [
        apps.found(()),
        apps.found((APP,)),
        apps.found((single,)),
        apps.found((APP, APP, single)),
        apps.enabled(APP),
        apps.enabled(replace(APP, enabled=False)),
        apps.sso(APP),
        apps.sso(replace(APP, sso="")),
        apps.identifier(APP, CENTER),
        apps.identifier(APP, NO_CENTER),
        apps.identifier(replace(APP, identifiers=()), CENTER),
        *(
            apps.identifier(
                replace(APP, identifiers=(f"https://{host}/platform/saml/d-1",)), CENTER
            )
            for host in ("eu-west-1.signin.aws", "eu-west-1.sso.signin.aws")
        ),
        apps.reply_url(APP, CENTER),
        apps.reply_url(APP, NO_CENTER),
        apps.reply_url(replace(APP, reply_urls=()), CENTER),
        apps.certificate(APP, NOW),
        apps.certificate(replace(APP, told_before=False), NOW),
        apps.certificate(replace(APP, signing_ends=None), NOW),
        apps.certificate(replace(APP, signing_ends=NOW), NOW),
        apps.certificate(replace(APP, signing_ends=NOW + timedelta(days=30)), NOW),
        apps.provisioning(APP, (JOB,), NOW),
        apps.provisioning(APP, (), NOW),
        apps.provisioning(APP, DENIED, NOW),
        apps.provisioning(APP, (replace(JOB, code="Quarantine"),), NOW),
        apps.provisioning(APP, (replace(JOB, code="Paused"),), NOW),
        apps.provisioning(APP, (replace(JOB, succeeded=None),), NOW),
        apps.provisioning(APP, (replace(JOB, succeeded=NOW - 3 * HOUR),), NOW),
        apps.name_id(APP, ()),
        apps.name_id(APP, ("Employee id",)),
        apps.name_id(APP, DENIED),
    ]


def of_accesses() -> list[Finding]:
    """Groups, PIM policies, assignments, sessions."""
    rules = PimRules(max=2 * HOUR, reason_required=True, auth_context="c1")
    long = replace(OPENING, session=2 * HOUR)
    return [
        *(groups.group("a", seen) for seen in (GROUP, None, DENIED)),
        groups.group("a", replace(GROUP, dynamic=True)),
        groups.group("a", replace(GROUP, synced=True)),
        groups.group("a", replace(GROUP, role_assignable=False)),
        *(groups.policy("a", seen) for seen in (rules, PimRules(), None, DENIED)),
        *(groups.eligible("a", count) for count in (0, 1, DENIED)),
        *(groups.assigned("a", seen) for seen in (("AWS",), (), DENIED)),
        *(groups.opens("a", seen) for seen in ((OPENING,), (), None)),
        groups.sessions("a", (OPENING,), rules),
        groups.sessions("a", (replace(OPENING, relay_state=None),), DENIED),
        groups.sessions("a", (long,), rules),
        groups.sessions("a", (long,), replace(rules, max=HOUR)),
        groups.sessions(
            "a", (replace(OPENING, relay_state="http://console.aws.amazon.com"),), None
        ),
    ]


def of_aws() -> list[Finding]:
    """Identity Center and what the bot may call."""
    return [
        *(aws.identity(seen) for seen in ("arn", REFUSED, SILENT)),
        *(aws.chosen(seen, "111")[0] for seen in ((), (INSTANCE,), NEEDED, SILENT)),
        aws.chosen((INSTANCE,), "222")[0],
        aws.chosen((INSTANCE,), NEEDED)[0],
        aws.chosen((replace(INSTANCE, status="CREATE_FAILED"),), "111")[0],
        aws.region(INSTANCE, "eu-west-1"),
        aws.region(INSTANCE, "us-east-1"),
        aws.no_region(),
        *(aws.organization(seen) for seen in (True, False, DENIED)),
        *(
            aws.permission_sets(s)
            for s in (DETAILS, replace(DETAILS, permission_sets=False), DENIED)
        ),
        aws.network(DETAILS),
        aws.network(replace(DETAILS, endpoint_only=True)),
        aws.network(replace(DETAILS, own_key=True)),
        aws.network(DENIED),
        *(aws.scim_network(seen) for seen in (False, True, DENIED)),
        aws.identity_source("https://scim.aws.com/1", DENIED),
        aws.identity_source("", True),  # noqa: FBT003
        aws.identity_source(DENIED, False),  # noqa: FBT003
        *(aws.up_to_date(seen) for seen in ((), ("Admin",), DENIED)),
        *(aws.action("sso:ListInstances", seen) for seen in (True, False, SILENT)),
        *aws.without_instance(),
    ]


def of_people() -> list[Finding]:
    """The person of `--user`."""
    return [
        *(
            people.in_entra("ann", s)
            for s in (PERSON, None, DENIED, replace(PERSON, enabled=False))
        ),
        *(people.in_aws(PERSON, seen) for seen in (KNOWN, None, DENIED)),
        people.in_aws(PERSON, replace(KNOWN, name="ann", found_by="mail address")),
        people.in_aws(PERSON, replace(KNOWN, enabled=False)),
        people.in_aws(PERSON, replace(KNOWN, lacks=("the last name",))),
        *(people.standing(PERSON, seen) for seen in ((), (OPENING,), DENIED)),
    ]


def findings() -> list[Finding]:
    """All of them."""
    return [
        *of_settings(),
        *of_slack(),
        *of_teams(),
        *of_entra(),
        *of_grantor(),
        *of_apps(),
        *of_accesses(),
        *of_aws(),
        *of_people(),
        *(unseen("scim.job", blind) for blind in BLIND),
        blocked("scim.job", "entra.token"),
    ]
