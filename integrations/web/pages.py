"""The sign-in pages: looking changes nothing, Confirm goes to Entra, the way back ends here."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlsplit

from aiohttp import web

from bot.cards import Page
from bot.wording.doors import FOREIGN
from handlers.arrivals import SignInDesk
from integrations.web.html import STYLE_HASH, document

SIGN_IN = "/sign-in/{secret}"
CALLBACK = "/auth/callback"
COOKIE_SECONDS = 3600
POLICY = (
    f"default-src 'none'; style-src '{STYLE_HASH}'; base-uri 'none'; frame-ancestors 'none'; "
    # Browsers hold a form's redirects to this too, and Confirm redirects to Entra.
    "form-action 'self' https:"
)
LOOPBACK = " http://127.0.0.1:*"
"""Where the simulated Entra listens."""
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
_OURS = re.compile(r"[A-Za-z0-9_-]{43}\Z")


@dataclass(frozen=True, slots=True)
class _Browsers:
    """How this server recognises a browser again, and its own pages' requests."""

    origin: str
    cookie: str
    secure: bool

    def of(self, request: web.Request) -> str:
        """The browser's cookie; empty when it has none of ours."""
        value = request.cookies.get(self.cookie, "")
        return value if _OURS.match(value) else ""

    def mark(self, response: web.Response, browser: str) -> None:
        """Set the cookie; a `__Host-` cookie cannot come from another host or over http.

        https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
        """
        response.set_cookie(
            self.cookie,
            browser,
            max_age=COOKIE_SECONDS,
            path="/",
            secure=self.secure,
            httponly=True,
            samesite="Lax",
        )

    def same_origin(self, request: web.Request) -> bool:
        """Whether a POST is not some other site's doing.

        Browsers say so by Sec-Fetch-Site, older ones by Origin, and no browser leaves out both.
        """
        site = request.headers.get("Sec-Fetch-Site")
        if site is not None:
            return site == "same-origin"
        origin = request.headers.get("Origin")
        return origin is None or origin == self.origin


def routes(
    desk: SignInDesk, public_url: str, *, dev_loopback: bool = False
) -> Sequence[web.RouteDef]:
    """The routes of the sign-in. Raises ValueError for a public address over http outside dev."""
    parts = urlsplit(public_url)
    secure = parts.scheme == "https"
    if not secure and not dev_loopback:
        raise ValueError("people sign in over https only")
    name = "__Host-aws-access" if secure else "aws-access"
    browsers = _Browsers(f"{parts.scheme}://{parts.netloc}", name, secure)
    pages = SignInPages(desk, browsers)
    return (
        web.get(SIGN_IN, pages.look),
        web.post(SIGN_IN, pages.confirm),
        web.get(CALLBACK, pages.finish, allow_head=False),
    )


class SignInPages:
    """The three handlers."""

    def __init__(self, desk: SignInDesk, browsers: _Browsers) -> None:
        self._desk = desk
        self._browsers = browsers
        policy = POLICY if browsers.secure else POLICY + LOOPBACK
        self._headers = {**HEADERS, "Content-Security-Policy": policy}

    async def look(self, request: web.Request) -> web.Response:
        """The page behind a link; chats' link previews come here as well."""
        return self._shown(await self._desk.look(request.match_info["secret"]))

    async def confirm(self, request: web.Request) -> web.Response:
        """Confirm was pressed: off to Entra, in a browser we shall know again."""
        if not self._browsers.same_origin(request):
            return self._shown(FOREIGN, HTTPStatus.FORBIDDEN)
        browser = self._browsers.of(request) or secrets.token_urlsafe(32)
        where = await self._desk.confirm(request.match_info["secret"], browser)
        if isinstance(where, Page):
            return self._shown(where)
        headers = {"Location": where, **self._headers}
        response = web.Response(status=HTTPStatus.SEE_OTHER, headers=headers)
        self._browsers.mark(response, browser)
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """Back from Entra. Of a parameter given twice the first counts."""
        query = {name: request.query[name] for name in request.query}
        return self._shown(await self._desk.finish(query, self._browsers.of(request)))

    def _shown(self, page: Page, status: HTTPStatus = HTTPStatus.OK) -> web.Response:
        if status is HTTPStatus.OK and not page.fine:
            status = HTTPStatus.BAD_REQUEST
        return web.Response(
            text=document(page), content_type="text/html", status=status, headers=self._headers
        )
