"""What the bot needs to be allowed, and what breaks without it; nothing beyond it is needed.

Tests compare these with the permissions, the manifest and the policy in docs/connect-slack.md.
"""

SLACK_SCOPES = {
    "commands": "the command does not arrive",
    "chat:write": "nothing can be posted",
    "im:write": "no direct message can be opened",
    "im:history": "a message whose posting was not confirmed is not found again, and stays stale",
    "users:read": "nobody can be checked to be a full member, so everybody is refused",
    "users:read.email": "nobody can sign in for the first time",
    "channels:read": "whether a public channel is shared outside is not seen, so nothing is posted there",
    "groups:read": "whether a private channel is shared outside is not seen, so nothing is posted there",
}

SPARED_SCOPES = frozenset({"im:history", "channels:read", "groups:read"})
"""An app that was installed before these were asked for goes on working, and says what it leaves."""

EVERYTHING = "Directory.Read.All"
INSTEAD = {
    "Application.Read.All": "the groups of the enterprise apps are not seen",
    "User.Read.All": "nobody's account can be checked",
    "GroupMember.Read.All": "admins and auditors named by a group are not recognised",
}
"""What does in place of `Directory.Read.All`."""
GRAPH_ROLES = {
    "PrivilegedEligibilitySchedule.Read.AzureADGroup": "nobody is eligible for anything",
    "PrivilegedAssignmentSchedule.Read.AzureADGroup": "what is active, or became of a request, is not seen",
    "RoleManagementPolicy.Read.AzureADGroup": "PIM's maximum, reason and approval are not known",
    "Synchronization.Read.All": "whether a group reaches AWS by SCIM is not known",
}
OPTIONAL_ROLES = {
    *INSTEAD,
    "Organization.Read.All",
    "LicenseAssignment.Read.All",
    "AuditLog.Read.All",
    "Policy.Read.All",
}
"""Reading permissions that only the doctor uses, or that `Directory.Read.All` includes."""

GRANTOR_ROLE = "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"
"""All that the grantor needs, and more than enough: https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests"""

_PIM = (
    "PrivilegedAssignmentSchedule.",
    "PrivilegedEligibilitySchedule.",
    "PrivilegedAccess.",
    "RoleManagement.",
    "RoleManagementPolicy.",
    "RoleAssignmentSchedule.",
    "RoleEligibilitySchedule.",
)
_WIDE = {
    "AppRoleAssignment.ReadWrite.All",
    "Application.ReadWrite.All",
    "Directory.ReadWrite.All",
    "Group.ReadWrite.All",
    "GroupMember.ReadWrite.All",
}


AWS_ACTIONS = (
    "sso:ListInstances",
    "sso:ListAccountAssignmentsForPrincipal",
    "sso:DescribePermissionSet",
    "sso:DescribeInstance",
    "organizations:DescribeOrganization",
    "organizations:ListAccounts",
    "identitystore:ListGroups",
    "identitystore:GetGroupId",
    "identitystore:GetUserId",
    "identitystore:IsMemberInGroups",
)


def is_needed(permission: str) -> bool:
    """Whether the bot does not do without a Graph permission or an IAM action.

    It does without `Directory.Read.All`: that none of what replaces it is there is told by itself.
    """
    return permission in {*GRAPH_ROLES, *INSTEAD, *AWS_ACTIONS}


def breaks_without(roles: frozenset[str]) -> dict[str, str]:
    """The application permissions that are missing, each with what breaks."""
    directory = {} if EVERYTHING in roles else INSTEAD
    needed = GRAPH_ROLES | directory
    return {role: breaks for role, breaks in needed.items() if role not in roles}


def beyond(roles: frozenset[str]) -> frozenset[str]:
    """The application permissions nothing here uses."""
    return roles - GRAPH_ROLES.keys() - OPTIONAL_ROLES - {EVERYTHING}


def is_tier_0(role: str) -> bool:
    """Whether an application permission can put anybody into any PIM group, or anything stronger."""
    return role in _WIDE or (role.startswith(_PIM) and ".Read." not in role)
