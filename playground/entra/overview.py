"""The whole tenant as the control interface shows it."""

from typing import Any

from playground.entra.pim_shapes import request_shape
from playground.entra.policy import Policy
from playground.entra.state import Group, Tenant
from playground.entra.times import duration_text, stamp

Json = dict[str, Any]


def overview(tenant: Tenant) -> Json:
    """What is in force now, every request ever made, and the groups and policies by group id."""
    return {
        "activations": [
            {
                "oid": schedule.principal,
                "group": schedule.group,
                "type": schedule.type,
                "start": stamp(schedule.start),
                "end": stamp(schedule.end),
                "request": schedule.created_using,
            }
            for schedule in tenant.schedules.values()
            if schedule.begun
        ],
        "requests": [request_shape(request) for request in tenant.requests.values()],
        "groups": {group.id: _group(tenant, group) for group in tenant.groups.values()},
        "policies": {
            policy.group: _policy(policy)
            for policy in tenant.policies.values()
            if policy.access == "member"
        },
    }


def _group(tenant: Tenant, group: Group) -> Json:
    return {
        "name": group.name,
        "members": sorted(tenant.direct_members(group.id)),
        "eligible": sorted(
            e.principal
            for e in tenant.eligibilities.values()
            if (e.group, e.access) == (group.id, "member")
        ),
    }


def _policy(policy: Policy) -> Json:
    return {
        "max": duration_text(policy.max),
        "admin_max": duration_text(policy.admin_max),
        "justification": policy.justification,
        "ticket": policy.ticket,
        "mfa": policy.mfa,
        "acrs": policy.acrs,
        "approval": policy.approval,
        "approvers": list(policy.approvers),
        "approver_justification": policy.approver_justification,
    }
