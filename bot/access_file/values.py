"""The single values of an access file: each parsed, or a WrongError that says how it should look."""

import difflib
import re
from collections.abc import Iterable
from datetime import timedelta
from typing import TypeVar

from bot.domain.access import Assurance, Authority, Principal
from bot.domain.durations import parse_iso, parse_typed, words
from bot.domain.ids import GroupId
from bot.domain.policy import SHORTEST

LONGEST = timedelta(hours=24)
"""PIM's settings go no further: https://learn.microsoft.com/entra/id-governance/privileged-identity-management/groups-role-settings"""
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_GUID_LENGTH = 36
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
_SLACK = re.compile(r"slack:[CG][A-Z0-9]{2,20}\Z")
_TEAMS = re.compile(r"teams:19:[A-Za-z0-9_-]+@thread\.(?:tacv2|v2|skype)\Z")
_KINDS = ("group", "user")
MOST_SHOWN = 63
"""How much is repeated of what somebody wrote."""
_Choice = TypeVar("_Choice", Authority, Assurance)


class WrongError(ValueError):
    """A value that cannot be used; the text says what it should be."""


def name(value: object) -> str:
    """What people type for an access: one word."""
    if isinstance(value, str) and _NAME.match(value):
        return value
    raise WrongError(
        f"name must be letters, digits, dots, dashes and underscores without a blank, up to 63 of "
        f"them{_not(value)}"
    )


def group(value: object) -> GroupId:
    """The Entra group of an access."""
    return GroupId(guid(value, "group must be an Entra group's object id"))


def guid(value: object, must: str) -> str:
    """An object id of Entra's, in small letters."""
    if isinstance(value, str) and _GUID.match(value):
        return value.lower()
    raise WrongError(f"{must}{_not(value)}{_why_no_guid(value)}")


def _why_no_guid(value: object) -> str:
    if not isinstance(value, str) or not value:
        return ""
    if len(value) != _GUID_LENGTH:
        return f": a GUID has {_GUID_LENGTH} characters, this has {len(value)}"
    odd = next((char for char in value if char not in "0123456789abcdefABCDEF-"), "")
    return f": {odd!r} is in no GUID" if odd else ": the dashes of a GUID stand elsewhere"


def principal(value: object) -> Principal:
    """`group:<id>` or `user:<id>`."""
    must = "an entry must be group:<object id> or user:<object id>"
    if not isinstance(value, str):
        raise WrongError(f"{must}{_not(value)}")
    kind, colon, oid = value.partition(":")
    if kind not in _KINDS:
        meant = nearest(kind, _KINDS) if colon else ""
        raise WrongError(f"{must}{_not(value)}{_did_you_mean(f'{meant}:' if meant else '')}")
    return Principal(kind, guid(oid, f"after {kind}: must stand an object id"))


def account(value: object) -> str:
    """One account of a person, in `aliases`."""
    return guid(value, "an alias must be a user's object id")


def authority(value: object) -> Authority:
    """Whose credential grants."""
    return _one_of("authority", value, Authority)


def assurance(value: object) -> Assurance:
    """How surely the bot must know who is asking."""
    return _one_of("assurance", value, Assurance)


def _one_of(key: str, value: object, kind: type[_Choice]) -> _Choice:
    if isinstance(value, str) and value in set(kind):
        return kind(value)
    meant = nearest(value, tuple(kind)) if isinstance(value, str) else ""
    raise WrongError(f"{key} must be one of {', '.join(kind)}{_not(value)}{_did_you_mean(meant)}")


def longest(value: object) -> timedelta | None:
    """A maximum that somebody can ask for and PIM can have; none where none is written."""
    if value is None:
        return None
    found = _length(value) if isinstance(value, str) else None
    if found is None:
        raise WrongError(f'max must be a length of time such as "4h" or "1h30m"{_not(value)}')
    if found > LONGEST:
        raise WrongError(f"max is {words(found)}, but PIM activates nothing beyond 24 h")
    if found < SHORTEST:
        raise WrongError(f"max is less than the {words(SHORTEST)} that PIM takes at least")
    if found % timedelta(minutes=1):
        raise WrongError("max must be whole minutes")
    return found


def _length(text: str) -> timedelta | None:
    try:
        return parse_typed(text) or parse_iso(text)
    except (ValueError, OverflowError):
        return None


def channel(value: object) -> str:
    """A channel to be told: `slack:C…` or `teams:19:…@thread.tacv2`."""
    if isinstance(value, str) and (_SLACK.match(value) or _TEAMS.match(value)):
        return value
    raise WrongError(
        f"a channel must be slack:<channel id, as C0123456789> or teams:<19:…@thread.tacv2>{_not(value)}"
    )


def count(value: object) -> int:
    """How many have to approve."""
    if isinstance(value, int) and value is not True and value > 0:
        return value
    raise WrongError(f"required must be a number of people, at least 1{_not(value)}")


def nearest(said: str, known: Iterable[str]) -> str:
    """The known word that was most likely meant, or nothing."""
    return next(iter(difflib.get_close_matches(said.casefold(), known, n=1, cutoff=0.6)), "")


def _did_you_mean(meant: str) -> str:
    return f"; did you mean {meant}?" if meant else ""


def _not(value: object) -> str:
    """What stands there instead, as far as it is short enough to help."""
    if value is None:
        return ", and is missing"
    shown = repr(value)
    return f", not {shown if len(shown) <= MOST_SHOWN else shown[: MOST_SHOWN - 1] + '…'}"
