"""The blocking HTTP session to the sign-in endpoint: one host, bounded, deaf to the environment."""

from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter

from bot.ports import IntegrationError
from integrations.entra.errors import retry_after
from integrations.entra.settings import EntraSettings

SYSTEM = "Microsoft Entra ID"
_TOO_MANY = 429
_SERVER_ERRORS = 500


def login_session(settings: EntraSettings) -> requests.Session:
    """A session that reaches the sign-in endpoint and nothing else.

    Any other address raises requests.exceptions.InvalidSchema; a busy or broken endpoint raises
    IntegrationError here, because MSAL would lose the Retry-After.
    """
    session = requests.Session()
    session.trust_env = False  # else REQUESTS_CA_BUNDLE overrides `verify`, and proxies apply
    session.verify = settings.login_ca_file or certifi.where()
    session.adapters.clear()
    session.mount(f"{settings.login_url}/", _Bounded(settings))
    session.hooks["response"].append(_usable)
    return session


class _Bounded(HTTPAdapter):
    """Gives every request a time-out; MSAL passes none with a session of ours."""

    def __init__(self, settings: EntraSettings) -> None:
        self._timeout = (settings.connect_timeout, settings.read_timeout)
        super().__init__(max_retries=0)

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  handed on
        kwargs["timeout"] = self._timeout
        return super().send(*args, **kwargs)


def _usable(answer: requests.Response, **_: Any) -> None:  # noqa: ANN401  requests' own signature
    if answer.status_code == _TOO_MANY or answer.status_code >= _SERVER_ERRORS:
        raise IntegrationError(
            SYSTEM, f"HTTP {answer.status_code}", retry_after=retry_after(answer.headers)
        )
