"""A person's browser: presses Confirm, keeps cookies, never leaves loopback, never picks accounts."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import trustme
from aiohttp import web

from playground.control.browser import Browser
from playground.control.page import read_page
from playground.serving import Site

CONFIRM = (
    '<h1>Sign in</h1><form method="post"><input type="hidden" name="token" value="t">{}</form>'
)
BUTTON = "<button>Confirm</button>"


class Sign:
    """A sign-in of three pages: confirm, log in elsewhere (a redirect), done."""

    def __init__(self) -> None:
        self.posts: list[dict[str, str]] = []
        self.origins: list[str | None] = []
        self.form = CONFIRM.format(BUTTON)
        self.goes_to = "/login"
        app = web.Application()
        app.router.add_get("/link", self.look)
        app.router.add_post("/link", self.confirm)
        app.router.add_get("/login", self.login)
        app.router.add_get("/done", self.done)
        self.site = Site(app)

    async def look(self, _: web.Request) -> web.Response:
        return web.Response(text=self.form, content_type="text/html")

    async def confirm(self, request: web.Request) -> web.Response:
        self.posts.append({str(k): str(v) for k, v in (await request.post()).items()})
        self.origins.append(request.headers.get("Origin"))
        raise web.HTTPSeeOther(self.goes_to, headers={"Set-Cookie": "browser=b; HttpOnly; Path=/"})

    async def login(self, _: web.Request) -> web.Response:
        raise web.HTTPFound("/done")

    async def done(self, request: web.Request) -> web.Response:
        who, browser = request.cookies.get("playground_person"), request.cookies.get("browser")
        text = f"<title>no</title><p>Hello <b>{who}</b> in {browser}</p><p>Bye</p>"
        return web.Response(text=text, content_type="text/html")


@pytest.fixture
async def sign() -> AsyncIterator[Sign]:
    one = Sign()
    await one.site.start()
    yield one
    await one.site.stop()


@pytest.fixture
async def browser(sign: Sign, tmp_path: Path) -> AsyncIterator[Browser]:
    ca = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca))
    one = Browser(ca, {"playground_person": "engineer"}, sign.site.url)
    yield one
    await one.close()


async def test_a_link_is_followed_to_the_end_through_confirm_and_login(
    sign: Sign, browser: Browser
) -> None:
    page = await browser.follow(f"{sign.site.url}/link")

    assert page.text == "Hello engineer in b\nBye"
    assert sign.posts == [{"token": "t"}]
    assert sign.origins == [sign.site.url]


async def test_a_form_that_comes_back_is_not_confirmed_again(sign: Sign, browser: Browser) -> None:
    sign.goes_to = "/link"

    page = await browser.follow(f"{sign.site.url}/link")

    assert len(sign.posts) == 1
    assert "Sign in" in page.text


async def test_a_form_that_a_script_would_send_is_sent(sign: Sign, browser: Browser) -> None:
    sign.form = CONFIRM.format("<script>document.forms[0].submit()</script>")

    assert (await browser.follow(f"{sign.site.url}/link")).text.startswith("Hello")


async def test_a_choice_between_accounts_is_left_to_the_person(
    sign: Sign, browser: Browser
) -> None:
    sign.form = CONFIRM.format('<button name="person" value="a">A</button><button>B</button>')

    page = await browser.follow(f"{sign.site.url}/link")

    assert sign.posts == []
    assert page.text == "Sign in\nA\nB"


async def test_the_browser_never_leaves_loopback(sign: Sign, browser: Browser) -> None:
    sign.goes_to = "https://myapps.microsoft.com/"

    page = await browser.follow(f"{sign.site.url}/link")

    assert page.text == "The browser went to https://myapps.microsoft.com/"


def test_what_nobody_sees_is_not_read() -> None:
    html = "<style>p{}</style><title>t</title><p>One <em>two</em>\n three</p><script>x()</script>"

    assert read_page("http://127.0.0.1/", 200, html).text == "One two three"
