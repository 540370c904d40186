"""What is asked of people's browsers, and every way a sign-in is not believed."""

import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from bot.ports import IntegrationError, SignInNeededError, SignInRefusedError
from integrations.entra.flow import opened, sealed
from integrations.entra.id_token import IdTokens
from integrations.entra.login_session import LoginSession
from integrations.entra.settings import EntraSettings
from integrations.entra.sign_in import EntraSignIn
from playground.cast import BOT_APP_ID, TENANT_ID, entra_id
from tests.contracts.sign_in import BACK, CLAIMS
from tests.entra.desk import Desk, a_desk
from tests.entra.world import EntraWorld, person, real_now

SETTINGS = EntraSettings(TENANT_ID, BOT_APP_ID, client_secret="s3cret")
KEY, FOREIGN = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
Change = Callable[[dict[str, Any]], object]


class Keys(requests.Session):
    """Serves key sets in turn, and counts."""

    def __init__(self, *sets: dict[str, rsa.RSAPrivateKey]) -> None:
        super().__init__()
        self.sets = list(sets)
        self.fetched: list[str] = []

    def get(self, url: str | bytes, **_: Any) -> requests.Response:
        self.fetched.append(str(url))
        found = self.sets.pop(0) if len(self.sets) > 1 else self.sets[0]
        keys = [
            RSAAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": kid, "use": "sig"}
            for kid, key in found.items()
        ]
        answer = requests.Response()
        answer.status_code = 200
        answer._content = json.dumps({"keys": keys}).encode()
        return answer


def token(change: Change | None = None, **how: Any) -> str:
    now = int(time.time())  # noqa: TID251  tokens live in real time
    claims: dict[str, Any] = {
        "iss": f"https://login.microsoftonline.com/{TENANT_ID}/v2.0",
        "aud": BOT_APP_ID,
        "tid": TENANT_ID,
        "oid": person("engineer").oid,
        "preferred_username": "engineer@playground.example",
        "iat": now,
        "exp": now + 3600,
    }
    if change:
        change(claims)
    with_key: dict[str, Any] = {"key": KEY, "algorithm": "RS256", "headers": {"kid": "k1"}} | how
    return jwt.encode(claims, **with_key)


def test_a_token_of_our_tenant_for_our_app_is_believed() -> None:
    keys = Keys({"k1": KEY})
    id_tokens = IdTokens(SETTINGS, keys)

    found = id_tokens.verify(token())
    id_tokens.verify(token())

    assert (found.person, found.user_name) == (person("engineer"), "engineer@playground.example")
    assert keys.fetched == [f"https://login.microsoftonline.com/{TENANT_ID}/discovery/v2.0/keys"]


