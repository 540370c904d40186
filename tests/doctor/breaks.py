"""What is broken in the settings, Slack and Entra, and what the doctor must say."""

from bot.doctor.needs import GRANTOR_ROLE
from playground.cast import GRANTOR_APP_ID
from tests.doctor.row import (
    APP,
    DEV,
    FAIL,
    GONE,
    OK,
    WARN,
    Break,
    app_break,
    dev_break,
    one_break,
    setting,
)
from tests.doctor.surgery import Surgery


def _no_folder(world: Surgery) -> None:
    world.environ["DATABASE_URL"] = "sqlite+aiosqlite:////nowhere/at/all.db"


def _sockets(world: Surgery) -> None:
    world.environ["SLACK_APP_TOKEN"] = world.world.slack.app_token
    world.slack(revoked=["app"])


def _policies_readable(world: Surgery) -> None:
    world.entra("permission", grant="Policy.Read.All")
    world.app(claims_policy="Employee id as NameID")


SETTINGS = (
    one_break(
        "no token keys", setting("TOKEN_KEYS", ""), "settings.token_keys", WARN, "none", "openssl"
    ),
    one_break("no folder", _no_folder, "settings.database", FAIL, "unusable", "DATABASE_URL"),
    one_break(
        "a clock ten minutes off",
        lambda w: w.entra("clock", ahead="PT10M"),
        "settings.clock",
        FAIL,
        "wrong",
        "NTP",
    ),
    one_break(
        "a clock two minutes off",
        lambda w: w.entra("clock", ahead="PT2M"),
        "settings.clock",
        WARN,
        "drifts",
        "NTP",
    ),
)
SLACK = (
    one_break(
        "a scope too few",
        lambda w: w.slack(scopes=[*w.world.slack.workspace.scopes - {"im:write"}]),
        "slack.scopes",
        FAIL,
        "missing",
        "Add im:write",
    ),
    one_break(
        "an app that was installed before it was to find lost messages",
        lambda w: w.slack(scopes=[*w.world.slack.workspace.scopes - {"im:history"}]),
        "slack.scopes",
        WARN,
        "missing",
        "Add im:history",
    ),
    one_break(
        "a scope too many",
        lambda w: w.slack(scopes=[*w.world.slack.workspace.scopes, "channels:history"]),
        "slack.scopes",
        WARN,
        "more",
        "Remove channels:history",
    ),
    one_break(
        "the bot token revoked",
        lambda w: w.slack(revoked=["bot"]),
        "slack.token",
        FAIL,
        "refused_credential",
        "Install the app",
        hangs_on="slack.token",
    ),
    one_break(
        "an app installed to a whole organisation",
        lambda w: w.slack(org_wide=True),
        "slack.token",
        FAIL,
        "org_wide",
        "Install the app to the one workspace",
    ),
    one_break(
        "the app token revoked",
        _sockets,
        "slack.mode",
        FAIL,
        "refused_credential",
        "connections:write",
    ),
)
READS_POLICIES = "RoleManagementPolicy.Read.AzureADGroup"
ENTRA = (
    one_break(
        "another secret",
        setting("AZURE_CLIENT_SECRET", "wrong"),
        "entra.token",
        FAIL,
        "refused_credential",
        "Certificates & secrets",
        hangs_on="entra.token",
    ),
    one_break(
        "a permission too few",
        lambda w: w.entra("permission", revoke=READS_POLICIES),
        "entra.roles",
        FAIL,
        "missing",
        f"Add {READS_POLICIES}",
        denied=READS_POLICIES,
    ),
    one_break(
        "Tier 0",
        lambda w: w.entra(
            "permission", grant="PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"
        ),
        "entra.excess",
        FAIL,
        "tier_0",
        "Remove PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    ),
    one_break(
        "a permission too many",
        lambda w: w.entra("permission", grant="Mail.Read"),
        "entra.excess",
        FAIL,
        "more",
        "Remove Mail.Read",
    ),
    one_break(
        "a permission only the doctor uses",
        lambda w: w.entra("permission", grant="AuditLog.Read.All"),
        "entra.excess",
        OK,
        "optional",
        "",
    ),
    one_break(
        "no grantor",
        lambda w: w.environ.update(GRANTOR_CLIENT_ID="", GRANTOR_CLIENT_SECRET=""),
        "grantor.token",
        FAIL,
        "none",
        "set GRANTOR_CLIENT_ID",
        hangs_on="grantor.token",
    ),
    one_break(
        "another secret of the grantor's",
        setting("GRANTOR_CLIENT_SECRET", "wrong"),
        "grantor.token",
        FAIL,
        "refused_credential",
        "check GRANTOR_CLIENT_ID",
        hangs_on="grantor.token",
    ),
    one_break(
        "another secret of the Teams app's",
        setting("TEAMS_APP_SECRET", "wrong"),
        "teams.token",
        FAIL,
        "refused_credential",
        "check TEAMS_APP_ID",
    ),
    one_break(
        "a grantor that may not assign",
        lambda w: w.world.entra.tenant.granted.update({GRANTOR_APP_ID: frozenset()}),
        "grantor.roles",
        FAIL,
        "missing",
        "Add PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
    ),
    one_break(
        "a grantor that may do more",
        lambda w: w.world.entra.tenant.granted.update(
            {GRANTOR_APP_ID: frozenset({GRANTOR_ROLE, "Mail.Read"})}
        ),
        "grantor.roles",
        FAIL,
        "more",
        "Remove Mail.Read",
    ),
    one_break(
        "no consent",
        lambda w: w.entra("consent", missing=True),
        "entra.consent",
        FAIL,
        "missing",
        "grant admin consent",
    ),
    one_break(
        "another redirect URI",
        lambda w: w.entra("redirect", uris=["https://old.example.com/auth/callback"]),
        "entra.redirect_uri",
        FAIL,
        "missing",
        "Redirect URIs",
    ),
    one_break(
        "a licence without PIM",
        lambda w: w.entra("licence", plan="AAD_PREMIUM"),
        "entra.licence",
        FAIL,
        "none",
        "P2",
    ),
    one_break(
        "a licence that lapsed",
        lambda w: w.entra("licence", enabled=False),
        "entra.licence",
        FAIL,
        "none",
        "P2",
    ),
    one_break(
        "every licence assigned",
        lambda w: w.entra("licence", used=25),
        "entra.licence",
        WARN,
        "used_up",
        "Get more",
    ),
)
APPS = (
    app_break("sign-in off", "app.enabled", FAIL, "off", "Enabled for users", enabled=False),
    app_break("no SAML", "app.sso", FAIL, "not_saml", "Choose SAML", sso="oidc"),
    app_break(
        "the identifier of another Identity Center",
        "app.identifier",
        FAIL,
        "other",
        "https://eu-west-1.signin.aws.amazon.com/platform/saml/d-9067642ac7",
        identifier="https://us-east-1.signin.aws.amazon.com/platform/saml/d-1234567890",
    ),
    app_break(
        "the reply URL of another Region",
        "app.reply_url",
        FAIL,
        "other",
        "Assertion Consumer Service",
        reply_url="https://us-east-1.signin.aws.amazon.com/platform/saml/acs/tenant",
    ),
    app_break(
        "a certificate of old", "app.certificate", FAIL, "expired", "Make a", certificate_days=-1
    ),
    app_break(
        "a certificate's last days", "app.certificate", WARN, "soon", "Make", certificate_days=9
    ),
    app_break("no certificate", "app.certificate", FAIL, "none", "Make one", certificate_days=None),
    app_break("nobody notified", "app.certificate", WARN, "untold", "Notification", notified=False),
    app_break("quarantine", "scim.job", FAIL, "quarantine", "Provisioning logs", scim="Quarantine"),
    app_break("a paused job", "scim.job", FAIL, "stopped", "Start it", scim="Paused"),
    app_break("a job that is late", "scim.job", WARN, "stale", "logs", scim_ran_ago="PT3H"),
    Break(
        "a claims policy",
        _policies_readable,
        {
            ("app.name_id", APP): (WARN, "policy"),
            ("app.name_id", f"{APP} (sign-in only)"): (OK, "fine"),
            ("entra.excess", ""): (OK, "optional"),
        },
        "--user UPN",
    ),
    Break(
        "a group that is not assigned",
        lambda w: w.app(unassign=DEV),
        {
            ("app.assignment", DEV): (FAIL, "none"),
            ("aws.assignment", DEV): GONE,
            ("aws.session", DEV): GONE,
        },
        "Assign this very group",
    ),
)
PIM = (
    dev_break(
        "a dynamic group", "pim.group", FAIL, "dynamic", "assigned security group", dynamic=True
    ),
    dev_break("a synchronised group", "pim.group", FAIL, "synced", "in Entra instead", synced=True),
    dev_break(
        "a group anybody's administrator fills",
        "pim.group",
        WARN,
        "not_role_assignable",
        "isAssignableToRole",
        role_assignable=False,
    ),
    dev_break("a group without PIM", "pim.policy", FAIL, "not_onboarded", "Enable PIM", pim=False),
    one_break(
        "nobody eligible",
        lambda w: w.entra("ineligible", who="engineer", access=DEV),
        "pim.eligible",
        WARN,
        "nobody",
        "Add eligible members",
        DEV,
    ),
)
