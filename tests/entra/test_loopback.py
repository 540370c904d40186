"""Whatever the environment says, nothing but the configured addresses is looked up or connected to."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.contracts.pim import DEV, ENGINEER, REFERENCE, terms
from tests.entra.world import entra_world

TEMPTATIONS = {
    "HTTP_PROXY": "http://192.0.2.1:9",
    "HTTPS_PROXY": "http://192.0.2.1:9",
    "ALL_PROXY": "http://192.0.2.1:9",
    "REQUESTS_CA_BUNDLE": "/nonexistent.pem",
    "CURL_CA_BUNDLE": "/nonexistent.pem",
    "MSAL_FORCE_REGION": "westeurope",
    "AZURE_REGIONAL_AUTHORITY_NAME": "westeurope",
    "AZURE_AUTHORITY_HOST": "login.example",
}
_seen: list[str] | None = None


def _notice(event: str, args: tuple[Any, ...]) -> None:
    if _seen is None:
        return
    if event == "socket.getaddrinfo":
        _seen.append(str(args[0]))
    elif event == "socket.connect" and isinstance(args[1], tuple):
        _seen.append(str(args[1][0]))


sys.addaudithook(_notice)


@contextmanager
def noticing() -> Iterator[list[str]]:
    global _seen  # noqa: PLW0603  an audit hook cannot be taken away again
    hosts: list[str] = []
    _seen = hosts
    try:
        yield hosts
    finally:
        _seen = None


async def test_only_loopback_is_contacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in TEMPTATIONS.items():
        monkeypatch.setenv(name, value)

    with noticing() as hosts:
        async with entra_world(tmp_path) as world:
            signed_in = await world.signed_in("engineer")
            await world.sign_in.refresh(ENGINEER, signed_in.refresh_token)
            await world.pim.eligibilities(ENGINEER)
            await world.pim.rules(DEV)
            await world.pim.activate(signed_in.token, terms(), REFERENCE)
            await world.directory.app_of(DEV)

    assert hosts
    assert set(hosts) <= {"127.0.0.1", "localhost", "::1", "None"}
