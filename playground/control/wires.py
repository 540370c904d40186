"""The bot's outbound calls over the control interface: read them, and make them fail."""

import re
from collections.abc import Sequence
from typing import Any, get_args

from playground.control.operations import Argument, Given, MalformedError, Operation
from playground.kernel.wire import Fault, Kind, System, Wire

SYSTEMS = get_args(System)
KINDS = get_args(Kind)


class Wires:
    """What can be done with the wire between the bot and the simulators."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        return (
            Operation(
                "GET",
                "/calls",
                "Every call the bot made to Slack, Teams, the login, Graph and AWS, oldest first.",
                '[{"n", "system", "method", "path", "query", "status", "delivered", '
                '"as": app, grantor, user:<oid> or bot, "body", "at"}]',
                self._calls,
                (Argument("after", "leave out calls up to this n", default="0"),),
            ),
            Operation(
                "POST",
                "/fault",
                "Make the next calls fail whose 'METHOD path' matches. status: answers that "
                "status; timeout: no answer for a minute; lost_answer: the effect happens and the "
                "connection breaks; reset: the connection breaks before anything happens.",
                "the faults that stand",
                self._add_fault,
                _FAULT,
                {
                    "system": "graph",
                    "match": "POST .*assignmentScheduleRequests",
                    "times": 1,
                    "kind": "status",
                    "status": 429,
                    "retry_after": 0.5,
                },
            ),
            Operation(
                "DELETE", "/fault", "Take all faults away.", "the faults that stand", self._clear
            ),
        )

    async def _calls(self, given: Given) -> list[dict[str, Any]]:
        if not given["after"].isdecimal():
            raise MalformedError("after is the n of a call")
        after = int(given["after"])
        return [call.shown() for call in self._wire.calls if call.n > after]

    async def _add_fault(self, given: Given) -> list[dict[str, Any]]:
        try:
            match = re.compile(given["match"])
        except re.error as wrong:
            raise MalformedError(f"match is no regular expression: {wrong}") from wrong
        after = given["retry_after"]
        self._wire.faults.append(
            Fault(
                system=given["system"],
                match=match,
                times=int(given["times"]),
                kind=given["kind"],
                status=int(given["status"]),
                retry_after=after,
            )
        )
        return self._faults()

    async def _clear(self, given: Given) -> list[dict[str, Any]]:
        del given
        self._wire.faults.clear()
        return self._faults()

    def _faults(self) -> list[dict[str, Any]]:
        return [
            {
                "system": fault.system,
                "match": fault.match.pattern,
                "times": fault.times,
                "kind": fault.kind,
                "status": fault.status,
                "retry_after": fault.retry_after,
            }
            for fault in self._wire.faults
        ]


_FAULT = (
    Argument("system", "whose calls", one_of=SYSTEMS),
    Argument("kind", "how they fail", default="status", one_of=KINDS),
    Argument("match", "a regular expression on 'METHOD path'", default=""),
    Argument("times", "how many calls", "number", 1, least=1),
    Argument("status", "the HTTP status of kind status", "number", 503, least=400),
    Argument("retry_after", "seconds, for the Retry-After header", "number", None),
)
