"""Acting out a story over the control interface: say, hear, check, and print each as it happens."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Self

import aiohttp
from rich.console import Console
from rich.markup import escape

HEARING_SECONDS = 30.0
LOOK_SECONDS = 0.1

Message = dict[str, Any]
Wanted = Callable[[Message], bool]


class StoryFailedError(Exception):
    """Something did not go as told; the text says what."""


class Teller:
    """Speaks to one control interface. Everything that was heard once is not news again."""

    def __init__(self, control: str, out: Console) -> None:
        self._control = control
        self._out = out
        self._heard: dict[str, dict[str, str]] = {}
        self._http = aiohttp.ClientSession(trust_env=False)

    async def __aenter__(self) -> Self:
        """Nothing is said yet."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """The story is over, however it ended."""
        await self._http.close()

    async def get(self, path: str, **query: str) -> Any:  # noqa: ANN401  (JSON)
        """GET of the control interface."""
        async with self._http.get(f"{self._control}{path}", params=query) as answer:
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:  # noqa: ANN401  (JSON)
        """POST to the control interface."""
        async with self._http.post(f"{self._control}{path}", json=body) as answer:
            return await answer.json()

    def chapter(self, title: str) -> None:
        """Print what comes now."""
        self._out.print(f"\n[bold]{escape(title)}[/bold]")

    def check(self, claim: str, *, holds: bool) -> None:
        """Print a claim that holds. Raises StoryFailedError for one that does not."""
        if not holds:
            raise StoryFailedError(claim)
        self._out.print(f"  [green]✓[/green] {escape(claim)}")

    async def say(self, who: str, text: str) -> dict[str, Any]:
        """Type something on Slack; the bot's HTTP answer, or why there is none."""
        self._out.print(f"  [cyan]{escape(who)}[/cyan]  {escape(text)}")
        told: dict[str, Any] = await self.post("/say", chat="slack", who=who, text=text)
        return told

    async def skip(self, advance: str, words: str) -> None:
        """Let time pass."""
        self._out.print(f"  [magenta]… {escape(words)} later[/magenta]")
        await self.post("/clock", advance=advance)

    async def hear(self, who: str, claim: str, wanted: Wanted) -> Message:
        """Wait for a new or changed message that is wanted, signing in where the bot asks for it."""
        return await self._until(who, claim, wanted, self._sign_in)

    async def hear_only(self, who: str, claim: str, wanted: Wanted) -> Message:
        """Wait for a message that is wanted, and do nothing else."""
        return await self._until(who, claim, wanted, self._stay)

    async def _until(
        self,
        who: str,
        claim: str,
        wanted: Wanted,
        otherwise: Callable[[str, Message], Awaitable[None]],
    ) -> Message:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + HEARING_SECONDS
        while loop.time() < deadline:
            for message in await self._news(who):
                if wanted(message):
                    self._out.print(f"  [yellow]bot[/yellow]  {escape(first_line(message))}")
                    self.check(claim, holds=True)
                    return message
                await otherwise(who, message)
            await asyncio.sleep(LOOK_SECONDS)
        raise StoryFailedError(f"{claim} (not heard by {who})")

    async def _news(self, who: str) -> Sequence[Message]:
        heard = self._heard.setdefault(who, {})
        messages: list[Message] = await self.get("/messages", chat="slack", who=who)
        news = [one for one in messages if heard.get(one["id"]) != one["text"]]
        heard.update({one["id"]: one["text"] for one in news})
        return news

    async def _stay(self, who: str, message: Message) -> None:
        """Leave a message alone."""

    async def _sign_in(self, who: str, message: Message) -> None:
        url = link(message, "sign-in")
        if url is not None:
            await self.sign_in(who, url)

    async def sign_in(self, who: str, url: str) -> str:
        """Follow a sign-in link to the end; what the last page says."""
        page: str = (await self.post("/signin", who=who, url=url))["page"]
        first = " · ".join(page.splitlines()[:3])
        self._out.print(f"  [cyan]{escape(who)}[/cyan]  signs in: {escape(first)}")
        return page


def first_line(message: Message) -> str:
    """The line that says what a message is."""
    return str(message["text"]).partition("\n")[0]


def link(message: Message, part: str) -> str | None:
    """The address of the first button whose address contains `part`."""
    urls = (button["url"] or "" for button in message["buttons"])
    return next((url for url in urls if part in url), None)
