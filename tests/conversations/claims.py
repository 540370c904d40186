"""What a message says of Entra and AWS, held against what Entra and AWS have (invariant I6)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.cast import ACCESS, PEOPLE

REFERENCE = re.compile(r"R-[2-9A-HJ-NP-Z]{8}")
_NAMED = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, ACCESS))})(?![\w-])")
GRANTS = {"selfActivate": "user", "adminAssign": "grantor"}
"""What grants at PIM, and whose credential each is for."""
_OVER = {"refused", "lapsed", "denied", "withdrawn", "failed"}
_GROUPS = {access.group: access.name for access in ACCESS.values()}
_KEYS = {person.oid: person.key for person in PEOPLE.values()}

Held = tuple[str, str]
"""A person by key, and an access."""


@dataclass(frozen=True)
class Truth:
    """Entra and AWS at one moment."""

    held: frozenset[Held]
    """The activations in force, and what the grantor assigned."""
    in_force: frozenset[str]
    """The references of the activations in force."""
    undecided: frozenset[str]
    """The references that wait in PIM for somebody."""
    ever: frozenset[str]
    """The references that PIM has put in force at some time."""
    in_aws: frozenset[Held]


def truth(entra: Mapping[str, Any], aws: Mapping[str, Any]) -> Truth:
    """The truth out of `/entra` and `/aws`."""
    by_id = {r["id"]: reference(r) for r in entra["requests"] if r["action"] in GRANTS}
    live = [a for a in entra["activations"] if a["type"] == "activated" or by_id.get(a["request"])]
    states = {
        ref: [r["status"] for r in entra["requests"] if reference(r) == ref]
        for ref in by_id.values()
        if ref
    }
    return Truth(
        held=frozenset((_KEYS[a["oid"]], _GROUPS[a["group"]]) for a in live),
        in_force=frozenset(filter(None, (by_id.get(a["request"]) for a in live))),
        undecided=frozenset(r for r, found in states.items() if "PendingApproval" in found),
        ever=frozenset(r for r, found in states.items() if {"Provisioned", "Revoked"} & {*found}),
        in_aws=frozenset(
            (_KEYS[m["oid"]], _GROUPS[m["group"]])
            for m in aws["memberships"]
            if m["oid"] in _KEYS and m["group"] in _GROUPS
        ),
    )


def reference(request: Mapping[str, Any]) -> str:
    """Our request id in a PIM request's justification, or nothing: it was made beside the bot."""
    found = re.search(r"\[(R-\w+)\]$", request["justification"] or "")
    return found[1] if found else ""


def false_claims(row: Mapping[str, Any], now: Truth) -> list[str]:
    """What a message that was posted or edited just now says that is not so."""
    return _told(row, [*_of_request(row, now), *_of_access(row, now)])


def standing_claims(row: Mapping[str, Any], now: Truth) -> list[str]:
    """What a message that was read before goes on to say that is not so.

    Less than it said at first: "I looked just now" stays true, and an end is noticed a bit later.
    """
    return _told(row, _of_request(row, now))


def _told(row: Mapping[str, Any], wrong: Iterable[str]) -> list[str]:
    said = f"{row['to']} reads in {row['text']!r} (state {row['state']})"
    return [f"{one}: {said}" for one in wrong]


def _of_request(row: Mapping[str, Any], now: Truth) -> Iterator[str]:
    text, state = row["text"], row["state"]
    for ref in set(REFERENCE.findall(text)) if state else ():
        asked = ref in now.in_force | now.undecided
        if state in _OVER and ref in now.in_force:
            yield f"{ref} is in force"
        if state in _OVER and ref in now.undecided:
            yield f"{ref} still waits in PIM"
        if state == "granted" and ref not in now.ever:
            yield f"{ref} was never granted"
        if asked and "have not asked" in text:
            yield f"PIM has been asked for {ref}"
    access = _about(text)
    if (
        access
        and "AWS does not have it" in text
        and "just now" not in text
        and (row["to"], access) in now.in_aws
    ):
        yield f"AWS has the membership of {access}"


def _of_access(row: Mapping[str, Any], now: Truth) -> Iterator[str]:
    text, state = row["text"], row["state"]
    name = _about(text)
    if name is None:
        return
    mine, title = (row["to"], name), text.partition("\n")[0]
    over = title in {f"{name} has ended", f"{name}: withdrawn"}
    if title in {f"{name} is active", f"{name} ends soon", f"{name} was not ended"}:
        if mine not in now.held:
            yield f"{name} is not in force"
    elif mine in now.held and (over or (state is None and "Nothing was activated" in text)):
        yield f"{name} is in force"
    if "AWS has your membership" in text and mine not in now.in_aws:
        yield f"AWS has no membership of {name}"
    denied = any(no in text for no in ("AWS no longer has your membership", "AWS does not have"))
    if denied and mine in now.in_aws:
        yield f"AWS has the membership of {name}"


def _about(text: str) -> str | None:
    """The access a message is about: its title's, or the only one it names."""
    title = text.partition("\n")[0]
    names = {*_NAMED.findall(title)} or {*_NAMED.findall(text)}
    return names.pop() if len(names) == 1 else None
