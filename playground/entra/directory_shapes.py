"""People, groups and enterprise applications as Graph's JSON."""

from typing import Any

from playground.cast import entra_id
from playground.entra.state import EnterpriseApp, Group, Tenant, User
from playground.entra.times import stamp
from playground.entra.world import IDENTITY_CENTER_TEMPLATE

Json = dict[str, Any]
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
        "groupTypes": [],
        "isAssignableToRole": False,
        "mail": None,
        "mailEnabled": False,
        "mailNickname": group.name,
        "membershipRule": None,
        "onPremisesSyncEnabled": None,
        "securityEnabled": True,
    }


def app_shape(app: EnterpriseApp) -> Json:
    """A service principal with SAML single sign-on."""
    return {
        "id": app.id,
        "accountEnabled": True,
        "appDisplayName": app.name,
        "appId": app.app_id,
        "applicationTemplateId": app.template,
        "appRoleAssignmentRequired": True,
        "displayName": app.name,
        "loginUrl": None,
        "preferredSingleSignOnMode": "saml",
        "servicePrincipalType": "Application",
        "tags": ["WindowsAzureActiveDirectoryIntegratedApp"],
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
    ran = stamp(tenant.clock.now())
    return {
        "id": app.scim_job,
        "templateId": "aws" if app.template == IDENTITY_CENTER_TEMPLATE else "scim",
        "schedule": {"expiration": None, "interval": "PT40M", "state": "Active"},
        "status": {
            "code": "Active",
            "countSuccessiveCompleteFailures": 0,
            "escrowsPruned": False,
            "quarantine": None,
            "lastExecution": {"state": "Succeeded", "timeBegan": ran, "timeEnded": ran},
            "lastSuccessfulExecution": {"state": "Succeeded", "timeBegan": ran, "timeEnded": ran},
        },
    }
