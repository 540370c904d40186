"""The connector's ways to fail, folded into the product's one error.

https://learn.microsoft.com/microsoftteams/platform/bots/build-conversational-capability#status-codes-from-bot-conversational-apis
"""

import json
from collections.abc import Mapping

from aiohttp import ClientConnectorError, ClientError, ConnectionTimeoutError

from bot.messaging import UnreachableError
from bot.ports import IntegrationError, Outcome
from integrations.outbound import HostRefusedError, retry_after

SYSTEM = "Microsoft Teams"
TRANSPORT = (ClientError, TimeoutError, OSError, HostRefusedError)
PRECONDITION, TOO_MANY, BROKEN = 412, 429, 500
NOT_FOUND = "NotFound"
GONE = frozenset({"ActivityNotFoundInConversation", "MessageNotFound", NOT_FOUND})
"""The message is no longer there."""
UNREACHABLE = frozenset(
    {"MessageWritesBlocked", "ConversationBlockedByUser", "BotNotInConversationRoster"}
    | {"ConversationNotFound", "BotDisabledByAdmin", "ForbiddenOperationException"}
)
"""The bot was removed, blocked or never added there."""
_PLAIN = {404: NOT_FOUND}


def of_status(status: int, headers: Mapping[str, str], body: bytes) -> IntegrationError:
    """What a refusal means; `detail` is the connector's own code where it gives one."""
    code = _code(body) or _PLAIN.get(status, f"HTTP {status}")
    if status == TOO_MANY:
        return IntegrationError(SYSTEM, code, retry_after=retry_after(headers))
    if status == PRECONDITION:  # two calls for one conversation at once: said to be tried again
        return IntegrationError(SYSTEM, code)
    if status >= BROKEN:
        return IntegrationError(SYSTEM, code, outcome=Outcome.UNKNOWN)
    if code in UNREACHABLE:
        return UnreachableError(SYSTEM, code)
    return IntegrationError(SYSTEM, code, permanent=True)


def of_transport(error: BaseException) -> IntegrationError:
    """What a failed connection means: whether Teams can have had the request at all."""
    name = type(error).__name__
    if isinstance(error, HostRefusedError):
        return IntegrationError(SYSTEM, "host not allowed", permanent=True)
    if isinstance(error, ClientConnectorError | ConnectionTimeoutError):
        return IntegrationError(SYSTEM, name)
    return IntegrationError(SYSTEM, name, outcome=Outcome.UNKNOWN)


def unreadable(outcome: Outcome = Outcome.UNKNOWN) -> IntegrationError:
    """An answer that is not what it should be, to something that may have been done."""
    return IntegrationError(SYSTEM, "unreadable answer", outcome=outcome)


def _code(body: bytes) -> str:
    try:
        told = json.loads(body)
        return str(told["error"]["code"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return ""
