"""A person's web browser, for following sign-in links: cookies, redirects, and pressing Confirm."""

import ssl
from collections.abc import Callable, Mapping
from http import HTTPMethod, HTTPStatus
from pathlib import Path

import aiohttp
from yarl import URL

from playground.control.page import WebForm, WebPage, read_page
from playground.serving import LOOPBACK

MOST_REDIRECTS = 20
MOST_PAGES = 10
KEEPS_METHOD = frozenset({HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT})


class Browser:
    """One person's browser. It keeps its cookies, and never leaves loopback."""

    def __init__(self, ca_path: Path, cookies: Mapping[str, str], at: str) -> None:
        self._ca_path = ca_path
        self._cookies = cookies
        self._at = URL(at)
        self.visited: Callable[[str, Mapping[str, str]], None] = lambda _url, _cookies: None
        """Told each address that is loaded, with the cookies of this browser."""
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close it, and forget its cookies."""
        if self._session is not None:
            await self._session.close()

    async def follow(self, url: str) -> WebPage:
        """Open a link, press Confirm wherever it is met, each once; the last page."""
        page = await self._load(HTTPMethod.GET, URL(url))
        sent: set[str] = set()
        for _ in range(MOST_PAGES):
            form = next((f for f in page.forms if _is_to_be_sent(f, page, sent)), None)
            if form is None:
                break
            sent.add(_target(form, page))
            page = await self._send(form, page)
        return page

    async def _send(self, form: WebForm, page: WebPage) -> WebPage:
        to = URL(_target(form, page))
        return await self._load(HTTPMethod.POST, to, form.fields, URL(page.url))

    async def _load(
        self,
        method: HTTPMethod,
        url: URL,
        fields: Mapping[str, str] | None = None,
        from_page: URL | None = None,
    ) -> WebPage:
        """One navigation, redirects included.

        Browsers name the origin a POST comes from, which is what the bot checks it by.
        https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Origin
        """
        origin = {"Origin": str(from_page.origin())} if from_page is not None else {}
        for _ in range(MOST_REDIRECTS):
            if url.host not in LOOPBACK:
                return WebPage(str(url), HTTPStatus.OK, f"The browser went to {url}")
            async with self._http().request(
                method, url, data=fields, headers=origin, allow_redirects=False
            ) as answer:
                self.visited(str(url), self._held())
                where = answer.headers.get("Location")
                if answer.status // 100 != 3 or where is None:  # noqa: PLR2004  (any redirect)
                    return read_page(str(url), answer.status, await answer.text(errors="replace"))
                if answer.status not in KEEPS_METHOD:
                    method, fields, origin = HTTPMethod.GET, None, {}
                url = url.join(URL(where))
        return WebPage(str(url), HTTPStatus.LOOP_DETECTED, "The browser was redirected too often")

    def _held(self) -> dict[str, str]:
        return {one.key: one.value for one in self._http().cookie_jar}

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            tls = ssl.create_default_context(cafile=self._ca_path)
            # `unsafe` means: cookies for bare IP addresses too, as every browser keeps them.
            jar = aiohttp.CookieJar(unsafe=True)
            jar.update_cookies(dict(self._cookies), self._at)
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(ssl=tls), cookie_jar=jar, trust_env=False
            )
        return self._session


def _target(form: WebForm, page: WebPage) -> str:
    return str(URL(page.url).join(URL(form.action))) if form.action else page.url


def _is_to_be_sent(form: WebForm, page: WebPage, sent: set[str]) -> bool:
    """Confirm, or a form a script sends; never a choice between buttons (such as accounts)."""
    is_clear = form.method == "post" and form.buttons <= 1
    return is_clear and _target(form, page) not in sent
