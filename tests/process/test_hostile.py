"""The front door under fire: the real process, real sockets, and nothing but refusals (4xx)."""

import asyncio
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.conversations.evidence import events_of, traces_in
from tests.onlooker import looked_up
from tests.process.hostile import CORPUS
from tests.process.processes import Started
from tests.process.remote import Remote
from tests.process.shots import CANARY, Shot, Signer, raw

ANSWER_SECONDS = 30.0
MOST_GROWTH_KB = 96 * 1024
STATUS = re.compile(rb"HTTP/[0-9.]+ (\d{3})")
PRIVATE = (b"", b'{"options": []}', b'{"response_action": "clear"}')
"""What the correctly signed and strange may be answered, apart from a private refusal."""
REFUSALS = (b"not available in this workspace", b"Nothing was done.", b'"On it')


async def fired(address: str, raw: bytes) -> bytes:
    """All that comes back for some bytes; empty when the connection is just closed."""
    host, _, port = address.rpartition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    try:
        writer.write(raw)
        await writer.drain()
        return await asyncio.wait_for(reader.read(), ANSWER_SECONDS)
    except ConnectionError:
        return b""
    finally:
        writer.close()


def is_refusal(shot: Shot, answer: bytes) -> bool:
    """Only 4xx; what Slack signed may also get a 200 that says no, or says nothing."""
    statuses = [int(found) for found in STATUS.findall(answer)]
    if all(400 <= status < 500 for status in statuses):
        return True
    body = answer.partition(b"\r\n\r\n")[2].strip()
    told = body in PRIVATE or any(refusal in body for refusal in REFUSALS)
    return shot.signed and statuses == [200] and told


def addresses(world: Remote, started: Started) -> list[str]:
    """Of each bot that was started, and of the balancer in front of them."""
    ports = re.findall(r'"port": (\d+)', started.logged())
    return [*(f"127.0.0.1:{port}" for port in ports), urlsplit(world.told["bot"]).netloc]


def memory_kb(pid: int) -> int:
    """What a process has resident."""
    [found] = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    return int(found)


def noted(url: str) -> int:
    """How many deliveries were taken in."""
    [[row]] = looked_up(url, ["SELECT count(*) AS taken FROM delivery"])
    return int(row["taken"])


@pytest.mark.parametrize("kind", CORPUS)
async def test_hostile_input_gets_a_refusal_and_nothing_else(
    world: Remote, started: Started, kind: str
) -> None:
    await world.starts_bot()
    await world.post("/settle", seconds=20)
    before = len(await world.get("/calls"))
    shots = [*CORPUS[kind](Signer(world.told["slack_signing_secret"]))]
    assert world._replica is not None
    resident = memory_kb(world._replica.pid)

    answers = {
        (address, shot.name): await fired(address, shot.raw)
        for address in addresses(world, started)
        for shot in shots
    }

    by_name = {shot.name: shot for shot in shots}
    odd = {at: a[-300:] for at, a in answers.items() if not is_refusal(by_name[at[1]], a)}
    assert odd == {}
    assert CANARY not in started.logged().lower()
    assert memory_kb(world._replica.pid) - resident < MOST_GROWTH_KB
    await _had_no_effect(world, before, signed=kind == "strange")
    await world.says("engineer", "help")


async def _had_no_effect(world: Remote, before: int, *, signed: bool) -> None:
    """No request, no link, nothing asked of Entra or AWS; a refusal of the signed is recorded."""
    await world.post("/settle", seconds=20)
    calls = (await world.get("/calls"))[before:]
    assert {call["system"] for call in calls} <= ({"slack"} if signed else set())
    assert {call["path"].rpartition("/")[2] for call in calls} <= {"users.info"}
    assert traces_in(world.url) == {}
    events = {event["what"] for event in events_of(world.url)}
    assert events <= ({"refused"} if signed else set())
    assert signed or noted(world.url) == 0


HELD = 300
"""Connections that somebody keeps half open."""


async def test_whoever_is_slow_holds_nobody_up(world: Remote, started: Started) -> None:
    """Slow loris: half a head, or half a body, on hundreds of connections."""
    await world.starts_bot()
    host, _, port = addresses(world, started)[0].rpartition(":")
    halves = (b"POST /slack/events HTTP/1.1\r\nHost: x\r\nX-A: ", HALF_A_BODY)
    held = [await asyncio.open_connection(host, int(port)) for _ in range(HELD)]
    for number, (_, writer) in enumerate(held):
        writer.write(halves[number % 2])
        await writer.drain()

    await world.says("engineer", "help")

    for number, (reader, writer) in enumerate(held):
        if number % 2:
            answer = await asyncio.wait_for(reader.read(), ANSWER_SECONDS)
            assert answer.startswith(b"HTTP/1.1 408"), answer
        writer.close()
    assert CANARY not in started.logged()


HALF_A_BODY = raw(CANARY.encode(), {}, length="1000")