@pytest.mark.parametrize(
    "change",
    [
        lambda c: c.update(iss="https://login.microsoftonline.com/elsewhere/v2.0"),
        lambda c: c.update(iss=f"https://login.example/{TENANT_ID}/v2.0"),
        lambda c: c.update(aud="00000003-0000-0000-c000-000000000000"),
        lambda c: c.update(aud=[]),
        lambda c: c.update(tid=entra_id("another tenant")),
        lambda c: c.update(exp=c["exp"] - 7200),
        lambda c: c.update(iat=c["iat"] + 7200),
        lambda c: c.update(nbf=c["iat"] + 7200),
        lambda c: c.update(oid="engineer"),
        lambda c: c.update(oid=""),
        *(lambda c, n=name: c.pop(n) for name in ("iss", "aud", "exp", "iat", "tid", "oid")),
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_not_believed(change: Change) -> None:
    with pytest.raises(SignInRefusedError):
        IdTokens(SETTINGS, Keys({"k1": KEY})).verify(token(change))


@pytest.mark.parametrize("said", [None, "1767225600", 1767225600.5, 10**18, -(10**18)])
def test_a_time_that_is_none_says_nothing(said: object) -> None:
    claims = token(lambda c: c.update(auth_time=said))

    assert IdTokens(SETTINGS, Keys({"k1": KEY})).verify(claims).proved_at is None


@pytest.mark.parametrize(
    "forged",
    [
        token(key=FOREIGN),
        token(headers={"kid": "k2"}),
        token(headers={}),
        token(key="a" * 32, algorithm="HS256"),
        token(key=None, algorithm="none"),
        "",
        "not.a.token",
    ],
)
def test_a_token_that_our_tenants_keys_did_not_sign_is_not_believed(forged: str) -> None:
    with pytest.raises(SignInRefusedError):
        IdTokens(SETTINGS, Keys({"k1": KEY})).verify(forged)


def test_a_key_that_is_new_is_fetched_and_one_that_is_gone_no_longer_believed() -> None:
    keys = Keys({"k1": KEY}, {"k2": FOREIGN})
    id_tokens = IdTokens(SETTINGS, keys)
    id_tokens.verify(token())

    id_tokens.verify(token(key=FOREIGN, headers={"kid": "k2"}))

    assert len(keys.fetched) == 2
    with pytest.raises(SignInRefusedError):
        id_tokens.verify(token())


async def test_the_browser_is_asked_for_a_code_bound_to_us_and_answers_by_get(
    world: EntraWorld,
) -> None:
    flow = await world.sign_in.start(BACK, "st4te", CLAIMS)

    asked = {name: value for name, [value] in parse_qs(urlsplit(flow["auth_uri"]).query).items()}
    assert asked["response_mode"] == "query"
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert (asked["client_id"], asked["redirect_uri"]) == (BOT_APP_ID, BACK)
    assert set(asked["scope"].split()) == {
        "openid",
        "profile",
        "offline_access",
        "https://graph.microsoft.com/PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
        "https://graph.microsoft.com/PrivilegedEligibilitySchedule.Read.AzureADGroup",
        "https://graph.microsoft.com/User.Read",
    }
    claims = json.loads(asked["claims"])["access_token"]
    assert claims["acrs"] == {"essential": True, "value": "c1"}
    assert claims["xms_cc"] == {"values": ["cp1"]}


async def test_a_flow_survives_being_kept_as_json(world: EntraWorld) -> None:
    kept = json.dumps(dict(await world.sign_in.start(BACK, "st4te")))

    flow = json.loads(kept)

    assert (await world.sign_in.finish(flow, await world.browse(flow, "engineer"))).person
    assert json.dumps(flow) == kept


async def test_an_id_token_signed_by_anybody_else_is_refused(
    world: EntraWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    flow = await world.sign_in.start(BACK, "st4te")
    answer = await world.browse(flow, "engineer")
    monkeypatch.setattr(world.entra.signer, "_key", FOREIGN)
    monkeypatch.setattr(world.entra.signer, "jwks", lambda: {"keys": [public_jwk(world)]})

    with pytest.raises(SignInRefusedError) as refused:
        await world.sign_in.finish(flow, answer)

    assert refused.value.code == "id_token"


def public_jwk(world: EntraWorld) -> dict[str, Any]:
    return RSAAlgorithm.to_jwk(KEY.public_key(), as_dict=True) | {"kid": world.entra.signer._kid}


async def test_an_answer_with_the_nonce_of_another_flow_is_refused(world: EntraWorld) -> None:
    flow = await world.sign_in.start(BACK, "st4te")
    answer = await world.browse(flow, "engineer")

    begun = opened(flow, "st4te")
    assert begun is not None
    assert opened(flow, "0ther") is None

    with pytest.raises(SignInRefusedError) as refused:
        await world.sign_in.finish(sealed(begun | {"nonce": "of-another"}, "st4te"), answer)

    assert refused.value.code == "answer"


async def test_a_person_who_turns_back_is_told_with_entras_code(world: EntraWorld) -> None:
    flow = await world.sign_in.start(BACK, "st4te")
    turned_back = {
        "state": "st4te",
        "error": "access_denied",
        "error_description": "AADSTS65004: User declined to consent to access the app.",
    }

    with pytest.raises(SignInRefusedError) as refused:
        await world.sign_in.finish(flow, turned_back)

    assert refused.value.code == "AADSTS65004"


async def test_one_account_of_two_at_a_time(world: EntraWorld) -> None:
    """Nothing of one person is left behind for the next in MSAL."""
    first = await world.signed_in("engineer")
    second = await world.signed_in("approver")

    assert (first.person, second.person) == (person("engineer"), person("approver"))
    assert world.sign_in._app is not None
    assert world.sign_in._app.get_accounts() == []


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    async with a_desk(tmp_path) as made:
        yield made


@pytest.fixture
async def at_desk(desk: Desk) -> AsyncIterator[EntraSignIn]:
    made = EntraSignIn(desk.settings(client_secret="s3cret"), real_now)
    yield made
    await made.close()


@pytest.mark.parametrize(
    ("error", "suberror", "description", "why"),
    [
        ("invalid_grant", "", "AADSTS70008: The refresh token has expired.", "AADSTS70008"),
        ("interaction_required", "basic_action", "AADSTS50076: MFA.", "AADSTS50076"),
        ("invalid_grant", "consent_required", "AADSTS65001: Consent.", "consent_required"),
        ("invalid_grant", "", "AADSTS90094: Admin consent.", "consent_required"),
        ("login_required", "", "", "login_required"),
    ],
)
async def test_what_only_the_person_can_mend_asks_for_them(
    desk: Desk, at_desk: EntraSignIn, error: str, suberror: str, description: str, why: str
) -> None:
    said = {"error": error, "suberror": suberror, "error_description": description}
    desk.answers.append((400, said | {"claims": CLAIMS}))

    with pytest.raises(SignInNeededError) as needed:
        await at_desk.refresh(person("engineer"), "kept")

    assert (needed.value.why, needed.value.claims) == (why, CLAIMS)


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "invalid_scope"])
async def test_what_only_the_operator_can_mend_is_a_failure_for_good(
    desk: Desk, at_desk: EntraSignIn, error: str
) -> None:
    desk.answers.append((401, {"error": error, "error_description": "AADSTS7000215: secret."}))

    with pytest.raises(IntegrationError) as failed:
        await at_desk.refresh(person("engineer"), "kept")

    assert failed.value.permanent
    assert "AADSTS7000215" in failed.value.detail


async def test_an_answer_that_is_no_oauth_costs_nobody_their_token(
    desk: Desk, at_desk: EntraSignIn
) -> None:
    desk.answers.append((404, "a captive portal"))

    with pytest.raises(IntegrationError) as failed:
        await at_desk.refresh(person("engineer"), "kept")

    assert not failed.value.permanent


async def test_an_answer_that_is_no_oauth_refuses_nobody(desk: Desk, at_desk: EntraSignIn) -> None:
    flow = await at_desk.start(BACK, "st4te")
    desk.answers.append((404, "a captive portal"))

    with pytest.raises(IntegrationError):
        await at_desk.finish(flow, {"state": "st4te", "code": "a-code"})


async def test_a_refreshed_token_without_an_identity_is_not_used(
    desk: Desk, at_desk: EntraSignIn
) -> None:
    with pytest.raises(SignInNeededError):
        await at_desk.refresh(person("engineer"), "kept")


async def test_a_tenant_that_entra_does_not_know_is_a_failure_for_good(desk: Desk) -> None:
    settings = EntraSettings(
        entra_id("another tenant"),
        BOT_APP_ID,
        "s3cret",
        login_url=desk.url,
        login_ca_file=desk.ca_path,
    )
    sign_in = EntraSignIn(settings, real_now)

    with pytest.raises(IntegrationError) as failed:
        await sign_in.start(BACK, "st4te")

    assert failed.value.permanent
    await sign_in.close()


def test_the_session_reaches_no_other_address() -> None:
    with LoginSession(SETTINGS) as session:
        for url in (
            "https://login.microsoftonline.com.evil.example/",
            "https://evil.example/",
            "http://login.microsoftonline.com/",
        ):
            with pytest.raises(requests.exceptions.InvalidSchema):
                session.get(url)


async def test_a_sign_in_of_its_own_is_not_the_one_of_an_hour_ago(world: EntraWorld) -> None:
    """Entra is asked to see the person anew, and says when it did."""
    sessions = world.entra.login.issuer.sessions
    hour_ago = sessions._signed_in[person("engineer").oid] = sessions.signer.now() - 3600

    usual = await world.signed_in("engineer")
    flow = await world.sign_in.start(BACK, "st4te", fresh=True)
    fresh = await world.sign_in.finish(flow, await world.browse(flow, "engineer"))

    assert usual.proved_at == datetime.fromtimestamp(hour_ago, UTC)
    assert fresh.proved_at is not None
    assert real_now() - fresh.proved_at < timedelta(minutes=1)
    query = parse_qs(urlsplit(flow["auth_uri"]).query)
    assert query["prompt"] == ["login"]
    assert query["max_age"] == ["3600"]


async def test_a_refreshed_token_proves_no_more_than_the_sign_in_it_comes_from(
    world: EntraWorld,
) -> None:
    sessions = world.entra.login.issuer.sessions
    sessions._signed_in[person("engineer").oid] = sessions.signer.now() - 3600
    kept = await world.signed_in("engineer")

    refreshed = await world.sign_in.refresh(person("engineer"), kept.refresh_token)

    assert refreshed.proved_at == kept.proved_at
