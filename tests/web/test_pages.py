from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client import CollectorRegistry

from bot.cards import Page
from integrations.web import pages
from integrations.web.server import application
from tests.web.desk import ScriptedSignIn

ORIGIN = "https://bot.example"
Browser = TestClient[web.Request, web.Application]
HERE = {"Sec-Fetch-Site": "same-origin"}
SECRET = "s" * 43


@pytest.fixture
def desk() -> ScriptedSignIn:
    return ScriptedSignIn()


@pytest.fixture
async def browser(desk: ScriptedSignIn) -> AsyncIterator[Browser]:
    app = application(pages.routes(desk, ORIGIN), {}, CollectorRegistry())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_looking_twice_changes_nothing(browser: Browser, desk: ScriptedSignIn) -> None:
    for _ in range(2):
        answer = await browser.get(f"/sign-in/{SECRET}")
        assert answer.status == 200
        assert "Set-Cookie" not in answer.headers
        assert "<button" in await answer.text()
    assert desk.looked == [SECRET, SECRET]
    assert desk.confirmed == []


async def test_confirm_marks_the_browser_and_goes_to_entra(
    browser: Browser, desk: ScriptedSignIn
) -> None:
    answer = await browser.post(f"/sign-in/{SECRET}", headers=HERE, allow_redirects=False)
    assert answer.status == 303
    assert answer.headers["Location"] == desk.goes
    cookie = answer.headers["Set-Cookie"]
    ((secret, marked),) = desk.confirmed
    assert secret == SECRET
    assert cookie.startswith(f"__Host-aws-access={marked};")
    for part in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=3600"):
        assert part in cookie
    assert "Domain" not in cookie
    assert len(marked) == 43


async def test_a_known_browser_keeps_its_mark(browser: Browser, desk: ScriptedSignIn) -> None:
    mark = "m" * 43
    headers = {**HERE, "Cookie": f"__Host-aws-access={mark}"}
    await browser.post(f"/sign-in/{SECRET}", headers=headers, allow_redirects=False)
    assert desk.confirmed == [(SECRET, mark)]


@pytest.mark.parametrize("mark", ["short", "m" * 44, "m" * 42 + "!", "m" * 42 + "é"])
def test_a_mark_that_is_not_ours_counts_for_nothing(mark: str) -> None:
    assert not pages._OURS.match(mark)


async def test_each_browser_gets_a_mark_of_its_own(browser: Browser, desk: ScriptedSignIn) -> None:
    for _ in range(2):
        await browser.post(f"/sign-in/{SECRET}", headers=HERE, allow_redirects=False)
        browser.session.cookie_jar.clear()
    assert desk.confirmed[0][1] != desk.confirmed[1][1]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Origin": ORIGIN},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://bot.example"},
    ],
)
async def test_a_confirmation_from_elsewhere_is_refused(
    browser: Browser, desk: ScriptedSignIn, headers: dict[str, str]
) -> None:
    answer = await browser.post(f"/sign-in/{SECRET}", headers=headers, allow_redirects=False)
    assert answer.status == 403
    assert "Set-Cookie" not in answer.headers
    assert desk.confirmed == []


@pytest.mark.parametrize("headers", [HERE, {"Origin": ORIGIN}, {**HERE, "Origin": "null"}])
async def test_a_confirmation_from_our_own_page_passes(
    browser: Browser, desk: ScriptedSignIn, headers: dict[str, str]
) -> None:
    answer = await browser.post(f"/sign-in/{SECRET}", headers=headers, allow_redirects=False)
    assert answer.status == 303


async def test_a_link_that_is_no_longer_good_explains_itself(
    browser: Browser, desk: ScriptedSignIn
) -> None:
    desk.goes = Page("This link was used", fine=False)
    answer = await browser.post(f"/sign-in/{SECRET}", headers=HERE)
    assert answer.status == 400
    assert "This link was used" in await answer.text()
    assert "Set-Cookie" not in answer.headers


async def test_the_way_back_hands_over_the_query_and_the_mark(
    browser: Browser, desk: ScriptedSignIn
) -> None:
    headers = {"Cookie": f"__Host-aws-access={'m' * 43}"}
    answer = await browser.get("/auth/callback?code=c&state=s&state=t", headers=headers)
    assert answer.status == 200
    assert desk.finished == [({"code": "c", "state": "s"}, "m" * 43)]
    assert (await browser.head("/auth/callback?code=c&state=s")).status == 405
    assert len(desk.finished) == 1


async def test_a_strange_browser_comes_back_without_a_mark(
    browser: Browser, desk: ScriptedSignIn
) -> None:
    await browser.get("/auth/callback?code=c", headers={"Cookie": "__Host-aws-access=<x>"})
    assert desk.finished == [({"code": "c"}, "")]


async def test_pages_are_kept_by_nobody_and_framed_by_nobody(browser: Browser) -> None:
    for path in (f"/sign-in/{SECRET}", "/auth/callback?x=1"):
        headers = (await browser.get(path)).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["Content-Type"] == "text/html; charset=utf-8"


async def test_the_redirect_tells_nobody_where_it_came_from(browser: Browser) -> None:
    answer = await browser.post(f"/sign-in/{SECRET}", headers=HERE, allow_redirects=False)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


async def test_over_plain_http_the_mark_is_for_development_only(desk: ScriptedSignIn) -> None:
    with pytest.raises(ValueError, match="https"):
        pages.routes(desk, "http://127.0.0.1:8080")
    routes = pages.routes(desk, "http://127.0.0.1:8080", dev_loopback=True)
    async with TestClient(TestServer(application(routes, {}, CollectorRegistry()))) as browser:
        answer = await browser.post(f"/sign-in/{SECRET}", allow_redirects=False)
        assert answer.headers["Set-Cookie"].startswith("aws-access=")
        assert "Secure" not in answer.headers["Set-Cookie"]
