"""PIM's and our own codes as sentences: what happened, and what to do about it."""

_SENTENCES = {
    "RoleAssignmentExists": (
        "Entra says that this membership is active already, or will be. Nothing was changed. "
        "/aws-access status shows what I can see of it; if it is not there, wait a few minutes and "
        "ask again."
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
        "The group's PIM policy refused it. Nothing was changed. Ask again with what it asks for; "
        "if you do not know what that is, tell your administrator."
    ),
    "RoleAssignmentRequestAcrsValidationFailed": (
        "Entra asks for a stronger sign-in (a Conditional Access condition) and did not say which. "
        "Nothing was changed. Activate it at aka.ms/pim, which asks you for it, or tell your "
        "administrator."
    ),
    "ActiveDurationTooShort": (
        "Entra activates nothing for less than five minutes, and ends nothing in its first five "
        "minutes. Nothing was changed. Try again later, or with a longer time."
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
    "may_not_ask": (
        "The access file does not name you among those who may ask for it. Nothing was changed. Ask "
        "your administrator."
    ),
    "authority_changed": (
        "Who decides about it was changed after you asked. Nothing was activated. Ask again."
    ),
    "access_narrowed_by_pim": (
        "The group's PIM policy became stricter after you asked. Nothing was activated. Ask again "
        "with what it asks for now."
    ),
    "too_few_votes": (
        "It takes more approvals than it has: that changed after it was decided. Nothing was "
        "activated. Ask again."
    ),
    "too_few_decide": (
        "The access file names too few people besides you who can decide it now. Nothing was "
        "activated. Tell your administrator."
    ),
    "not_decided": "It was not decided within 24 hours. Nothing was activated.",
    "not_confirmed": (
        "It was approved long after you asked, and you did not say in time that you still need it. "
        "Nothing was activated."
    ),
    "bug": (
        "I met a fault of my own each time I tried. Nothing was activated. Tell your administrator, "
        "who finds it in my log; aka.ms/pim works without me."
    ),
    "voted_down": "Somebody who decides about it said no. Nothing was activated.",
    "no_grantor": (
        "I can no longer end it: it was assigned by a grantor, which is not configured any more. "
        "Nothing was changed. Your administrator can end it in Entra."
    ),
    "not_signed_in": "Nobody signed in for it in time. Nothing was changed.",
    "not_answered": (
        "Entra could not be reached for a quarter of an hour. Nothing was changed, as far as Entra "
        "shows. Ask again, or use aka.ms/pim."
    ),
    "too_late": (
        "I could not send it to Entra within an hour, and you may not need it any more. Nothing was "
        "activated. Ask again if you do."
    ),
    "no_permission": (
        "Entra refused this app. Nothing was changed. Show this message to your Entra "
        "administrator."
    ),
    "still_challenged": (
        "You signed in as Entra asked, and it asks for more proof again. Nothing was changed. Show "
        "this to your Entra administrator: the authentication context in the group's PIM policy "
        "may not fit a Conditional Access policy. aka.ms/pim may let you in."
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
    "access_removed": (
        "It is no longer offered here: that changed after you asked. Nothing was changed. Ask your "
        "administrator."
    ),
    "access_moved": (
        "Its name stands for another group since you asked. Nothing was changed. Ask again if that "
        "is what you want."
    ),
    "access_narrowed": (
        "Its maximum was shortened after you asked, and this would be longer. Nothing was changed. "
        "Ask for a shorter time."
    ),
    "access_confirms": (
        "Since you asked, it takes a fresh sign-in at Entra to ask for it. Nothing was changed. Ask "
        "again."
    ),
    "access_stricter": (
        "Since you asked, it demands something that this bot does not do yet. Nothing was changed. "
        "Ask your administrator."
    ),
    "nobody_decides": (
        "PIM's policy names nobody who could decide it: nobody at all, nobody but you, or accounts "
        "that are gone. Nothing was activated. Tell your Entra administrator."
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
    "unknown_status": (
        "Entra has taken the request and says a word of it that I do not know. I keep looking and "
        "will say what comes of it; aka.ms/pim shows it to you."
    ),
    "unsettled": (
        "Entra took the request and never said what came of it, in words that I know. It should be "
        "over by now: look at aka.ms/pim → Groups before you ask again."
    ),
    "Failed": (
        "Entra accepted it and then could not carry it out. Nothing was activated. Perhaps you are "
        "no longer eligible: /aws-access activate shows what you may activate now."
    ),
    "FailedAsResourceIsLocked": (
        "Entra accepted it and was then busy with this group. Nothing was activated. Ask again."
    ),
    "Invalid": (
        "Entra accepted it and then called it invalid. Nothing was activated. Ask again; if that "
        "does not help, tell your administrator."
    ),
    "had_already": (
        "You have this membership in Entra already, so I sent nothing. Nothing was changed. "
        "/aws-access status shows until when."
    ),
    "unlinked": "It was withdrawn when you unlinked this chat account. Nothing was activated.",
    "left": (
        "It was withdrawn, because the account that asked for it may not act here any more. "
        "Nothing was activated."
    ),
    "parted": (
        "It was withdrawn, because this chat account and the Entra account do not have the same "
        "e-mail address any more. Nothing was activated."
    ),
    "relinked": (
        "It was withdrawn, because the Entra account was linked to another chat account. Nothing "
        "was activated."
    ),
    "locked": (
        "It was withdrawn, because an admin of this bot locked you out. Nothing was activated."
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
