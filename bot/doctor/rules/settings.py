"""The settings, the database and the clock."""

import ipaddress
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.rules.sight import unseen
from bot.doctor.seen import Blind, Told, Why

NOTABLE = timedelta(seconds=60)
TOO_MUCH = timedelta(minutes=5)
"""Beyond this Slack's signatures, AWS's and the sign-in's tokens are refused."""


def token_keys(told: Told, kept: Mapping[str, int] | Blind) -> Finding:
    """Whether people's tokens are kept, under which keys, and what a stolen process can do then."""
    check = "settings.token_keys"
    if isinstance(kept, Blind):
        return unseen(check, kept) if told.token_keys else warn(check, "none")
    if lost := {key: n for key, n in kept.items() if key not in told.token_keys}:
        return warn(check, "lost", keys=names(lost), count=sum(lost.values()))
    if not told.token_keys:
        return warn(check, "none")
    first, *former = told.token_keys
    if left := {key: kept[key] for key in former if key in kept}:
        return warn(check, "under_way", keys=names(left), count=sum(left.values()), first=first)
    if former:
        return ok(check, "sealed_anew", keys=names(former), first=first, count=kept.get(first, 0))
    return ok(check, first=first, count=kept.get(first, 0))


def public_url(told: Told) -> Finding:
    """Whether people's browsers can reach the address, as far as its form tells."""
    check, url = "settings.public_url", told.public_url
    if told.dev_loopback:
        return warn(check, "loopback", url=url)
    host = urlsplit(url).hostname or ""
    if _is_own(host):
        return fail(check, "own", url=url)
    if "." not in host and ":" not in host:
        return warn(check, "short", url=url)
    return ok(check, url=url)


def access_file(told: Told, accesses: int, admins: int) -> Finding:
    """What is offered, and whether anybody may read other people's decisions."""
    check = "settings.access_file"
    if not told.access_file:
        return warn(check, "none")
    if not admins:
        return warn(check, "nobody", file=told.access_file, count=accesses)
    return ok(check, file=told.access_file, count=accesses)


def database(seen: str | Blind) -> Finding:
    """Whether the database can be opened for writing; `seen` names it."""
    check = "settings.database"
    if not isinstance(seen, Blind):
        return ok(check, where=seen)
    if seen.why is Why.SILENT:
        return unseen(check, seen)
    return fail(check, "unusable", detail=seen.detail)


def clock(skew: timedelta | Blind) -> Finding:
    """How far this machine's clock is from Entra's."""
    check = "settings.clock"
    if isinstance(skew, Blind):
        return unseen(check, skew)
    seconds = f"{abs(skew.total_seconds()):.0f}"
    side = "ahead of" if skew > timedelta(0) else "behind"
    if abs(skew) >= TOO_MUCH:
        return fail(check, "wrong", seconds=seconds, side=side)
    if abs(skew) >= NOTABLE:
        return warn(check, "drifts", seconds=seconds, side=side)
    return ok(check, seconds=seconds)


def _is_own(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified
