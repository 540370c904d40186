"""The people and their browsers: who is in the world, and following a sign-in link as one of them."""

from collections.abc import Callable, Sequence

import aiohttp
from yarl import URL

from playground.control.browser import Browser
from playground.control.cast import access_shown, people_shown
from playground.control.chats import WHO
from playground.control.operations import Argument, Given, MalformedError, Operation


class People:
    """Each person has one browser, which keeps its cookies as long as the world lasts."""

    def __init__(self, bot_url: Callable[[], str], new_browser: Callable[[str], Browser]) -> None:
        self._bot_url = bot_url
        self._new_browser = new_browser
        self._browsers: dict[str, Browser] = {}

    def operations(self) -> Sequence[Operation]:
        """The calls."""
        return (
            Operation(
                "GET",
                "/people",
                "Who is in the world, and what there is to ask for.",
                '{"people": [{"key", "name", "title", "oid", "slack", "teams", …}], '
                '"access": [{"name", "group", …}], "bot": url}',
                self._people,
            ),
            Operation(
                "GET",
                "/access",
                "What there is to ask for: set-up, PIM policy, what it opens.",
                '[{"name", "group", "setup", "max", "rules", "approvers", "eligible", "opens"}]',
                self._access,
            ),
            Operation(
                "POST",
                "/signin",
                "Follow a sign-in link in a person's browser to the end, pressing Confirm.",
                '{"page": what the last page says, "url": where that was, "status"}',
                self._sign_in,
                (WHO, Argument("url", "the link, as the bot sent it")),
                {"who": "engineer", "url": "http://127.0.0.1:1234/sign-in/…"},
            ),
        )

    async def close(self) -> None:
        """Close every browser."""
        for browser in self._browsers.values():
            await browser.close()

    async def _people(self, given: Given) -> object:
        del given
        return {"people": people_shown(), "access": access_shown(), "bot": self._bot_url()}

    async def _access(self, given: Given) -> object:
        del given
        return access_shown()

    async def _sign_in(self, given: Given) -> object:
        who, url = given["who"], _web_address(given["url"])
        if who not in self._browsers:
            self._browsers[who] = self._new_browser(who)
        try:
            page = await self._browsers[who].follow(url)
        except aiohttp.ClientError as broken:
            return {"page": f"This site can't be reached: {broken}", "url": url, "status": 0}
        return {"page": page.text, "url": page.url, "status": page.status}


def _web_address(text: str) -> str:
    try:
        url = URL(text)
    except ValueError as wrong:
        raise MalformedError(f"url is no web address: {wrong}") from wrong
    if url.scheme not in {"http", "https"} or not url.host:
        raise MalformedError("url is no web address: it begins with http:// or https://")
    return text
