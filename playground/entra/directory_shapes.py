"""People, groups and enterprise applications as Graph's JSON."""

import base64
import hashlib
from typing import Any

from playground.cast import BOT_APP_ID, entra_id
from playground.entra.consent import service_principal
from playground.entra.state import EnterpriseApp, Group, Tenant, User
from playground.entra.times import stamp
from playground.entra.world import IDENTITY_CENTER_TEMPLATE

Json = dict[str, Any]
GRAPH_APP_ID = "00000003-0000-0000-c000-000000000000"
"""Microsoft Graph, in every tenant."""
PRINCIPALS = {
    GRAPH_APP_ID: (entra_id("sp:graph"), "Microsoft Graph"),
    BOT_APP_ID: (service_principal(BOT_APP_ID), "aws-access"),
}
"""The service principals that are no SAML application: object id and name, by application id."""
DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
USER_DEFAULT = (
    "businessPhones",
    "displayName",
    "givenName",
    "jobTitle",
    "mail",
    "mobilePhone",
    "officeLocation",
    "preferredLanguage",
    "surname",
    "userPrincipalName",
    "id",
)
"""What Graph shows of a user without $select: accountEnabled and userType are not among them."""


def user_shape(user: User) -> Json:
    """A user, with every property the simulator knows."""
    given, _, surname = user.name.partition(" ")
    return {
        "id": user.id,
        "businessPhones": [],
        "displayName": user.name,
        "givenName": given,
        "jobTitle": user.title,
        "mail": user.upn,
        "mobilePhone": None,
        "officeLocation": None,
        "preferredLanguage": None,
        "surname": surname,
        "userPrincipalName": user.upn,
        "accountEnabled": user.enabled,
        "userType": "Guest" if user.guest else "Member",
        "employeeId": user.employee_id,
    }


def group_shape(group: Group) -> Json:
    """A security group."""
    return {
        "id": group.id,
        "displayName": group.name,
        "description": None,
        "groupTypes": ["DynamicMembership"] if group.dynamic else [],
        "isAssignableToRole": group.role_assignable,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": group.name,
        "membershipRule": '(user.department -eq "Sales")' if group.dynamic else None,
        "onPremisesSyncEnabled": True if group.synced else None,
        "securityEnabled": True,
    }


def app_shape(app: EnterpriseApp) -> Json:
    """A service principal with SAML single sign-on."""
    return {
        "id": app.id,
        "accountEnabled": app.enabled,
        "appDisplayName": app.name,
        "appId": app.app_id,
        "applicationTemplateId": app.template,
        "appRoleAssignmentRequired": True,
        "displayName": app.name,
        "loginUrl": None,
        "keyCredentials": _certificates(app),
        "notificationEmailAddresses": list(app.notified),
        "preferredSingleSignOnMode": app.sso,
        "preferredTokenSigningKeyThumbprint": _thumbprint(app).upper(),
        "replyUrls": [app.reply_url] if app.reply_url else [],
        "servicePrincipalNames": [name for name in (app.app_id, app.identifier) if name],
        "servicePrincipalType": "Application",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
    }


def principal_shape(app_id: str) -> Json:
    """The service principal of an API, or of an app registration."""
    principal, name = PRINCIPALS[app_id]
    return {
        "id": principal,
        "accountEnabled": True,
        "appId": app_id,
        "applicationTemplateId": None,
        "displayName": name,
        "servicePrincipalType": "Application",
    }


def assignment_shape(tenant: Tenant, app: EnterpriseApp, group_id: str) -> Json:
    """An appRoleAssignment of a group to an application."""
    return {
        "id": entra_id(f"assignment:{app.id}:{group_id}"),
        "deletedDateTime": None,
        "appRoleId": DEFAULT_ROLE,
        "createdDateTime": None,
        "principalDisplayName": tenant.groups[group_id].name,
        "principalId": group_id,
        "principalType": "Group",
        "resourceDisplayName": app.name,
        "resourceId": app.id,
    }


def job_shape(tenant: Tenant, app: EnterpriseApp) -> Json:
    """The synchronizationJob that carries an application's groups to AWS."""
    ran = stamp(tenant.clock.now() - app.scim_ran_ago)
    quarantine = {
        "reason": "EncounteredQuarantineException",
        "currentBegan": ran,
        "nextAttempt": None,
        "seriesCount": 1,
    }
    return {
        "id": app.scim_job,
        "templateId": "aws" if app.template == IDENTITY_CENTER_TEMPLATE else "scim",
        "schedule": {"expiration": None, "interval": "PT40M", "state": "Active"},
        "status": {
            "code": app.scim_code,
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": False,
            "quarantine": quarantine if app.scim_code == "Quarantine" else None,
            "lastExecution": {"state": "Succeeded", "timeBegan": ran, "timeEnded": ran},
            "lastSuccessfulExecution": {"state": "Succeeded", "timeBegan": ran, "timeEnded": ran},
        },
    }


def _thumbprint(app: EnterpriseApp) -> str:
    """SHA-1, as Entra names a certificate, here of nothing but the application's id."""
    return hashlib.sha1(app.id.encode(), usedforsecurity=False).hexdigest()


def _certificates(app: EnterpriseApp) -> list[Json]:
    """The signing certificate as two keyCredentials, as the service keeps it; none without an end."""
    if app.certificate_ends is None:
        return []
    thumbprint = base64.b64encode(bytes.fromhex(_thumbprint(app))).decode()
    return [
        {
            "customKeyIdentifier": thumbprint,
            "displayName": f"CN={app.name}",
            "endDateTime": stamp(app.certificate_ends),
            "key": None,
            "keyId": entra_id(f"key:{app.id}:{usage}"),
            "startDateTime": None,
            "type": kind,
            "usage": usage,
        }
        for usage, kind in (("Verify", "AsymmetricX509Cert"), ("Sign", "X509CertAndPassword"))
    ]
