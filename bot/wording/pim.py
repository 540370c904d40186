"""PIM's and our own codes as sentences: what happened, and what to do about it."""

_SENTENCES = {
    "RoleAssignmentExists": (
        "Entra says this membership is active already. Nothing was changed. Look at My Apps; if "
        "it is not there, wait a minute and ask again."
    ),
    "PendingRoleAssignmentRequest": (
        "Entra has another request of yours for this group that is not decided yet. Nothing was "
        "changed. Cancel it at aka.ms/pim → My requests, or wait for its decision."
    ),
    "RoleAssignmentDoesNotExist": (
        "Entra has no such assignment for you. Nothing was changed. Ask your administrator whether "
        "you are still eligible."
    ),
    "RoleAssignmentRequestPolicyValidationFailed": (
        "The group's PIM policy refused it. Nothing was changed."
    ),
    "RoleAssignmentRequestAcrsValidationFailed": (
        "Entra asks for a stronger sign-in (a Conditional Access condition). Nothing was changed."
    ),
    "ActiveDurationTooShort": (
        "Entra ends no activation in its first five minutes. Nothing was changed. Try again later."
    ),
    "InvalidRoleAssignmentRequest": (
        "Entra did not accept the length or the start. Nothing was changed. Ask for another length."
    ),
    "InvalidRoleAssignmentRequestSchedule": (
        "Entra did not accept the length or the start. Nothing was changed. Ask for another length."
    ),
    "SubjectNotFound": (
        "Entra does not find your account for this group. Nothing was changed. Tell your "
        "administrator."
    ),
    "RoleNotFound": "Entra does not find this group. Nothing was changed. Tell your administrator.",
    "ResourceNotFound": (
        "Entra does not find this group in PIM. Nothing was changed. It may have been set up just "
        "now: try again in a few minutes, or tell your administrator."
    ),
    "ResourceIsLocked": "Entra was busy with this group. Nothing was changed. Ask again.",
    "PermissionScopeNotGranted": (
        "This app lacks a permission in Entra that an administrator must approve. Nothing was "
        "changed. Show this message to your Entra administrator."
    ),
    "UnauthorizedAccessException": (
        "Entra does not let you do this for this group. Nothing was changed. Tell your "
        "administrator."
    ),
    "Authorization_RequestDenied": (
        "This app lacks a permission in Entra that an administrator must approve. Nothing was "
        "changed. Show this message to your Entra administrator."
    ),
    "AadPremiumLicenseRequired": (
        "Your account has no Entra ID P2 or ID Governance licence, which PIM needs. Nothing was "
        "changed. Tell your administrator."
    ),
    "not_eligible": (
        "You are not eligible for it in PIM. Nothing was changed. Ask your administrator to make "
        "you eligible."
    ),
    "account_disabled": (
        "Your Entra account is disabled, gone, or a guest's. Nothing was changed."
    ),
    "eligibility_ends": (
        "Your eligibility in PIM ends before this activation would. Nothing was changed. Ask for "
        "a shorter time."
    ),
    "not_signed_in": "Nobody signed in for it in time. Nothing was changed.",
    "not_answered": (
        "Entra could not be reached for a quarter of an hour. Nothing was changed, as far as Entra "
        "shows. Ask again, or use aka.ms/pim."
    ),
    "no_permission": (
        "Entra refused this app. Nothing was changed. Show this message to your Entra "
        "administrator."
    ),
    "decided_meanwhile": (
        "Entra cancels it no more, because it is not waiting any longer. Its card will say what "
        "came of it."
    ),
    "account_changed": (
        "This chat account belonged to another Entra account when you asked. Nothing was changed. "
        "Ask again."
    ),
    "other_open": (
        "You have another open request for the same group, which goes on. Nothing else was changed."
    ),
    "busy": "Entra did not take it just now. I keep trying and this card will say what comes of it.",
    "lost": (
        "I asked Entra and got no answer, so I do not know yet whether it is active. I am looking "
        "and will say."
    ),
    "exists": (
        "I asked Entra and lost its answer. Entra says now that there is an activation or a request "
        "of yours for this group, very likely this one, but does not show it to me yet. I keep "
        "looking; aka.ms/pim shows it to you."
    ),
    "unconfirmed": (
        "Entra's answer never came and I cannot find the activation there. It may still appear: "
        "look at aka.ms/pim → Groups before you ask again."
    ),
    "Denied": "An approver said no. Nothing was activated.",
    "AdminDenied": "An administrator said no. Nothing was activated.",
    "TimedOut": "Nobody decided within PIM's 24 hours. Nothing was activated.",
    "Canceled": "It was cancelled in Entra. Nothing was activated.",
}
_RULES = {
    "JustificationRule": "it asks for a reason",
    "TicketingRule": "it asks for a ticket",
    "ExpirationRule": "the length is more than it allows",
    "MfaRule": "it asks for multi-factor sign-in",
    "EligibilityRule": "you are not eligible",
    "ApprovalRule": "it asks for an approval",
    "ActivationDayRule": "it does not allow this day",
    "AdminRequestRule": "only an administrator may ask",
}


def sentence(code: str) -> str:
    """What a code means to the person. `code` may carry PIM's rule names after a colon."""
    base, _, rules = code.partition(":")
    known = _SENTENCES.get(base)
    if known is None:
        return f"Entra refused it ({base or 'no code given'}). Nothing was changed."
    broken = [_RULES.get(rule, rule) for rule in rules.split(",") if rule]
    return f"{known} PIM says: {'; '.join(broken)}." if broken else known


CODES = frozenset(_SENTENCES)
"""Every code that has a sentence of its own."""
