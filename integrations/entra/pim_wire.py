"""PIM for Groups on the wire: what we send of an activation, and what its answers mean.

https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.decision import Verdict
from bot.domain.durations import iso, parse_iso
from bot.domain.ids import GroupId, PersonId, PimId
from bot.domain.policy import Eligibility, Terms
from bot.domain.text import visible
from bot.ports import Held, PimRequest, PimState, Review

Json = Mapping[str, Any]
ACTIVATE, DEACTIVATE = "selfActivate", "selfDeactivate"
ASSIGN, REMOVE = "adminAssign", "adminRemove"
LONGEST_JUSTIFICATION = 500
DECIDED = "Conflict"
"""The code of an approval that somebody else has decided already."""
_TICKET_SYSTEM = "as given in chat"
_NO_END_YEAR = 9999
_STATES = {
    PimState.ACTIVE: "Provisioned",
    PimState.SCHEDULED: "Granted ScheduleCreated Accepted",
    PimState.WAITING: "PendingApproval PendingAdminDecision PendingEvaluation",
    PimState.IN_PROGRESS: "PendingProvisioning PendingScheduleCreation PendingApprovalProvisioning"
    " PendingExternalProvisioning ProvisioningStarted AdminApproved",
    PimState.ENDED: "Revoked PendingRevocation",
    PimState.DENIED: "Denied AdminDenied",
    PimState.CANCELED: "Canceled",
    PimState.FAILED: "Failed FailedAsResourceIsLocked Invalid TimedOut",
}
_KNOWN = {
    word.casefold(): (state, word) for state, words in _STATES.items() for word in words.split()
}
LONGEST_STATUS = 60
"""As much of a word of PIM's that nobody knows as is kept and shown."""


class UnboundedGrantError(Exception):
    """A body that would grant without an end, or for longer than was asked; it was not sent."""


def granting(
    action: str, person: PersonId, terms: Terms, reference: str, now: datetime
) -> dict[str, Any]:
    """The body of a selfActivate or adminAssign of `terms`, which starts now unless they say when."""
    body: dict[str, Any] = {
        **_about(person, terms.group, action),
        "justification": justification(terms.reason, terms.ticket, reference),
        "scheduleInfo": {
            "startDateTime": _stamp(terms.starts_at or now),
            "expiration": {"type": "afterDuration", "duration": iso(terms.duration)},
        },
    }
    if terms.ticket:
        body["ticketInfo"] = {"ticketNumber": visible(terms.ticket), "ticketSystem": _TICKET_SYSTEM}
    return body


def ending(action: str, person: PersonId, group: GroupId, reference: str) -> dict[str, Any]:
    """The body of a selfDeactivate or adminRemove; it has no schedule."""
    return {
        **_about(person, group, action),
        "justification": justification("Deactivated in chat", "", reference),
    }


def guard(body: Json, asked: timedelta, wanted: str) -> None:
    """The last look at what grants: raises UnboundedGrantError unless it ends as asked.

    `wanted` is the one action that the credential in use is for.
    """
    match body:
        case {
            "action": str(action),
            "accessId": "member",
            "scheduleInfo": {
                "expiration": {"type": "afterDuration", "duration": str(length)} as end
            },
        } if action == wanted and end.keys() == {"type", "duration"}:
            if timedelta(0) < _length(length) <= asked:
                return
    raise UnboundedGrantError("a grant must end after the duration that was asked for")


def justification(reason: str, ticket: str, reference: str) -> str:
    """Ticket and reason in the person's words, then our reference, which is always whole.

    Approvers and auditors read it in Entra's portal: nothing in it hides, reorders or breaks.
    """
    mark = _mark(reference)
    said = visible(": ".join(part for part in (ticket, reason) if part))
    if not said:
        return mark
    room = LONGEST_JUSTIFICATION - len(mark) - 1
    return f"{said if len(said) <= room else said[: room - 1] + '…'} {mark}"


