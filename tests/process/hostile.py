"""A corpus of what an attacker may send to the front door: one named shot for each idea."""

import gzip
import json
import time
from collections.abc import Callable, Iterator, Mapping

from integrations.web.server import LARGEST_BODY
from tests.process.hostile_http import http
from tests.process.hostile_signed import strange
from tests.process.shots import CANARY, FORM, GOOD, JSON, Shot, Signer, clicked, payload, raw


def timestamps(signer: Signer) -> Iterator[Shot]:
    """A good command with a time that is none, or not now."""
    now = int(time.time())  # noqa: TID251
    arabic = str(now).translate({48 + n: 0x660 + n for n in range(10)})
    odd = {
        "no number": CANARY,
        "empty": "",
        "unicode digits": arabic,
        "superscripts": "\u00b2" * 10,
        "five thousand digits": "9" * 5000,
        "thirteen digits": "9" * 13,
        "negative": f"-{now}",
        "signed": f"+{now}",
        "with underscores": f"{str(now)[:4]}_{str(now)[4:]}",
        "hexadecimal": hex(now),
        "a fraction": f"{now}.5",
        "exponent": "1e9",
        "milliseconds": f"{now}000",
        "nan": "nan",
        "no UTF-8": "\udcff\udcfe",
    }
    for name, stamp in odd.items():
        yield Shot(f"timestamp: {name}", raw(GOOD, signer.stamped(stamp, GOOD)))
    for late in (301, 302, 3600, -302, -3600):
        yield Shot(f"timestamp: {late} s late", raw(GOOD, signer.headers(GOOD, late=late)))
    one = signer.headers(GOOD)
    without = {k: v for k, v in one.items() if "Timestamp" not in k}
    yield Shot("timestamp: missing", raw(GOOD, without))
    old = signer.stamped(str(now - 400), GOOD)
    doubled = [*old.items(), ("X-Slack-Request-Timestamp", str(now))]
    yield Shot("timestamp: an old one and a new one", raw(GOOD, doubled))
    yield Shot(
        "timestamp: a good one and an old one",
        raw(GOOD, [*one.items(), ("X-Slack-Request-Timestamp", str(now - 400))]),
    )
    yield Shot(
        "timestamp: a new one and an old one",
        raw(GOOD, [("X-Slack-Request-Timestamp", str(now)), *old.items()]),
    )


def signatures(signer: Signer) -> Iterator[Shot]:
    """A good command with a signature that is none, or somebody else's."""
    good = signer.headers(GOOD)
    mac = good["X-Slack-Signature"]
    odd = {
        "empty": "",
        "words": CANARY,
        "not ASCII": "v0=\u00e9" + mac[4:],
        "no UTF-8": "v0=\udcff" + mac[4:],
        "too short": mac[:-1],
        "too long": f"{mac}0",
        "upper case": mac[:3] + mac[3:].upper().replace("0", "A"),
        "of version 1": f"v1={mac[3:]}",
        "without a version": mac[3:],
        "full-width": "v0=" + "\uff11" * 64,
        "two in one": f"{mac},{mac}",
        "very long": "v0=" + "a" * 7000,
        "all zero": "v0=" + "0" * 64,
    }
    for name, value in odd.items():
        yield Shot(f"signature: {name}", raw(GOOD, {**good, "X-Slack-Signature": value}))
    yield Shot("signature: none", raw(GOOD, {k: v for k, v in good.items() if "Sign" not in k}))
    yield Shot("signature: of another secret", raw(GOOD, signer.headers(GOOD, secret="other")))
    yield Shot("signature: of another body", raw(GOOD + b"&x=1", good))
    bad = "v0=" + "1" * 64
    yield Shot(
        "signature: a bad one and a good one",
        raw(GOOD, [("X-Slack-Signature", bad), *good.items()]),
    )
    yield Shot(
        "signature: a good one and a bad one",
        raw(GOOD, [*good.items(), ("X-Slack-Signature", bad)]),
    )
    yield Shot(
        "signature: the same one twice",
        raw(GOOD, [*good.items(), ("X-Slack-Signature", mac)]),
    )
    yield Shot("signature: an unsigned ssl_check", raw(GOOD + b"&ssl_check=1", {}))
    unsigned = json.dumps({"type": "url_verification", "challenge": CANARY}).encode()
    yield Shot("signature: an unsigned challenge", raw(unsigned, {"Content-Type": JSON}))


