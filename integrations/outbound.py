"""How integrations reach out: to which hosts at all, on every request, and when to come back."""

import ipaddress
import math
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime

from aiohttp import (
    ClientHandlerType,
    ClientMiddlewareType,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
)
from yarl import URL

Rule = Callable[[URL], bool]
CALL_SECONDS = 10


class HostRefusedError(Exception):
    """A request to a host that is not on the list; nothing was sent."""


def goes_to(rule: Rule, address: str) -> bool:
    """Whether an address from outside is one at all, and allowed."""
    try:
        url = URL(address)
    except ValueError:
        return False
    return bool(url.scheme and url.host) and rule(url)


def loopback(url: URL) -> bool:
    """Whether an address is this machine's own."""
    if url.host == "localhost":
        return True
    try:
        return ipaddress.ip_address(url.host or "").is_loopback
    except ValueError:
        return False


def only(rule: Rule) -> ClientMiddlewareType:
    """A client middleware that lets nothing out to other hosts. Raises HostRefusedError."""

    async def guard(request: ClientRequest, send: ClientHandlerType) -> ClientResponse:
        if not rule(request.url):
            raise HostRefusedError(request.url.host or "")
        return await send(request)

    return guard


def session(rule: Rule, *, seconds: float | None = CALL_SECONDS) -> ClientSession:
    """A session for these hosts, without proxies out of the environment and without cookies."""
    return ClientSession(
        middlewares=(only(rule),),
        timeout=ClientTimeout(total=seconds, sock_connect=CALL_SECONDS),
        trust_env=False,
        cookie_jar=DummyCookieJar(),
    )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds; Microsoft sends fractions of them too, the HTTP standard also allows a date."""
    text = headers.get("Retry-After", "")
    try:
        seconds = float(text)
    except ValueError:
        seconds = _seconds_until(text, headers.get("Date", ""))
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _seconds_until(then: str, now: str) -> float:
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (ValueError, TypeError):
        return math.nan
