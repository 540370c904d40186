"""What PIM checks before it accepts a request, in its order."""

from datetime import datetime, timedelta

from playground.entra import refusals
from playground.entra.policy import Policy
from playground.entra.state import Actor, Eligibility, Expiration, Order, Request, Schedule, Tenant

SHORTEST = timedelta(minutes=5)
PENDING = "PendingApproval"


def check_activation(tenant: Tenant, order: Order, actor: Actor) -> Eligibility:
    """The eligibility a selfActivate uses; raises the GraphError that forbids it.

    The order is that of the service's published error list; policy rules are reported together.
    """
    _check_subject_and_standing(tenant, order)
    eligibility = eligibility_of(tenant, order)
    if eligibility is None:
        raise refusals.assignment_missing()
    policy = tenant.policies[order.group, order.access]
    length = requested_length(order, tenant.clock.now())
    if failed := _failed_for_person(policy, order, actor, length):
        raise refusals.rules_failed(failed)
    if policy.acrs and not (actor.cp1 and policy.acrs in actor.acrs):
        raise refusals.context_needed(policy.acrs)
    return eligibility


def check_assignment(tenant: Tenant, order: Order, actor: Actor) -> None:
    """Raises the GraphError that forbids an adminAssign."""
    _check_subject_and_standing(tenant, order)
    policy = tenant.policies[order.group, order.access]
    length = requested_length(order, tenant.clock.now())
    failed = {
        "JustificationRule": not (order.justification or "").strip(),
        "ExpirationRule": length is None or length > policy.admin_max,
        "MfaRule": policy.admin_mfa and not actor.mfa,
    }
    if any(failed.values()):
        raise refusals.rules_failed([name for name, is_failed in failed.items() if is_failed])


def eligibility_of(tenant: Tenant, order: Order) -> Eligibility | None:
    """The eligibility in force that the order would activate."""
    wanted = (order.principal, order.group, order.access)
    now = tenant.clock.now()
    return next(
        (
            e
            for e in tenant.eligibilities.values()
            if (e.principal, e.group, e.access) == wanted
            and e.start <= now
            and (e.end is None or now < e.end)
        ),
        None,
    )


def schedules_of(tenant: Tenant) -> list[Schedule]:
    """PIM's schedules, and members put into a PIM group by hand, who hold it without an end."""
    by_hand = [
        Schedule(f"{g.id}_member_{oid}", oid, g.id, "member", "assigned", since, None, since)
        for g in tenant.groups.values()
        if g.pim
        for oid, since in g.people.items()
    ]
    return [*tenant.schedules.values(), *by_hand]


def schedule_of(tenant: Tenant, order: Order) -> Schedule | None:
    """The schedule that gives the order's principal the order's relationship already."""
    wanted = (order.principal, order.group, order.access)
    return next(
        (s for s in schedules_of(tenant) if (s.principal, s.group, s.access) == wanted), None
    )


def requested_length(order: Order, now: datetime) -> timedelta | None:
    """How long the order asks for, None for without end; raises GraphError for a bad schedule."""
    expiration = order.expiration or Expiration("notSpecified")
    length = expiration.duration
    if expiration.type == "afterDateTime" and expiration.end is not None:
        length = expiration.end - max(order.start or now, now)
        if length <= timedelta(0):
            raise refusals.invalid_schedule("The schedule ends before it starts.")
    if length is not None and length < SHORTEST:
        raise refusals.too_short()
    return length


def waiting(tenant: Tenant, order: Order) -> Request | None:
    """The request for the same principal and group that still waits for an approver."""
    wanted = (order.principal, order.group, order.access)
    return next(
        (
            r
            for r in tenant.requests.values()
            if r.status == PENDING and (r.order.principal, r.order.group, r.order.access) == wanted
        ),
        None,
    )


def _check_subject_and_standing(tenant: Tenant, order: Order) -> None:
    if order.principal not in tenant.users:
        raise refusals.subject_not_found()
    if waiting(tenant, order):
        raise refusals.pending_request()
    if schedule_of(tenant, order):
        raise refusals.assignment_exists()


def _failed_for_person(
    policy: Policy, order: Order, actor: Actor, length: timedelta | None
) -> list[str]:
    longest = policy.max or timedelta.max
    failed = {
        "JustificationRule": policy.justification and not (order.justification or "").strip(),
        "TicketingRule": policy.ticket and not (order.ticket_number or "").strip(),
        "ExpirationRule": length is None or length > longest,
        "MfaRule": policy.mfa and not actor.mfa,
    }
    return [name for name, is_failed in failed.items() if is_failed]
