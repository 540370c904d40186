"""Graph's calls under /identityGovernance/privilegedAccess/group."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.entra import pim_shapes as shapes
from playground.entra.answers import body_of, filter_of, listed, single, words_of
from playground.entra.approvals import is_approver
from playground.entra.callers import Caller, person, pim_caller
from playground.entra.pim import Pim
from playground.entra.pim_bodies import read_decision, read_order
from playground.entra.pim_rules import schedules_of
from playground.entra.refusals import bad_request, not_found, unauthorized_access
from playground.entra.state import Request, Tenant

Json = dict[str, Any]
ASSIGNMENT_READ = "PrivilegedAssignmentSchedule.Read.AzureADGroup"
ASSIGNMENT_WRITE = "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"
ELIGIBILITY_READ = "PrivilegedEligibilitySchedule.Read.AzureADGroup"
ELIGIBILITY_WRITE = "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup"
BASE = "/v1.0/identityGovernance/privilegedAccess/group"
CURRENT_USER = re.compile(r"filterByCurrentUser\(on='(\w+)'\)")


@dataclass(frozen=True, slots=True)
class Collection:
    """One of the six lists: what it holds, and the permissions to list it and to read one."""

    rows: Callable[[Tenant], list[Json]]
    to_list: str
    to_read: str
    on: tuple[str, ...] = ("principal",)


COLLECTIONS = {
    "assignmentSchedules": Collection(
        lambda t: [shapes.schedule_shape(s) for s in schedules_of(t)],
        ASSIGNMENT_READ,
        ASSIGNMENT_READ,
    ),
    "assignmentScheduleInstances": Collection(
        lambda t: [shapes.instance_shape(s) for s in schedules_of(t) if s.begun],
        ASSIGNMENT_READ,
        ASSIGNMENT_READ,
    ),
    "assignmentScheduleRequests": Collection(
        lambda t: [shapes.request_shape(r) for r in t.requests.values()],
        ASSIGNMENT_WRITE,
        ASSIGNMENT_READ,
        on=("principal", "createdBy", "approver"),
    ),
    "eligibilitySchedules": Collection(
        lambda t: [shapes.eligibility_shape(e) for e in t.eligibilities.values()],
        ELIGIBILITY_READ,
        ELIGIBILITY_READ,
    ),
    "eligibilityScheduleInstances": Collection(
        lambda t: [shapes.eligibility_instance_shape(e) for e in t.eligibilities.values()],
        ELIGIBILITY_READ,
        ELIGIBILITY_READ,
    ),
    "eligibilityScheduleRequests": Collection(
        lambda t: [shapes.eligibility_request_shape(e) for e in t.eligibilities.values()],
        ELIGIBILITY_WRITE,
        ELIGIBILITY_READ,
    ),
}


@dataclass
class PimCalls:
    """The handlers; who may see and do what is decided here, what happens in the engine."""

    pim: Pim

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part of Graph."""
        requests = f"{BASE}/assignmentScheduleRequests"
        approval = f"{BASE}/assignmentApprovals/{{id}}"
        return [
            web.post(requests, self.create),
            web.post(f"{requests}/{{id}}/cancel", self.cancel),
            web.get(approval, self.approval),
            web.get(f"{approval}/stages", self.stages),
            web.get(f"{approval}/stages/{{stage}}", self.stage),
            web.patch(f"{approval}/stages/{{stage}}", self.decide),
            *(web.get(f"{BASE}/{{set:{name}}}", self.list_all) for name in COLLECTIONS),
            *(
                web.get(f"{BASE}/{{set:{name}}}/{{call:filterByCurrentUser.*}}", self.list_mine)
                for name in COLLECTIONS
            ),
            *(web.get(f"{BASE}/{{set:{name}}}/{{id}}", self.one) for name in COLLECTIONS),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """A list, which needs a $filter on principalId or groupId."""
        collection = COLLECTIONS[request.match_info["set"]]
        caller = pim_caller(request, collection.to_list)
        passing = filter_of(request)
        if not (passing.fixed("principalId") or passing.fixed("groupId")):
            says = "This method requires either the principalId or groupId filter property."
            raise bad_request(says)
        if not self._may_see(caller, passing.fixed("principalId")):
            raise unauthorized_access()
        return listed(request, self._expanded(request, collection.rows(self.pim.tenant)))

    async def list_mine(self, request: web.Request) -> web.Response:
        """What concerns the person who calls; nothing concerns an application."""
        name = request.match_info["set"]
        collection = COLLECTIONS[name]
        caller = pim_caller(request, collection.to_list)
        called = CURRENT_USER.fullmatch(request.match_info["call"])
        if called is None or called[1] not in collection.on:
            raise bad_request(f"on must be one of {', '.join(collection.on)}.")
        rows = [
            shapes.in_sample_case(row)
            for row in collection.rows(self.pim.tenant)
            if self._concerns(caller.actor.oid, row, called[1])
        ]
        return listed(request, self._expanded(request, rows))

    async def one(self, request: web.Request) -> web.Response:
        """One object by its id."""
        collection = COLLECTIONS[request.match_info["set"]]
        caller = pim_caller(request, collection.to_read)
        rows = collection.rows(self.pim.tenant)
        row = next((row for row in rows if row["id"] == request.match_info["id"]), None)
        if row is None:
            raise not_found()
        concerned = any(self._concerns(caller.actor.oid, row, on) for on in collection.on)
        if not concerned and not self._may_see(caller, None):
            raise unauthorized_access()
        return single(request, self._expanded(request, [row])[0])

    async def create(self, request: web.Request) -> web.Response:
        """Submit a request; 201 also when it waits for an approver."""
        caller = pim_caller(request, ASSIGNMENT_WRITE)
        order = read_order(await body_of(request))
        self._refuse_if_told_to()
        made = self.pim.submit(order, caller.actor)
        return single(request, shapes.request_shape(made), status=201)

    async def cancel(self, request: web.Request) -> web.Response:
        """Cancel a request that is not in force yet."""
        caller = pim_caller(request, ASSIGNMENT_WRITE)
        self._refuse_if_told_to()
        self.pim.cancel(request.match_info["id"], caller.actor)
        return web.Response(status=204)

    async def approval(self, request: web.Request) -> web.Response:
        """An approval with its stages."""
        row = self._stage_of(request)
        return single(request, {"id": request.match_info["id"], "stages": [row]})

    async def stages(self, request: web.Request) -> web.Response:
        """The stages of an approval."""
        return listed(request, [self._stage_of(request)])

    async def stage(self, request: web.Request) -> web.Response:
        """One stage."""
        row = self._stage_of(request)
        if row["id"] != request.match_info["stage"]:
            raise not_found()
        return single(request, row)

    async def decide(self, request: web.Request) -> web.Response:
        """Approve or deny; only a person who is an approver may."""
        caller = pim_caller(request, ASSIGNMENT_WRITE)
        person(caller)
        approve, justification = read_decision(await body_of(request))
        self.pim.decide(
            request.match_info["id"],
            request.match_info["stage"],
            caller.actor,
            approve=approve,
            justification=justification,
        )
        return web.Response(status=204)

    def _refuse_if_told_to(self) -> None:
        if self.pim.tenant.refusals:
            raise self.pim.tenant.refusals.popleft()

    def _stage_of(self, request: web.Request) -> Json:
        oid = person(pim_caller(request, ASSIGNMENT_READ))
        found = self.pim.request(request.match_info["id"])
        if found.stage is None:
            raise not_found()
        if not is_approver(self.pim.tenant, found, oid):
            raise unauthorized_access()
        return shapes.stage_shape(self.pim.tenant, found, found.stage, oid)

    def _may_see(self, caller: Caller, principal: str | None) -> bool:
        oid = caller.actor.oid
        return oid is None or oid == principal or oid in self.pim.tenant.administrators

    def _concerns(self, oid: str | None, row: Json, on: str) -> bool:
        if oid is None:
            return False
        request: Request | None = self.pim.tenant.requests.get(row["id"])
        if on == "principal" or request is None:
            return bool(row["principalId"] == oid)
        if on == "createdBy":
            return request.created_by.oid == oid
        return is_approver(self.pim.tenant, request, oid)

    def _expanded(self, request: web.Request, rows: list[Json]) -> list[Json]:
        wanted = words_of(request, "expand")
        if not set(wanted) <= {"group", "principal"}:
            raise bad_request("Only group and principal can be expanded here.")
        tenant = self.pim.tenant
        more = {
            "group": lambda row: {
                "id": row["groupId"],
                "displayName": tenant.groups[row["groupId"]].name,
            },
            "principal": lambda row: {
                "@odata.type": "#microsoft.graph.user",
                "id": row["principalId"],
                "displayName": tenant.users[row["principalId"]].name,
            },
        }
        return [row | {name: more[name](row) for name in wanted} for row in rows]
