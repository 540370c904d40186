"""The app registration proves itself by secret, certificate, federated token or managed identity."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import jwt
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from azure.core.credentials import AccessToken
from azure.core.exceptions import AzureError
from cryptography.x509 import load_pem_x509_certificate
from trustme import CA, KeyType

from bot.ports import IntegrationError, SignInNeededError
from integrations.entra.credentials import AppToken, app_credential
from integrations.entra.settings import EntraSettings
from integrations.entra.sign_in import EntraSignIn
from playground.cast import BOT_APP_ID, TENANT_ID
from tests.entra.desk import Desk, a_desk
from tests.entra.world import person, real_now

SCOPE = "https://graph.microsoft.com/.default"
REFUSED = (400, {"error": "invalid_grant", "error_description": "AADSTS70008: expired"})


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


async def forms_of(desk: Desk, settings: EntraSettings) -> list[dict[str, str]]:
    """What azure-identity and then MSAL send for these settings."""
    credential = app_credential(settings)
    assert (await credential.get_token(SCOPE)).token == "granted"
    await credential.close()
    desk.answers.append(REFUSED)
    sign_in = EntraSignIn(settings, real_now)
    with pytest.raises(SignInNeededError):
        await sign_in.refresh(person("engineer"), "kept")
    await sign_in.close()
    assert len(desk.forms) == 2
    return desk.forms


async def test_a_secret_is_sent_as_it_is(desk: Desk) -> None:
    for form in await forms_of(desk, desk.settings(client_secret="s3cret")):
        assert (form["client_id"], form["client_secret"]) == (BOT_APP_ID, "s3cret")


async def test_a_certificate_signs_and_its_key_never_leaves(desk: Desk, tmp_path: Path) -> None:
    made = CA().issue_cert("aws-access.example", key_type=KeyType.RSA)
    pem = tmp_path / "app.pem"
    made.private_key_and_cert_chain_pem.write_to_path(str(pem))
    public = load_pem_x509_certificate(made.cert_chain_pems[0].bytes()).public_key()

    for form in await forms_of(desk, desk.settings(certificate=str(pem))):
        assert "client_secret" not in form
        claims = jwt.decode(
            form["client_assertion"],
            public,  # type: ignore[arg-type]  # trustme was asked for RSA
            algorithms=["RS256", "PS256"],
            audience=f"{desk.url}/{TENANT_ID}/oauth2/v2.0/token",
        )
        assert claims["iss"] == BOT_APP_ID


async def test_a_federated_token_is_read_from_its_file(desk: Desk, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("written-by-kubernetes")

    for form in await forms_of(desk, desk.settings(federated_token_file=str(token))):
        assert "client_secret" not in form
        assert form["client_assertion"] == "written-by-kubernetes"


@pytest.fixture
async def identity(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[list[dict[str, str]]]:
    """A machine with a managed identity; what it was asked for."""
    asked: list[dict[str, str]] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(dict(request.query))
        return web.json_response(
            {"access_token": "vouched", "expires_on": "4102444800", "token_type": "Bearer"}
        )

    app = web.Application()
    app.router.add_get("/identity", answer)
    async with TestServer(app) as server:
        monkeypatch.setenv("IDENTITY_ENDPOINT", str(server.make_url("/identity")))
        monkeypatch.setenv("IDENTITY_HEADER", "h3ader")
        yield asked


async def test_a_managed_identity_vouches_for_the_app(
    desk: Desk, identity: list[dict[str, str]]
) -> None:
    for form in await forms_of(desk, desk.settings(managed_identity_client_id=TENANT_ID)):
        assert "client_secret" not in form
        assert form["client_assertion"] == "vouched"

    assert identity[0]["resource"] == "api://AzureADTokenExchange"
    assert identity[0]["client_id"] == TENANT_ID


async def test_a_managed_identity_that_is_the_app_itself_vouches_for_nothing(
    desk: Desk, identity: list[dict[str, str]]
) -> None:
    settings = desk.settings(managed_identity_client_id=BOT_APP_ID)
    credential = app_credential(settings)

    assert (await credential.get_token(SCOPE)).token == "vouched"

    await credential.close()
    assert [one["resource"] for one in identity] == ["https://graph.microsoft.com"]
    assert desk.forms == []


class Counting:
    """A credential whose tokens end at a thousand seconds."""

    asked = 0

    async def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.asked += 1
        return AccessToken(f"{scopes[0]} {self.asked}", 1000 * self.asked)

    async def close(self) -> None: ...


async def test_a_token_of_the_app_is_kept_until_shortly_before_its_end() -> None:
    credential, at = Counting(), [0.0]
    token = AppToken(credential, SCOPE, lambda: at[0])  # type: ignore[arg-type]

    assert [await token() for _ in range(3)] == [f"{SCOPE} 1"] * 3
    at[0] = 701.0
    assert await token() == f"{SCOPE} 2"


async def test_a_refused_token_of_the_app_is_a_failed_system(desk: Desk) -> None:
    desk.answers.append((401, {"error": "invalid_client", "error_description": "AADSTS7000215"}))
    credential = app_credential(desk.settings(client_secret="wr0ng"))

    with pytest.raises(IntegrationError) as refused:
        await AppToken(credential, SCOPE, lambda: 0.0)()

    assert refused.value.permanent
    await credential.close()


async def test_a_token_is_asked_for_nowhere_but_at_the_sign_in_endpoint(
    desk: Desk, tmp_path: Path
) -> None:
    async with a_desk(tmp_path) as other:
        credential = app_credential(desk.settings(client_secret="s3cret"))
        transport = credential._client._pipeline._transport  # type: ignore[attr-defined]
        transport._allowed = f"{other.url}/"

        with pytest.raises(AzureError, match="not the sign-in endpoint"):
            await credential.get_token(SCOPE)

        await credential.close()
        assert desk.forms == other.forms == []
