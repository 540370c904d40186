"""Which credential may do what: the least-privilege policy that the project documents."""

from collections.abc import Set as AbstractSet

from playground.aws.names import BOT_KEY, OWNER_KEY

READS = frozenset(
    {
        "sso-admin/ListInstances",
        "sso-admin/DescribeInstance",
        "sso-admin/ListRegions",
        "sso-admin/ListPermissionSets",
        "sso-admin/DescribePermissionSet",
        "sso-admin/ListAccountsForProvisionedPermissionSet",
        "sso-admin/ListPermissionSetsProvisionedToAccount",
        "sso-admin/ListAccountAssignments",
        "sso-admin/ListAccountAssignmentsForPrincipal",
        "identitystore/DescribeIdentityStore",
        "identitystore/GetUserId",
        "identitystore/DescribeUser",
        "identitystore/GetGroupId",
        "identitystore/DescribeGroup",
        "identitystore/ListGroups",
        "identitystore/IsMemberInGroups",
        "identitystore/ListGroupMembershipsForMember",
        "organizations/ListAccounts",
        "organizations/DescribeOrganization",
        "organizations/ListAWSServiceAccessForOrganization",
        "organizations/ListDelegatedAdministrators",
        "sts",
    }
)
"""What the bot may call, as service/operation."""

IAM_NAMES = {"sso-admin": "sso"}
"""Service → what IAM calls it, where they differ."""

HOLDERS = {BOT_KEY: "bot", OWNER_KEY: "owner"}
"""Access key id → who holds it."""


def is_allowed(holder: str, operation: str, denied: AbstractSet[str]) -> bool:
    """Whether the holder of a credential may call an operation; `denied` are IAM actions."""
    service, _, name = operation.partition("/")
    action = f"{IAM_NAMES.get(service, service)}:{name}"
    return holder == "owner" or (operation in READS and action not in denied)
