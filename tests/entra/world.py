"""The simulated tenant with the real adapters in front of it."""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import jwt

from bot.domain.ids import PersonId
from bot.ports import PersonToken, SignedIn
from integrations.entra.credentials import app_credential
from integrations.entra.directory import EntraDirectory
from integrations.entra.grantor import EntraGrantor
from integrations.entra.graph import Graph
from integrations.entra.pim import EntraPim
from integrations.entra.settings import EntraSettings
from integrations.entra.sign_in import EntraSignIn
from playground.cast import BOT_APP_ID, GRANTOR_APP_ID, PEOPLE, TENANT_ID
from playground.entra.authorize import PERSON_COOKIE
from playground.entra.facade import Entra
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Call, Fault, Kind, System, Wire
from tests.contracts.sign_in import BACK

HANGING_UP = 0.02
"""Seconds in which the simulators notice that the adapters closed their connections."""
SUBMIT = r"^POST .*/assignmentScheduleRequests$"


@dataclass
class EntraWorld:
    """Both sides of the wire."""

    entra: Entra
    clock: WorldClock
    wire: Wire
    settings: EntraSettings
    graph: Graph = field(init=False)
    granting: Graph = field(init=False)
    pim: EntraPim = field(init=False)
    grantor: EntraGrantor = field(init=False)
    directory: EntraDirectory = field(init=False)
    sign_in: EntraSignIn = field(init=False)

    def __post_init__(self) -> None:
        self.graph = Graph(self.settings, app_credential(self.settings))
        self.pim = EntraPim(self.graph, self.clock)
        grantor = replace(
            self.settings, client_id=GRANTOR_APP_ID, client_secret=self.entra.grantor_secret
        )
        self.granting = Graph(grantor, app_credential(grantor))
        self.grantor = EntraGrantor(self.granting, self.clock)
        self.directory = EntraDirectory(self.graph, self.clock, self.settings.tenant)
        self.sign_in = EntraSignIn(self.settings, real_now)

    async def close(self) -> None:
        await self.graph.close()
        await self.granting.close()
        await self.sign_in.close()

    async def token(self, person: str, claims: str = "") -> PersonToken:
        return (await self.signed_in(person, claims)).token

    async def signed_in(self, person: str, claims: str = "") -> SignedIn:
        flow = await self.sign_in.start(BACK, "st4te", claims)
        return await self.sign_in.finish(flow, await self.browse(flow, person))

    async def browse(self, flow: Mapping[str, Any], person: str) -> dict[str, str]:
        async with (
            aiohttp.ClientSession(cookies={PERSON_COOKIE: person}) as browser,
            browser.get(flow["auth_uri"], allow_redirects=False) as answer,
        ):
            return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))

    def skip(self, time: timedelta) -> None:
        self.clock.step_to(self.clock.now() + time)

    def approve(self, requester: str, access: str, approver: str) -> None:
        self.operate("approve", who=approver, access=access, **{"for": requester})

    def deny(self, requester: str, access: str, approver: str) -> None:
        self.operate("deny", who=approver, access=access, **{"for": requester})

    def ask_approvers_why(self, access: str) -> None:
        self.operate("policy", access=access, approver_justification=True)

    def ask_for_context(self, access: str, context: str) -> None:
        self.operate("policy", access=access, acrs=context)

    def lose_the_next_answer(self) -> None:
        self.fails("graph", SUBMIT, "lost_answer")

    def handed(self, person: str) -> str:
        return self.entra.teams_token(PEOPLE[person].oid)

    def asked_for(self, secret: str, claim: str) -> bool:
        claims = jwt.decode(secret, options={"verify_signature": False})
        return claim in claims["acrs"] and "cp1" in claims["xms_cc"]

    def forget_everybody(self) -> None:
        self.entra.login.issuer.sessions._refresh.clear()

    def withdraw_consent(self) -> None:
        self.operate("consent", missing=True)

    def operate(self, op: str, **args: Any) -> dict[str, Any]:
        return self.entra.operate(op, args)

    def fails(
        self,
        system: System,
        match: str,
        kind: Kind,
        status: int = 503,
        retry_after: float | None = None,
        times: int = 1,
    ) -> None:
        fault = Fault(system, re.compile(match), times, kind, status, retry_after)
        self.wire.faults.append(fault)

    def calls(self, system: System, match: str = "") -> list[Call]:
        return [
            call
            for call in self.wire.calls
            if call.system == system and re.search(match, f"{call.method} {call.path}")
        ]


def real_now() -> datetime:
    """Real time, as people's tokens are told."""
    return datetime.now(UTC)  # noqa: TID251  what the composition root hands in


def person(name: str) -> PersonId:
    return PersonId(TENANT_ID, PEOPLE[name].oid)


@asynccontextmanager
async def entra_world(folder: Path, **changed: Any) -> AsyncIterator[EntraWorld]:
    """A tenant as every run starts; `changed` are settings of the adapters."""
    clock = WorldClock()
    wire = Wire(clock)
    entra = Entra(clock, wire, folder)
    await entra.start()
    entra.register_redirect(BACK)
    known: dict[str, Any] = {
        "tenant": TENANT_ID,
        "client_id": BOT_APP_ID,
        "client_secret": entra.client_secret,
        "login_url": entra.login_url,
        "login_ca_file": str(entra.ca_path),
        "graph_url": entra.graph_url,
    }
    world = EntraWorld(entra, clock, wire, EntraSettings(**(known | changed)))
    try:
        yield world
    finally:
        await world.close()
        await asyncio.sleep(HANGING_UP)
        await entra.stop()
