"""Hostile HTTP: other methods, versions and paths than Slack uses, and requests inside requests."""

from collections.abc import Iterator

from tests.process.shots import CANARY, GOOD, Shot, Signer, raw


def http(signer: Signer) -> Iterator[Shot]:
    """Other methods, versions, paths and shapes of HTTP than Slack uses."""
    good = signer.headers(GOOD)
    for method in ("GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", CANARY):
        yield Shot(f"method: {method}", raw(GOOD, good, method=method))
    for path in (
        "//slack/events",
        "/slack//events",
        "/slack/events/",
        "/slack/events/..",
        "/slack/../slack/events/x",
        "/slack/events%00",
        "/slack/events;x",
        "/slack%2fevents%2f",
        "/SLACK/EVENTS",
        "/slack\\events",
        "/%73lack/event%73/",
        "/../../etc/passwd",
        f"/{CANARY}",
        "/" + "a" * 9000,
        "/.git/config",
        "/static/../bot.db",
        "slack/events",
        "*",
        "http://[::1/slack/events",
        "/slack/events\x00",
    ):
        yield Shot(f"path: {path[:30]!r}", raw(GOOD, {}, path=path))
    for version in ("9.9", "2.0", "0.9", CANARY, ""):
        yield Shot(f"version: {version!r}", raw(GOOD, {}, version=version))
    yield Shot("version: 1.0, unsigned", raw(GOOD, {}, version="1.0"))
    yield Shot("version: none", b"POST /slack/events\r\n\r\n")
    yield Shot(
        "TLS on a plain port", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 99
    )
    yield Shot("HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
    yield Shot("words", CANARY.encode() + b"\r\n\r\n")
    yield Shot("many headers", raw(b"", [(f"X-{n}", CANARY) for n in range(500)]))
    yield Shot("a long header", raw(b"", {"X-A": CANARY * 1000}))
    yield Shot("a folded header", raw(b"", {"X-A": f"a\r\n {CANARY}"}))
    yield Shot("a header with NUL", raw(b"", {"X-A": "a\x00b"}))
    yield Shot("a header without a name", raw(b"", {"": CANARY}))
    yield Shot("a header with a blank name", raw(b"", {"X A ": CANARY}))
    yield Shot("another host", raw(b"", [("Host", CANARY)]))
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    yield Shot("an upgrade", raw(b"", {**upgrade, "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA=="}))
    yield Shot("expect", raw(b"", {"Expect": CANARY}))
    yield from smuggling()


def smuggling() -> Iterator[Shot]:
    """Two opinions about where a request ends; the one inside must not be another than refused."""
    inner = raw(GOOD, {}).decode()
    yield Shot(
        "smuggling: both lengths",
        raw(
            f"0\r\n\r\n{inner}".encode(),
            {"Transfer-Encoding": "chunked"},
            length=str(len(inner) + 5),
        ),
    )
    for coding in ("xchunked", "chunked, identity", "identity", " chunked ,", "gzip, chunked"):
        yield Shot(
            f"smuggling: {coding!r}",
            raw(f"0\r\n\r\n{inner}".encode(), {"Transfer-Encoding": coding}, length="3"),
        )
    yield Shot(
        "smuggling: two codings",
        raw(
            b"0\r\n\r\n",
            [("Transfer-Encoding", "chunked"), ("Transfer-Encoding", "identity")],
            length=None,
        ),
    )
    bare = raw(b"", {}).replace(b"\r\n", b"\n")
    yield Shot("smuggling: bare line feeds", bare)
    yield Shot("smuggling: bare carriage returns", raw(b"", {"X-A": f"b\rX-C: {CANARY}"}))
    pipelined = raw(GOOD, {}).replace(b"Connection: close\r\n", b"")
    yield Shot("pipelined", pipelined * 50 + raw(GOOD, {}))
