"""The wire between the bot and the simulators: every call is recorded, and any call can be made to fail."""

import asyncio
import itertools
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from aiohttp import web
from aiohttp.typedefs import Middleware

from playground.kernel.clock import WorldClock

System = Literal["slack", "teams", "login", "graph", "aws"]
Kind = Literal["status", "timeout", "lost_answer", "reset"]
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

AS = web.RequestKey("as", str)
"""Set by a simulator that knows whose credential was used: app, grantor, user:<oid> or bot.

What needs none, and what breaks before it is looked at, counts as the bot's.
"""

TIMEOUT_SECONDS = 60.0


@dataclass
class Call:
    """One call the bot made, as the control interface shows it."""

    n: int
    system: System
    method: str
    path: str
    query: str
    status: int
    delivered: bool
    as_: str
    body: Any
    at: str

    def shown(self) -> dict[str, Any]:
        """The call as JSON-ready data, with `as_` under its public name."""
        data = asdict(self)
        data["as"] = data.pop("as_")
        return data


@dataclass
class Fault:
    """Something that goes wrong for the next `times` calls whose "METHOD path" matches."""

    system: System
    match: re.Pattern[str]
    times: int
    kind: Kind
    status: int = 503
    retry_after: float | None = None


@dataclass
class Wire:
    """The recorder and the faults of all simulators."""

    clock: WorldClock
    calls: list[Call] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def fault_for(self, system: System, method: str, path: str) -> Fault | None:
        """Take one use of the first fault that matches, or None."""
        for fault in self.faults:
            if fault.system == system and fault.match.search(f"{method} {path}"):
                fault.times -= 1
                if fault.times <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def record(
        self,
        *,
        system: System,
        request: web.Request,
        status: int,
        delivered: bool,
        body: Any,  # noqa: ANN401
    ) -> None:
        """Append one call."""
        self.calls.append(
            Call(
                n=next(self._numbers),
                system=system,
                method=request.method,
                path=request.path,
                query=request.query_string,
                status=status,
                delivered=delivered,
                as_=request.get(AS) or "bot",
                body=body,
                at=self.clock.now().isoformat(),
            )
        )

    def middleware(
        self,
        system: System,
        refusal: Callable[[int], web.Response] | None = None,
        body_of: Callable[[web.Request, bytes], Any] | None = None,
    ) -> Middleware:
        """An aiohttp middleware that records and breaks the calls to one simulator.

        `refusal` words a status fault as that vendor would; `body_of` turns the raw body into
        what is recorded (secrets left out).
        """
        word = refusal or (lambda status: web.json_response({"error": "fault"}, status=status))
        show = body_of or readable_body

        @web.middleware
        async def recorded(request: web.Request, handler: Handler) -> web.StreamResponse:
            body = show(request, await request.read())
            fault = self.fault_for(system, request.method, request.path)
            if fault is None:
                answer = await _answer(request, handler)
                self.record(
                    system=system, request=request, status=answer.status, delivered=True, body=body
                )
                return _raise_or_return(answer)
            return await self._broken(fault, request, handler, body, word)

        return recorded

    async def _broken(
        self,
        fault: Fault,
        request: web.Request,
        handler: Handler,
        body: Any,  # noqa: ANN401
        word: Callable[[int], web.Response],
    ) -> web.StreamResponse:
        if fault.kind == "status":
            answer = word(fault.status)
            if fault.retry_after is not None:
                answer.headers["Retry-After"] = f"{fault.retry_after:g}"
            self.record(
                system=fault.system, request=request, status=fault.status, delivered=True, body=body
            )
            return answer
        status = 0
        if fault.kind == "lost_answer":
            status = (await _answer(request, handler)).status
        self.record(system=fault.system, request=request, status=status, delivered=False, body=body)
        if fault.kind == "timeout":
            await asyncio.sleep(TIMEOUT_SECONDS)
        if request.transport is not None:
            request.transport.abort()
        return web.Response(status=500)


async def _answer(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as refused:
        return refused


def _raise_or_return(answer: web.StreamResponse) -> web.StreamResponse:
    if isinstance(answer, web.HTTPException):
        raise answer
    return answer


def readable_body(request: web.Request, raw: bytes) -> Any:  # noqa: ANN401
    """JSON as data, anything else as text."""
    if not raw:
        return None
    text = raw.decode("utf-8", "replace")
    if request.content_type == "application/json":
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
