"""The app registration's credential, as azure-identity and as MSAL want it, and its failures."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

from azure.core.credentials import AccessToken
from azure.core.credentials_async import AsyncTokenCredential
from azure.core.exceptions import AzureError, HttpResponseError, ServiceRequestError
from azure.core.pipeline.transport import AioHttpTransport, RequestsTransport
from azure.identity import ClientAssertionCredential, ManagedIdentityCredential
from azure.identity.aio import (
    CertificateCredential,
    ClientSecretCredential,
    WorkloadIdentityCredential,
)

from bot.ports import IntegrationError
from integrations.entra.login_session import SYSTEM, LoginSession
from integrations.entra.settings import EntraSettings

_FEDERATION = "api://AzureADTokenExchange/.default"
_MARGIN_SECONDS = 300
_TOO_MANY = 429
_SERVER_ERRORS = 500


def app_credential(settings: EntraSettings) -> AsyncTokenCredential:
    """What the bot reads Graph with; the caller closes it.

    https://learn.microsoft.com/python/api/overview/azure/identity-readme
    """
    where = settings.tenant, settings.client_id
    how: dict[str, Any] = {
        "authority": settings.login_url,
        "transport": _LoginTransport(settings),
        "retry_total": 1,
    }
    if settings.client_secret:
        return ClientSecretCredential(*where, settings.client_secret, **how)
    if settings.certificate:
        return CertificateCredential(*where, settings.certificate, **how)
    if settings.federated_token_file:
        return WorkloadIdentityCredential(
            tenant_id=settings.tenant,
            client_id=settings.client_id,
            token_file_path=settings.federated_token_file,
            **how,
        )
    if settings.managed_identity_client_id == settings.client_id:
        # It is the app itself: there is nothing for it to vouch for.
        return _InThread(ManagedIdentityCredential(client_id=settings.client_id))
    how["transport"] = RequestsTransport(
        session=LoginSession(settings), connection_verify=settings.login_ca_file or True
    )
    return _InThread(ClientAssertionCredential(*where, _managed(settings), **how))


class AppToken:
    """A token of an app's credential for one scope, asked for anew shortly before it ends."""

    def __init__(
        self, credential: AsyncTokenCredential, scope: str, seconds: Callable[[], float]
    ) -> None:
        self._credential = credential
        self._scope = scope
        self._seconds = seconds
        self._token: AccessToken | None = None

    async def __call__(self) -> str:
        """The token. Raises IntegrationError."""
        if self._token is None or self._token.expires_on - self._seconds() < _MARGIN_SECONDS:
            try:
                self._token = await self._credential.get_token(self._scope)
            except AzureError as failed:
                raise token_failed(failed) from failed
        return self._token.token


def msal_credential(settings: EntraSettings) -> str | dict[str, Any]:
    """The same credential for MSAL's confidential client.

    https://learn.microsoft.com/entra/workload-id/workload-identity-federation-config-app-trust-managed-identity
    """
    if settings.client_secret:
        return settings.client_secret
    if settings.certificate:
        pem = Path(settings.certificate).read_text()
        return {"private_key": pem, "public_certificate": pem}
    if settings.federated_token_file:
        return {"client_assertion": Path(settings.federated_token_file).read_text}
    return {"client_assertion": _managed(settings)}


def token_failed(failed: AzureError) -> IntegrationError:
    """Why the bot has no token. Permanent when Entra itself refused the credential."""
    answer = failed.response if isinstance(failed, HttpResponseError) else None
    status = getattr(answer, "status_code", 0)
    refused = bool(status) and status != _TOO_MANY and status < _SERVER_ERRORS
    return IntegrationError(SYSTEM, str(failed.message), permanent=refused)


def _managed(settings: EntraSettings) -> Callable[[], str]:
    """Assertions by the managed identity, which the app registration trusts: no secret anywhere."""
    identity = ManagedIdentityCredential(client_id=settings.managed_identity_client_id or None)
    return lambda: identity.get_token(_FEDERATION).token


class _InThread(AsyncTokenCredential):
    """A blocking credential, kept off the event loop."""

    def __init__(self, blocking: ClientAssertionCredential | ManagedIdentityCredential) -> None:
        self._blocking = blocking

    async def get_token(
        self,
        *scopes: str,
        claims: str | None = None,
        tenant_id: str | None = None,
        enable_cae: bool = False,
        **kwargs: Any,  # noqa: ANN401  the protocol's
    ) -> AccessToken:
        return await asyncio.to_thread(
            self._blocking.get_token,
            *scopes,
            claims=claims,
            tenant_id=tenant_id,
            enable_cae=enable_cae,
            **kwargs,
        )

    async def close(self) -> None:
        await asyncio.to_thread(self._blocking.close)

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.close()


class _LoginTransport(AioHttpTransport):  # type: ignore[misc]  # azure-core exports it lazily
    """Reaches the sign-in endpoint and nothing else; proxies of the environment do not apply."""

    def __init__(self, settings: EntraSettings) -> None:
        super().__init__(
            connection_verify=settings.login_ca_file or True,
            connection_timeout=settings.connect_timeout,
            read_timeout=settings.read_timeout,
            use_env_settings=False,
        )
        self._allowed = f"{settings.login_url}/"

    async def send(self, request: Any, **config: Any) -> Any:  # noqa: ANN401  azure-core's
        if not request.url.startswith(self._allowed):
            raise ServiceRequestError("not the sign-in endpoint")
        return await super().send(request, **config)
