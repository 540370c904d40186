"""What each failure of Graph's is taken for, in both of its body shapes."""

import base64
import json
from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest

from bot.ports import IntegrationError, Outcome, PimRefusedError
from integrations.entra import errors

ACRS = '{"access_token":{"acrs":{"essential":true, "value":"c1"}}}'
Shape = Callable[[str, str], bytes]


def plain(code: str, message: str) -> bytes:
    inner = {"date": "2026-03-02T12:00:00", "request-id": "1", "client-request-id": "1"}
    error = {"code": code, "message": message, "innerError": inner}
    return json.dumps({"error": error}).encode()


def wrapped(code: str, message: str) -> bytes:
    inner = json.dumps({"errorCode": code, "message": message})
    return plain("UnknownError", inner)


def wrapped_without_a_code(code: str, message: str) -> bytes:
    inner = json.dumps({"errorCode": code, "message": message})
    return plain("", inner)


REFUSALS = [
    (400, "RoleAssignmentExists"),
    (400, "RoleAssignmentDoesNotExist"),
    (400, "PendingRoleAssignmentRequest"),
    (400, "RoleAssignmentRequestPolicyValidationFailed"),
    (400, "RoleAssignmentRequestAcrsValidationFailed"),
    (400, "ActiveDurationTooShort"),
    (400, "InvalidRoleAssignmentRequest"),
    (400, "InvalidRoleAssignmentRequestSchedule"),
    (400, "SubjectNotFound"),
    (400, "RoleNotFound"),
    (400, "ResourceIsLocked"),
    (404, "ResourceNotFound"),
    (403, "PermissionScopeNotGranted"),
    (403, "UnauthorizedAccessException"),
    (403, "Authorization_RequestDenied"),
    (400, "AadPremiumLicenseRequired"),
    (403, "AadPremiumLicenseRequired"),
    (400, "SomeCodeOfNextYear"),
]


@pytest.mark.parametrize("shape", [plain, wrapped, wrapped_without_a_code])
@pytest.mark.parametrize(("status", "code"), REFUSALS)
def test_a_code_of_pims_is_a_refusal_in_every_shape(status: int, code: str, shape: Shape) -> None:
    failed = errors.changing_failed(httpx.Response(status, content=shape(code, "It says why.")))

    assert isinstance(failed, PimRefusedError)
    assert (failed.code, failed.message) == (code, "It says why.")
    assert (failed.rules, failed.claims) == ((), "")


@pytest.mark.parametrize("shape", [plain, wrapped])
def test_all_rules_that_failed_are_named(shape: Shape) -> None:
    message = 'The following policy rules failed: ["JustificationRule","ExpirationRule"]'
    body = shape("RoleAssignmentRequestPolicyValidationFailed", message)

    failed = errors.changing_failed(httpx.Response(400, content=body))

    assert isinstance(failed, PimRefusedError)
    assert failed.rules == ("JustificationRule", "ExpirationRule")
    assert failed.claims == ""


def test_a_missing_second_factor_says_what_to_sign_in_for() -> None:
    message = 'The following policy rules failed: ["MfaRule"]'
    body = plain("RoleAssignmentRequestPolicyValidationFailed", message)

    failed = errors.changing_failed(httpx.Response(400, content=body))

    assert isinstance(failed, PimRefusedError)
    assert json.loads(failed.claims) == {"access_token": {"amr": {"values": ["mfa"]}}}


@pytest.mark.parametrize("shape", [plain, wrapped])
def test_an_authentication_context_comes_decoded(shape: Shape) -> None:
    message = f"&claims={quote(ACRS, safe='')}"
    body = shape("RoleAssignmentRequestAcrsValidationFailed", message)

    failed = errors.changing_failed(httpx.Response(400, content=body))

    assert isinstance(failed, PimRefusedError)
    assert failed.claims == ACRS


def test_claims_that_are_no_json_are_not_handed_on() -> None:
    body = plain("RoleAssignmentRequestAcrsValidationFailed", "&claims=%7Bnot-json")

    failed = errors.changing_failed(httpx.Response(400, content=body))

    assert isinstance(failed, PimRefusedError)
    assert failed.claims == ""


