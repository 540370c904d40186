"""What must hold whatever happened, judged by the database and the simulators alone."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from bot.messaging import UnreachableError
from playground.access_file import REQUIRED
from playground.cast import ACCESS, PEOPLE
from playground.entra.times import parse_duration
from tests.conversations.claims import GRANTS, REFERENCE, reference
from tests.conversations.evidence import Evidence
from tests.onlooker import Row

MOST_NOTIFICATIONS = 4
_CEILINGS = {a.group: parse_duration(a.max) for a in ACCESS.values()}
_NAMES = {a.group: a.name for a in ACCESS.values()}
_OPEN = {
    *("awaiting sign-in", "awaiting approval", "awaiting confirmation"),
    *("scheduled", "activating", "unknown"),
}
_SLACK = timedelta(seconds=2)
_SETTLED = {"granted", "denied", "withdrawn", "lapsed", "refused", "failed"}
_DEEDS = {"asked", "read", "verdict", "unlocked"}
"""What is recorded of a command or a click itself, once; and so is a refusal that names its intent."""


def broken(evidence: Evidence) -> list[str]:
    """Every way in which an invariant does not hold, as a sentence; none is how it should be."""
    return [f"{name}: {problem}" for name, check in _CHECKS.items() for problem in check(evidence)]


def _nobody_left_behind(evidence: Evidence) -> Iterator[str]:
    """Every card about a request is brought up to date, so none can go on saying what is over."""
    followed = {
        f"{row['channel'].partition(';messageid=')[0]}:{row['message']}"
        for row in evidence.tables["posting"]
    }
    for message in evidence.shown:
        if message["state"] and not message["ephemeral"] and message["id"] not in followed:
            yield f"nobody follows the card {message['text']!r}"


def _sent(evidence: Evidence) -> list[Row]:
    """What was sent to PIM that grants."""
    return [
        call
        for call in evidence.calls
        if call["method"] == "POST"
        and call["path"].endswith("/assignmentScheduleRequests")
        and call["body"]["action"] in GRANTS
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
        decided_here = row["authority"] == "application"
        if call["as"] != ("grantor" if decided_here else f"user:{row['oid']}"):
            yield f"{ref} was sent as {call['as']}"
        decided = [e["at"] for e in evidence.events_of(ref) if e["what"] == "decided"]
        if not decided or _time(min(decided)) > _time(call["at"]):
            yield f"{ref} was sent before its decision was recorded"


def _one_effect(evidence: Evidence) -> Iterator[str]:
    counted = Counter(reference(r) for r in _ours(evidence) if r["status"] != "Failed")
    yield from (f"{ref} had {n} effects" for ref, n in counted.items() if n > 1)


def _ours(evidence: Evidence) -> list[Row]:
    """What PIM took from the bot."""
    return [r for r in evidence.entra["requests"] if r["action"] in GRANTS and reference(r)]


def _two_people_said_so(evidence: Evidence) -> Iterator[str]:
    """I4: what the grantor was told to assign, enough different humans approved before it."""
    for call in _sent(evidence):
        row = next((r for r in evidence.requests if r["id"] == reference(call["body"])), None)
        if row is None or row["authority"] != "application":
            continue
        yeses = {
            _human(event["actor_oid"])
            for event in evidence.events_of(row["id"])
            if event["what"] == "verdict_counted"
            and event["payload"]["data"]["verdict"] == "approve"
            and _time(event["at"]) <= _time(call["at"])
        } - {_human(row["oid"])}
        if len(yeses) < REQUIRED:
            yield f"{row['id']} was assigned with {len(yeses)} approvals"


def _one_open(evidence: Evidence) -> Iterator[str]:
    waiting = Counter(
        (r["oid"] or r["chat_user"], r["group_id"])
        for r in evidence.requests
        if r["state"] in _OPEN
    )
    yield from (f"{n} requests of {who} are open" for who, n in waiting.items() if n > 1)
    live = Counter((a["oid"], a["group"]) for a in evidence.entra["activations"])
    yield from (f"{n} activations of {who} are live" for who, n in live.items() if n > 1)


def _nobody_approved_themselves(evidence: Evidence) -> Iterator[str]:
    asked = {row["pim"]: row for row in evidence.requests if row["pim"]}
    for call in evidence.calls:
        found = re.search(r"/assignmentApprovals/([\w-]+)/stages/", call["path"])
        if call["method"] != "PATCH" or found is None:
            continue
        row, by = asked.get(found[1]), call["as"].removeprefix("user:")
        if row is None:
            yield f"{found[1]}, which nobody asked for here, was decided as {by}"
            continue
        if _human(by) == _human(row["oid"]):
            yield f"{row['id']} was decided by its own asker ({by})"
        said = [e for e in evidence.events_of(row["id"]) if e["what"] == "verdict"]
        if not any(e["actor_oid"] == by and _time(e["at"]) <= _time(call["at"]) for e in said):
            yield f"{row['id']} was decided as {by} before that was recorded"
        over = [e["at"] for e in evidence.events_of(row["id"]) if e["what"] in _SETTLED]
        if over and _time(min(over)) < _time(call["at"]):
            yield f"{row['id']} was decided after it was over"


def _human(oid: str) -> str:
    return PEOPLE["engineer"].oid if oid == PEOPLE["engineer-admin"].oid else oid


def _final_is_final(evidence: Evidence) -> Iterator[str]:
    """As the record tells it: each line of a request's names the state it led to, and the terms."""
    for row in evidence.requests:
        told = [e["payload"].get("data", {}) for e in evidence.events_of(row["id"])]
        states = [data["state"] for data in told if "state" in data]
        over = [n for n, state in enumerate(states) if state not in _OPEN]
        if over and over[0] != len(states) - 1:
            yield f"{row['id']} went on after it was over: {states}"
        if row["state"] not in _OPEN and states[-1:] != [row["state"]]:
            yield f"{row['id']} is {row['state']}, and the record says {states}"
        if len(terms := {data["terms"] for data in told if "terms" in data}) > 1:
            yield f"{row['id']} had several terms: {terms}"


