"""The Slack app: whose token, which scopes, and how Slack reaches the bot."""

from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.needs import SLACK_SCOPES, SPARED_SCOPES
from bot.doctor.rules.sight import blocked, useless
from bot.doctor.seen import Blind, Told, Workspace

TOKEN, SCOPES, MODE = "slack.token", "slack.scopes", "slack.mode"


def slack(told: Told, workspace: Workspace | Blind, socket: Blind | None) -> tuple[Finding, ...]:
    """All of it; `socket` says what became of asking for a Socket Mode address."""
    if isinstance(workspace, Blind):
        return useless(TOKEN, workspace), blocked(SCOPES, TOKEN), mode(told, socket)
    if workspace.org_wide:
        token = fail(TOKEN, "org_wide", workspace=workspace.name)
    else:
        token = ok(TOKEN, workspace=workspace.name, team=workspace.team, bot=workspace.bot)
    return token, scopes(workspace.scopes), mode(told, socket)


def scopes(granted: frozenset[str]) -> Finding:
    """What is granted against what is needed."""
    missing = {name: why for name, why in SLACK_SCOPES.items() if name not in granted}
    more = granted - SLACK_SCOPES.keys()
    if missing:
        breaks = "; ".join(f"without {name} {why}" for name, why in missing.items())
        found = warn if missing.keys() <= SPARED_SCOPES else fail
        return found(SCOPES, "missing", missing=names(missing), breaks=breaks)
    if more:
        return warn(SCOPES, "more", more=names(more))
    return ok(SCOPES, granted=names(granted))


def mode(told: Told, socket: Blind | None) -> Finding:
    """Socket Mode is tried; of HTTP only the secret's presence can be seen from here."""
    if not told.socket_mode:
        return ok(MODE, "http", url=told.public_url)
    if socket is None:
        return ok(MODE, "socket")
    return useless(MODE, socket)
