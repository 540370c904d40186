"""The one client of Microsoft Graph: who asks, what may be reached, and what an answer was."""

import contextlib
import importlib
import json
from typing import Any

import httpx
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError
from kiota_abstractions.authentication import AuthenticationProvider
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_abstractions.request_option import RequestOption
from kiota_authentication_azure.azure_identity_authentication_provider import (
    AzureIdentityAuthenticationProvider,
)
from kiota_http.middleware.options import (
    RedirectHandlerOption,
    ResponseHandlerOption,
    RetryHandlerOption,
)
from msgraph.graph_request_adapter import GraphRequestAdapter
from msgraph.graph_request_adapter import options as sdk_options
from msgraph.graph_service_client import GraphServiceClient
from msgraph_core import GraphClientFactory

from bot.ports import IntegrationError, Outcome, PersonToken
from integrations.entra import errors
from integrations.entra.asks import Asks
from integrations.entra.credentials import token_failed
from integrations.entra.settings import EntraSettings

Json = dict[str, Any]
MOST_PAGES = 200
_LAZY = ("anyio._backends._asyncio", "azure.core.rest._aiohttp")
"""What httpx and azure-core import at their first request, which would stall the event loop."""
_UNAUTHORIZED = 401
_NOT_FOUND = 404
# A read whose connection broke may simply be asked again; one that ran out of time may not.
_BROKEN = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.RemoteProtocolError,
    httpx.ReadError,
    httpx.WriteError,
)


class Graph:
    """Sends what :class:`Asks` words, as the bot or as a person, over one connection pool.

    Answers are read as raw JSON: the SDK's models stall the event loop for about two seconds
    when they are first used. https://github.com/microsoftgraph/msgraph-sdk-python/issues/584
    """

    def __init__(self, settings: EntraSettings, credential: AsyncTokenCredential) -> None:
        for name in _LAZY:
            with contextlib.suppress(ImportError):
                importlib.import_module(name)
        self._wire = _OnlyGraph(settings.graph_url)
        client = _http_client(settings, self._wire)
        self._adapter = GraphRequestAdapter(_Callers(settings, credential), client=client)
        self._adapter.base_url = settings.graph_url
        self._credential = credential
        self.asks = Asks(GraphServiceClient(request_adapter=self._adapter))

    async def close(self) -> None:
        """Close the connections, and the credential with its own."""
        await self._wire.aclose()  # the SDK's own transport would not close it
        await self._credential.close()

    async def read(self, ask: RequestInformation, person: PersonToken | None = None) -> Json | None:
        """One object, or None when Graph has none such.

        Raises PimRefusedError where the person's token is challenged: another sign-in would help.
        """
        answer = await self._reading(ask, person)
        if answer.status_code == _NOT_FOUND:
            return None
        if person is not None and answer.status_code == _UNAUTHORIZED:
            raise errors.more_sign_in("")
        if not answer.is_success:
            raise errors.reading_failed(answer)
        return _object(answer, Outcome.DID_NOT)

    async def read_all(
        self, ask: RequestInformation, person: PersonToken | None = None
    ) -> list[Json]:
        """Every object of a collection, over all its pages; empty when Graph knows no such thing.

        Raises as `read`.
        """
        found: list[Json] = []
        for _ in range(MOST_PAGES):
            page = await self.read(ask, person) or {}
            found += page.get("value", [])
            if not (following := page.get("@odata.nextLink")):
                return found
            ask = RequestInformation(Method.GET)
            ask.url = following
        raise IntegrationError(errors.SYSTEM, f"a list went on for {MOST_PAGES} pages")

    async def read_as(self, ask: RequestInformation, person: PersonToken) -> Json:
        """One object as the person sees it. Raises PimRefusedError where they may not see it."""
        answer = await self._reading(ask, person)
        if not answer.is_success:
            raise errors.not_shown(answer)
        return _object(answer, Outcome.DID_NOT)

    async def change(self, ask: RequestInformation, person: PersonToken | None) -> Json:
        """Send a change exactly once, as the person. Raises PimRefusedError.

        Without one it is the credential's own: only the grantor, which has its own Graph, does so.
        The IntegrationError of a change says whether it happened. No content is an empty object.
        """
        try:
            answer = await self._send(ask, person)
        except _ChallengedError as challenged:
            raise errors.more_sign_in(challenged.claims) from None
        except httpx.HTTPError as failed:
            raise errors.unreachable(failed, changing=True) from failed
        if not answer.is_success:
            raise errors.changing_failed(answer)
        return _object(answer, Outcome.UNKNOWN) if answer.content else {}

    async def _reading(self, ask: RequestInformation, person: PersonToken | None) -> httpx.Response:
        try:
            if ask.http_method is Method.GET:
                with contextlib.suppress(*_BROKEN):
                    return await self._send(ask, person)
            return await self._send(ask, person)
        except _ChallengedError as challenged:
            raise errors.more_sign_in(challenged.claims) from None
        except httpx.HTTPError as failed:
            raise errors.unreachable(failed, changing=False) from failed

    async def _send(self, ask: RequestInformation, person: PersonToken | None) -> httpx.Response:
        ask.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        if person is not None:
            ask.add_request_options([_AsPerson(person)])
        try:
            answer: httpx.Response | None = await self._adapter.send_primitive_async(
                ask, "bytes", None
            )
        except AzureError as failed:
            raise token_failed(failed) from failed
        assert answer is not None  # noqa: S101  the native handler hands on every answer
        return answer


