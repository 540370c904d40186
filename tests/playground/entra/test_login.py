"""Signing in with the real client libraries: MSAL and azure-identity."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from html import unescape
from typing import Any

import aiohttp
import jwt
import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError
from azure.core.pipeline.transport import AioHttpTransport
from azure.identity.aio import ClientSecretCredential, OnBehalfOfCredential

from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, PEOPLE, TENANT_ID
from playground.entra.facade import Entra
from playground.entra.tokens import GRAPH
from playground.kernel.wire import Fault
from tests.playground.entra.browsing import REDIRECT, Browser, Json, Msal, changed
from tests.playground.entra.saying import oid

ENGINEER = PEOPLE["engineer"]
CONTEXT = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'


@pytest.fixture
async def client(entra: Entra) -> AsyncIterator[Msal]:
    entra.register_redirect(REDIRECT)
    with requests.Session() as session:
        yield await Msal(entra, session).start()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield Browser(session, "engineer")


async def signed_in(client: Msal, browser: Browser, **more: Any) -> Json:
    flow = await client.begin(**more)
    _, _, answer = await browser.open(changed(flow["auth_uri"], response_mode="query"))
    return await client.finish(flow, answer)


def claims_of(entra: Entra, result: Json) -> Json:
    return entra.signer.read(result["access_token"], GRAPH)


async def test_a_person_signs_in_with_a_code_and_gets_a_verifiable_identity(
    entra: Entra, client: Msal, browser: Browser
) -> None:
    result = await signed_in(client, browser)
    assert "error" not in result
    claims = claims_of(entra, result)
    assert (claims["oid"], claims["tid"]) == (ENGINEER.oid, TENANT_ID)
    assert claims["scp"].startswith("PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup")
    assert claims["xms_cc"] == ["cp1"]
    assert 3600 <= result["expires_in"] <= 4200
    url = f"{entra.login_url}/{TENANT_ID}/discovery/v2.0/keys"
    keys = await asyncio.to_thread(lambda: client.session.get(url, timeout=5).json())
    identity = jwt.decode(
        result["id_token"],
        jwt.PyJWKSet.from_dict(keys).keys[0],
        algorithms=["RS256"],
        audience=BOT_APP_ID,
        issuer=f"{entra.login_url}/{TENANT_ID}/v2.0",
    )
    assert identity["preferred_username"] == ENGINEER.upn
    assert identity["name"] == ENGINEER.name
    assert (client.app.get_accounts()[0])["home_account_id"] == f"{ENGINEER.oid}.{TENANT_ID}"


async def test_nothing_secret_is_recorded(entra: Entra, client: Msal, browser: Browser) -> None:
    result = await signed_in(client, browser)
    await client.refresh(result["refresh_token"])
    said = json.dumps([call.shown() for call in entra.wire.calls])
    assert entra.client_secret not in said
    assert result["refresh_token"] not in said
    assert [call.as_ for call in entra.wire.calls][-2:] == [f"user:{ENGINEER.oid}"] * 2
    assert entra.wire.calls[-1].body["client_secret"] == "(left out)"


async def test_the_account_picker_signs_in_whoever_is_picked(
    client: Msal, browser: Browser
) -> None:
    browser.person = ""
    flow = await client.begin()
    uri = changed(flow["auth_uri"], response_mode="query")
    status, page, _ = await browser.open(uri)
    assert status == 200
    assert "Simulated Microsoft sign-in" in page
    assert PEOPLE["stranger"].name not in page
    answer = await browser.pick(uri, oid("approver"))
    result = await client.finish(flow, answer)
    assert result["id_token_claims"]["oid"] == oid("approver")


async def test_a_login_hint_signs_in_a_browser_that_is_nobodys(
    client: Msal, browser: Browser
) -> None:
    hint = PEOPLE["admin"].upn
    signed = await signed_in(client, Browser(browser.session), login_hint=hint)
    assert signed["id_token_claims"]["oid"] == oid("admin")
    signed = await signed_in(client, browser, login_hint=hint)
    assert signed["id_token_claims"]["oid"] == ENGINEER.oid


async def test_form_post_answers_with_a_self_submitting_form(
    client: Msal, browser: Browser
) -> None:
    flow = await client.begin()
    status, page, _ = await browser.open(flow["auth_uri"])
    assert status == 200
    assert f'action="{REDIRECT}"' in page
    fields = re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', page)
    result = await client.finish(flow, {name: unescape(value) for name, value in fields})
    assert result["id_token_claims"]["oid"] == ENGINEER.oid


async def test_a_refresh_token_gives_new_tokens_each_time(
    entra: Entra, client: Msal, browser: Browser
) -> None:
    first = await signed_in(client, browser)
    second = await client.refresh(first["refresh_token"])
    assert second["refresh_token"] != first["refresh_token"]
    assert claims_of(entra, second)["oid"] == ENGINEER.oid
    third = await client.refresh(second["refresh_token"])
    assert "access_token" in third


async def test_a_code_is_good_once_and_only_with_its_verifier_and_reply_address(
    client: Msal, browser: Browser
) -> None:
    flow = await client.begin()
    uri = changed(flow["auth_uri"], response_mode="query")
    _, _, answer = await browser.open(uri)
    wrong_verifier = flow | {"code_verifier": "x" * 43}
    refused = await client.finish(wrong_verifier, answer)
    assert refused["error_codes"] == [501481]
    refused = await client.finish(flow, answer)
    assert refused["error_codes"] == [54005]
    _, _, answer = await browser.open(uri)
    refused = await client.finish(flow | {"redirect_uri": f"{REDIRECT}/x"}, answer)
    assert refused["error_codes"] == [500112]
    _, _, answer = await browser.open(uri)
    assert "access_token" in await client.finish(flow, answer)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"redirect_uri": "http://127.0.0.1:9/elsewhere"}, "AADSTS50011"),
        ({"client_id": GRANTOR_APP_ID}, "AADSTS700016"),
        ({"code_challenge": ""}, "AADSTS9002325"),
        ({"response_type": "token"}, "AADSTS700054"),
        ({"claims": "{"}, "AADSTS9000514"),
    ],
)
async def test_a_malformed_sign_in_is_never_sent_back_to_the_application(
    client: Msal, browser: Browser, query: dict[str, str], says: str
) -> None:
    flow = await client.begin()
    status, page, answer = await browser.open(changed(flow["auth_uri"], **query))
    assert (status, answer) == (400, {})
    assert says in page


async def test_an_authentication_context_asked_for_is_in_that_token_alone(
    entra: Entra, client: Msal, browser: Browser
) -> None:
    result = await signed_in(client, browser, claims_challenge=CONTEXT)
    assert claims_of(entra, result)["acrs"] == ["c1"]
    assert "mfa" in claims_of(entra, result)["amr"]
    plain = await client.refresh(result["refresh_token"])
    assert "acrs" not in claims_of(entra, plain)
    again = await client.silently(CONTEXT)
    assert claims_of(entra, again)["acrs"] == ["c1"]


async def test_a_refresh_that_needs_more_than_the_sign_in_gave_answers_with_the_claims(
    client: Msal, browser: Browser
) -> None:
    await signed_in(client, browser)
    refused = await client.silently(CONTEXT)
    assert (refused["error"], refused["error_codes"]) == ("interaction_required", [50076])
    assert json.loads(refused["claims"])["access_token"]["acrs"]["value"] == "c1"


async def test_a_sign_in_is_as_old_as_the_last_time_the_person_proved_it(
    entra: Entra, client: Msal, browser: Browser
) -> None:
    entra.login.issuer.sessions._signed_in[ENGINEER.oid] = entra.signer.now() - 1000
    old = (await signed_in(client, browser))["id_token_claims"]["auth_time"]
    new = (await signed_in(client, browser, prompt="login"))["id_token_claims"]["auth_time"]
    assert new - old >= 1000


async def test_without_consent_neither_sign_in_nor_refresh_works(
    entra: Entra, client: Msal, browser: Browser
) -> None:
    result = await signed_in(client, browser)
    entra.operate("consent", {"missing": True})
    refused = await client.refresh(result["refresh_token"])
    assert (refused["error"], refused["error_codes"]) == ("invalid_grant", [65001])
    refused = await signed_in(client, browser)
    assert refused["error"] == "consent_required"
    assert "AADSTS65001" in refused["error_description"]
    entra.operate("consent", {"missing": False})
    assert "access_token" in await client.refresh(result["refresh_token"])


@pytest.mark.parametrize(
    ("scope", "error"),
    [
        (f"{GRAPH}/Mail.Read", "consent_required"),
        ("https://vault.azure.net/.default", "invalid_resource"),
    ],
)
async def test_what_nobody_consented_to_is_not_granted(
    client: Msal, browser: Browser, scope: str, error: str
) -> None:
    uri = (await client.begin())["auth_uri"]
    _, _, answer = await browser.open(changed(uri, response_mode="query", scope=scope))
    assert answer["error"] == error
    assert "code" not in answer


async def test_a_broken_endpoint_answers_in_its_own_words(entra: Entra) -> None:
    entra.wire.faults.append(Fault("login", re.compile("POST .*/token"), 1, "status", 503))
    async with credential(ClientSecretCredential, entra, BOT_APP_ID, entra.client_secret) as by:
        with pytest.raises(ClientAuthenticationError, match="AADSTS90033"):
            await by.get_token(f"{GRAPH}/.default")
    assert entra.wire.calls[0].status == 503


async def test_a_disabled_account_neither_signs_in_nor_refreshes(
    entra: Entra, client: Msal, browser: Browser
) -> None:
    result = await signed_in(client, browser)
    entra.operate("disable", {"who": "engineer"})
    refused = await client.refresh(result["refresh_token"])
    assert refused["error_codes"] == [50057]
    flow = await client.begin()
    _, page, answer = await browser.open(flow["auth_uri"])
    assert "AADSTS50057" in page
    assert answer == {}


def credential(kind: Any, entra: Entra, client_id: str, secret: str, **more: Any) -> Any:
    return kind(
        TENANT_ID,
        client_id,
        client_secret=secret,
        authority=entra.login_url,
        disable_instance_discovery=True,
        retry_total=0,
        transport=AioHttpTransport(connection_verify=str(entra.ca_path), use_env_settings=False),
        **more,
    )


async def test_each_application_gets_its_own_roles(entra: Entra) -> None:
    roles = {}
    for client_id, secret in (
        (BOT_APP_ID, entra.client_secret),
        (GRANTOR_APP_ID, entra.grantor_secret),
    ):
        async with credential(ClientSecretCredential, entra, client_id, secret) as by:
            token = (await by.get_token(f"{GRAPH}/.default")).token
        roles[client_id] = entra.signer.read(token, GRAPH)["roles"]
    assert not [role for role in roles[BOT_APP_ID] if "Write" in role]
    assert roles[GRANTOR_APP_ID] == ["PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup"]
    assert [call.as_ for call in entra.wire.calls] == ["app", "grantor"]


async def test_a_wrong_secret_is_refused(entra: Entra) -> None:
    async with credential(ClientSecretCredential, entra, BOT_APP_ID, "guess") as by:
        with pytest.raises(ClientAuthenticationError, match="AADSTS7000215"):
            await by.get_token(f"{GRAPH}/.default")


async def test_the_bot_acts_on_behalf_of_a_person_with_a_teams_token_and_nothing_else(
    entra: Entra,
) -> None:
    async def acting_for(assertion: str) -> Json:
        async with credential(
            OnBehalfOfCredential,
            entra,
            BOT_APP_ID,
            entra.client_secret,
            user_assertion=assertion,
        ) as by:
            token = (await by.get_token(f"{GRAPH}/.default", enable_cae=True)).token
        return entra.signer.read(token, GRAPH)

    claims = await acting_for(entra.teams_token(ENGINEER.oid))
    assert claims["oid"] == ENGINEER.oid
    assert claims["xms_cc"] == ["cp1"]
    for wrong in (
        entra.login.issuer.for_app(BOT_APP_ID, GRAPH)["access_token"],
        entra.login.issuer.for_app(BOT_APP_ID, BOT_APP_ID)["access_token"],
    ):
        with pytest.raises(ClientAuthenticationError, match="AADSTS50013"):
            await acting_for(wrong)