@pytest.mark.parametrize(
    ("status", "code", "outcome", "permanent"),
    [
        (403, "SomethingElse", Outcome.DID_NOT, True),
        (403, "", Outcome.DID_NOT, True),
        (400, "", Outcome.DID_NOT, False),
        (404, "", Outcome.DID_NOT, False),
        (302, "", Outcome.DID_NOT, False),
        (408, "", Outcome.DID_NOT, False),
        (429, "TooManyRequests", Outcome.DID_NOT, False),
        (500, "InternalServerError", Outcome.UNKNOWN, False),
        (502, "", Outcome.UNKNOWN, False),
        (503, "ServiceUnavailable", Outcome.UNKNOWN, False),
        (504, "GatewayTimeout", Outcome.UNKNOWN, False),
    ],
)
def test_any_other_answer_to_a_change_says_what_became_of_it(
    status: int, code: str, outcome: Outcome, permanent: object
) -> None:
    body = plain(code, "It says why.") if code else b"<html>a gateway speaking</html>"

    failed = errors.changing_failed(httpx.Response(status, content=body))

    assert isinstance(failed, IntegrationError)
    assert (failed.outcome, failed.permanent) == (outcome, permanent)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b'{"error": null}', b"\xff", b"[" * 100_000])
def test_any_body_can_be_read(body: bytes) -> None:
    assert errors.said(httpx.Response(400, content=body)).code == ""


@pytest.mark.parametrize(
    ("status", "permanent"), [(400, True), (401, True), (403, True), (429, False), (503, False)]
)
def test_a_reading_is_worth_repeating_when_the_service_is_only_busy(
    status: int, permanent: object
) -> None:
    failed = errors.reading_failed(httpx.Response(status, content=plain("Code", "Why.")))

    assert (failed.permanent, failed.outcome) == (permanent, Outcome.DID_NOT)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("2.128", 2.128),
        ("10", 10.0),
        ("0", 0.0),
        ("Mon, 02 Mar 2026 12:00:30 GMT", 30.0),
        ("Mon, 02 Mar 2026 11:00:00 GMT", None),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        (None, None),
    ],
)
def test_how_long_to_wait_is_read_in_every_form(header: str | None, seconds: float | None) -> None:
    headers = {"Date": "Mon, 02 Mar 2026 12:00:00 GMT"}
    if header is not None:
        headers["Retry-After"] = header

    failed = errors.changing_failed(httpx.Response(429, headers=headers))

    assert isinstance(failed, IntegrationError)
    assert failed.retry_after == seconds


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol],
)
def test_what_was_never_sent_did_not_happen(error: type[httpx.TransportError]) -> None:
    assert errors.unreachable(error("x"), changing=True).outcome is Outcome.DID_NOT


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout,
        httpx.WriteTimeout,
        httpx.ReadError,
        httpx.WriteError,
        httpx.RemoteProtocolError,
    ],
)
def test_what_was_sent_and_not_answered_is_unknown(error: type[httpx.TransportError]) -> None:
    assert errors.unreachable(error("x"), changing=True).outcome is Outcome.UNKNOWN
    assert errors.unreachable(error("x"), changing=False).outcome is Outcome.DID_NOT


@pytest.mark.parametrize("padding", ["", "="])
def test_a_challenge_is_read_in_every_base64(padding: str) -> None:
    encoded = base64.urlsafe_b64encode(ACRS.encode()).decode().rstrip("=") + padding

    assert errors.decoded_claims(encoded) == ACRS


@pytest.mark.parametrize("encoded", ["", "!", "_w", "bm90IGpzb24"])
def test_a_challenge_that_is_none_is_empty(encoded: str) -> None:
    assert errors.decoded_claims(encoded) == ""


def test_a_token_that_is_not_accepted_is_refused_by_its_code_so_that_a_sign_in_can_mend_it() -> (
    None
):
    body = plain("InvalidAuthenticationToken", "It says why.")

    failed = errors.changing_failed(httpx.Response(401, content=body))

    assert isinstance(failed, PimRefusedError)
    assert (failed.code, failed.claims) == ("InvalidAuthenticationToken", "")
