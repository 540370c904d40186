"""Entra's refusals of a sign-in, by their AADSTS numbers, as sentences for the page and the card.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

from dataclasses import dataclass

from bot.domain.sign_in import (
    CONSENT_REQUIRED,
    NO_AUTH_TIME,
    NO_TOKEN,
    NOT_ASSIGNED,
    NOT_FRESH,
    STRONGER,
    UNSEEN,
)


@dataclass(frozen=True, slots=True)
class Told:
    """A refusal: a headline for the page, and what it means and what to do."""

    title: str
    text: str


_CANCELLED = Told("You did not go on at Entra", "The sign-in was cancelled there.")
_MFA = Told(
    "Entra asks for multi-factor sign-in",
    "Entra wants a second proof that it is you, such as your authenticator app.",
)
_ENROL = Told(
    "Set up multi-factor sign-in first",
    "Entra asks for a second proof and you have none set up yet. Do that at "
    "aka.ms/mysecurityinfo, then sign in here.",
)
_DEVICE = Told(
    "Entra asks for a managed device",
    "A Conditional Access policy lets you sign in only from a device that your company manages. "
    "Open the link there, or ask your Entra administrator.",
)
_EXPIRED = Told("Your earlier sign-in has expired", "Your earlier sign-in at Entra has expired.")
_RISK = Told(
    "Entra blocks this sign-in",
    "Entra sees a risk in this sign-in or account. Ask your Entra administrator.",
)
_AGAIN = Told("Entra wants to see you again", "Entra no longer accepts the earlier sign-in.")
_TOLD = {
    CONSENT_REQUIRED: Told(
        "An administrator must approve this app",
        "Entra lets nobody sign in to this app, or use one of its permissions, until an "
        "administrator has approved it (given consent). Show this to your Entra administrator.",
    ),
    NOT_ASSIGNED: Told(
        "You are not assigned to this app",
        "Entra lets only assigned people sign in to this app, and you are not. Show this to your "
        "Entra administrator (Enterprise applications → this app → Users and groups).",
    ),
    "access_denied": _CANCELLED,
    "AADSTS65004": _CANCELLED,
    "AADSTS53000": _DEVICE,
    "AADSTS53001": _DEVICE,
    "AADSTS53002": Told(
        "Entra asks for another browser or app",
        "A Conditional Access policy lets you sign in only with an approved app. Open the link "
        "there, or ask your Entra administrator.",
    ),
    "AADSTS53003": Told(
        "A Conditional Access policy blocks this sign-in",
        "Your company's Conditional Access rules do not allow it from here: perhaps the network, "
        "the place or the device. Try from another one, or ask your Entra administrator.",
    ),
    "AADSTS53004": _ENROL,
    "AADSTS50072": _ENROL,
    "AADSTS50079": _ENROL,
    "AADSTS50074": _MFA,
    "AADSTS50076": _MFA,
    "AADSTS50078": _MFA,
    "AADSTS50158": Told(
        "Entra asks for one more check",
        "A Conditional Access policy asks for a check by another provider than Entra.",
    ),
    "AADSTS53011": _RISK,
    "AADSTS530032": _RISK,
    "AADSTS50020": Told(
        "This account is of another organisation",
        "You signed in with an account that is not of this organisation. Choose the other one.",
    ),
    "AADSTS50034": Told(
        "Entra does not know this account", "The account is not, or no longer, in this directory."
    ),
    "AADSTS50053": Told(
        "Entra has locked this account for now",
        "There were too many wrong tries, or the sign-in came from a suspicious place. Wait a "
        "while, or ask your Entra administrator.",
    ),
    "AADSTS50055": Told(
        "Your password has expired", "Change it at Entra first, then sign in here."
    ),
    "AADSTS50057": Told(
        "This account is disabled", "Your Entra account is disabled. Ask your Entra administrator."
    ),
    "AADSTS50173": Told(
        "Your earlier sign-in was revoked",
        "Your earlier sign-in was revoked at Entra, for example by a new password.",
    ),
    "AADSTS70008": _EXPIRED,
    "AADSTS700082": _EXPIRED,
    "AADSTS70043": Told(
        "Entra asks for a fresh sign-in",
        "Your company's rules ask for a fresh sign-in from time to time.",
    ),
    STRONGER: _AGAIN,
    UNSEEN: _AGAIN,
    "login_required": _AGAIN,
    "interaction_required": _AGAIN,
    "invalid_grant": _AGAIN,
    "answer": Told(
        "That answer does not belong to this sign-in",
        "What came back from Entra was not the answer to the sign-in that was begun here.",
    ),
    "id_token": Told(
        "Entra's answer could not be checked",
        "What came back from Entra does not prove who you are. If it happens again, show this to "
        "your administrator.",
    ),
    "tenant": Told(
        "This account is of another organisation",
        "You signed in with an account that is not of this organisation. Choose the other one.",
    ),
    NOT_FRESH: Told(
        "You signed in too long ago",
        "This takes a sign-in at Entra from the last five minutes, and your last one is older.",
    ),
    NO_AUTH_TIME: Told(
        "Entra does not say when you signed in",
        "This takes a sign-in at Entra from the last five minutes, and Entra's answer does not say "
        "when yours was. Show this to your Entra administrator: the app needs the optional claim "
        "auth_time in its ID tokens.",
    ),
    NO_TOKEN: Told(
        "A sign-in is needed",
        "I hold no sign-in of yours that I can use for this: none is kept, it was for something "
        "else, or it was lost when I was restarted or moved.",
    ),
}
CODES = frozenset(_TOLD)
"""Every code that has a sentence of its own."""


def told(code: str) -> Told:
    """What a refusal means. `code` is AADSTS…, an OAuth error, or a word of ours."""
    known = _TOLD.get(code)
    text = f"Entra's reason is {code or 'not given'}."
    return known or Told("Entra did not sign you in", text)
