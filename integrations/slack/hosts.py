"""Where this folder may connect to at all."""

from yarl import URL

from integrations.outbound import Rule, loopback

ANSWERS = URL("https://hooks.slack.com")
SOCKETS = ".slack.com"


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