def bodies() -> Iterator[tuple[str, bytes, str]]:
    """Bodies that are no command, click or form: name, bytes, content type."""
    yield "nothing", b"", FORM
    yield "no UTF-8", b"\xff\xfe\x00" + CANARY.encode(), FORM
    yield "no UTF-8 as JSON", b'{"a":"\xff\xfe"}', JSON
    yield "UTF-16", json.dumps({"type": CANARY}).encode("utf-16"), JSON
    yield "unknown charset", b"{}", f"{JSON}; charset=klingon"
    yield "UTF-16 charset", CANARY.encode(), f"{FORM}; charset=utf-16"
    yield "an open brace", b"payload=%7B", FORM
    yield "a list in a form", b"payload=%5B%5D", FORM
    yield "null in a form", b"payload=null", FORM
    yield "a number in a form", b"payload=1e400", FORM
    yield "two payloads", b"payload=%7B%7D&" + payload(clicked("{}")), FORM
    yield "NUL", b"command=%00&text=%00&team_id=%00&user_id=%00", FORM
    yield "many fields", "&".join(f"a{n}=" for n in range(30_000)).encode(), FORM
    yield "one field many times", b"a&" * 100_000, FORM
    yield "ampersands", b"&" * 200_000, FORM
    yield "percent signs", b"%" * 200_000, FORM
    yield "words", CANARY.encode(), "text/plain"
    yield (
        "multipart",
        b"--x\r\n\r\n" + CANARY.encode() + b"\r\n--x--",
        "multipart/form-data; boundary=x",
    )
    yield "as large as may be", b"x=" + b"y" * (LARGEST_BODY - 2), FORM
    yield "a bomb", gzip.compress(b"0" * 20_000_000), FORM
    yield from json_bodies()


def json_bodies() -> Iterator[tuple[str, bytes, str]]:
    """JSON that no parser should have to read."""
    deep = 100_000
    yield "a JSON list", f'["{CANARY}"]'.encode(), JSON
    yield "a JSON text", f'"{CANARY}"'.encode(), JSON
    yield "a JSON null", b"null", JSON
    yield "deep lists", b"[" * deep + b"]" * deep, JSON
    yield "deep objects", b'{"a":' * (deep // 4) + b"1" + b"}" * (deep // 4), JSON
    yield "deep objects in a form", b"payload=" + b"[" * deep, FORM
    yield "NaN", b'{"type":"block_actions","team":NaN,"user":Infinity}', JSON
    yield "a huge number", b'{"type":"event_callback","event":' + b"9" * 5000 + b"}", JSON
    yield "a huge exponent", b'{"type":"event_callback","event":1e999999999}', JSON
    yield "double keys", b'{"type":"x","type":"block_actions","type":[]}', JSON
    yield "half a surrogate", b'{"type":"\\ud800","user":{"id":"\\udfff"}}', JSON


def encodings(signer: Signer) -> Iterator[Shot]:
    """Each of those bodies unsigned, signed by somebody else, and signed."""
    for name, body, kind in bodies():
        extra = {"Content-Encoding": "gzip"} if name == "a bomb" else {}
        good = {**signer.headers(body, kind=kind), **extra}
        other = {**signer.headers(body, kind=kind, secret="other"), **extra}
        yield Shot(f"unsigned: {name}", raw(body, {"Content-Type": kind, **extra}))
        yield Shot(f"signed by somebody else: {name}", raw(body, other))
        yield Shot(f"signed: {name}", raw(body, good), signed=True)
    for coding in ("gzip", "deflate", "br", "zstd", "identity, gzip", CANARY):
        packed = gzip.compress(GOOD)
        headers = {**signer.headers(GOOD), "Content-Encoding": coding}
        yield Shot(f"unpacked it would be signed: {coding}", raw(packed, headers))


def sizes(signer: Signer) -> Iterator[Shot]:
    """Too much, or another length than was said."""
    for size in (LARGEST_BODY + 1, 2 * 1024 * 1024):
        body = b"x=" + b"y" * (size - 2)
        yield Shot(f"size: {size}", raw(body, signer.headers(body)))
        yield Shot(f"size: {size}, unsigned", raw(body, {}))
        chunks = b"".join(b"10000\r\n" + b"y" * 65536 + b"\r\n" for _ in range(size // 65536 + 1))
        chunked = {"Transfer-Encoding": "chunked"}
        yield Shot(f"size: {size}, chunked", raw(chunks + b"0\r\n\r\n", chunked, length=None))
    good = signer.headers(GOOD)
    for length in ("-1", "+5", "0x10", CANARY, "9" * 40, "1e3", "5 5", "", "\u0663"):
        yield Shot(f"length: {length[:10]!r}", raw(GOOD, good, length=length))
    yield Shot("length: less than there is", raw(GOOD, good, length=str(len(GOOD) - 1)))
    yield Shot("length: two of them", raw(GOOD, [*good.items(), ("Content-Length", "3")]))
    for bad in ("z\r\n", "-1\r\n", "FFFFFFFFFFFFFFFFF\r\n", "1;" + "x" * 9000, CANARY):
        chunked = {**good, "Transfer-Encoding": "chunked"}
        yield Shot(f"chunk: {bad[:8]!r}", raw(bad.encode(), chunked, length=None))


Shots = Callable[[Signer], Iterator[Shot]]
CORPUS: Mapping[str, Shots] = {
    "timestamps": timestamps,
    "signatures": signatures,
    "encodings": encodings,
    "sizes": sizes,
    "http": http,
    "strange": strange,
}
