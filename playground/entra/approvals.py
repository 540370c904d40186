"""Approving an activation: whose decision counts, and recording it."""

from datetime import datetime

from playground.entra import refusals
from playground.entra.state import Actor, Request, Stage, Tenant


def is_approver(tenant: Tenant, request: Request, oid: str | None) -> bool:
    """Whether a person may decide a request: named by its policy, and not their own."""
    stage = request.stage
    if stage is None or oid is None or oid == request.order.principal:
        return False
    return oid in stage.approvers or any(
        oid in tenant.all_members(group) for group in stage.approver_groups
    )


def record_decision(
    stage: Stage, actor: Actor, at: datetime, *, approve: bool, justification: str
) -> None:
    """Close the stage; raises GraphError when it is closed or the justification is missing."""
    if stage.status != "InProgress":
        raise refusals.already_decided()
    if stage.needs_justification and not justification.strip():
        raise refusals.rules_failed(["JustificationRule"])
    stage.status = "Completed"
    stage.result = "Approved" if approve else "Denied"
    stage.justification = justification
    stage.reviewed_by = actor.oid
    stage.reviewed = at
