"""The PIM-for-Groups engine: requests become memberships, and memberships end by the clock."""

import uuid
from datetime import datetime, timedelta
from functools import partial

from playground.entra import refusals
from playground.entra.approvals import is_approver, record_decision
from playground.entra.pim_rules import (
    PENDING,
    SHORTEST,
    check_activation,
    check_assignment,
    eligibility_of,
    schedule_of,
)
from playground.entra.policy import Relationship
from playground.entra.state import (
    Actor,
    AssignmentType,
    Eligibility,
    MemberType,
    Order,
    Request,
    Schedule,
    Stage,
    Tenant,
)

APPROVAL_LASTS = timedelta(hours=24)
SELF_ACTIONS = ("selfActivate", "selfDeactivate", "selfExtend", "selfRenew")


class Pim:
    """Takes requests as Graph does; every refusal is a GraphError in the service's words.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
    """

    def __init__(self, tenant: Tenant) -> None:
        self.tenant = tenant

    def submit(self, order: Order, actor: Actor) -> Request:
        """Accept a request; the answer's status says whether it is in force or waits."""
        self._check_right(order, actor)
        if (order.group, order.access) not in self.tenant.policies:
            raise refusals.not_found()
        match order.action:
            case "selfActivate":
                return self._activate(order, actor)
            case "adminAssign":
                return self._assign(order, actor)
            case "selfDeactivate":
                return self._remove(order, actor, only="activated")
            case "adminRemove":
                return self._remove(order, actor, only=None)
            case _:
                raise refusals.invalid_request(f"{order.action} is not simulated.")

    def cancel(self, request_id: str, actor: Actor) -> None:
        """Cancel a request that waits for an approver or for its start."""
        request = self.request(request_id)
        own = actor.oid in (request.order.principal, request.created_by.oid)
        if actor.oid is not None and not own and actor.oid not in self.tenant.administrators:
            raise refusals.unauthorized_access()
        if request.status not in (PENDING, "Granted"):
            raise refusals.invalid_request(f"A request that is {request.status} cannot be canceled")
        self._close(request, "Canceled")
        self.tenant.schedules.pop(request.target_schedule or "", None)

    def decide(
        self, request_id: str, stage_id: str, actor: Actor, *, approve: bool, justification: str
    ) -> None:
        """Record an approver's decision; the first one counts."""
        request = self.request(request_id)
        if request.stage is None or request.stage.id != stage_id:
            raise refusals.not_found()
        if not is_approver(self.tenant, request, actor.oid):
            raise refusals.unauthorized_access()
        now = self.tenant.clock.now()
        record_decision(request.stage, actor, now, approve=approve, justification=justification)
        if not approve:
            self._close(request, "Denied")
            return
        eligibility = eligibility_of(self.tenant, request.order)
        if eligibility is None or not self.tenant.users[request.order.principal].enabled:
            self._close(request, "Failed")
            return
        self._grant(request, "activated", eligibility)

    def request(self, request_id: str) -> Request:
        """A request by its id, or GraphError 404."""
        if found := self.tenant.requests.get(request_id):
            return found
        raise refusals.not_found()

    def make_eligible(
        self,
        oid: str,
        group: str,
        end: datetime | None = None,
        access: Relationship = "member",
        through: MemberType = "direct",
    ) -> Eligibility:
        """Let a person activate a relationship to a group, until `end` or for ever.

        `through` says whether they may in person or as a member of an eligible group. Raises
        GraphError when they may already.
        """
        mine = {(e.principal, e.group, e.access) for e in self.tenant.eligibilities.values()}
        if (oid, group, access) in mine:
            raise refusals.assignment_exists()
        request_id = str(uuid.uuid4())
        made = Eligibility(
            id=f"{group}_{access}_{uuid.uuid4()}",
            principal=oid,
            group=group,
            access=access,
            start=self.tenant.clock.now(),
            end=end,
            created_using=request_id,
            member_type=through,
        )
        self.tenant.eligibilities[made.id] = made
        if end is not None:
            self.tenant.clock.at(end, partial(self._drop, {made.id}))
        return made

    def end_eligibility(self, oid: str, group: str) -> None:
        """Take an eligibility away, and with it what was activated from it."""
        gone = {
            e.id
            for e in self.tenant.eligibilities.values()
            if (e.principal, e.group) == (oid, group)
        }
        self._drop(gone)

    def _drop(self, gone: set[str]) -> None:
        for eligibility_id in gone:
            self.tenant.eligibilities.pop(eligibility_id, None)
        for schedule in list(self.tenant.schedules.values()):
            if schedule.eligibility in gone:
                self._end(schedule.id)

    def _check_right(self, order: Order, actor: Actor) -> None:
        if order.action in SELF_ACTIONS:
            allowed = actor.oid is not None and actor.oid == order.principal
        else:
            allowed = actor.oid is None or actor.oid in self.tenant.administrators
        if not allowed:
            raise refusals.unauthorized_access()

    def _activate(self, order: Order, actor: Actor) -> Request:
        eligibility = check_activation(self.tenant, order, actor)
        request = self._new(order, actor)
        policy = self.tenant.policies[order.group, order.access]
        if order.validation_only:
            return request
        self.tenant.requests[request.id] = request
        if not policy.approval:
            self._grant(request, "activated", eligibility)
            return request
        request.status = PENDING
        request.stage = Stage(
            request.id, policy.approvers, policy.approver_groups, policy.approver_justification
        )
        self.tenant.clock.at(request.created + APPROVAL_LASTS, partial(self._time_out, request))
        return request

    def _assign(self, order: Order, actor: Actor) -> Request:
        check_assignment(self.tenant, order, actor)
        request = self._new(order, actor)
        if not order.validation_only:
            self.tenant.requests[request.id] = request
            self._grant(request, "assigned", None)
        return request

    def _remove(self, order: Order, actor: Actor, only: AssignmentType | None) -> Request:
        schedule = schedule_of(self.tenant, order)
        if schedule is None or not schedule.begun or only not in (None, schedule.type):
            raise refusals.assignment_missing()
        if self.tenant.clock.now() - schedule.start < SHORTEST:
            raise refusals.too_short()
        request = self._new(order, actor)
        request.target_schedule = schedule.id
        if not order.validation_only:
            self.tenant.requests[request.id] = request
            self._close(request, "Revoked")
            self._end(schedule.id)
            self.tenant.remove_member(order.group, order.principal)
        return request

    def _new(self, order: Order, actor: Actor) -> Request:
        now = self.tenant.clock.now()
        return Request(str(uuid.uuid4()), order, now, actor, "Granted", start=order.start)

    def _grant(self, request: Request, kind: AssignmentType, used: Eligibility | None) -> None:
        """Make the schedule; its length counts from when it really starts."""
        now, order = self.tenant.clock.now(), request.order
        start = max(order.start or now, now)
        end = order.expiration.end if order.expiration else None
        if order.expiration and order.expiration.duration is not None:
            end = start + order.expiration.duration
        if end is not None and end <= start:
            self._close(request, "Failed")
            return
        schedule = Schedule(
            id=f"{order.group}_{order.access}_{request.id}",
            principal=order.principal,
            group=order.group,
            access=order.access,
            type=kind,
            start=start,
            end=end,
            created=now,
            created_using=request.id,
            eligibility=used.id if used else None,
            begun=False,
        )
        request.start, request.target_schedule = start, schedule.id
        self.tenant.schedules[schedule.id] = schedule
        request.status = "Granted"
        if start > now:
            self.tenant.clock.at(start, partial(self._begin, request, schedule))
        else:
            self._begin(request, schedule)

    def _begin(self, request: Request, schedule: Schedule) -> None:
        if self.tenant.schedules.get(schedule.id) is not schedule:
            return
        activated = schedule.type == "activated"
        with self.tenant.watching(schedule.group, schedule.principal, pim=activated):
            schedule.begun = True
        self._close(request, "Provisioned")
        if schedule.end is not None:
            self.tenant.clock.at(schedule.end, partial(self._end, schedule.id))

    def _end(self, schedule_id: str) -> None:
        schedule = self.tenant.schedules.get(schedule_id)
        if schedule is None:
            return
        activated = schedule.type == "activated"
        with self.tenant.watching(schedule.group, schedule.principal, pim=activated):
            del self.tenant.schedules[schedule_id]

    def _time_out(self, request: Request) -> None:
        if request.status == PENDING:
            self._close(request, "TimedOut")

    def _close(self, request: Request, status: str) -> None:
        request.status = status
        request.completed = self.tenant.clock.now()
        if request.stage is not None and request.stage.status == "InProgress":
            request.stage.status = "Expired"
