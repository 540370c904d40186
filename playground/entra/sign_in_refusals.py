"""The refusals of a sign-in that Entra documents, by number, with their OAuth error and words.

https://learn.microsoft.com/entra/identity-platform/reference-error-codes
"""

import json

from playground.entra.oauth import OAuthError

_MFA = (
    "Due to a configuration change made by your administrator, or because you moved to a new "
    "location, you must {} multi-factor authentication to access this resource."
)
_SAYS = {
    50053: ("invalid_grant", "The account is locked, you've tried to sign in too many times."),
    50055: ("invalid_grant", "The password is expired."),
    50072: ("invalid_grant", _MFA.format("enroll in")),
    50076: ("invalid_grant", _MFA.format("use")),
    50079: ("invalid_grant", _MFA.format("enroll in")),
    50105: (
        "invalid_grant",
        "Your administrator has configured the application to block users unless they are "
        "specifically granted ('assigned') access to the application.",
    ),
    50158: ("invalid_grant", "External security challenge was not satisfied."),
    50173: ("invalid_grant", "The provided grant has expired due to it being revoked."),
    53000: ("invalid_grant", "Device is not in required device state: compliant."),
    53003: (
        "invalid_grant",
        "Access has been blocked by Conditional Access policies. The access policy does not "
        "allow token issuance.",
    ),
    65001: ("invalid_grant", "The user or administrator has not consented to use the application."),
    65004: ("access_denied", "User declined to consent to access the app."),
    70008: ("invalid_grant", "The provided authorization code or refresh token has expired."),
    700082: ("invalid_grant", "The refresh token has expired due to inactivity."),
    90094: ("consent_required", "The grant requires admin permission."),
}
_SUBERRORS = {50076: "basic_action", 50079: "basic_action", 50158: "basic_action"}
_POLICY = {50076, 50079, 50158, 53000, 53003}
"""Conditional Access names its policies in the `claims` of the refusal."""
NUMBERS = frozenset(_SAYS)


def sign_in_refusal(number: int) -> OAuthError:
    """The refusal of that number, as both endpoints word it."""
    error, says = _SAYS[number]
    more: dict[str, str] = {}
    if number in _SUBERRORS:
        more["suberror"] = _SUBERRORS[number]
    if number in _POLICY:
        wanted = {"capolids": {"essential": True, "values": ["a-conditional-access-policy"]}}
        more["claims"] = json.dumps({"access_token": wanted}, separators=(",", ":"))
    return OAuthError(error, number, says, **more)
