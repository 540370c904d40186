"""PIM's requests, schedules, instances and approvals as Graph's JSON."""

from datetime import datetime
from typing import Any

from playground.entra.approvals import is_approver
from playground.entra.state import Actor, Eligibility, Expiration, Request, Schedule, Stage, Tenant
from playground.entra.times import duration_text, stamp

Json = dict[str, Any]


def request_shape(request: Request) -> Json:
    """A privilegedAccessGroupAssignmentScheduleRequest."""
    order = request.order
    return {
        "id": request.id,
        "status": request.status,
        "createdDateTime": stamp(request.created),
        "completedDateTime": stamp(request.completed),
        "approvalId": request.stage.id if request.stage else None,
        "customData": order.custom_data,
        "createdBy": _identity(request.created_by),
        "action": order.action,
        "isValidationOnly": order.validation_only,
        "justification": order.justification,
        "scheduleInfo": _schedule_info(request.start, order.expiration),
        "ticketInfo": {"ticketNumber": order.ticket_number, "ticketSystem": order.ticket_system},
        "accessId": order.access,
        "principalId": order.principal,
        "groupId": order.group,
        "targetScheduleId": request.target_schedule,
    }


def schedule_shape(schedule: Schedule) -> Json:
    """A privilegedAccessGroupAssignmentSchedule."""
    return {
        "id": schedule.id,
        "createdDateTime": stamp(schedule.created),
        "createdUsing": schedule.created_using,
        "modifiedDateTime": None,
        "status": "Provisioned" if schedule.begun else "Granted",
        "scheduleInfo": _schedule_info(schedule.start, _until(schedule.end)),
        "accessId": schedule.access,
        "principalId": schedule.principal,
        "groupId": schedule.group,
        "memberType": "direct",
        "assignmentType": schedule.type,
    }


def instance_shape(schedule: Schedule) -> Json:
    """A privilegedAccessGroupAssignmentScheduleInstance."""
    return {
        "id": f"{schedule.id}_instance",
        "startDateTime": stamp(schedule.start),
        "endDateTime": stamp(schedule.end),
        "accessId": schedule.access,
        "principalId": schedule.principal,
        "groupId": schedule.group,
        "memberType": "direct",
        "assignmentType": schedule.type,
        "assignmentScheduleId": schedule.id,
    }


def eligibility_shape(eligibility: Eligibility) -> Json:
    """A privilegedAccessGroupEligibilitySchedule."""
    return {
        "id": eligibility.id,
        "createdDateTime": stamp(eligibility.start),
        "createdUsing": eligibility.created_using,
        "modifiedDateTime": None,
        "status": "Provisioned",
        "scheduleInfo": _schedule_info(eligibility.start, _until(eligibility.end)),
        "accessId": eligibility.access,
        "principalId": eligibility.principal,
        "groupId": eligibility.group,
        "memberType": eligibility.member_type,
    }


def eligibility_instance_shape(eligibility: Eligibility) -> Json:
    """A privilegedAccessGroupEligibilityScheduleInstance."""
    return {
        "id": f"{eligibility.id}_instance",
        "startDateTime": stamp(eligibility.start),
        "endDateTime": stamp(eligibility.end),
        "accessId": eligibility.access,
        "principalId": eligibility.principal,
        "groupId": eligibility.group,
        "memberType": eligibility.member_type,
        "eligibilityScheduleId": eligibility.id,
    }


def eligibility_request_shape(eligibility: Eligibility) -> Json:
    """The privilegedAccessGroupEligibilityScheduleRequest that made an eligibility."""
    return {
        "id": eligibility.created_using,
        "status": "Provisioned",
        "createdDateTime": stamp(eligibility.start),
        "completedDateTime": stamp(eligibility.start),
        "approvalId": None,
        "customData": None,
        "action": "adminAssign",
        "isValidationOnly": False,
        "justification": None,
        "scheduleInfo": _schedule_info(eligibility.start, _until(eligibility.end)),
        "ticketInfo": {"ticketNumber": None, "ticketSystem": None},
        "accessId": eligibility.access,
        "principalId": eligibility.principal,
        "groupId": eligibility.group,
        "targetScheduleId": eligibility.id,
    }


def stage_shape(tenant: Tenant, request: Request, stage: Stage, caller: str) -> Json:
    """An approvalStage, as the person who asks sees it."""
    reviewer = tenant.users[stage.reviewed_by] if stage.reviewed_by else None
    return {
        "id": stage.id,
        "displayName": None,
        "reviewedDateTime": stamp(stage.reviewed),
        "reviewResult": stage.result,
        "status": stage.status,
        "assignedToMe": is_approver(tenant, request, caller),
        "justification": stage.justification,
        "reviewedBy": {"id": reviewer.id, "displayName": reviewer.name} if reviewer else None,
    }


def in_sample_case(row: Json) -> Json:
    """`Direct` and `Activated`, as the samples of filterByCurrentUser print them.

    https://learn.microsoft.com/graph/api/privilegedaccessgroupassignmentscheduleinstance-filterbycurrentuser
    """
    cased = ("memberType", "assignmentType")
    return {k: v.capitalize() if k in cased else v for k, v in row.items()}


def _identity(actor: Actor) -> Json:
    by_app = {"id": actor.app, "displayName": None} if actor.oid is None else None
    by_user = {"id": actor.oid, "displayName": None} if actor.oid is not None else None
    return {"application": by_app, "device": None, "user": by_user}


def _schedule_info(start: datetime | None, expiration: Expiration | None) -> Json | None:
    if start is None and expiration is None:
        return None
    told = expiration or Expiration("notSpecified")
    return {
        "startDateTime": stamp(start),
        "recurrence": None,
        "expiration": {
            "type": told.type,
            "endDateTime": stamp(told.end),
            "duration": None if told.duration is None else duration_text(told.duration),
        },
    }


def _until(end: datetime | None) -> Expiration:
    return Expiration("noExpiration") if end is None else Expiration("afterDateTime", end=end)
