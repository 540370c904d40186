"""Reading the bodies of PIM's write calls as strictly as the service does."""

from typing import Any, TypeVar, cast, get_args

from playground.entra.answers import refuse_unknown
from playground.entra.policy import Relationship
from playground.entra.refusals import bad_request, invalid_request, invalid_schedule
from playground.entra.state import Expiration, ExpirationType, Order
from playground.entra.times import parse_duration, parse_time

Json = dict[str, Any]
T = TypeVar("T")
ACTIONS = (
    "adminAssign",
    "adminUpdate",
    "adminRemove",
    "selfActivate",
    "selfDeactivate",
    "adminExtend",
    "adminRenew",
    "selfExtend",
    "selfRenew",
)
WITHOUT_SCHEDULE = ("selfDeactivate", "adminRemove")
KNOWN = (
    "accessId",
    "principalId",
    "groupId",
    "action",
    "justification",
    "ticketInfo",
    "customData",
    "isValidationOnly",
    "scheduleInfo",
)


def read_order(body: Json) -> Order:
    """The order in a create body; raises GraphError for any other shape."""
    refuse_unknown(body, KNOWN, "privilegedAccessGroupAssignmentScheduleRequest")
    action = _one_of(body, "action", ACTIONS)
    access = cast("Relationship", _one_of(body, "accessId", get_args(Relationship)))
    ticket = _typed(body, "ticketInfo", dict, {})
    refuse_unknown(ticket, ("ticketNumber", "ticketSystem"), "ticketInfo")
    schedule = _typed(body, "scheduleInfo", dict, {})
    refuse_unknown(schedule, ("startDateTime", "expiration", "recurrence"), "requestSchedule")
    if schedule.get("recurrence") is not None:
        raise invalid_schedule("Recurrence is not supported.")
    start = _text(schedule, "startDateTime")
    try:
        begins = parse_time(start) if start is not None else None
    except ValueError as wrong:
        raise invalid_schedule(str(wrong)) from wrong
    return Order(
        action=action,
        principal=_required(body, "principalId"),
        group=_required(body, "groupId"),
        access=access,
        justification=_text(body, "justification"),
        ticket_number=_text(ticket, "ticketNumber"),
        ticket_system=_text(ticket, "ticketSystem"),
        custom_data=_text(body, "customData"),
        validation_only=_typed(body, "isValidationOnly", bool, default=False),
        start=begins,
        expiration=_expiration(schedule, is_required=action not in WITHOUT_SCHEDULE),
    )


def read_decision(body: Json) -> tuple[bool, str]:
    """Whether a stage is approved, and the justification."""
    refuse_unknown(body, ("id", "reviewResult", "justification"), "approvalStage")
    result = _one_of(body, "reviewResult", ("Approve", "Deny"))
    return result == "Approve", _text(body, "justification") or ""


def read_ids(body: Json, name: str, most: int, also: tuple[str, ...] = ()) -> list[str]:
    """A list of ids in a body."""
    refuse_unknown(body, (name, *also), "action parameters")
    ids = body.get(name)
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise bad_request(f"'{name}' must be a collection of strings.")
    if len(ids) > most:
        raise bad_request(f"The number of '{name}' must not exceed {most}.")
    return ids


def _expiration(schedule: Json, *, is_required: bool) -> Expiration | None:
    found = _typed(schedule, "expiration", dict, {})
    if not found:
        if is_required:
            raise invalid_schedule("The request needs a schedule with an expiration.")
        return None
    refuse_unknown(found, ("type", "duration", "endDateTime"), "expirationPattern")
    kind = cast("ExpirationType", _one_of(found, "type", get_args(ExpirationType)))
    duration, end = _text(found, "duration"), _text(found, "endDateTime")
    if (kind == "afterDuration") != (duration is not None):
        raise invalid_schedule("Duration goes with afterDuration, and only with it.")
    if (kind == "afterDateTime") != (end is not None):
        raise invalid_schedule("EndDateTime goes with afterDateTime, and only with it.")
    try:
        length = parse_duration(duration) if duration is not None else None
        until = parse_time(end) if end is not None else None
    except ValueError as wrong:
        raise invalid_request(str(wrong)) from wrong
    return Expiration(kind, length, until)


def _one_of(body: Json, name: str, allowed: tuple[str, ...]) -> str:
    value = body.get(name)
    if value not in allowed:
        raise bad_request(f"Requested value '{value}' was not found for '{name}'.")
    return str(value)


def _required(body: Json, name: str) -> str:
    value = _text(body, name)
    if not value:
        raise bad_request(f"'{name}' is required.")
    return value


def _text(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    raise bad_request(f"'{name}' must be text.")


def _typed(body: Json, name: str, kind: type[T], default: T) -> T:
    value = body.get(name)
    if value is None:
        return default
    if not isinstance(value, kind):
        raise bad_request(f"'{name}' has the wrong type.")
    return value
