"""Bot Connector's REST interface over real HTTP, with people, channels and ways to fail."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from tests.teams.connector import PERSON, TENANT

Json = dict[str, Any]
TOKEN = "the bot's token"


@dataclass
class Message:
    """One activity that stands in a conversation."""

    conversation: str
    activity: Json
    replies_to: str = ""
    edits: int = 0


@dataclass
class Fault:
    """What becomes of the next `times` calls of that method."""

    method: str
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    code: str = ""
    lost: bool = False
    """It is done, and the connection breaks before the answer."""
    times: int = 1


@dataclass
class Service:
    """Who is where, and what was said. `closed` conversations do not take the bot's messages."""

    url: str = ""
    members: dict[str, Json] = field(default_factory=dict)
    """By their id: everybody of the tenant who has the app."""
    channels: dict[str, list[Json]] = field(default_factory=dict)
    """The members of each channel that the bot is in."""
    shared: set[str] = field(default_factory=set)
    closed: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    personal: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[Json] = field(default_factory=list)
    losing: bool = False
    answers: bytes | None = None
    """What everything is answered with, though it is done."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def join(self, user: str, oid: str = PERSON, **known: str) -> Json:
        """Somebody who has the app."""
        self.members[user] = {
            "id": user,
            "name": known.get("name", "One"),
            "email": "one@example.com",
            "userPrincipalName": "one@example.com",
            "tenantId": TENANT,
            "userRole": "user",
            "aadObjectId": oid,
        }
        return self.members[user]

    def fail(self, method: str, status: int = 0, **how: Any) -> None:
        self.faults.append(Fault(method, status, **how))

    def read(self, conversation: str) -> list[Message]:
        return [m for m in self.messages.values() if m.conversation == conversation]

    async def create(self, request: web.Request) -> web.StreamResponse:
        told = await request.json()
        channel = told.get("channelData", {}).get("channel", {}).get("id")
        if channel is not None and channel not in self.channels:
            return _refused(403, "BotNotInConversationRoster")
        if channel is not None:
            sent = self._stands(f"{channel};messageid={next(self._numbers)}", told["activity"])
            where = self.messages[sent].conversation
            return await self._done(request, {"id": where, "activityId": sent}, 201)
        user = told["members"][0]["id"]
        if user not in self.members:
            return _refused(403, "ForbiddenOperationException")
        return await self._done(request, {"id": self.conversation(user)}, 201)

    def conversation(self, user: str) -> str:
        """The personal chat with somebody."""
        return self.personal.setdefault(user, f"a:{user}")

    async def send(self, request: web.Request) -> web.StreamResponse:
        where = request.match_info["conversation"]
        if where in self.closed:
            return _refused(403, "MessageWritesBlocked")
        sent = self._stands(where, await request.json(), request.match_info.get("message", ""))
        return await self._done(request, {"id": sent}, 201)

    async def update(self, request: web.Request) -> web.StreamResponse:
        found = self._found(request)
        if found is None:
            return _refused(404, "ActivityNotFoundInConversation")
        found.activity, found.edits = await request.json(), found.edits + 1
        return await self._done(request, {"id": request.match_info["message"]}, 200)

    async def delete(self, request: web.Request) -> web.StreamResponse:
        if self._found(request) is None:
            return _refused(404, "ActivityNotFoundInConversation")
        del self.messages[request.match_info["message"]]
        return await self._done(request, None, 200)

    async def member(self, request: web.Request) -> web.StreamResponse:
        found = self.members.get(request.match_info["member"])
        if found is None:
            return _refused(404, "MemberNotFoundInConversation")
        return await self._done(request, found, 200)

    async def listed(self, request: web.Request) -> web.StreamResponse:
        members = self.channels.get(request.match_info["conversation"])
        if members is None:
            return _refused(403, "BotNotInConversationRoster")
        start = int(request.query.get("continuationToken", "0"))
        page: Json = {"members": members[start : start + 2]}
        if start + 2 < len(members):
            page["continuationToken"] = str(start + 2)
        return await self._done(request, page, 200)

    def _stands(self, where: str, activity: Json, replies_to: str = "") -> str:
        sent = str(next(self._numbers))
        self.messages[sent] = Message(where, activity, replies_to)
        return sent

    def _found(self, request: web.Request) -> Message | None:
        found = self.messages.get(request.match_info["message"])
        here = found is not None and found.conversation == request.match_info["conversation"]
        return found if here else None

    async def of_team(self, request: web.Request) -> web.StreamResponse:
        listed = [
            {"id": one, "type": "shared" if one in self.shared else "standard"}
            for one in self.channels
        ]
        return await self._done(request, {"conversations": listed}, 200)

    async def _done(
        self, request: web.Request, body: Json | None, status: int
    ) -> web.StreamResponse:
        if self.answers is not None:
            return web.Response(body=self.answers, status=status)
        if self.losing and request.transport is not None:
            self.losing = False
            request.transport.abort()
        return web.json_response(body, status=status) if body is not None else web.Response()

    @web.middleware
    async def faulty(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.calls.append((request.method, request.path))
        self.bodies.append(await request.json() if request.can_read_body else {})
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _refused(401, "Unauthorized")
        fault = next((f for f in self.faults if f.method == request.method), None)
        if fault is not None:
            fault.times -= 1
            self.faults = [f for f in self.faults if f.times > 0]
            self.losing = fault.lost
            if fault.status:
                return _refused(fault.status, fault.code, fault.headers)
        answer: web.StreamResponse = await handler(request)
        return answer


def _refused(status: int, code: str, headers: dict[str, str] | None = None) -> web.Response:
    body = {"error": {"code": code, "message": "…"}} if code else {}
    return web.json_response(body, status=status, headers=headers)


@asynccontextmanager
async def service() -> AsyncIterator[Service]:
    """The service, listening."""
    made = Service()
    app = web.Application(middlewares=[made.faulty])
    add, here = app.router.add_route, "/teams/v3/conversations/{conversation}"
    add("POST", "/teams/v3/conversations", made.create)
    add("POST", f"{here}/activities", made.send)
    add("POST", f"{here}/activities/{{message}}", made.send)
    add("PUT", f"{here}/activities/{{message}}", made.update)
    add("DELETE", f"{here}/activities/{{message}}", made.delete)
    add("GET", f"{here}/members/{{member}}", made.member)
    add("GET", f"{here}/pagedmembers", made.listed)
    add("GET", "/teams/v3/teams/{team}/conversations", made.of_team)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/teams"
    try:
        yield made
    finally:
        await runner.cleanup()
