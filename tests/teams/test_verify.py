"""Only Bot Connector, for our app, in our tenant, about somebody of it: everything else stays out."""

import asyncio
import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from bot.clock import real_seconds
from integrations.teams.keys import PAUSE
from integrations.teams.verify import Expected, TurnedAwayError, goes_to
from tests.teams.conftest import Door
from tests.teams.connector import APP, ISSUER, TENANT, activity, claims, key, listed, signed

Json = dict[str, Any]
STALL_SECONDS = 0.05
OTHER = "00000000-0000-4000-8000-000000000000"


def seconds_from_now(seconds: int) -> int:
    """Read when a test runs: the whole suite takes longer than the leeway of a token."""
    return int(real_seconds()) + seconds


async def refused(door: Door, authorization: str, said: Json) -> int:
    with pytest.raises(TurnedAwayError) as away:
        await door.verifier.verify(authorization, said)
    return away.value.status


async def test_what_the_connector_signs_is_taken(door: Door) -> None:
    await door.verifier.verify(signed(claims()), activity())


async def test_a_clock_a_little_off_does_no_harm(door: Door) -> None:
    await door.verifier.verify(signed({**claims(), "exp": seconds_from_now(-120)}), activity())


CLAIMS: dict[str, Json] = {  # times: seconds from now
    "expired": {"exp": -900},
    "not valid yet": {"nbf": 900},
    "no expiry": {"exp": None},
    "no beginning": {"nbf": None},
    "an expiry that is no time": {"exp": "tomorrow"},
    "no issuer": {"iss": None},
    "another issuer": {"iss": "https://evil.example"},
    "an issuer of Entra": {"iss": f"https://sts.windows.net/{TENANT}/"},
    "an issuer of the emulator": {"iss": "https://login.microsoftonline.com/botframework.com/v2.0"},
    "an issuer with a slash": {"iss": f"{ISSUER}/"},
    "issuers in a list": {"iss": [ISSUER]},
    "no audience": {"aud": None},
    "another audience": {"aud": OTHER},
    "us among others": {"aud": [APP, OTHER]},
    "an audience like a URL": {"aud": f"api://{APP}"},
    "an audience in capitals": {"aud": APP.upper() + "X"},
}


@pytest.mark.parametrize("name", CLAIMS)
async def test_a_token_with_other_claims_is_not_good(door: Door, name: str) -> None:
    changed = {k: seconds_from_now(v) if isinstance(v, int) else v for k, v in CLAIMS[name].items()}
    made = {k: v for k, v in {**claims(), **changed}.items() if v is not None}
    try:
        token = signed(made)
    except TypeError:  # the library does not make such a token: written by hand
        token = _by_hand(made)

    assert await refused(door, token, activity()) == 401


SERVICES: dict[str, object] = {
    "no service url": None,
    "another service url": "https://smba.trafficmanager.net/amer/",
    "service urls in a list": [activity()["serviceUrl"]],
}


@pytest.mark.parametrize("name", SERVICES)
async def test_a_token_for_another_connector_is_not_good(door: Door, name: str) -> None:
    made = {**claims(), "serviceurl": SERVICES[name]}
    made = {k: v for k, v in made.items() if v is not None}

    assert await refused(door, signed(made), activity()) == 403


TOKENS: dict[str, Callable[[], str]] = {
    "no header": lambda: "",
    "no token": lambda: "Bearer ",
    "basic": lambda: "Basic dTpw",
    "no scheme": lambda: signed(claims()).removeprefix("Bearer "),
    "garbage": lambda: "Bearer garbage",
    "three dots": lambda: "Bearer ..",
    "too long": lambda: "Bearer " + "a" * 20_000,
    "no signature": lambda: signed(claims()).rpartition(".")[0] + ".",
    "a broken signature": lambda: signed(claims())[:-4] + "AAAA",
    "signed by a stranger": lambda: signed(claims(), "k2", kid="k1"),
    "an unknown key": lambda: signed(claims(), "k2"),
    "no key id": lambda: signed(claims(), kid=""),
    "a key id that is a path": lambda: signed(claims(), kid="../k1"),
    "unsigned": lambda: _unsigned({"alg": "none", "kid": "k1"}),
    "unsigned in capitals": lambda: _unsigned({"alg": "NONE", "kid": "k1"}),
    "signed with a secret": lambda: signed(claims(), "k1", algorithm="HS256"),
    "another hash": lambda: signed(claims(), algorithm="RS512"),
    "another padding": lambda: signed(claims(), algorithm="PS256"),
    "a key in the header": lambda: _unsigned({"alg": "RS256", "jwk": listed("k2")}),
    "a key id that is a number": lambda: _unsigned({"alg": "RS256", "kid": 1}),
    "a header that is a list": lambda: "Bearer W10.e30.AAAA",
    "not ASCII": lambda: "Bearer é.è.à",
}


@pytest.mark.parametrize("name", TOKENS)
async def test_what_is_no_token_of_the_connectors_is_not_good(door: Door, name: str) -> None:
    assert await refused(door, TOKENS[name](), activity()) == 401


ACTIVITIES: dict[str, tuple[tuple[str, ...], object]] = {
    "no channel": (("channelId",), None),
    "web chat": (("channelId",), "webchat"),
    "the emulator": (("channelId",), "emulator"),
    "channels in a list": (("channelId",), ["msteams"]),
    "no service url": (("serviceUrl",), None),
    "a service url that is no text": (("serviceUrl",), {"a": 1}),
    "no conversation": (("conversation",), None),
    "a conversation that is a text": (("conversation",), "a:1"),
    "no tenant in the conversation": (("conversation", "tenantId"), None),
    "another tenant in the conversation": (("conversation", "tenantId"), OTHER),
    "no channel data": (("channelData",), None),
    "no tenant in the channel data": (("channelData", "tenant"), None),
    "another tenant in the channel data": (("channelData", "tenant", "id"), OTHER),
    "nobody": (("from",), None),
    "no object id": (("from", "aadObjectId"), None),
    "an object id that is none": (("from", "aadObjectId"), "one"),
    "object ids in a list": (("from", "aadObjectId"), [OTHER]),
    "no user id": (("from", "id"), None),
    "an empty user id": (("from", "id"), ""),
}


