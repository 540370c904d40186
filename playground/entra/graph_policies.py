"""Graph's call for PIM policies: /policies/roleManagementPolicyAssignments."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.entra.answers import filter_of, listed
from playground.entra.callers import Caller, pim_caller
from playground.entra.policy import Policy, rules_of
from playground.entra.refusals import bad_request, unauthorized_access
from playground.entra.state import Tenant

POLICY_READ = "RoleManagementPolicy.Read.AzureADGroup"
WITH_RULES = "policy($expand=rules)"


@dataclass
class PolicyCalls:
    """The handlers."""

    tenant: Tenant

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part of Graph."""
        return [web.get("/v1.0/policies/roleManagementPolicyAssignments", self.list_all)]

    async def list_all(self, request: web.Request) -> web.Response:
        """The policies of one group, which the $filter must name."""
        caller = pim_caller(request, POLICY_READ)
        passing = filter_of(request)
        group, scope_type = passing.fixed("scopeId"), passing.fixed("scopeType")
        if group is None or scope_type is None:
            raise bad_request("The filter must have both scopeId and scopeType.")
        if not self._may_see(caller, group):
            raise unauthorized_access()
        expand = request.query.get("$expand", "").replace(" ", "")
        if expand not in ("", "policy", WITH_RULES):
            raise bad_request(f"$expand={expand} is not supported here.")
        return listed(request, [_shape(p, expand) for p in self.tenant.policies.values()])

    def _may_see(self, caller: Caller, group: str) -> bool:
        oid = caller.actor.oid
        if oid is None or oid in self.tenant.administrators:
            return True
        eligible = {(e.principal, e.group) for e in self.tenant.eligibilities.values()}
        return (oid, group) in eligible or (
            group in self.tenant.groups and self.tenant.is_direct_member(group, oid)
        )


def _shape(policy: Policy, expand: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "id": f"{policy.id}_assignment",
        "policyId": policy.id,
        "scopeId": policy.group,
        "scopeType": "Group",
        "roleDefinitionId": policy.access,
    }
    if expand:
        row["policy"] = {
            "id": policy.id,
            "displayName": "Group",
            "description": "Group",
            "isOrganizationDefault": False,
            "scopeId": policy.group,
            "scopeType": "Group",
            "lastModifiedDateTime": None,
        }
    if expand == WITH_RULES:
        row["policy"]["rules"] = rules_of(policy)
    return row
