"""Refusals of PIM's that can be asked for by name, for what no policy of the tenant brings about."""

from collections.abc import Sequence

from playground.entra import refusals
from playground.entra.refusals import GraphError

RULES = (
    *("JustificationRule", "ExpirationRule", "MfaRule", "TicketingRule"),
    *("EligibilityRule", "ApprovalRule", "ActivationDayRule", "AdminRequestRule"),
)
_PLAIN = (
    refusals.assignment_exists(),
    refusals.assignment_missing(),
    refusals.pending_request(),
    refusals.too_short(),
    refusals.invalid_request("The Role assignment request is invalid."),
    refusals.invalid_schedule("The schedule is invalid."),
    refusals.subject_not_found(),
    refusals.not_found(),
    refusals.scope_missing(["PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"]),
    refusals.insufficient_privileges(),
    refusals.unauthorized_access(),
    refusals.context_needed("c1"),
    GraphError(400, "RoleNotFound", "The Role is not found."),
    GraphError(400, "ResourceIsLocked", "The resource is locked."),
    GraphError(
        403, "AadPremiumLicenseRequired", "The tenant needs a Microsoft Entra ID P2 license."
    ),
    refusals.rules_failed(list(RULES)),
)
"""https://learn.microsoft.com/graph/api/governanceroleassignmentrequest-post"""
CODES = {refused.code: refused for refused in _PLAIN}


def refusal(code: str, rules: Sequence[str], *, wrapped: bool) -> GraphError:
    """PIM's refusal of that code, in either shape of body; `rules` are the policy rules it names."""
    found = refusals.rules_failed(list(rules)) if rules else CODES[code]
    return GraphError(found.status, found.code, found.message, wrapped=wrapped)