@pytest.mark.parametrize("name", ACTIVITIES)
async def test_an_activity_that_is_not_ours_is_turned_away(door: Door, name: str) -> None:
    path, value = ACTIVITIES[name]
    said = activity()
    place = said
    for step in path[:-1]:
        place = place[step]
    if value is None:
        del place[path[-1]]
    else:
        place[path[-1]] = value

    assert await refused(door, signed(claims()), said) == 403


@pytest.mark.parametrize(
    "service",
    [
        "http://smba.trafficmanager.net/emea/",
        "https://smba.trafficmanager.net.evil.example/",
        "https://evil.example/smba.trafficmanager.net",
        "https://smba.trafficmanager.net@evil.example/",
        "https://evil@smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:8443/",
        "https://127.0.0.1/",
        "https://169.254.169.254/",
        "ftp://smba.trafficmanager.net/",
        "//smba.trafficmanager.net/",
        "https://smba.trafficmanager.net:x/",
        "https://[::1",
    ],
)
async def test_our_token_goes_to_no_other_host(door: Door, service: str) -> None:
    said = {**activity(), "serviceUrl": service}

    assert await refused(door, signed({**claims(), "serviceurl": service}), said) == 403


async def test_a_key_that_is_endorsed_for_other_channels_signs_nothing_here(door: Door) -> None:
    door.server.keys = [listed("k1", ("webchat", "directline"))]

    assert await refused(door, signed(claims()), activity()) == 403


@pytest.mark.parametrize("endorsements", [None, "msteams", [], {"msteams": True}])
async def test_a_key_without_endorsements_signs_nothing_here(
    door: Door, endorsements: object
) -> None:
    door.server.keys = [listed("k1", endorsements)]

    assert await refused(door, signed(claims()), activity()) == 403


async def test_an_installation_may_be_by_nobody(door: Door) -> None:
    said = {**activity(), "type": "installationUpdate", "action": "add"}
    del said["from"]

    await door.verifier.verify(signed(claims()), said)


async def test_a_rotated_key_is_taken_at_its_first_request(door: Door) -> None:
    await door.verifier.verify(signed(claims()), activity())
    door.watch.at += PAUSE
    door.server.keys = [listed("k2")]

    await door.verifier.verify(signed(claims(), "k2"), activity())


async def test_forged_key_ids_cost_one_fetch_a_minute(door: Door) -> None:
    for n in range(50):
        assert await refused(door, signed(claims(), "k2", kid=f"forged-{n}"), activity()) == 401

    assert door.server.asked == 1
    await door.verifier.verify(signed(claims()), activity())


async def test_many_at_once_wait_for_one_fetch(door: Door) -> None:
    await asyncio.gather(*(door.verifier.verify(signed(claims()), activity()) for _ in range(20)))

    assert door.server.asked == 1


@pytest.mark.parametrize("how", ["hangs", "broken"])
async def test_without_any_keys_nobody_is_believed_and_nobody_is_blamed(
    door: Door, how: str
) -> None:
    setattr(door.server, how, True)

    assert await refused(door, signed(claims()), activity()) == 503
    assert await refused(door, signed(claims()), activity()) == 503

    assert door.server.asked == 1
    setattr(door.server, how, False)
    door.watch.at += PAUSE
    await door.verifier.verify(signed(claims()), activity())


async def test_a_key_server_that_hangs_stalls_nobody_else(door: Door) -> None:
    """Judged by the loop's own time, which no other process takes away from it."""
    door.server.hangs = True
    waiting = [
        asyncio.create_task(refused(door, signed(claims(), "k2", kid=f"forged-{n}"), activity()))
        for n in range(100)
    ]
    rounds, longest, before = 0, 0.0, time.thread_time()
    while not all(task.done() for task in waiting):
        await asyncio.sleep(0.001)
        rounds, now = rounds + 1, time.thread_time()
        longest, before = max(longest, now - before), now

    assert {task.result() for task in waiting} == {503}
    assert door.server.asked == 1
    assert rounds > 20
    assert longest < STALL_SECONDS


async def test_a_key_server_that_fails_later_leaves_the_known_keys_in_force(door: Door) -> None:
    await door.verifier.verify(signed(claims()), activity())
    door.server.broken = True
    door.watch.at += 25 * 3600

    await door.verifier.verify(signed(claims()), activity())

    assert door.server.asked == 2


def test_a_connector_on_this_machine_is_for_development_only() -> None:
    here = "http://127.0.0.1:3978/connector"

    assert not goes_to(Expected(APP, TENANT), here)
    assert goes_to(Expected(APP, TENANT, loopback=True), here)
    assert not goes_to(Expected(APP, TENANT, loopback=True), "http://127.0.0.1.evil.example/")


def _unsigned(header: Json) -> str:
    return f"Bearer {_part(header)}.{_part(claims())}."


def _by_hand(made: Json) -> str:
    """A token with claims that no library would write, signed all the same."""
    body = f"{_part({'alg': 'RS256', 'kid': 'k1'})}.{_part(made)}"
    signature = key("k1").sign(body.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"Bearer {body}.{_encoded(signature)}"


def _part(data: Json) -> str:
    return _encoded(json.dumps(data).encode())


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
