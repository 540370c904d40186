"""Each access: its group, its PIM policy, its app, and what it opens in AWS."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.rules.sight import unseen
from bot.doctor.seen import Blind, Group
from bot.domain.aws import Opening
from bot.domain.durations import words
from bot.domain.policy import PimRules

WANTED = timedelta(hours=1)
"""The shortest role session AWS allows: longer ones outlive an activation for longer."""
CONSOLE = (".console.aws.amazon.com", ".console.amazonaws.cn", ".console.amazonaws-us-gov.com")


def group(access: str, seen: Group | Blind | None) -> Finding:
    """Whether PIM can manage the group, and who else can."""
    check = "pim.group"
    if isinstance(seen, Blind):
        return unseen(check, seen, access)
    if seen is None:
        return fail(check, "gone", access)
    if seen.dynamic:
        return fail(check, "dynamic", access, group=seen.name)
    if seen.synced:
        return fail(check, "synced", access, group=seen.name)
    if not seen.role_assignable:
        return warn(check, "not_role_assignable", access, group=seen.name)
    return ok(check, subject=access, group=seen.name)


def policy(access: str, rules: PimRules | Blind | None) -> Finding:
    """Whether PIM is on for the group, and what it demands."""
    check = "pim.policy"
    if isinstance(rules, Blind):
        return unseen(check, rules, access)
    if rules is None:
        return fail(check, "not_onboarded", access)
    return ok(check, subject=access, demands=_demands(rules))


def eligible(access: str, count: int | Blind) -> Finding:
    """Whether anybody may activate it."""
    check = "pim.eligible"
    if isinstance(count, Blind):
        return unseen(check, count, access)
    return ok(check, subject=access, count=count) if count else warn(check, "nobody", access)


def assigned(access: str, apps: Sequence[str] | Blind) -> Finding:
    """Whether the group itself is assigned to an application: nested groups do not count."""
    check = "app.assignment"
    if isinstance(apps, Blind):
        return unseen(check, apps, access)
    return ok(check, subject=access, apps=names(apps)) if apps else fail(check, "none", access)


def opens(access: str, openings: Sequence[Opening] | None) -> Finding:
    """Whether AWS has the group, and anything is assigned to it."""
    check = "aws.assignment"
    if openings is None:
        return fail(check, "no_group", access)
    if not openings:
        return fail(check, "nothing", access)
    rows = names(f"{o.permission_set} in {o.account_name}" for o in openings)
    return ok(check, subject=access, rows=rows)


def sessions(access: str, openings: Sequence[Opening], rules: PimRules | Blind | None) -> Finding:
    """Whether role sessions are short enough, and lead to the console."""
    check = "aws.session"
    longest = rules.max if isinstance(rules, PimRules) else None
    for opening in openings:
        facts = {"set": opening.permission_set, "session": words(opening.session)}
        if longest and opening.session > longest:
            return warn(check, "outlives", access, **facts, max=words(longest))
        if opening.session > WANTED:
            return warn(check, "long", access, **facts)
        if opening.relay_state and not _is_console(opening.relay_state):
            return warn(check, "relay_state", access, **facts, url=opening.relay_state)
    return ok(check, subject=access)


def _demands(rules: PimRules) -> str:
    asked = {
        "a reason": rules.reason_required,
        "a ticket": rules.ticket_required,
        "a second factor": rules.mfa_required,
        f"the authentication context {rules.auth_context}": bool(rules.auth_context),
        "approval": rules.approval_required,
    }
    wanted = ", ".join(name for name, is_asked in asked.items() if is_asked) or "nothing else"
    longest = words(rules.max) if rules.max else "as long as PIM allows"
    return f"{wanted}; at most {longest}"


def _is_console(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" and f".{parts.hostname or ''}".endswith(CONSOLE)
