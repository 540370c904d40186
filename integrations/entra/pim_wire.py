"""PIM for Groups on the wire: what we send of an activation, and what its answers mean.

https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.domain.durations import iso, parse_iso
from bot.domain.ids import GroupId, PersonId, PimId
from bot.domain.policy import Eligibility, Terms
from bot.ports import Held, PimRequest, PimState

Json = Mapping[str, Any]
LONGEST_JUSTIFICATION = 500
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
_STATE_OF = {word.casefold(): state for state, words in _STATES.items() for word in words.split()}


class UnboundedGrantError(Exception):
    """A body that would grant without an end, or for longer than was asked; it was not sent."""


def activation(person: PersonId, terms: Terms, reference: str, now: datetime) -> dict[str, Any]:
    """The body of a selfActivate of `terms`, which starts now unless they say when."""
    body: dict[str, Any] = {
        **_about(person, terms.group, "selfActivate"),
        "justification": justification(terms.reason, terms.ticket, reference),
        "scheduleInfo": {
            "startDateTime": _stamp(terms.starts_at or now),
            "expiration": {"type": "afterDuration", "duration": iso(terms.duration)},
        },
    }
    if terms.ticket:
        body["ticketInfo"] = {"ticketNumber": terms.ticket, "ticketSystem": _TICKET_SYSTEM}
    return body


def deactivation(person: PersonId, group: GroupId, reference: str) -> dict[str, Any]:
    """The body of a selfDeactivate; it has no schedule."""
    return {
        **_about(person, group, "selfDeactivate"),
        "justification": justification("Deactivated in chat", "", reference),
    }


def guard(body: Json, asked: timedelta) -> None:
    """The last look at an activation: raises UnboundedGrantError unless it ends as asked."""
    match body:
        case {
            "action": "selfActivate",
            "accessId": "member",
            "scheduleInfo": {
                "expiration": {"type": "afterDuration", "duration": str(length)} as end
            },
        } if end.keys() == {"type", "duration"}:
            if timedelta(0) < _length(length) <= asked:
                return
    raise UnboundedGrantError("an activation must end after the duration that was asked for")


def justification(reason: str, ticket: str, reference: str) -> str:
    """Ticket and reason in the person's words, then our reference, which is always whole."""
    mark = _mark(reference)
    said = ": ".join(part for part in (ticket, reason) if part)
    if not said:
        return mark
    room = LONGEST_JUSTIFICATION - len(mark) - 1
    return f"{said if len(said) <= room else said[: room - 1] + '…'} {mark}"


def is_ours(request: Json, person: PersonId, group: GroupId, reference: str) -> bool:
    """Whether a request is the activation that carries our reference."""
    return (
        _same(request.get("action"), "selfActivate")
        and _same(request.get("principalId"), person.oid)
        and _same(request.get("groupId"), group)
        and str(request.get("justification") or "").endswith(_mark(reference))
    )


def folded(status: str) -> PimState:
    """PIM's word for how a request stands, as one of ours; letter case does not count."""
    return _STATE_OF.get(status.casefold(), PimState.UNKNOWN)


def request_of(found: Json) -> PimRequest:
    """A request as PIM tells it; times only once it has been granted."""
    status = str(found.get("status") or "")
    plain = PimRequest(PimId(found["id"]), folded(status), status)
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
