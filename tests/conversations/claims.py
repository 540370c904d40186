"""What a message says of Entra and AWS, held against what Entra and AWS have (invariant I6)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from playground.cast import ACCESS, PEOPLE

REFERENCE = re.compile(r"R-[2-9A-HJ-NP-Z]{8}")
_ACCESS = "|".join(map(re.escape, ACCESS))
_NOT_GRANTED = {"refused", "lapsed", "denied", "withdrawn", "failed", "awaiting sign-in"}
_GROUPS = {access.group: access.name for access in ACCESS.values()}
_KEYS = {person.oid: person.key for person in PEOPLE.values()}

Held = tuple[str, str]
"""A person by key, and an access."""


@dataclass(frozen=True)
class Truth:
    """Entra and AWS at one moment."""

    held: frozenset[Held]
    """The activations in force."""
    in_force: frozenset[str]
    """The references of the activations in force."""
    undecided: frozenset[str]
    """The references that wait in PIM for somebody."""
    ever: frozenset[str]
    """The references that PIM has put in force at some time."""
    in_aws: frozenset[Held]


def truth(entra: Mapping[str, Any], aws: Mapping[str, Any]) -> Truth:
    """The truth out of `/entra` and `/aws`."""
    by_id = {r["id"]: reference(r) for r in entra["requests"] if r["action"] == "selfActivate"}
    live = [a for a in entra["activations"] if a["type"] == "activated"]
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
    """What a message that is being shown right now says that is not so."""
    said = f"{row['to']} reads in {row['text']!r} (state {row['state']})"
    return [f"{wrong}: {said}" for wrong in _wrong(row, now)]


def _wrong(row: Mapping[str, Any], now: Truth) -> Iterator[str]:
    text, state = row["text"], row["state"]
    for ref in set(REFERENCE.findall(text)) if state else ():
        if state in _NOT_GRANTED and ref in now.in_force:
            yield f"{ref} is in force"
        if state in _NOT_GRANTED and ref in now.undecided:
            yield f"{ref} still waits in PIM"
        if state == "granted" and ref not in now.ever:
            yield f"{ref} was never granted"
    yield from _wrong_of_access(row, now)


def _wrong_of_access(row: Mapping[str, Any], now: Truth) -> Iterator[str]:
    text, state = row["text"], row["state"]
    found = re.match(rf"(?:AWS has your membership|AWS does not have it|.*?\b({_ACCESS})\b)", text)
    name = found[1] if found and found[1] else _only(re.findall(rf"\b({_ACCESS})\b", text))
    if name is None:
        return
    mine = (row["to"], name)
    title = text.partition("\n")[0]
    if title in {f"{name} is active", f"{name} ends soon", f"{name} was not ended"}:
        if mine not in now.held:
            yield f"{name} is not in force"
    elif title in {f"{name} has ended", f"{name}: withdrawn"} and mine in now.held:
        yield f"{name} is in force"
    elif state is None and "Nothing was activated" in text and mine in now.held:
        yield f"{name} is in force"
    yield from _wrong_of_aws(text, mine, now)


def _wrong_of_aws(text: str, mine: Held, now: Truth) -> Iterator[str]:
    if "AWS has your membership" in text and mine not in now.in_aws:
        yield f"AWS has no membership of {mine[1]}"
    no_longer = "AWS no longer has your membership" in text
    if (no_longer or "AWS does not have" in text) and mine in now.in_aws:
        yield f"AWS has the membership of {mine[1]}"


def _only(names: list[str]) -> str | None:
    return names[0] if len(set(names)) == 1 else None
