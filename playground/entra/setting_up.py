"""What an administrator of the tenant can set up otherwise, rightly or wrongly: apps, groups, consent."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from playground.cast import ACCESS, BOT_APP_ID
from playground.entra.consent import APP_ROLES
from playground.entra.graph_registration import PLANS
from playground.entra.state import EnterpriseApp, Group, Tenant
from playground.entra.times import parse_duration

Args = dict[str, Any]
HELP = {
    "app": '"app" (an enterprise app\'s name), and any of "enabled" (true or false), "sso" ("saml", '
    '"oidc", null), "identifier", "reply_url" (texts), "certificate_days" (a number, null for none), '
    '"notified" (true or false), "assign" or "unassign" (an access), "scim" (Active, Paused, '
    'Quarantine, NotRun, null for no job), "scim_ran_ago" (PT3H), "claims_policy" (a name or null), '
    '"signed_in" (true or false), "removed" (true)',
    "group": '"access", and any of "dynamic", "synced", "role_assignable" (true or false), "pim" '
    '(false: PIM does not know it), "removed" (true)',
    "permission": '"grant" or "revoke": an application permission of the bot\'s app registration',
    "redirect": '"uris": the redirect URIs of the app registration, instead of those it has',
    "licence": f'any of "plan" ({", ".join(PLANS)}), "bought", "used" (numbers), "enabled"',
    "clock": "\"ahead\": by how much Entra's clock is ahead of this machine's (PT10M; PT0S: not)",
}


@dataclass
class SettingUp:
    """Carries out one operation; a malformed one is a ValueError that says what to fix."""

    tenant: Tenant

    def operate(self, op: str, args: Args) -> Args:
        """Nothing comes of it but the change."""
        deeds: dict[str, Callable[[Args], None]] = {
            "app": self._app,
            "group": self._group,
            "permission": self._permission,
            "redirect": self._redirect,
            "licence": self._licence,
            "clock": self._clock,
        }
        left = dict(args)
        try:
            deeds[op](left)
        except (KeyError, TypeError, AttributeError) as wrong:
            raise ValueError(f"Malformed operation: {op} takes {HELP[op]}.") from wrong
        if left:
            raise ValueError(
                f"Malformed operation: {op} does not take {', '.join(sorted(left))}; it takes {HELP[op]}."
            )
        return {}

    def _app(self, args: Args) -> None:
        app = self._named(args.pop("app"))
        if args.pop("removed", False):
            del self.tenant.apps[app.id]
            return
        for name in ("enabled", "sso", "identifier", "reply_url", "claims_policy", "signed_in"):
            if name in args:
                app = replace(app, **{name: args.pop(name)})
        self.tenant.apps[app.id] = self._provisioned(
            self._assigned(self._signing(app, args), args), args
        )

    def _signing(self, app: EnterpriseApp, args: Args) -> EnterpriseApp:
        if "certificate_days" in args:
            days = args.pop("certificate_days")
            ends = None if days is None else self.tenant.clock.now() + timedelta(days=days)
            app = replace(app, certificate_ends=ends)
        if "notified" in args:
            app = replace(
                app, notified=("entra@playground.example",) if args.pop("notified") else ()
            )
        return app

    def _assigned(self, app: EnterpriseApp, args: Args) -> EnterpriseApp:
        groups = set(app.groups)
        if "assign" in args:
            groups.add(ACCESS[args.pop("assign")].group)
        if "unassign" in args:
            groups.discard(ACCESS[args.pop("unassign")].group)
        return replace(app, groups=tuple(sorted(groups)))

    def _provisioned(self, app: EnterpriseApp, args: Args) -> EnterpriseApp:
        if "scim" in args:
            code = args.pop("scim")
            job = app.scim_job if code else None
            app = replace(app, scim_job=job, scim_code=code or "NotConfigured")
        if "scim_ran_ago" in args:
            app = replace(app, scim_ran_ago=parse_duration(args.pop("scim_ran_ago")))
        return app

    def _group(self, args: Args) -> None:
        group: Group = self.tenant.groups[ACCESS[args.pop("access")].group]
        for name in ("dynamic", "synced", "role_assignable"):
            if name in args:
                setattr(group, name, bool(args.pop(name)))
        if args.pop("pim", True) is False:
            group.pim = False
            for relationship in ("member", "owner"):
                self.tenant.policies.pop((group.id, relationship), None)
        if args.pop("removed", False):
            del self.tenant.groups[group.id]

    def _permission(self, args: Args) -> None:
        has = self.tenant.granted.get(BOT_APP_ID, APP_ROLES[BOT_APP_ID])
        if "grant" in args:
            has = has | {str(args.pop("grant"))}
        if "revoke" in args:
            has = has - {str(args.pop("revoke"))}
        self.tenant.granted[BOT_APP_ID] = has

    def _redirect(self, args: Args) -> None:
        self.tenant.redirect_uris = set(map(str, args.pop("uris")))

    def _licence(self, args: Args) -> None:
        licences = self.tenant.licences
        if "plan" in args:
            PLANS[args["plan"]]
        for name in ("plan", "bought", "used", "enabled"):
            if name in args:
                setattr(licences, name, args.pop(name))

    def _clock(self, args: Args) -> None:
        self.tenant.clock_ahead = parse_duration(args.pop("ahead"))

    def _named(self, name: str) -> EnterpriseApp:
        for app in self.tenant.apps.values():
            if app.name == name:
                return app
        names = ", ".join(app.name for app in self.tenant.apps.values())
        raise ValueError(f"There is no enterprise app {name!r}; there are {names}.")
