"""The app registration: its own standing permissions, what people consent to, and the licence."""

from bot.doctor import needs
from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.rules.sight import blocked, unseen, useless
from bot.doctor.seen import Blind, Licence

TOKEN, ROLES, EXCESS = "entra.token", "entra.roles", "entra.excess"
CONSENT, REDIRECT, LICENCE = "entra.consent", "entra.redirect_uri", "entra.licence"


def standing(roles: frozenset[str] | Blind) -> tuple[Finding, ...]:
    """The bot's own token: whether there is one, what it lacks, and what it must not have."""
    if isinstance(roles, Blind):
        return useless(TOKEN, roles), blocked(ROLES, TOKEN), blocked(EXCESS, TOKEN)
    return ok(TOKEN), missing(roles), excess(roles)


def missing(roles: frozenset[str]) -> Finding:
    """What the bot cannot do for want of an application permission."""
    if lacking := needs.breaks_without(roles):
        breaks = "; ".join(f"without {role} {why}" for role, why in sorted(lacking.items()))
        return fail(ROLES, "missing", missing=names(lacking), breaks=breaks)
    return ok(ROLES, roles=names(roles))


def excess(roles: frozenset[str]) -> Finding:
    """The standing credential must only read what the bot needs."""
    more = needs.beyond(roles)
    if strong := {role for role in more if needs.is_tier_0(role)}:
        return fail(EXCESS, "tier_0", strong=names(strong), more=names(more))
    if more:
        return fail(EXCESS, "more", more=names(more))
    optional = roles & needs.OPTIONAL_ROLES
    if needs.EVERYTHING not in roles:
        optional -= needs.INSTEAD.keys()
    if optional:
        return ok(EXCESS, "optional", optional=names(optional))
    return ok(EXCESS)


def consent(consented: frozenset[str] | Blind, asked: frozenset[str]) -> Finding:
    """Whether an administrator consented to what the sign-in asks for."""
    if isinstance(consented, Blind):
        return unseen(CONSENT, consented)
    if lacking := asked - consented:
        return fail(CONSENT, "missing", missing=names(lacking))
    return ok(CONSENT, asked=names(asked))


def redirect_uri(registered: tuple[str, ...] | Blind, wanted: str) -> Finding:
    """Whether Entra may send browsers back to the bot."""
    if isinstance(registered, Blind):
        return unseen(REDIRECT, registered)
    if wanted not in registered:
        return fail(REDIRECT, "missing", wanted=wanted, registered=names(registered) or "none")
    return ok(REDIRECT, wanted=wanted)


def licence(plans: tuple[Licence, ...] | Blind) -> Finding:
    """Whether the tenant has a plan with PIM for Groups; whose it is cannot be seen here."""
    if isinstance(plans, Blind):
        return unseen(LICENCE, plans)
    enabled = [plan for plan in plans if plan.enabled and plan.bought]
    if not enabled:
        return fail(LICENCE, "none")
    bought, used = sum(plan.bought for plan in enabled), sum(plan.used for plan in enabled)
    plans_named = names({plan.plan for plan in enabled})
    if all(plan.used >= plan.bought for plan in enabled):
        return warn(LICENCE, "used_up", plans=plans_named, bought=bought, used=used)
    return ok(LICENCE, plans=plans_named, bought=bought, used=used)
