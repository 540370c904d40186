"""The blocking HTTP session to the sign-in endpoint: one host, bounded, deaf to the environment."""

from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter

from bot.ports import IntegrationError
from integrations.entra.settings import EntraSettings
from integrations.outbound import retry_after

SYSTEM = "Microsoft Entra ID"
_TOO_MANY = 429
_SERVER_ERRORS = 500


class LoginSession(requests.Session):
    """Reaches the sign-in endpoint and nothing else.

    Any other address raises requests.exceptions.InvalidSchema; a busy or broken endpoint raises
    IntegrationError here, because MSAL would lose the Retry-After.
    """

    def __init__(self, settings: EntraSettings) -> None:
        super().__init__()
        self.trust_env = False  # else REQUESTS_CA_BUNDLE overrides `verify`, and proxies apply
        self.verify = settings.login_ca_file or certifi.where()
        self.adapters.clear()
        self.mount(f"{settings.login_url}/", HTTPAdapter(max_retries=0))
        self._timeout = (settings.connect_timeout, settings.read_timeout)

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401  handed on
        answer = super().request(*args, **{**kwargs, "timeout": self._timeout})
        busy = _busy(answer)
        if busy is None:
            return answer
        del answer  # else its connection would stay open as long as the error's traceback lives
        raise busy


def _busy(answer: requests.Response) -> IntegrationError | None:
    if answer.status_code != _TOO_MANY and answer.status_code < _SERVER_ERRORS:
        return None
    wait = retry_after(answer.headers)
    return IntegrationError(SYSTEM, f"HTTP {answer.status_code}", retry_after=wait)
