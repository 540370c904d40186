"""The enterprise applications: template, single sign-on, certificate, and provisioning."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.rules.sight import blocked, unseen
from bot.doctor.seen import App, Blind, Job
from bot.doctor.shared import Center

FOUND = "app.found"
SOON = timedelta(days=30)
STALE = timedelta(hours=2)
"""Three missed cycles of forty minutes."""
HOSTS = (
    "{region}.signin.aws.amazon.com",
    "{region}.signin.aws",
    "{region}.sso.signin.aws",
)
"""The sign-in hosts of a Region, old and new.

https://docs.aws.amazon.com/singlesignon/latest/userguide/multi-region-workforce-access.html
"""


def found(apps: Sequence[App]) -> Finding:
    """Which gallery applications there are."""
    if not apps:
        return fail(FOUND, "none")
    centers = [app.name for app in apps if app.identity_center]
    if not centers:
        return warn(FOUND, "single_account", apps=names(app.name for app in apps))
    if len(centers) > 1:
        return warn(FOUND, "several", apps=names(centers))
    return ok(FOUND, apps=names(app.name for app in apps))


def enabled(app: App) -> Finding:
    """Whether anybody may sign in to it."""
    return (
        ok("app.enabled", subject=app.name) if app.enabled else fail("app.enabled", "off", app.name)
    )


def sso(app: App) -> Finding:
    """Whether single sign-on is SAML."""
    check = "app.sso"
    if app.sso.casefold() == "saml":
        return ok(check, subject=app.name)
    return fail(check, "not_saml", app.name, mode=app.sso or "not set")


def identifier(app: App, center: Center) -> Finding:
    """Whether the application is for this Identity Center and no other."""
    check = "app.identifier"
    if (instance := center.instance) is None:
        return blocked(check, center.finding.check, app.name)
    wanted = [
        f"https://{host.format(region=instance.region)}/platform/saml/{instance.store}"
        for host in HOSTS
    ]
    if set(wanted) & set(app.identifiers):
        return ok(check, subject=app.name, store=instance.store)
    shown = names(one for one in app.identifiers if one.startswith("https://")) or "none"
    return fail(check, "other", app.name, shown=shown, wanted=wanted[0])


def reply_url(app: App, center: Center) -> Finding:
    """Whether Entra sends people to the home Region's address."""
    check = "app.reply_url"
    if (instance := center.instance) is None:
        return blocked(check, center.finding.check, app.name)
    hosts = "|".join(re.escape(host.format(region=instance.region)) for host in HOSTS)
    place = re.compile(rf"https://(?:{hosts})/platform/saml/acs/[^/]+")
    if any(place.fullmatch(url) for url in app.reply_urls):
        return ok(check, subject=app.name, region=instance.region)
    shown = names(app.reply_urls) or "none"
    return fail(check, "other", app.name, shown=shown, region=instance.region)


def certificate(app: App, now: datetime) -> Finding:
    """How long the certificate that signs people in is good for."""
    check = "app.certificate"
    if app.signing_ends is None:
        return fail(check, "none", app.name)
    day = f"{app.signing_ends:%Y-%m-%d}"
    left = app.signing_ends - now
    if left <= timedelta(0):
        return fail(check, "expired", app.name, day=day)
    if left <= SOON:
        return warn(check, "soon", app.name, day=day, days=left.days)
    if not app.told_before:
        return warn(check, "untold", app.name, day=day)
    return ok(check, subject=app.name, day=day)


def provisioning(app: App, jobs: Sequence[Job] | Blind, now: datetime) -> Finding:
    """Whether memberships reach AWS, and lately."""
    check = "scim.job"
    if isinstance(jobs, Blind):
        return unseen(check, jobs, app.name)
    if not jobs:
        return warn(check, "none", app.name)
    for job in jobs:
        if job.code.casefold() == "quarantine":
            return fail(check, "quarantine", app.name, reason=job.reason or "not said")
        if job.code.casefold() != "active":
            return fail(check, "stopped", app.name, code=job.code or "not said")
        if job.succeeded is None or now - job.succeeded > STALE:
            since = "never" if job.succeeded is None else f"{job.succeeded:%Y-%m-%d %H:%M} UTC"
            return warn(check, "stale", app.name, since=since)
    return ok(check, subject=app.name)


def name_id(app: App, policies: Sequence[str] | Blind) -> Finding:
    """Whether AWS is told the user principal name, which is the default."""
    check = "app.name_id"
    if isinstance(policies, Blind):
        return unseen(check, policies, app.name)
    if policies:
        return warn(check, "policy", app.name, policies=names(policies))
    return ok(check, subject=app.name)
