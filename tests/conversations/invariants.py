"""What must hold whatever happened, judged by the database and the simulators alone."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from playground.cast import ACCESS, PEOPLE
from playground.entra.times import parse_duration
from tests.conversations.claims import REFERENCE, reference
from tests.conversations.evidence import Evidence, Row

MOST_NOTIFICATIONS = 4
_CEILINGS = {a.group: parse_duration(a.max) for a in ACCESS.values()}
_NAMES = {a.group: a.name for a in ACCESS.values()}
_OPEN = {"awaiting sign-in", "awaiting approval", "scheduled", "activating", "unknown"}
_SLACK = timedelta(seconds=2)


def broken(evidence: Evidence) -> list[str]:
    """Every way in which an invariant does not hold, as a sentence; none is how it should be."""
    return [f"{name}: {problem}" for name, check in _CHECKS.items() for problem in check(evidence)]


def doubled(evidence: Evidence) -> list[str]:
    """Cards that nobody brings up to date; only a kill -9 between post and commit may leave one."""
    followed = {f"{row['channel']}:{row['message']}" for row in evidence.tables["posting"]}
    return [
        f"nobody follows the card {message['text']!r}"
        for message in evidence.shown
        if message["state"] and not message["ephemeral"] and message["id"] not in followed
    ]


def _sent(evidence: Evidence) -> list[Row]:
    """The activations that were sent to PIM."""
    return [
        call
        for call in evidence.calls
        if call["method"] == "POST"
        and call["path"].endswith("/assignmentScheduleRequests")
        and call["body"]["action"] == "selfActivate"
    ]


def _decided_first(evidence: Evidence) -> Iterator[str]:
    known = {row["id"]: row for row in evidence.requests}
    for call in _sent(evidence):
        body = call["body"]
        ref = reference(body)
        row = known.get(ref)
        if row is None:
            yield f"an activation without a request was sent: {body}"
            continue
        asked = (row["oid"], row["group_id"], timedelta(seconds=row["duration"]))
        length = parse_duration(body["scheduleInfo"]["expiration"]["duration"])
        if asked != (body["principalId"], body["groupId"], length):
            yield f"{ref} was sent with other terms than were asked for: {body}"
        if call["as"] != f"user:{row['oid']}":
            yield f"{ref} was sent as {call['as']}"
        decided = [e["at"] for e in evidence.events_of(ref) if e["what"] == "decided"]
        if not decided or _time(min(decided)) > _time(call["at"]):
            yield f"{ref} was sent before its decision was recorded"


def _one_effect(evidence: Evidence) -> Iterator[str]:
    counted = Counter(reference(r) for r in _ours(evidence) if r["status"] != "Failed")
    yield from (f"{ref} had {n} effects" for ref, n in counted.items() if n > 1)


def _ours(evidence: Evidence) -> list[Row]:
    """What PIM took from the bot."""
    return [r for r in evidence.entra["requests"] if r["action"] == "selfActivate" and reference(r)]


def _one_open(evidence: Evidence) -> Iterator[str]:
    waiting = Counter(
        (r["oid"] or r["chat_user"], r["group_id"])
        for r in evidence.requests
        if r["state"] in _OPEN
    )
    yield from (f"{n} requests of {who} are open" for who, n in waiting.items() if n > 1)
    live = Counter((a["oid"], a["group"]) for a in evidence.entra["activations"])
    yield from (f"{n} activations of {who} are live" for who, n in live.items() if n > 1)


def _states_agree(evidence: Evidence) -> Iterator[str]:
    """The store tells no other story than Entra, and the messages no other than the store."""
    status = {reference(r): r["status"] for r in _ours(evidence)}
    live = {(a["oid"], a["group"]) for a in evidence.entra["activations"]}
    for row in evidence.requests:
        told = status.get(row["id"])
        if row["state"] == "granted" and told != "Provisioned":
            yield f"{row['id']} is granted here and {told} in Entra"
        if row["state"] not in _OPEN | {"granted"} and told in {"Provisioned", "PendingApproval"}:
            yield f"{row['id']} is {row['state']} here and {told} in Entra"
    for row in evidence.activations:
        if row["ended_at"] is not None and (row["oid"], row["group_id"]) in live:
            again = [a for a in evidence.activations if a["ended_at"] is None]
            if not any((a["oid"], a["group_id"]) == (row["oid"], row["group_id"]) for a in again):
                yield f"{row['id']} has ended here and is live in Entra"
    yield from _shown_states(evidence)


def _shown_states(evidence: Evidence) -> Iterator[str]:
    states = {row["id"]: row["state"] for row in evidence.requests}
    followed = {f"{row['channel']}:{row['message']}" for row in evidence.tables["posting"]}
    for message in evidence.shown:
        if message["id"] not in followed:
            continue
        for ref in set(REFERENCE.findall(message["text"])) if message["state"] else ():
            if message["state"] != states.get(ref):
                yield f"{message['to']} still sees {ref} as {message['state']}, not {states.get(ref)}"


def _ends(evidence: Evidence) -> Iterator[str]:
    for request in _ours(evidence):
        end = request["scheduleInfo"]["expiration"]
        length = parse_duration(end["duration"]) if end["type"] == "afterDuration" else None
        if length is None or length > _CEILINGS[request["groupId"]]:
            yield f"PIM was asked for {end} of {_NAMES[request['groupId']]}"
    for row in evidence.activations:
        length = _time(row["ends_at"]) - _time(row["started_at"])
        if length > _CEILINGS[row["group_id"]] + _SLACK:
            yield f"{row['id']} lasts {length}"


def _few_notifications(evidence: Evidence) -> Iterator[str]:
    counted: Counter[str] = Counter()
    for message in evidence.posted:
        about = [row["id"] for row in evidence.requests if _speaks_of(message, row)]
        for ref in set(REFERENCE.findall(message["text"]) or about[-1:]):
            counted[ref] += 1
    yield from (f"{ref} notified {n} times" for ref, n in counted.items() if n > MOST_NOTIFICATIONS)


def _speaks_of(message: Row, request: Row) -> bool:
    mine = PEOPLE[message["to"]].slack == request["chat_user"]
    return mine and re.search(rf"\b{re.escape(request['access'])}\b", message["text"]) is not None


def _no_dead_work(evidence: Evidence) -> Iterator[str]:
    dead = [job for job in evidence.tables["job"] if job["dead"]]
    yield from (f"a job {job['kind']} was given up: {job['error']}" for job in dead)


def _as_person(evidence: Evidence) -> Iterator[str]:
    """The bot's own credential only reads (P8)."""
    for call in evidence.calls:
        reads = call["method"] == "GET" or call["path"].endswith("/checkMemberGroups")
        if call["system"] == "graph" and not reads and not call["as"].startswith("user:"):
            yield f"{call['method']} {call['path']} as {call['as'] or 'nobody'}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


_CHECKS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "I1 decided and recorded first": _decided_first,
    "I2 one effect for a request": _one_effect,
    "I3 one open request": _one_open,
    "I6 what is said is so": _states_agree,
    "I7 every grant ends": _ends,
    "P8 grants are people's own": _as_person,
    "few notifications": _few_notifications,
    "no work is given up": _no_dead_work,
}