def _once_each(evidence: Evidence) -> Iterator[str]:
    done: Counter[str] = Counter()
    if evidence.deeds is None:
        return
    for event in evidence.events:
        said, data = event["payload"], event["payload"].get("data", {})
        if event["what"] in _DEEDS or (event["what"] == "refused" and "intent" in data):
            done[said["chat_user"]] += 1
    for user, count in done.items():
        if count > evidence.deeds.get(user, 0):
            yield f"{user} did {evidence.deeds.get(user, 0)} things, with effect {count} times"


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
    for message in evidence.shown:
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
    """Nobody's phone rings more often than that for one request, the approvers' included."""
    counted: Counter[tuple[str, str]] = Counter()
    for message in (one for one in evidence.posted if one["to"] in PEOPLE):
        about = [row["id"] for row in evidence.requests if _speaks_of(message, row)]
        for ref in set(REFERENCE.findall(message["text"]) or about[-1:]):
            counted[ref, message["to"]] += 1
    yield from (
        f"{ref} notified {who} {n} times"
        for (ref, who), n in counted.items()
        if n > MOST_NOTIFICATIONS
    )


def _speaks_of(message: Row, request: Row) -> bool:
    person = PEOPLE[message["to"]]
    mine = request["chat_user"] in {person.slack, person.teams}
    return mine and re.search(rf"\b{re.escape(request['access'])}\b", message["text"]) is not None


def _no_dead_work(evidence: Evidence) -> Iterator[str]:
    """But for what nobody could have read: its account is gone, or the bot is not in the channel."""
    dead = [job for job in evidence.tables["job"] if job["dead"]]
    dead = [job for job in dead if not job["error"].startswith(UnreachableError.__name__)]
    yield from (f"a job {job['kind']} was given up: {job['error']}" for job in dead)


def _as_person(evidence: Evidence) -> Iterator[str]:
    """The bot's own credential only reads, and the grantor's only assigns and removes (P8, I12)."""
    for call in evidence.calls:
        reads = call["method"] == "GET" or call["path"].endswith("/checkMemberGroups")
        if call["system"] != "graph":
            continue
        action = call["body"].get("action") if isinstance(call["body"], dict) else None
        if (call["as"] == "grantor") is not (action in {"adminAssign", "adminRemove"}):
            yield f"{call['method']} {call['path']} ({action}) as {call['as']}"
        if not reads and not call["as"].startswith("user:") and call["as"] != "grantor":
            yield f"{call['method']} {call['path']} as {call['as'] or 'nobody'}"


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


_CHECKS: dict[str, Callable[[Evidence], Iterator[str]]] = {
    "I1 decided and recorded first": _decided_first,
    "I4 enough people approved": _two_people_said_so,
    "I2 one effect for a request": _one_effect,
    "I3 one open request": _one_open,
    "I4 nobody approves themselves": _nobody_approved_themselves,
    "I5 final is final": _final_is_final,
    "I6 what is said is so": _states_agree,
    "I7 every grant ends": _ends,
    "I10 once for each deed": _once_each,
    "P8 grants are people's own": _as_person,
    "no card is left behind": _nobody_left_behind,
    "few notifications": _few_notifications,
    "no work is given up": _no_dead_work,
}
