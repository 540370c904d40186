"""Graph's calls for enterprise applications and their provisioning jobs."""

import re
from dataclasses import dataclass

from aiohttp import web

from playground.cast import entra_id
from playground.entra.answers import listed, single
from playground.entra.callers import directory_caller
from playground.entra.directory_shapes import (
    PRINCIPALS,
    app_shape,
    assignment_shape,
    job_shape,
    principal_shape,
)
from playground.entra.refusals import bad_request, no_such_object
from playground.entra.state import EnterpriseApp, Tenant

APP_READ = ("Application.Read.All", "Directory.Read.All")
SYNC_READ = "Synchronization.Read.All"
BY_APP_ID = re.compile(r"servicePrincipals\(appId='([^']*)'\)")


@dataclass
class AppCalls:
    """The handlers."""

    tenant: Tenant

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part of Graph."""
        one = "/v1.0/servicePrincipals/{id}"
        return [
            web.get("/v1.0/servicePrincipals", self.list_all),
            web.get(r"/v1.0/{call:servicePrincipals\(.*\)}", self.by_app_id),
            web.get(one, self.one),
            web.get(f"{one}/appRoleAssignedTo", self.assigned_to),
            web.get(f"{one}/claimsMappingPolicies", self.claims_policies),
            web.get(f"{one}/synchronization/jobs", self.jobs),
            web.get(f"{one}/synchronization/jobs/{{job}}", self.job),
        ]

    async def list_all(self, request: web.Request) -> web.Response:
        """Enterprise applications, usually filtered by template or application id."""
        directory_caller(request, *APP_READ)
        return listed(request, map(app_shape, self.tenant.apps.values()))

    async def by_app_id(self, request: web.Request) -> web.Response:
        """One application by its application id."""
        directory_caller(request, *APP_READ)
        called = BY_APP_ID.fullmatch(request.match_info["call"])
        if called is None:
            raise bad_request("The key must be an appId.")
        for app in self.tenant.apps.values():
            if app.app_id == called[1]:
                return single(request, app_shape(app))
        if called[1] in PRINCIPALS:
            return single(request, principal_shape(called[1]))
        raise no_such_object(called[1])

    async def one(self, request: web.Request) -> web.Response:
        """One application by its object id."""
        directory_caller(request, *APP_READ)
        return single(request, app_shape(self._app(request)))

    async def assigned_to(self, request: web.Request) -> web.Response:
        """The groups assigned to an application."""
        directory_caller(request, *APP_READ)
        app = self._app(request)
        return listed(request, [assignment_shape(self.tenant, app, g) for g in app.groups])

    async def claims_policies(self, request: web.Request) -> web.Response:
        """The claims mapping policies of an application."""
        directory_caller(request, "Policy.Read.All")
        policy = self._app(request).claims_policy
        shapes = [{"id": entra_id(f"claims:{policy}"), "displayName": policy}] if policy else []
        return listed(request, shapes)

    async def jobs(self, request: web.Request) -> web.Response:
        """The provisioning jobs of an application: one with SCIM, none without."""
        directory_caller(request, SYNC_READ)
        app = self._app(request)
        return listed(request, [job_shape(self.tenant, app)] if app.scim_job else [])

    async def job(self, request: web.Request) -> web.Response:
        """One provisioning job."""
        directory_caller(request, SYNC_READ)
        app = self._app(request)
        if app.scim_job != request.match_info["job"]:
            raise no_such_object(request.match_info["job"])
        return single(request, job_shape(self.tenant, app))

    def _app(self, request: web.Request) -> EnterpriseApp:
        app = self.tenant.apps.get(request.match_info["id"])
        if app is None:
            raise no_such_object(request.match_info["id"])
        return app
