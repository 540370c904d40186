"""What the administrator of the simulated tenant let each application do."""

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, entra_id
from playground.entra.oauth import OAuthError, Scopes
from playground.entra.tokens import GRAPH

DELEGATED = {
    GRAPH: frozenset(
        {
            "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            "RoleManagementPolicy.Read.AzureADGroup",
            "GroupMember.Read.All",
            "User.Read",
            "User.ReadBasic.All",
        }
    ),
    BOT_APP_ID: frozenset({"access_as_user"}),
}
"""What may be done in the name of whoever signs in to the bot's application, by resource."""

APP_ROLES = {
    BOT_APP_ID: frozenset(
        {
            # Not even Application.Read.All shows which applications a group is assigned to:
            # https://learn.microsoft.com/graph/api/group-list-approleassignments
            "Directory.Read.All",
            "PrivilegedAssignmentSchedule.Read.AzureADGroup",
            "PrivilegedEligibilitySchedule.Read.AzureADGroup",
            "RoleManagementPolicy.Read.AzureADGroup",
            "Synchronization.Read.All",
        }
    ),
    GRANTOR_APP_ID: frozenset({"PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"}),
}
"""What each application may do by itself in Graph: the bot's own only reads."""


def service_principal(client: str) -> str:
    """The object id that an application acts as in this tenant."""
    return entra_id(f"sp-of:{client}")


def granted_names(client: str, scopes: Scopes) -> frozenset[str]:
    """The delegated permissions in force; raises OAuthError for one nobody consented to."""
    consented = DELEGATED.get(scopes.resource)
    if consented is None:
        says = f"The resource principal named {scopes.resource} was not found in the tenant."
        raise OAuthError("invalid_resource", 500011, says)
    if client != BOT_APP_ID or not scopes.names <= consented | {".default"}:
        raise consent_missing(client)
    return consented if scopes.is_default else scopes.names


def consent_missing(client: str) -> OAuthError:
    """AADSTS65001, as the token endpoint words it."""
    says = (
        "The user or administrator has not consented to use the application with ID "
        f"'{client}'. Send an interactive authorization request for this user and resource."
    )
    return OAuthError("invalid_grant", 65001, says, suberror="consent_required")
