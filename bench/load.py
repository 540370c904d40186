"""The load generator: signed commands or clicks over kept-open connections, in a process of its own.

`python -m bench.load` reads one line of JSON from its standard input and answers with one.
"""

import asyncio
import hashlib
import hmac
import json
import sys
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

TEAM, CHANNEL = "T0PLAYGRND", "D0ENGINEER"
PATIENCE_SECONDS = 30.0
"""How long after the last command answers are still waited for."""


def command(number: int, text: str, secret: str, now: int) -> bytes:
    """One command as Slack sends it, different from every other."""
    form = {
        "command": "/aws-access",
        "text": text,
        "team_id": TEAM,
        "channel_id": CHANNEL,
        "user_id": f"U{number:010}",
        "trigger_id": f"{number}.{now}.bench",
        "response_url": "http://127.0.0.1:9/nowhere",
    }
    return _signed(form, secret, now)


def click(number: int, value: str, secret: str, now: int) -> bytes:
    """One press of a button of a message as Slack sends it, different from every other."""
    action = {
        "type": "button",
        "action_id": "aa:deactivate:0",
        "value": value,
        "action_ts": f"{now}.{number}",
    }
    payload = {
        "type": "block_actions",
        "team": {"id": TEAM},
        "user": {"id": f"U{number:010}", "team_id": TEAM},
        "channel": {"id": CHANNEL},
        "container": {"type": "message", "message_ts": f"{number}.{now}", "channel_id": CHANNEL},
        "trigger_id": f"{number}.{now}.bench",
        "response_url": "http://127.0.0.1:9/nowhere",
        "actions": [action],
    }
    return _signed({"payload": json.dumps(payload)}, secret, now)


def _signed(form: dict[str, str], secret: str, now: int) -> bytes:
    body = urlencode(form).encode()
    signed = b"v0:%d:%b" % (now, body)
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"X-Slack-Request-Timestamp: {now}\r\nX-Slack-Signature: v0={signature}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One kept-open connection, one command on it at a time; no client library costs as little."""

    def __init__(self, load: "Load") -> None:
        self._load = load
        self._got = b""
        self._since = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._load.free(self)

    def send(self, message: bytes, since: float) -> None:
        """`since`: when it should have been sent."""
        self._since = since
        self._transport.write(message)

    def data_received(self, data: bytes) -> None:
        self._got += data
        head, found, body = self._got.partition(b"\r\n\r\n")
        if not found or len(body) < _length(head):
            return
        self._got = b""
        self._load.answered(head[9:12] == b"200", self._since)
        self._load.free(self)

    def connection_lost(self, _: Exception | None) -> None:
        self._load.failed += 1


def _length(head: bytes) -> int:
    _, found, rest = head.lower().partition(b"content-length:")
    return int(rest.partition(b"\r\n")[0]) if found else 0


@dataclass
class Load:
    """Sends `messages`, each as soon as it is due (`rate` a second; 0: at once) and there is room."""

    messages: deque[bytes]
    rate: float
    latencies: list[float] = field(default_factory=list)
    failed: int = 0
    _idle: deque[Connection] = field(default_factory=deque)
    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _all_answered: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self._count = len(self.messages)

    def free(self, connection: Connection) -> None:
        """A connection has nothing to do."""
        if self.rate or not self.messages:
            self._idle.append(connection)
            self._woken.set()
        else:
            connection.send(self.messages.popleft(), time.perf_counter())

    def answered(self, fine: bool, since: float) -> None:  # noqa: FBT001
        """An answer came."""
        self.latencies.append(time.perf_counter() - since)
        self.failed += not fine
        if len(self.latencies) == self._count:
            self._all_answered.set()

    async def run(self, ports: list[int], connections: int) -> float:
        """Send everything, over connections to each of the ports in turn; how many seconds it took."""
        loop, began = asyncio.get_running_loop(), time.perf_counter()
        for number in range(connections):
            port = ports[number % len(ports)]
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
        if self.rate:
            await self._keep_pace()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._all_answered.wait()
        return time.perf_counter() - began

    async def _keep_pace(self) -> None:
        """Late answers do not slow it down: what waits for a connection is late itself."""
        due = time.perf_counter()
        while self.messages:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            while not self._idle:
                self._woken.clear()
                await self._woken.wait()
            self._idle.popleft().send(self.messages.popleft(), due)
            due += 1.0 / self.rate


def _messages(told: dict[str, Any]) -> deque[bytes]:
    """What is asked for: commands, clicks, or the same request again and again."""
    count = int(told["count"])
    if "raw" in told:
        return deque([str(told["raw"]).encode()] * count)
    now, first = int(time.time()), int(told["first"])  # noqa: TID251  signatures are over real time
    make = click if told.get("kind") == "click" else command
    return deque(make(first + n, told["text"], told["secret"], now) for n in range(count))


async def _main(told: dict[str, Any]) -> dict[str, Any]:
    load = Load(_messages(told), float(told["rate"]))
    seconds = await load.run(list(map(int, told["ports"])), int(told["connections"]))
    return {"seconds": seconds, "latencies": load.latencies, "failed": load.failed}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(json.loads(sys.stdin.readline())))))
