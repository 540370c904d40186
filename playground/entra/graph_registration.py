"""Graph's calls about the app registration, what was consented to, licences, and the sign-in log."""

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.cast import BOT_APP_ID, entra_id
from playground.entra.answers import listed, single
from playground.entra.callers import directory_caller
from playground.entra.consent import DELEGATED, service_principal
from playground.entra.directory_shapes import GRAPH_APP_ID, PRINCIPALS
from playground.entra.refusals import no_such_object
from playground.entra.state import Tenant
from playground.entra.times import stamp
from playground.entra.tokens import GRAPH

Json = dict[str, Any]
PLANS = {
    "AAD_PREMIUM": "41781fb2-bc02-4b7c-bd55-b576c07bb09d",
    "AAD_PREMIUM_P2": "eec0eb4f-6444-4f95-aba0-50c24d67f998",
    "Entra_Identity_Governance": "e866a266-3cff-43a3-acca-0c90a7e00c8b",
}
"""https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference"""
BY_APP_ID = re.compile(r"applications\(appId='([^']*)'\)")


@dataclass
class RegistrationCalls:
    """The handlers."""

    tenant: Tenant

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part of Graph."""
        return [
            web.get(r"/v1.0/{call:applications\(.*\)}", self.application),
            web.get("/v1.0/oauth2PermissionGrants", self.grants),
            web.get("/v1.0/subscribedSkus", self.skus),
            web.get("/v1.0/auditLogs/signIns", self.sign_ins),
        ]

    async def application(self, request: web.Request) -> web.Response:
        """The app registration that people sign in to."""
        directory_caller(request, "Application.Read.All", "Directory.Read.All")
        called = BY_APP_ID.fullmatch(request.match_info["call"])
        if called is None or called[1] != BOT_APP_ID:
            raise no_such_object(called[1] if called else "")
        shape = {
            "id": entra_id("registration:aws-access"),
            "appId": BOT_APP_ID,
            "displayName": "aws-access",
            "signInAudience": "AzureADMyOrg",
            "web": {"redirectUris": sorted(self.tenant.redirect_uris)},
        }
        return single(request, shape)

    async def grants(self, request: web.Request) -> web.Response:
        """What an administrator consented to for everybody."""
        directory_caller(request, "Directory.Read.All")
        grant = {
            "id": "playground-grant",
            "clientId": service_principal(BOT_APP_ID),
            "consentType": "AllPrincipals",
            "principalId": None,
            "resourceId": PRINCIPALS[GRAPH_APP_ID][0],
            "scope": " ".join(sorted(DELEGATED[GRAPH])),
        }
        return listed(request, [] if self.tenant.consent_missing else [grant])

    async def skus(self, request: web.Request) -> web.Response:
        """The tenant's one subscription."""
        directory_caller(
            request, "Organization.Read.All", "LicenseAssignment.Read.All", "Directory.Read.All"
        )
        has = self.tenant.licences
        sku: Json = {
            "id": entra_id("sku"),
            "accountName": "playground",
            "appliesTo": "User",
            "capabilityStatus": "Enabled" if has.enabled else "Suspended",
            "consumedUnits": has.used,
            "prepaidUnits": {"enabled": has.bought, "suspended": 0, "warning": 0, "lockedOut": 0},
            "skuId": entra_id("sku:id"),
            "skuPartNumber": has.plan,
            "servicePlans": [
                {
                    "servicePlanId": PLANS[has.plan],
                    "servicePlanName": has.plan,
                    "provisioningStatus": "Success",
                    "appliesTo": "User",
                }
            ],
        }
        return listed(request, [sku])

    async def sign_ins(self, request: web.Request) -> web.Response:
        """The sign-in log: one success for each application somebody signed in to."""
        directory_caller(request, "AuditLog.Read.All")
        rows = [
            {
                "id": entra_id(f"sign-in:{app.id}"),
                "appDisplayName": app.name,
                "appId": app.app_id,
                "createdDateTime": stamp(self.tenant.clock.now()),
                "status": {"errorCode": 0, "failureReason": "Other."},
            }
            for app in self.tenant.apps.values()
            if app.signed_in
        ]
        return listed(request, rows)
