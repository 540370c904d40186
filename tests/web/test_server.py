import asyncio
import logging
from datetime import UTC, datetime

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry, Counter
from structlog.testing import capture_logs

from integrations.web import dev
from integrations.web.server import LARGEST_BODY, Check, Listening, application, listen


async def passes() -> bool:
    return True


async def fails() -> bool:
    return False


async def breaks() -> bool:
    raise ConnectionError("the database's password is hunter2")


async def echo(request: web.Request) -> web.Response:
    return web.Response(body=await request.read())


async def bug(_request: web.Request) -> web.Response:
    raise KeyError("x")


def app(checks: dict[str, Check] | None = None, body_seconds: float = 5) -> web.Application:
    routes = [web.post("/echo", echo), web.get("/bug/{secret}", bug)]
    return application(routes, checks or {}, CollectorRegistry(), body_seconds=body_seconds)


async def sent(listening: Listening, raw: bytes) -> bytes:
    """All that comes back until the server hangs up."""
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    writer.write(raw)
    answer = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    await writer.wait_closed()
    return answer


async def test_it_is_alive_even_when_it_is_not_ready() -> None:
    async with TestClient(TestServer(app({"store": fails}))) as client:
        assert (await client.get("/healthz")).status == 200
        assert (await client.get("/readyz")).status == 503


@pytest.mark.parametrize("broken", [fails, breaks])
async def test_readiness_names_what_is_missing_and_no_more(broken: Check) -> None:
    with capture_logs() as logs:
        async with TestClient(TestServer(app({"store": passes, "slack": broken}))) as client:
            answer = await client.get("/readyz")
            assert answer.status == 503
            assert await answer.json() == {
                "ready": False,
                "checks": {"store": True, "slack": False},
            }
    assert "hunter2" not in str(logs)


async def test_it_is_ready_when_everything_is() -> None:
    async with TestClient(TestServer(app({"store": passes}))) as client:
        answer = await client.get("/readyz")
        assert (answer.status, (await answer.json())["ready"]) == (200, True)


async def test_metrics_are_prometheus_text() -> None:
    registry = CollectorRegistry()
    Counter("asked", "How often.", registry=registry).inc()
    async with TestClient(TestServer(application([], {}, registry))) as client:
        answer = await client.get("/metrics")
        assert answer.headers["Content-Type"].startswith("text/plain; version=")
        assert "asked_total 1.0" in await answer.text()


