import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.messaging import UnreachableError
from bot.ports import Outcome
from integrations.slack.errors import of_api, of_transport, rate_limited


def refused(error: str | None, status: int = 200, **headers: str) -> SlackApiError:
    data = {"ok": False, **({"error": error} if error else {})}
    response = AsyncSlackResponse(
        client=None,
        http_verb="POST",
        api_url="https://slack.com/api/x",
        req_args={},
        data=data,
        headers=headers,
        status_code=status,
    )
    return SlackApiError("x", response)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize(
    ("error", "status", "outcome", "permanent"),
    [
        ("channel_not_found", 200, Outcome.DID_NOT, True),
        ("invalid_auth", 200, Outcome.DID_NOT, True),
        ("missing_scope", 200, Outcome.DID_NOT, True),
        ("invalid_blocks", 200, Outcome.DID_NOT, True),
        ("expired_trigger_id", 200, Outcome.DID_NOT, True),
        ("service_unavailable", 200, Outcome.DID_NOT, False),
        ("request_timeout", 200, Outcome.DID_NOT, False),
        ("internal_error", 200, Outcome.UNKNOWN, False),
        ("fatal_error", 200, Outcome.UNKNOWN, False),
        ("internal_error", 500, Outcome.UNKNOWN, False),
        (None, 503, Outcome.UNKNOWN, False),
        (None, 200, Outcome.UNKNOWN, False),
    ],
)
def test_a_refusal_says_what_became_of_it(
    error: str | None, status: int, outcome: Outcome, *, permanent: bool
) -> None:
    failed = of_api(refused(error, status))
    assert (failed.outcome, failed.permanent) == (outcome, permanent)
    assert failed.system == "Slack"
    assert failed.detail == (error or f"HTTP {status}")


@pytest.mark.parametrize(
    ("error", "reachable"),
    [
        *(("user_not_found", False), ("user_disabled", False), ("cannot_dm_bot", False)),
        *(("channel_not_found", False), ("is_archived", False), ("not_in_channel", False)),
        *(("account_inactive", True), ("missing_scope", True), ("msg_too_long", True)),
    ],
)
def test_one_whom_nothing_reaches_is_told_from_a_credential_that_is_refused(
    error: str, *, reachable: bool
) -> None:
    failed = of_api(refused(error))
    assert isinstance(failed, UnreachableError) is not reachable
    assert failed.permanent


@pytest.mark.parametrize(("error", "status"), [("ratelimited", 429), ("rate_limited", 200)])
def test_too_many_requests_say_when_to_come_back(error: str, status: int) -> None:
    limited = of_api(refused(error, status, **{"Retry-After": "7"}))
    assert (limited.retry_after, limited.permanent) == (7.0, False)
    assert limited.outcome is Outcome.DID_NOT


@pytest.mark.parametrize("header", ["", "soon", "-1", "nan", "inf"])
def test_an_odd_waiting_time_is_none(header: str) -> None:
    assert rate_limited({"Retry-After": header}).retry_after is None
    assert rate_limited({}).retry_after is None


def test_a_time_out_leaves_the_outcome_open() -> None:
    assert of_transport(TimeoutError()).outcome is Outcome.UNKNOWN
