"""Where this folder may connect to at all: checked on every request, redirects included."""

import ipaddress
from collections.abc import Callable

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
ANSWERS = URL("https://hooks.slack.com")
SOCKETS = ".slack.com"
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


def of_api(api_url: str, *, dev_loopback: bool) -> Rule:
    """The Web API's own host and the one that response URLs have; loopback for development only.

    Raises ValueError for an API address that is neither https nor, for development, loopback.
    """
    api = URL(api_url)
    if api.scheme != "https" and not (dev_loopback and loopback(api)):
        raise ValueError("Slack's API is reached over https only")

    def allowed(url: URL) -> bool:
        return url.origin() in {api.origin(), ANSWERS} or (dev_loopback and loopback(url))

    return allowed


def of_sockets(*, dev_loopback: bool) -> Rule:
    """Slack's WebSocket hosts; the API says which one, so only the domain is fixed."""

    def allowed(url: URL) -> bool:
        slack = url.scheme == "wss" and (url.host or "").endswith(SOCKETS)
        return slack or (dev_loopback and loopback(url))

    return allowed


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
