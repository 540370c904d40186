"""What a group's PIM policy asks of a member who activates, read out of its rules.

https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from bot.domain.access import Principal
from bot.domain.durations import parse_iso
from bot.domain.policy import PimRules

Json = Mapping[str, Any]


def rules_of(policy_rules: Iterable[Json]) -> PimRules:
    """The rules that apply to a person's own activation; what is missing asks for nothing."""
    by_id = {rule.get("id"): rule for rule in policy_rules}
    enabled = _rule(by_id, "Enablement").get("enabledRules") or ()
    context = _rule(by_id, "AuthenticationContext")
    approval: Json = _rule(by_id, "Approval").get("setting") or {}
    required = bool(approval.get("isApprovalRequired"))
    return PimRules(
        max=_longest(_rule(by_id, "Expiration").get("maximumDuration")),
        reason_required="Justification" in enabled,
        ticket_required="Ticketing" in enabled,
        mfa_required="MultiFactorAuthentication" in enabled,
        auth_context=(context.get("claimValue") or None) if context.get("isEnabled") else None,
        approval_required=required,
        approvers=tuple(_approvers(approval)) if required else (),
        approver_reason_required=required and any(map(_asks_why, _stages(approval))),
    )


def _rule(by_id: Mapping[Any, Json], kind: str) -> Json:
    return by_id.get(f"{kind}_EndUser_Assignment", {})


def _longest(text: str | None) -> timedelta | None:
    """A maximum of zero occurs and means that none is set; one we cannot read is left to PIM."""
    try:
        return parse_iso(text or "") or None
    except ValueError:
        return None


def _stages(approval: Json) -> Iterable[Json]:
    return approval.get("approvalStages") or ()


def _asks_why(stage: Json) -> bool:
    return bool(stage.get("isApproverJustificationRequired"))


def _approvers(approval: Json) -> Iterable[Principal]:
    for stage in _stages(approval):
        for approver in stage.get("primaryApprovers") or ():
            if user := approver.get("userId"):
                yield Principal("user", user)
            elif group := approver.get("groupId"):
                yield Principal("group", group)