def is_ours(request: Json, person: PersonId, group: GroupId, reference: str) -> bool:
    """Whether a request is the activation, or the assignment, that carries our reference."""
    return (
        any(_same(request.get("action"), action) for action in (ACTIVATE, ASSIGN))
        and _same(request.get("accessId"), "member")
        and _same(request.get("principalId"), person.oid)
        and _same(request.get("groupId"), group)
        and str(request.get("justification") or "").endswith(_mark(reference))
    )


def is_of_members(policy_assignment: Json) -> bool:
    """Whether a policy is the members' one; a group's owners have another."""
    return _same(policy_assignment.get("roleDefinitionId"), "member")


def decision(verdict: Verdict, reason: str) -> dict[str, Any]:
    """The body that decides a stage. PIM reads back `Approved` for the `Approve` that is written."""
    said = "Approve" if verdict is Verdict.APPROVE else "Deny"
    return {"reviewResult": said, "justification": reason[:LONGEST_JUSTIFICATION]}


def open_stages(stages: Iterable[Json]) -> list[str]:
    """The ids of the stages that still wait."""
    return [str(stage["id"]) for stage in stages if _verdict(stage) is None]


def review_of(stages: Sequence[Json]) -> Review | None:
    """The decision of an approval, which for groups has one stage."""
    for stage in stages:
        if (verdict := _verdict(stage)) is not None:
            return Review(verdict, str((stage.get("reviewedBy") or {}).get("id") or ""))
    return Review(None) if stages else None


def _verdict(stage: Json) -> Verdict | None:
    result = str(stage.get("reviewResult") or "").casefold()
    return next((v for v in Verdict if result.startswith(v[:3])), None)


def request_of(found: Json) -> PimRequest:
    """A request as PIM tells it, whatever the case of its words; times only once it is granted."""
    said = str(found.get("status") or "")[:LONGEST_STATUS]
    state, status = _KNOWN.get(said.casefold(), (PimState.UNKNOWN, said))
    plain = PimRequest(PimId(found["id"]), state, status)
    return timed(plain, found) if plain.state in {PimState.ACTIVE, PimState.SCHEDULED} else plain


def timed(request: PimRequest, scheduled: Json) -> PimRequest:
    """The request with the start and the end that `scheduled` (it, or its schedule) has."""
    info: Json = scheduled.get("scheduleInfo") or {}
    expiration: Json = info.get("expiration") or {}
    starts = _moment(info.get("startDateTime"))
    ends = _moment(expiration.get("endDateTime"))
    if ends is None and starts is not None and (length := _length(expiration.get("duration"))):
        ends = starts + length
    return replace(request, starts_at=starts, ends_at=ends)


def eligibilities_of(instances: list[dict[str, Any]]) -> tuple[Eligibility, ...]:
    """The memberships that may be activated; ownerships are left out."""
    return tuple(
        Eligibility(GroupId(found["groupId"]), _moment(found.get("endDateTime")))
        for found in instances
        if _same(found.get("accessId"), "member")
    )


def held_of(instances: list[dict[str, Any]]) -> tuple[Held, ...]:
    """The memberships in force; ownerships are left out."""
    return tuple(
        Held(
            GroupId(found["groupId"]),
            _moment(found.get("startDateTime")),
            _moment(found.get("endDateTime")),
            _same(found.get("assignmentType"), "activated"),
            str(found.get("principalId") or ""),
        )
        for found in instances
        if _same(found.get("accessId"), "member")
    )


def _about(person: PersonId, group: GroupId, action: str) -> dict[str, Any]:
    return {"accessId": "member", "principalId": person.oid, "groupId": group, "action": action}


def _mark(reference: str) -> str:
    return f"[{reference}]"


def _same(said: object, word: str) -> bool:
    """Documented samples write enum values in another case than the service's metadata."""
    return str(said).casefold() == word.casefold()


def _stamp(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _moment(text: str | None) -> datetime | None:
    moment = datetime.fromisoformat(text) if text else None
    return None if moment is None or moment.year == _NO_END_YEAR else moment


def _length(text: str | None) -> timedelta:
    """Zero for no length, and for one that PIM does not know either."""
    try:
        return parse_iso(text or "")
    except ValueError:
        return timedelta(0)
