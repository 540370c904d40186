"""The grantor, for accesses with authority `application`: its credential, and that it can only assign."""

from collections.abc import Sequence

from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.needs import GRANTOR_ROLE
from bot.doctor.rules.sight import blocked, useless
from bot.doctor.seen import Blind

TOKEN, ROLES = "grantor.token", "grantor.roles"


def standing(roles: frozenset[str] | Blind | None, needing: Sequence[str]) -> tuple[Finding, ...]:
    """`roles` is None where no grantor is configured; `needing` are the accesses that need one."""
    if roles is None and not needing:
        return ()
    if roles is None:
        return fail(TOKEN, "none", accesses=names(needing)), blocked(ROLES, TOKEN)
    if isinstance(roles, Blind):
        return useless(TOKEN, roles), blocked(ROLES, TOKEN)
    token = ok(TOKEN, accesses=names(needing)) if needing else warn(TOKEN, "idle")
    return token, _only_assigns(roles)


def _only_assigns(roles: frozenset[str]) -> Finding:
    if GRANTOR_ROLE not in roles:
        return fail(ROLES, "missing", missing=GRANTOR_ROLE)
    if more := roles - {GRANTOR_ROLE}:
        return fail(ROLES, "more", more=names(more))
    return ok(ROLES, role=GRANTOR_ROLE)
