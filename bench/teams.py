"""Activities of Teams: what it costs to verify one, and what forged ones can do.

`python -m bench.teams bare|door METADATA` prints the port it listens on and serves until SIGTERM.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import ClientSession, web
from prometheus_client import CollectorRegistry

from bench.commands import FLAT_OUT, WARM_UP, Run, Server, loaded
from bench.processes import line, process
from integrations.teams.activities import Answer
from integrations.teams.front_door import PATH, route
from integrations.teams.keys import Keys
from integrations.teams.turns import Turns
from integrations.teams.verify import Expected, Verifier
from integrations.web.server import application, listen
from tests.teams.connector import APP, TENANT, activity, claims, key_server, signed

_BARE, _DOOR = "bare", "door"


@dataclass(frozen=True)
class Verified:
    """The same activity taken unseen, and verified and through the turn."""

    bare: Run
    door: Run


async def verified() -> Verified:
    """Both in this run, so that their ratio says something."""
    async with key_server() as keys:
        runs = {how: await _run(how, f"{keys.url}/metadata") for how in (_BARE, _DOOR)}
    return Verified(runs[_BARE], runs[_DOOR])


async def _run(how: str, metadata: str) -> Run:
    async with process("bench.teams", how, metadata) as one:
        server = Server(int(await line(one)), "", one.pid)
        sent: dict[str, object] = {"raw": _request(signed(claims())).decode()}
        await loaded(server, WARM_UP, sent)
        return await loaded(server, FLAT_OUT * 4, sent)


def of_teams(number: int) -> bytes:
    """An activity that a stranger has signed."""
    return _request(signed(claims(), "k2", kid=f"forged-{number}"))


@asynccontextmanager
async def unanswering() -> AsyncIterator[str]:
    """Where keys should be had, and never are."""
    async with key_server() as keys:
        keys.hangs = True
        yield keys.url


def _request(authorization: str) -> bytes:
    body = json.dumps(activity()).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: {authorization}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class _Deaf:
    """Hears everything and does nothing."""

    async def message(self, activity: Mapping[str, Any]) -> None: ...
    async def invoke(self, activity: Mapping[str, Any]) -> Answer | None: ...
    async def installed(self, activity: Mapping[str, Any]) -> None: ...
    async def changed(self, activity: Mapping[str, Any]) -> None: ...


async def _unseen(request: web.Request) -> web.Response:
    json.loads(await request.read())
    return web.Response()


async def _serve(how: str, metadata: str) -> None:
    async with ClientSession() as session:
        if how == _DOOR:
            keys = Keys(session, metadata, time.monotonic)
            door = route(Verifier(Expected(APP, TENANT), keys), Turns(_Deaf()))
            app = application([door], {}, CollectorRegistry())
        else:
            app = web.Application()
            app.router.add_post(PATH, _unseen)
        listening = await listen(app, "127.0.0.1", 0)
        print(listening.port, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(*sys.argv[1:]))
