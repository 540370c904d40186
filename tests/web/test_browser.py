"""The sign-in pages in a real browser: the style applies, and Confirm gets past our own headers."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
import trustme
from aiohttp import web
from playwright.async_api import Page as Tab
from playwright.async_api import async_playwright
from prometheus_client import CollectorRegistry

from bot.cards import Page
from integrations.web import pages
from integrations.web.server import application, listen
from tests.browser.chromium import FLAGS, chromium
from tests.web.desk import ScriptedSignIn


@dataclass
class SignedOut:
    tab: Tab
    desk: ScriptedSignIn
    url: str
    complaints: list[str]


@pytest.fixture
async def login() -> AsyncIterator[str]:
    """Somebody else's login page, over https, that sends the browser back."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)

    async def authorize(request: web.Request) -> web.Response:
        assert "Referer" not in request.headers
        raise web.HTTPFound(request.query["back"])

    app = web.Application()
    app.router.add_get("/authorize", authorize)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    yield f"https://127.0.0.1:{runner.addresses[0][1]}/authorize"
    await runner.cleanup()


@pytest.fixture
async def browser(login: str) -> AsyncIterator[SignedOut]:
    desk = ScriptedSignIn()
    origin = "http://127.0.0.1:0"
    app = application(pages.routes(desk, origin, dev_loopback=True), {}, CollectorRegistry())
    listening = await listen(app, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listening.port}"
    desk.goes = f"{login}?back={url}/auth/callback?code=c"
    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        context = await running.new_context(ignore_https_errors=True)
        tab, complaints = await context.new_page(), list[str]()
        tab.on("console", lambda message: complaints.append(message.text))
        yield SignedOut(tab, desk, url, complaints)
        await running.close()
    await listening.stop()


async def test_a_person_confirms_and_comes_back_in_the_same_browser(browser: SignedOut) -> None:
    browser.desk.page = Page("Sign in to go on", confirm="Continue to Microsoft")
    await browser.tab.goto(f"{browser.url}/sign-in/the-secret")
    width = await browser.tab.locator("main").evaluate("e => getComputedStyle(e).maxWidth")
    assert width == "496px"
    browser.desk.page = Page("Signed in")
    await browser.tab.get_by_role("button", name="Continue to Microsoft").press("Enter")
    await browser.tab.get_by_role("heading", name="Signed in").wait_for()
    ((secret, mark),) = browser.desk.confirmed
    assert secret == "the-secret"
    assert browser.desk.finished == [({"code": "c"}, mark)]
    assert browser.complaints == []


async def test_another_site_cannot_confirm_for_a_person(browser: SignedOut) -> None:
    attack = f'<form method="post" action="{browser.url}/sign-in/theirs"><button>x</button></form>'
    await browser.tab.goto(f"data:text/html,{attack}")
    await browser.tab.get_by_role("button").click()
    await browser.tab.get_by_role("heading", name="Not confirmed").wait_for()
    assert browser.desk.confirmed == []


@pytest.mark.parametrize("width", [320, 1280])
async def test_a_page_fits_a_phone_and_a_desk(browser: SignedOut, width: int) -> None:
    browser.desk.page = Page("A" * 80, (("https://long.example/" + "x" * 300,),), confirm="Go")
    await browser.tab.set_viewport_size({"width": width, "height": 700})
    await browser.tab.goto(f"{browser.url}/sign-in/x")
    overflow = await browser.tab.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert overflow is False
