"""The Teams app: its credential, and whether what claims to come from Teams can be verified."""

from bot.doctor.findings import Finding, fail, ok
from bot.doctor.rules.sight import unseen, useless
from bot.doctor.seen import Blind, Told

TOKEN, KEYS = "teams.token", "teams.keys"


def teams(told: Told, token: Blind | None, keys: int | Blind) -> tuple[Finding, ...]:
    """`token` says what became of asking for one; `keys` how many may sign for Teams."""
    written = ok(TOKEN, url=told.public_url) if token is None else useless(TOKEN, token)
    if isinstance(keys, Blind):
        return written, unseen(KEYS, keys)
    return written, ok(KEYS, count=str(keys)) if keys else fail(KEYS, "none")