async def test_a_large_body_is_refused_whether_it_says_so_or_not() -> None:
    async def chunks() -> object:
        for _ in range(8):
            yield b"x" * (LARGEST_BODY // 4)

    async with TestClient(TestServer(app())) as client:
        assert (await client.post("/echo", data=b"x" * LARGEST_BODY)).status == 200
        assert (await client.post("/echo", data=b"x" * (LARGEST_BODY + 1))).status == 413
        assert (await client.post("/echo", data=chunks())).status == 413


async def test_a_body_that_trickles_is_given_up_on() -> None:
    listening = await listen(app(body_seconds=0.2), "127.0.0.1", 0)
    answer = await sent(
        listening, b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc"
    )
    await listening.stop()
    assert answer.startswith(b"HTTP/1.1 408")
    assert b"Connection: close" in answer


async def test_a_bug_is_an_empty_500_and_the_log_has_no_address(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with capture_logs() as logs:
        async with TestClient(TestServer(app())) as client:
            answer = await client.get("/bug/very-secret")
            assert (answer.status, await answer.text()) == (500, "")
    assert [log["where"] for log in logs] == ["/bug/{secret}"]
    assert "very-secret" not in str(logs) + caplog.text


async def test_what_is_not_there_says_nothing_about_the_server() -> None:
    async with TestClient(TestServer(app())) as client:
        answer = await client.get("/nothing")
        assert answer.status == 404
        assert answer.headers["Server"] == "aws-access"
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "hostile",
    [
        b"GET / HTTP/9.9\r\n\r\n",
        b"attacker words\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: attacker\r\n\r\n",
        b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nattacker\r\n",
        b"GET /\x00attacker HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\n\r\n",
    ],
)
async def test_hostile_http_is_refused_without_a_line_in_the_log(
    hostile: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with capture_logs() as logs:
        listening = await listen(app(), "127.0.0.1", 0)
        answer = await sent(listening, hostile)
        await listening.stop()
    assert answer.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert logs == []
    assert [r for r in caplog.records if r.name.startswith("aiohttp")] == []


HALF = b"POST /echo HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n"


async def test_a_body_that_breaks_halfway_is_refused_without_a_line_in_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    listening = await listen(app(body_seconds=0.3), "127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", listening.port)
    writer.write(HALF)
    await writer.drain()
    await asyncio.sleep(0.05)
    writer.write(b"attacker\r\n")
    answer = await asyncio.wait_for(reader.read(100), 5)
    writer.close()
    await writer.wait_closed()
    await listening.stop()
    assert answer.startswith(b"HTTP/1.1 4")
    assert caplog.records == []


async def test_hanging_up_halfway_is_nobodys_bug(caplog: pytest.LogCaptureFixture) -> None:
    with capture_logs() as logs:
        listening = await listen(app(body_seconds=1), "127.0.0.1", 0)
        _, writer = await asyncio.open_connection("127.0.0.1", listening.port)
        writer.write(HALF)
        await writer.drain()
        await asyncio.sleep(0.05)
        writer.transport.abort()
        await asyncio.sleep(0.05)
        await listening.stop()
    assert logs == []
    assert caplog.records == []


async def test_bodies_are_handed_on_as_they_were_sent() -> None:
    listening = await listen(app(), "127.0.0.1", 0)
    raw = b"POST /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    raw += b"Content-Encoding: gzip\r\nContent-Length: 7\r\n\r\nno gzip"
    assert (await sent(listening, raw)).endswith(b"\r\n\r\nno gzip")
    await listening.stop()


async def test_there_is_no_access_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    listening = await listen(app(), "127.0.0.1", 0)
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"http://127.0.0.1:{listening.port}/sign-in/very-secret") as answer,
    ):
        assert answer.status == 404
    await listening.stop()
    assert "very-secret" not in caplog.text


async def test_development_can_move_the_clock_and_see_what_is_left_to_do() -> None:
    offsets: list[float] = []
    due: list[datetime | None] = [datetime(2025, 1, 1, tzinfo=UTC), None]

    async def waiting() -> tuple[int, datetime | None]:
        return 2, due.pop(0)

    server = application(dev.routes(offsets.append, waiting), {}, CollectorRegistry())
    async with TestClient(TestServer(server)) as client:
        assert (await client.post("/dev/clock", json={"offset_seconds": 90})).status == 200
        for odd in (b"", b"[]", b'{"offset_seconds":"soon"}', b"{}"):
            assert (await client.post("/dev/clock", data=odd)).status == 400
        told = [await (await client.get("/dev/work")).json() for _ in range(2)]
    assert offsets == [90]
    assert told == [{"busy": 2, "next": "2025-01-01T00:00:00+00:00"}, {"busy": 2, "next": None}]


async def test_who_asks_what_is_left_may_wait_for_nothing_to_be_left() -> None:
    left = [2, 1, 0]

    async def waiting() -> tuple[int, datetime | None]:
        return (left.pop(0) if len(left) > 1 else left[0]), None

    server = application(dev.routes(lambda _: None, waiting), {}, CollectorRegistry())
    async with TestClient(TestServer(server)) as client:
        assert (await (await client.get("/dev/work?wait=30")).json())["busy"] == 0
        left = [7]
        assert (await (await client.get("/dev/work?wait=0.02")).json())["busy"] == 7
        assert (await client.get("/dev/work?wait=long")).status == 400
