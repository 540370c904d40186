"""Slack's ways to fail, folded into the product's one error: what failed, and what became of it.

https://docs.slack.dev/apis/web-api/#responses and https://docs.slack.dev/apis/web-api/rate-limits
"""

import math
from collections.abc import Mapping

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError
from slack_sdk.errors import SlackApiError

from bot.messaging import UnreachableError
from bot.ports import IntegrationError, Outcome
from integrations.outbound import HostRefusedError

SYSTEM = "Slack"
TRANSPORT = (ClientError, TimeoutError, OSError, HostRefusedError)
TOO_MANY = 429
BROKEN = 500
RATE_LIMITED = "ratelimited"
_RATE_LIMITED = frozenset({RATE_LIMITED, "rate_limited"})
_UNCERTAIN = frozenset({"fatal_error", "internal_error"})
"""Slack says of these that some of the operation may have succeeded."""
_PASSING = frozenset(
    {"service_unavailable", "request_timeout", "team_added_to_org", "accesslimited"}
)
_UNREACHABLE = frozenset(
    {
        *(
            "user_not_found",
            "users_not_found",
            "user_not_visible",
            "user_disabled",
            "cannot_dm_bot",
        ),
        *("channel_not_found", "not_in_channel", "is_archived", "is_inactive"),
    }
)
"""What Slack answers of one account or channel. `account_inactive` is not among them: it says that
our own token's account was removed, https://docs.slack.dev/reference/methods/chat.postMessage
"""


def of_api(error: SlackApiError) -> IntegrationError:
    """What a refusal of the Web API means; `detail` is Slack's own error code."""
    response = error.response
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    data = getattr(response, "data", None)
    code = str(data.get("error", "")) if isinstance(data, Mapping) else ""
    if status == TOO_MANY or code in _RATE_LIMITED:
        return rate_limited(getattr(response, "headers", {}))
    if status >= BROKEN or code in _UNCERTAIN or not code:
        return IntegrationError(SYSTEM, code or f"HTTP {status}", outcome=Outcome.UNKNOWN)
    if code in _UNREACHABLE:
        return UnreachableError(SYSTEM, code)
    return IntegrationError(SYSTEM, code, permanent=code not in _PASSING)


def of_transport(error: BaseException) -> IntegrationError:
    """What a failed connection means: whether Slack can have had the request at all."""
    name = type(error).__name__
    if isinstance(error, HostRefusedError):
        return IntegrationError(SYSTEM, "host not allowed", permanent=True)
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return IntegrationError(SYSTEM, name)
    return IntegrationError(SYSTEM, name, outcome=Outcome.UNKNOWN)


def rate_limited(headers: Mapping[str, str]) -> IntegrationError:
    """Too many requests; `Retry-After` is in seconds and may be missing."""
    try:
        seconds = float(headers.get("Retry-After", ""))
    except ValueError:
        seconds = math.nan
    wait = seconds if 0 <= seconds < math.inf else None
    return IntegrationError(SYSTEM, RATE_LIMITED, retry_after=wait)