class _ChallengedError(Exception):
    """Graph wants more claims in a person's token, which only their sign-in can give."""

    def __init__(self, claims: str) -> None:
        super().__init__("claims challenge")
        self.claims = claims


class _AsPerson(RequestOption):
    """Marks a request as made by a person, with their own token."""

    def __init__(self, token: PersonToken) -> None:
        self.token = token

    @staticmethod
    def get_key() -> str:
        return "as_person"


class _Callers(AuthenticationProvider):
    """Gives each request its caller's token: the person's it is marked with, else the bot's."""

    def __init__(self, settings: EntraSettings, credential: AsyncTokenCredential) -> None:
        self._bot = AzureIdentityAuthenticationProvider(
            credential,
            scopes=[f"{settings.graph_resource}/.default"],
            # Bare host names only: with a port the SDK would leave the token out, silently.
            allowed_hosts=[httpx.URL(settings.graph_url).host],
        )

    async def authenticate_request(
        self,
        request: RequestInformation,
        additional_authentication_context: Json | None = None,
    ) -> None:
        context = additional_authentication_context or {}
        caller = request.request_options.get(_AsPerson.get_key())
        if not isinstance(caller, _AsPerson):
            await self._bot.authenticate_request(request, context)
            return
        if "claims" in context:
            raise _ChallengedError(errors.decoded_claims(context["claims"]))
        request.headers.try_add("Authorization", f"Bearer {caller.token.secret}")


class _OnlyGraph(httpx.AsyncBaseTransport):
    """Lets nothing out but to Graph's own scheme, host and port, whatever a link or redirect says."""

    def __init__(self, graph_url: str) -> None:
        self._origin = _origin(httpx.URL(graph_url))
        self._wire = httpx.AsyncHTTPTransport(trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if _origin(request.url) != self._origin:
            raise httpx.UnsupportedProtocol("not Graph's address", request=request)
        return await self._wire.handle_async_request(request)

    async def aclose(self) -> None:
        await self._wire.aclose()


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port


def _http_client(settings: EntraSettings, wire: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    bare = httpx.AsyncClient(
        transport=wire,
        timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
        trust_env=False,
    )
    # The SDK would send a POST that met a 503 or 504 up to four times.
    calm = {
        RetryHandlerOption.get_key(): RetryHandlerOption(max_retries=0),
        RedirectHandlerOption.get_key(): RedirectHandlerOption(should_redirect=False),
    }
    client: httpx.AsyncClient = GraphClientFactory.create_with_default_middleware(
        client=bare, options={**sdk_options, **calm}
    )
    return client


def _object(answer: httpx.Response, outcome: Outcome) -> Json:
    try:
        found = json.loads(answer.content)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise IntegrationError(errors.SYSTEM, "the answer was not a JSON object", outcome=outcome)
    return found
