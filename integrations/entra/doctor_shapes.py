"""Graph's JSON as what the doctor judges."""

import base64
import binascii
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from bot.doctor.seen import App, EntraUser, Group, Job, Licence
from integrations.entra.directory import IDENTITY_CENTER_TEMPLATE

Json = dict[str, Any]
GRAPH_APP = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph itself, in every tenant."""
PLANS = {
    "eec0eb4f-6444-4f95-aba0-50c24d67f998": "Entra ID P2",
    "e866a266-3cff-43a3-acca-0c90a7e00c8b": "Entra ID Governance",
}
"""The service plans with PIM for Groups.

https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference
"""


def scopes_of(grants: Iterable[Json], resource: str) -> frozenset[str]:
    """The delegated permissions of one API that are granted to everybody."""
    return frozenset(
        scope
        for grant in grants
        if grant.get("resourceId") == resource and grant.get("consentType") == "AllPrincipals"
        for scope in str(grant.get("scope") or "").split()
    )


def licences_of(skus: Iterable[Json]) -> tuple[Licence, ...]:
    """One for each subscription and plan that counts."""
    return tuple(
        Licence(
            plan=PLANS[plan],
            enabled=sku.get("capabilityStatus") == "Enabled",
            bought=int((sku.get("prepaidUnits") or {}).get("enabled") or 0),
            used=int(sku.get("consumedUnits") or 0),
        )
        for sku in skus
        for plan in sorted({str(p.get("servicePlanId")) for p in sku.get("servicePlans") or ()})
        if plan in PLANS
    )


def app_of(app: Json, assigned: Iterable[Json]) -> App:
    """An enterprise application with the groups assigned to it."""
    return App(
        id=app["id"],
        app_id=app["appId"],
        name=app.get("displayName") or app["appId"],
        identity_center=app.get("applicationTemplateId") == IDENTITY_CENTER_TEMPLATE,
        enabled=app.get("accountEnabled") is True,
        sso=app.get("preferredSingleSignOnMode") or "",
        identifiers=tuple(app.get("servicePrincipalNames") or ()),
        reply_urls=tuple(app.get("replyUrls") or ()),
        signing_ends=_signing_ends(app),
        told_before=bool(app.get("notificationEmailAddresses")),
        groups=tuple(
            (one["principalId"], one.get("principalDisplayName") or "")
            for one in assigned
            if one.get("principalType") == "Group"
        ),
    )


def jobs_of(jobs: Iterable[Json]) -> tuple[Job, ...]:
    """Provisioning jobs with what became of them."""
    return tuple(map(_job, jobs))


def group_of(group: Json) -> Group:
    """What PIM cares about; what is not said is not so."""
    return Group(
        name=group.get("displayName") or group["id"],
        dynamic="DynamicMembership" in (group.get("groupTypes") or ()),
        synced=group.get("onPremisesSyncEnabled") is True,
        role_assignable=group.get("isAssignableToRole") is True,
    )


def user_of(user: Json) -> EntraUser:
    """A user; one whose state is not shown counts as disabled."""
    return EntraUser(
        oid=user["id"],
        user_name=user.get("userPrincipalName") or "",
        mail=user.get("mail") or "",
        enabled=user.get("accountEnabled") is True,
    )


def _signing_ends(app: Json) -> datetime | None:
    """Of the certificate that signs: the preferred one, else the one that is good for longest."""
    keys: Sequence[Json] = [k for k in app.get("keyCredentials") or () if k.get("endDateTime")]
    preferred = str(app.get("preferredTokenSigningKeyThumbprint") or "").casefold()
    chosen = [key for key in keys if preferred and _thumbprint(key) == preferred] or keys
    return max((datetime.fromisoformat(key["endDateTime"]) for key in chosen), default=None)


def _thumbprint(key: Json) -> str:
    """Graph shows it as base64 in one place and as hexadecimal in the other."""
    try:
        return base64.b64decode(str(key.get("customKeyIdentifier") or "")).hex()
    except binascii.Error:
        return ""


def _job(job: Json) -> Job:
    status: Json = job.get("status") or {}
    ran = (status.get("lastSuccessfulExecution") or {}).get("timeEnded")
    return Job(
        code=str(status.get("code") or ""),
        reason=str((status.get("quarantine") or {}).get("reason") or ""),
        succeeded=datetime.fromisoformat(ran) if ran else None,
    )
