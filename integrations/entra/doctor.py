"""What the doctor reads of Entra: the app registration, the enterprise applications, PIM, licences."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar
from urllib.parse import quote

import requests
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from kiota_abstractions.method import Method
from kiota_abstractions.request_information import RequestInformation

from bot.doctor.seen import App, EntraUser, Group, Job, Licence, NotAllowedError
from bot.domain.policy import PimRules
from bot.ports import IntegrationError
from integrations.entra import doctor_shapes as shapes
from integrations.entra.credentials import token_failed
from integrations.entra.directory import IDENTITY_CENTER_TEMPLATE, SINGLE_ACCOUNT_TEMPLATE
from integrations.entra.errors import NotAllowedToReadError
from integrations.entra.graph import Graph
from integrations.entra.login_session import SYSTEM, LoginSession
from integrations.entra.policy import rules_of
from integrations.entra.settings import EntraSettings

Json = dict[str, Any]
_Read = TypeVar("_Read")
_APP = (
    "id,appId,displayName,applicationTemplateId,accountEnabled,preferredSingleSignOnMode,"
    "servicePrincipalNames,replyUrls,keyCredentials,preferredTokenSigningKeyThumbprint,"
    "notificationEmailAddresses"
)
_GROUP = "id,displayName,groupTypes,onPremisesSyncEnabled,isAssignableToRole"
_USER = "id,userPrincipalName,mail,accountEnabled"
_DIRECTORY = "Directory.Read.All"
_APPLICATIONS = "Application.Read.All"


class EntraDoctor:
    """:class:`bot.doctor.seen.EntraReading`, with the bot's credential alone.

    Graph is asked by address: each question is put once in a run, and the SDK's request builders
    take longer to import than the answers to come.
    """

    def __init__(
        self,
        settings: EntraSettings,
        credential: AsyncTokenCredential,
        graph: Graph,
        real_now: Callable[[], datetime],
    ) -> None:
        self._settings = settings
        self._credential = credential
        self._graph = graph
        self._real_now = real_now

    async def skew(self) -> timedelta:
        """Ahead is positive. The header has whole seconds, so a second is no difference."""
        said = await asyncio.to_thread(self._date)
        return self._real_now().replace(microsecond=0) - said

    async def roles(self) -> frozenset[str]:
        """The roles in our own token, which only says here what Graph goes by."""
        try:
            token = await self._credential.get_token(f"{self._settings.graph_resource}/.default")
        except AzureError as failed:
            raise token_failed(failed) from failed
        return frozenset(map(str, _claims(token.token).get("roles", ())))

    async def consented(self) -> frozenset[str]:
        """https://learn.microsoft.com/graph/api/oauth2permissiongrant-list"""
        client = await self._one(_DIRECTORY, f"/servicePrincipals{self._us}", select="id")
        resource = await self._one(
            _DIRECTORY, f"/servicePrincipals{_by_app_id(shapes.GRAPH_APP)}", select="id"
        )
        if client is None or resource is None:
            return frozenset()
        query = f"clientId eq '{client['id']}' and consentType eq 'AllPrincipals'"
        grants = await self._all(_DIRECTORY, "/oauth2PermissionGrants", filter=query)
        return shapes.scopes_of(grants, resource["id"])

    async def redirect_uris(self) -> tuple[str, ...]:
        """https://learn.microsoft.com/graph/api/application-get"""
        found = await self._one(_APPLICATIONS, f"/applications{self._us}", select="web")
        return tuple(((found or {}).get("web") or {}).get("redirectUris") or ())

    async def licences(self) -> tuple[Licence, ...]:
        """https://learn.microsoft.com/graph/api/subscribedsku-list"""
        return shapes.licences_of(await self._all("Organization.Read.All", "/subscribedSkus"))

    async def apps(self) -> tuple[App, ...]:
        """https://learn.microsoft.com/graph/api/serviceprincipal-list"""
        lists = await asyncio.gather(
            *(self._apps_of(t) for t in (IDENTITY_CENTER_TEMPLATE, SINGLE_ACCOUNT_TEMPLATE))
        )
        found = sorted((app for one in lists for app in one), key=lambda app: str(app["id"]))
        assigned = await asyncio.gather(*(self._assigned(app["id"]) for app in found))
        made = (shapes.app_of(app, groups) for app, groups in zip(found, assigned, strict=True))
        return tuple(sorted(made, key=lambda app: app.name))

    async def jobs(self, app: str) -> tuple[Job, ...]:
        """https://learn.microsoft.com/graph/api/synchronization-synchronization-list-jobs"""
        where = f"/servicePrincipals/{app}/synchronization/jobs"
        return shapes.jobs_of(await self._all("Synchronization.Read.All", where))

    async def claims_policies(self, app: str) -> tuple[str, ...]:
        """https://learn.microsoft.com/graph/api/serviceprincipal-list-claimsmappingpolicies"""
        where = f"/servicePrincipals/{app}/claimsMappingPolicies"
        found = await self._all("Policy.Read.All", where)
        return tuple(str(policy.get("displayName") or policy["id"]) for policy in found)

    async def signed_in(self, app_id: str) -> bool:
        """https://learn.microsoft.com/graph/api/signin-list"""
        query = {"filter": f"appId eq '{app_id}'", "top": "50"}
        page = await self._one("AuditLog.Read.All", "/auditLogs/signIns", **query)
        rows = (page or {}).get("value") or ()
        return any((row.get("status") or {}).get("errorCode") == 0 for row in rows)

    async def group(self, group: str) -> Group | None:
        """https://learn.microsoft.com/graph/api/group-get"""
        found = await self._one("GroupMember.Read.All", f"/groups/{group}", select=_GROUP)
        return shapes.group_of(found) if found else None

    async def rules(self, group: str) -> PimRules | None:
        """The bot's own question, but telling no policy from one that asks for nothing."""
        reading = self._graph.read_all(self._graph.asks.policy(group))
        found = await _allowed("RoleManagementPolicy.Read.AzureADGroup", reading)
        return rules_of((found[0].get("policy") or {}).get("rules") or ()) if found else None

    async def eligible(self, group: str) -> int:
        """https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-eligibilityschedules"""
        where = "/identityGovernance/privilegedAccess/group/eligibilitySchedules"
        permission = "PrivilegedEligibilitySchedule.Read.AzureADGroup"
        found = await self._all(permission, where, filter=f"groupId eq '{group}'")
        return len([one for one in found if str(one.get("accessId")).casefold() == "member"])

    async def other_apps(self, group: str) -> tuple[str, ...]:
        """https://learn.microsoft.com/graph/api/group-list-approleassignments"""
        found = await self._all(_DIRECTORY, f"/groups/{group}/appRoleAssignments")
        return tuple(str(one.get("resourceDisplayName") or one["resourceId"]) for one in found)

    async def user(self, name: str) -> EntraUser | None:
        """https://learn.microsoft.com/graph/api/user-get"""
        where = f"/users/{quote(name, safe='@')}"
        found = await self._one("User.Read.All", where, select=_USER)
        return shapes.user_of(found) if found else None

    @property
    def _us(self) -> str:
        return _by_app_id(self._settings.client_id)

    async def _apps_of(self, template: str) -> Sequence[Json]:
        query = f"applicationTemplateId eq '{template}'"
        return await self._all(_APPLICATIONS, "/servicePrincipals", filter=query, select=_APP)

    async def _assigned(self, app: str) -> Sequence[Json]:
        return await self._all(_APPLICATIONS, f"/servicePrincipals/{app}/appRoleAssignedTo")

    async def _one(self, permission: str, where: str, **options: str) -> Json | None:
        return await _allowed(permission, self._graph.read(self._ask(where, options)))

    async def _all(self, permission: str, where: str, **options: str) -> Sequence[Json]:
        return await _allowed(permission, self._graph.read_all(self._ask(where, options)))

    def _ask(self, where: str, options: Mapping[str, str]) -> RequestInformation:
        query = "&".join(f"${name}={quote(value, safe=',')}" for name, value in options.items())
        ask = RequestInformation(Method.GET)
        ask.url = f"{self._settings.graph_url}{where}{'?' if query else ''}{query}"
        return ask

    def _date(self) -> datetime:
        try:
            with LoginSession(self._settings) as session:
                where = f"{self._settings.authority}/v2.0/.well-known/openid-configuration"
                answer = session.get(where)
            return parsedate_to_datetime(answer.headers["Date"])
        except requests.RequestException as failed:
            raise IntegrationError(SYSTEM, f"no answer ({type(failed).__name__})") from failed
        except (KeyError, ValueError) as odd:
            raise IntegrationError(SYSTEM, "an answer without a date") from odd


async def _allowed(permission: str, reading: Awaitable[_Read]) -> _Read:
    try:
        return await reading
    except NotAllowedToReadError as denied:
        raise NotAllowedError(permission) from denied


def _by_app_id(app_id: str) -> str:
    return f"(appId='{app_id}')"


def _claims(token: str) -> Mapping[str, Any]:
    """The payload of a token that is ours: shown, and trusted with nothing."""
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError) as odd:
        raise IntegrationError(SYSTEM, "an access token that cannot be read") from odd
    return claims if isinstance(claims, dict) else {}
