"""A group's PIM policy: what it demands, and the rules Graph shows for it."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from playground.entra.times import duration_text

Relationship = Literal["member", "owner"]
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Policy:
    """What one relationship of one group demands; lengths are how long one may hold it at most.

    `mfa` and `acrs` exclude each other, as in the service.
    """

    group: str
    access: Relationship = "member"
    max: timedelta = timedelta(hours=8)
    justification: bool = True
    ticket: bool = False
    mfa: bool = False
    acrs: str | None = None
    approval: bool = False
    approvers: tuple[str, ...] = ()
    approver_groups: tuple[str, ...] = ()
    approver_justification: bool = True
    admin_max: timedelta = timedelta(days=15)
    admin_mfa: bool = False

    @property
    def id(self) -> str:
        """The policy's id; the service changes it at onboarding, so nobody may keep it."""
        return f"Group_{self.group}_{self.access}"

    def enabled_rules(self) -> list[str]:
        """The enablement rules a person activating must satisfy."""
        asked = {
            "MultiFactorAuthentication": self.mfa,
            "Justification": self.justification,
            "Ticketing": self.ticket,
        }
        return [name for name, is_asked in asked.items() if is_asked]


def rules_of(policy: Policy) -> list[Json]:
    """The seventeen rules of a policy, in Graph's shape.

    https://learn.microsoft.com/graph/identity-governance-pim-rules-overview
    """
    admin = ["Justification"] + (["MultiFactorAuthentication"] if policy.admin_mfa else [])
    return [
        _expiration("Admin", "Eligibility", timedelta(days=365), required=False),
        _enablement("Admin", "Eligibility", []),
        _expiration("Admin", "Assignment", policy.admin_max, required=True),
        _enablement("Admin", "Assignment", admin),
        _expiration("EndUser", "Assignment", policy.max, required=True),
        _enablement("EndUser", "Assignment", policy.enabled_rules()),
        _approval(policy),
        {
            **_head("AuthenticationContext", "EndUser", "Assignment"),
            "isEnabled": policy.acrs is not None,
            "claimValue": policy.acrs or "",
        },
        *(
            _notification(recipient, caller, level)
            for recipient in ("Admin", "Requestor", "Approver")
            for caller, level in (
                ("Admin", "Eligibility"),
                ("Admin", "Assignment"),
                ("EndUser", "Assignment"),
            )
        ),
    ]


def _head(kind: str, caller: str, level: str, name: str | None = None) -> Json:
    return {
        "@odata.type": f"#microsoft.graph.unifiedRoleManagementPolicy{kind}Rule",
        "id": name or f"{kind}_{caller}_{level}",
        "target": {
            "caller": caller,
            "operations": ["All"],
            "level": level,
            "inheritableSettings": [],
            "enforcedSettings": [],
        },
    }


def _expiration(caller: str, level: str, longest: timedelta, *, required: bool) -> Json:
    return {
        **_head("Expiration", caller, level),
        "isExpirationRequired": required,
        "maximumDuration": duration_text(longest),
    }


def _enablement(caller: str, level: str, rules: list[str]) -> Json:
    return {**_head("Enablement", caller, level), "enabledRules": rules}


def _notification(recipient: str, caller: str, level: str) -> Json:
    return {
        **_head("Notification", caller, level, f"Notification_{recipient}_{caller}_{level}"),
        "notificationType": "Email",
        "recipientType": recipient,
        "notificationLevel": "All",
        "isDefaultRecipientsEnabled": True,
        "notificationRecipients": [],
    }


def _approval(policy: Policy) -> Json:
    people = [
        {"@odata.type": "#microsoft.graph.singleUser", "userId": oid} for oid in policy.approvers
    ]
    groups = [
        {"@odata.type": "#microsoft.graph.groupMembers", "groupId": group}
        for group in policy.approver_groups
    ]
    return {
        **_head("Approval", "EndUser", "Assignment"),
        "setting": {
            "isApprovalRequired": policy.approval,
            "isApprovalRequiredForExtension": False,
            "isRequestorJustificationRequired": True,
            "approvalMode": "SingleStage",
            "approvalStages": [
                {
                    "approvalStageTimeOutInDays": 1,
                    "isApproverJustificationRequired": policy.approver_justification,
                    "escalationTimeInMinutes": 0,
                    "isEscalationEnabled": False,
                    "primaryApprovers": people + groups,
                    "escalationApprovers": [],
                }
            ],
        },
    }
