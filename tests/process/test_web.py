"""What the sign-in pages, the probes and the metrics tell somebody who has no business there."""

import pytest

from tests.conversations.evidence import tables_of, traces_in
from tests.process.processes import Started
from tests.process.remote import Remote
from tests.process.shots import CANARY, raw
from tests.process.test_hostile import STATUS, addresses, fired

EVIL = "evil.example"
OURS = {"python", "process", "aws"}
"""How each metric's name begins: the interpreter's, the process', and `aws_access_…`."""
LINK = f"/sign-in/{CANARY}"
BACK = f"/auth/callback?state={CANARY}&code={CANARY}"
SECURE = {
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "server": "aws-access",
}
PAGE = {"x-frame-options": "DENY", "cross-origin-opener-policy": "same-origin"}
REQUESTS = [
    *((method, LINK) for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE")),
    *((method, BACK) for method in ("GET", "HEAD", "POST", "OPTIONS")),
    ("GET", "/sign-in/%00%0d%0aSet-Cookie:x=y"),
    ("GET", "/sign-in/" + "a" * 4000),
    ("GET", "/sign-in/%3Cscript%3E"),
    ("GET", f"/sign-in//{EVIL}"),
    ("GET", f"/sign-in/..%2f..%2f{CANARY}"),
    ("GET", "/auth/callback"),
    ("GET", f"/auth/callback?next=https://{EVIL}&redirect_uri=https://{EVIL}"),
    ("GET", f"/auth/callback?error=access_denied&error_description=<script>{CANARY}</script>"),
    ("GET", "/auth/callback?" + "&".join(f"a{n}=b" for n in range(1000))),
    ("GET", "/auth/callback?state=%ff%fe&code=%00"),
    ("GET", f"//{EVIL}/sign-in/x"),
    ("GET", f"http://{EVIL}{LINK}"),
    ("GET", f"/{EVIL}"),
    ("POST", "/dev/nothing"),
]


def head_of(answer: bytes) -> tuple[int, dict[str, str], str]:
    """Status, headers and body."""
    head, _, body = answer.partition(b"\r\n\r\n")
    found = STATUS.match(head)
    assert found, answer[:100]
    lines = head.decode("latin-1").split("\r\n")[1:]
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    return int(found[1]), headers, body.decode()


@pytest.mark.parametrize("host", ["bot.example", EVIL])
async def test_nobody_gets_anything_but_a_refusal_and_safe_headers(
    world: Remote, started: Started, host: str
) -> None:
    await world.starts_bot()
    [bot, _] = addresses(world, started)
    for method, path in REQUESTS:
        shot = raw(b"", {}, method=method, path=path).replace(b"bot.example", host.encode())
        shot = shot.replace(b"\r\n\r\n", f"\r\nX-Forwarded-Host: {EVIL}\r\n\r\n".encode(), 1)

        status, headers, body = head_of(await fired(bot, shot))

        assert 400 <= status < 500, (method, path, status)
        assert "location" not in headers
        assert "set-cookie" not in headers
        assert headers.items() >= SECURE.items(), (method, path, headers)
        if "html" in headers.get("content-type", ""):
            assert headers.items() >= PAGE.items()
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            assert "default-src 'none'" in headers["content-security-policy"]
        assert EVIL not in body
        assert CANARY not in body
    assert CANARY not in started.logged()
    assert traces_in(world.url) == {}


async def test_a_link_preview_and_another_site_change_nothing(
    world: Remote, started: Started
) -> None:
    await world.starts_bot()
    await world.says("engineer", "link")
    url = await world.until(lambda: world._link("engineer"))
    path = "/sign-in/" + url.rpartition("/")[2]
    [bot, _] = addresses(world, started)

    for method, more, status in (
        ("HEAD", {}, 200),
        ("GET", {"User-Agent": "Slackbot-LinkExpanding 1.0"}, 200),
        ("POST", {"Origin": f"https://{EVIL}"}, 403),
        ("POST", {"Sec-Fetch-Site": "cross-site"}, 403),
        ("POST", {"Origin": "null"}, 403),
    ):
        found, headers, _ = head_of(await fired(bot, raw(b"", more, method=method, path=path)))
        assert (found, "location" in headers) == (status, False), (method, more)
        [row] = tables_of(world.url)["sign_in"]
        assert (row["flow"], row["used_at"]) == (None, None)
    assert "Signed in" in (await world.post("/signin", who="engineer", url=url))["page"]


async def test_the_metrics_name_nobody(world: Remote, started: Started) -> None:
    await world.starts_bot()
    await world.says("engineer", "activate dev-poweruser 1h INC-42 because")
    await world.post("/settle", seconds=20)
    [bot, _] = addresses(world, started)

    status, _, body = head_of(await fired(bot, raw(b"", {}, method="GET", path="/metrics")))

    assert status == 200
    names = {line.split("{")[0].split(" ")[0] for line in body.splitlines() if line[:1] != "#"}
    assert {name.split("_")[0] for name in names if name} <= OURS
    for word in ("U0ENGINEER", "dev-poweruser", "INC-42", "engineer"):
        assert word not in body
