"""Short ways to say who does what to the simulated tenant."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import aiohttp

from playground.cast import ACCESS, BOT_APP_ID, GRANTOR_APP_ID, PEOPLE
from playground.entra.consent import DELEGATED
from playground.entra.facade import Entra
from playground.entra.oauth import Asked, Scopes
from playground.entra.pim import Pim
from playground.entra.sessions import Grant
from playground.entra.state import Actor, Expiration, Order
from playground.entra.tokens import GRAPH
from playground.kernel.clock import WorldClock

PIM = "/identityGovernance/privilegedAccess/group"
REQUESTS = f"{PIM}/assignmentScheduleRequests"
APP = Actor(BOT_APP_ID)
GRANTOR = Actor(GRANTOR_APP_ID)


def oid(key: str) -> str:
    return PEOPLE[key].oid


def group(access: str) -> str:
    return ACCESS[access].group


def person(key: str, **strength: Any) -> Actor:
    return replace(Actor(BOT_APP_ID, oid(key)), **strength)


def activation(access: str = "dev-poweruser", key: str = "engineer", **more: Any) -> Order:
    order = Order(
        action="selfActivate",
        principal=oid(key),
        group=group(access),
        justification="checking the slow index",
        ticket_number="INC-42",
        expiration=Expiration("afterDuration", duration=timedelta(hours=1)),
    )
    return replace(order, **more)


def ending(access: str = "dev-poweruser", key: str = "engineer") -> Order:
    return Order(action="selfDeactivate", principal=oid(key), group=group(access))


def change_policy(pim: Pim, access: str, **changes: Any) -> None:
    policies = pim.tenant.policies
    policies[group(access), "member"] = replace(policies[group(access), "member"], **changes)


def skip(clock: WorldClock, **length: float) -> None:
    clock.step_to(clock.now() + timedelta(**length))


def body(access: str = "dev-poweruser", key: str = "engineer", **more: Any) -> dict[str, Any]:
    """A well-formed selfActivate body."""
    return {
        "accessId": "member",
        "principalId": oid(key),
        "groupId": group(access),
        "action": "selfActivate",
        "justification": "checking the slow index",
        "ticketInfo": {"ticketNumber": "INC-42", "ticketSystem": "Jira"},
        "scheduleInfo": {
            "startDateTime": "2026-01-08T07:43:00Z",
            "expiration": {"type": "afterDuration", "duration": "PT1H"},
        },
    } | more


@dataclass
class GraphClient:
    """Calls Graph as the bot's application, as the grantor or as a person."""

    entra: Entra
    session: aiohttp.ClientSession

    def token(self, who: str, asked: Asked | None = None) -> str:
        issuer = self.entra.login.issuer
        if who in ("app", "grantor"):
            client = BOT_APP_ID if who == "app" else GRANTOR_APP_ID
            return str(issuer.for_app(client, GRAPH)["access_token"])
        wanted = asked or Asked()
        scopes = Scopes(GRAPH, DELEGATED[GRAPH], frozenset(), ())
        grant = Grant(
            BOT_APP_ID, oid(who), scopes, issuer.signer.now(), acrs=wanted.acrs, mfa=wanted.mfa
        )
        return str(issuer.for_person(grant, wanted)["access_token"])

    async def call(
        self,
        who: str,
        method: str,
        path: str,
        json: Any = None,
        *,
        asked: Asked | None = None,
        **query: str,
    ) -> tuple[int, Any]:
        """The status and the JSON of one call; query options are given without their $."""
        headers = {"Authorization": f"Bearer {self.token(who, asked)}"}
        url = path if path.startswith("http") else self.entra.graph_url + path
        params = {f"${name}": value for name, value in query.items()} or None
        async with self.session.request(
            method, url, headers=headers, json=json, params=params
        ) as answer:
            return answer.status, await answer.json() if answer.status != 204 else None

    async def get(self, who: str, path: str, **query: str) -> tuple[int, Any]:
        return await self.call(who, "GET", path, None, asked=None, **query)

    async def post(self, who: str, path: str, json: Any = None, **more: Any) -> tuple[int, Any]:
        return await self.call(who, "POST", path, json, **more)
