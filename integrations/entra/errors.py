"""What Graph's failures mean: a refusal by PIM, or a failed system and what became of the effect."""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httpx

from bot.domain.sign_in import MFA_CLAIMS
from bot.ports import IntegrationError, Outcome, PimRefusedError
from integrations.outbound import retry_after

SYSTEM = "Microsoft Graph"

_WRAPPERS = {"", "UnknownError"}
_RULE = re.compile(r"\b[A-Z][A-Za-z]+Rule\b")
_CLAIMS_IN_TEXT = re.compile(r"claims=([^\s&\"']+)")
_REFUSALS_OF_403 = {
    "PermissionScopeNotGranted",
    "UnauthorizedAccessException",
    "Authorization_RequestDenied",
    "AadPremiumLicenseRequired",
}
# Nothing was sent, or nothing complete enough to act on.
_NEVER_SENT = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.LocalProtocolError,
)
_TOO_MANY = 429
_NO_TIMELY_REQUEST = 408
_UNAUTHORIZED = 401
_FORBIDDEN = 403
_NOT_FOUND = 404
_SERVER_ERRORS = 500
_CLIENT_ERRORS = 400


@dataclass(frozen=True, slots=True)
class Said:
    """The error in an answer of Graph's: its code and message, out of whichever shape it came in."""

    status: int
    code: str
    message: str
    retry_after: float | None

    @property
    def text(self) -> str:
        """For logs and operators."""
        return f"{self.status} {self.code}: {self.message}" if self.code else f"HTTP {self.status}"


def said(answer: httpx.Response) -> Said:
    """Read an error answer; an empty or foreign body leaves code and message empty.

    PIM hides some of its errors as JSON inside the message of an `UnknownError`.
    https://learn.microsoft.com/graph/errors
    """
    error = _mapping(_mapping(_json(answer.content)).get("error"))
    code, message = str(error.get("code") or ""), str(error.get("message") or "")
    if code in _WRAPPERS and (inner := _mapping(_json(message))):
        code = str(inner.get("errorCode") or code)
        message = str(inner.get("message") or "")
    return Said(answer.status_code, code, message, retry_after(answer.headers))


class NotAllowedToReadError(IntegrationError):
    """Graph refuses to show something to the credential in use: a permission is missing."""


def reading_failed(answer: httpx.Response) -> IntegrationError:
    """Why something could not be read; permanent unless the service was merely busy or broken."""
    what = said(answer)
    if what.status == _FORBIDDEN:
        return NotAllowedToReadError(SYSTEM, what.text, permanent=True)
    busy = what.status in {_TOO_MANY, _NO_TIMELY_REQUEST} or what.status >= _SERVER_ERRORS
    return IntegrationError(SYSTEM, what.text, retry_after=what.retry_after, permanent=not busy)


def not_shown(answer: httpx.Response) -> PimRefusedError | IntegrationError:
    """Why a person was not shown something: it is refused to them, or the service is busy."""
    refused = answer.status_code in {_UNAUTHORIZED, _FORBIDDEN, _NOT_FOUND}
    return changing_failed(answer) if refused else reading_failed(answer)


def changing_failed(answer: httpx.Response) -> PimRefusedError | IntegrationError:
    """What came of a change that was sent once and not answered with success."""
    what = said(answer)
    if what.status in {_TOO_MANY, _NO_TIMELY_REQUEST}:
        return IntegrationError(SYSTEM, what.text, retry_after=what.retry_after)
    if what.status >= _SERVER_ERRORS:
        # A gateway answers for a service that may well have done it.
        return IntegrationError(
            SYSTEM, what.text, outcome=Outcome.UNKNOWN, retry_after=what.retry_after
        )
    if what.status == _UNAUTHORIZED:
        return more_sign_in("")
    if what.status == _FORBIDDEN and what.code not in _REFUSALS_OF_403:
        return IntegrationError(SYSTEM, what.text, permanent=True)
    if what.code and what.status >= _CLIENT_ERRORS:
        return refusal(what)
    return IntegrationError(SYSTEM, what.text)


def refusal(what: Said) -> PimRefusedError:
    """PIM's no, with the policy rules it names and the claims that would change its mind."""
    rules = tuple(_RULE.findall(what.message)) if "Validation" in what.code else ()
    claims = _claims_in_text(what.message) or (MFA_CLAIMS if "MfaRule" in rules else "")
    return PimRefusedError(what.code, what.message, rules=rules, claims=claims)


def more_sign_in(claims: str) -> PimRefusedError:
    """The person's token was challenged: another sign-in that asks for `claims` would help.

    https://learn.microsoft.com/entra/identity-platform/claims-challenge
    """
    return PimRefusedError("InvalidAuthenticationToken", "more sign-in is needed", claims=claims)


def unreachable(failed: httpx.HTTPError, *, changing: bool) -> IntegrationError:
    """No answer came; whether a change was made is unknown as soon as anything was sent."""
    unsure = changing and not isinstance(failed, _NEVER_SENT)
    outcome = Outcome.UNKNOWN if unsure else Outcome.DID_NOT
    return IntegrationError(SYSTEM, f"no answer ({type(failed).__name__})", outcome=outcome)


def decoded_claims(encoded: str) -> str:
    """Base64 claims (padded or not, either alphabet) as JSON text; empty when they are none."""
    padded = encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)
    try:
        return _checked(base64.b64decode(padded).decode())
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _claims_in_text(message: str) -> str:
    found = _CLAIMS_IN_TEXT.search(message)
    return _checked(unquote(found[1])) if found else ""


def _checked(claims: str) -> str:
    return claims if _mapping(_json(claims)) else ""


def _json(text: str | bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
