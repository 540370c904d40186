"""Each entry of the menu, played to its end: what it promises happens, and can be undone.

One after the other with the same bot, since each has to bring the world back to its own start.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.demo import demo_running

# ruff: noqa: RUF001  the labels are written as people read them

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(1200)]

SLOW_MS = 90_000
READY = "AWS has your membership ("


class Step(str):
    """Something to do, or, as a plain text, to read among what the bot says."""

    __slots__ = ()


class SignIn(Step):
    """Sign in; the last page has these words."""


class Skip(Step):
    """Let time pass."""


class Be(Step):
    """Be somebody else from now on."""


class OnPage(Step):
    """The page says this of what was sent."""


class Form(Step):
    """The form in front has these words."""


MEND = object()
ENTRIES: dict[str, tuple[object, ...]] = {
    "PIM is busy (429)": ("dev-poweruser is active",),
    "PIM is down (503)": ("I do not know yet whether", Skip("PT5M"), "dev-poweruser is active"),
    "PIM’s answer is lost": ("dev-poweruser is active",),
    "Graph does not answer": (Form("Entra does not answer"),),
    "The sign-in is down": (SignIn("does not answer"), MEND, SignIn("Signed in")),
    "Consent is missing": (SignIn("must approve this app"), MEND, SignIn("Signed in")),
    "Slack is busy (429)": ("dev-poweruser is active",),
    "Slack’s answer is lost": ("dev-poweruser is active",),
    "Deactivate Erin in Slack": (
        OnPage("no active Slack account"),
        Be("approver"),
        "prod-admin: withdrawn",
        MEND,
    ),
    "Change Erin’s e-mail address": (SignIn("do not belong together"),),
    "AWS is down": ("AWS does not answer", MEND, Skip("PT10M"), READY),
    "A permission is missing": ("my role there lacks identitystore:IsMemberInGroups",),
    "Provisioning is down": (
        "I have not seen it in AWS yet",
        *(Skip("PT30M"), Skip("PT30M"), "so provisioning is late"),
    ),
    "Provisioning takes 50 min": (
        "dev-poweruser is active",  # nothing is provisioned before, however late it is
        *(Skip("PT30M"), Skip("PT10M"), Skip("PT5M"), "so provisioning is late"),
        *(Skip("PT10M"), READY),
    ),
    "Require a ticket": ("A ticket is required",),
    "Require an approval": ("I have asked Avery Approver",),
    "Require MFA": ("more proof than usual", SignIn("Signed in"), "dev-poweruser is active"),
    "At most 30 minutes": ("1 h is too long: at most 30 min",),
    "Take the eligibility away": ("You are not eligible for it in PIM",),
    "Disable Erin’s account": ("Your Entra account is disabled",),
    "Activate it in the portal": ("active already", "not here"),
    "End it in the portal": ("has ended", "not by me"),
}


class Demo:
    """A newcomer with the page, and a hand on the world's clock."""

    def __init__(self, page: Page, control: str, http: aiohttp.ClientSession) -> None:
        self.page, self._control, self._http = page, control, http
        self._who = "engineer"
        self._before: set[tuple[str, str]] = set()

    async def post(self, path: str, **body: Any) -> Any:
        async with self._http.post(f"{self._control}/{path}", json=body) as answer:
            return await answer.json()

    async def get(self, path: str, **query: str) -> Any:
        async with self._http.get(f"{self._control}/{path}", params=query) as answer:
            return await answer.json()

    async def _messages(self) -> list[dict[str, Any]]:
        """Everything the newcomer sees of the bot, the newest last."""
        seen: list[dict[str, Any]] = await self.get("messages", chat="slack", who=self._who)
        return seen

    async def labels(self) -> list[str]:
        """The whole menu."""
        await self.page.get_by_role("tab", name="Break it").click()
        return await self.page.locator(".break-act button").all_inner_texts()

    async def begins(self, label: str) -> None:
        """Press the entry, and send the line that it fills in; only what comes then counts."""
        self._who = "engineer"
        await self.page.get_by_role("button", name=label, exact=True).click()
        await expect(self.page.locator(".break-told")).to_contain_text("Done.", timeout=SLOW_MS)
        self._before = {(one["id"], one["text"]) for one in await self._messages()}
        await self.page.locator("#line").press("Enter")

    async def does(self, step: object) -> None:
        match step:
            case Skip():
                await self.post("clock", advance=step)
            case SignIn():
                shown = await self._signs_in()
                assert step in shown, shown
            case Be():
                self._who = step
            case OnPage():
                await expect(self.page.locator("#messages")).to_contain_text(step)
            case Form():
                await self._until(lambda: self._in_front(step))
                await self.page.locator("#form-close").click()
                await expect(self.page.locator("#form")).to_be_hidden()
            case str():
                await self._until(lambda: self._fresh(step))
            case _:
                assert await self.post("mend") == []

    async def _fresh(self, words: str) -> list[dict[str, Any]]:
        seen = [m for m in await self._messages() if (m["id"], m["text"]) not in self._before]
        return [one for one in seen if words in one["text"]]

    async def _in_front(self, words: str) -> list[dict[str, Any]]:
        """The form, once it says so: until Entra has answered, or failed to, it says to wait."""
        forms: list[dict[str, Any]] = await self.get("forms", chat="slack", who=self._who)
        return [one for one in forms[-1:] if words in one["text"]]

    async def _until(self, look: Callable[[], Awaitable[list[Any]]]) -> list[Any]:
        found: list[Any] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(SLOW_MS / 1000):
                while not (found := await look()):  # noqa: ASYNC110  another process' doing
                    await asyncio.sleep(0.1)
        told = [m["text"][:200] for m in await self._messages()] if not found else ""
        assert found, told[-3:]
        return found

    async def _signs_in(self) -> str:
        offers = await self._until(self._offers)
        return str((await self.post("signin", who="engineer", url=offers[-1]))["page"])

    async def _offers(self) -> list[str]:
        fresh = await self._fresh("")
        buttons = [button for one in fresh for button in one["buttons"]]
        return [one["url"] for one in buttons if one["label"] == "Sign In"]


@pytest_asyncio.fixture(loop_scope="session")
async def running() -> AsyncIterator[dict[str, Any]]:
    async with demo_running() as told:
        yield told


async def test_each_entry_does_what_it_promises_and_can_be_undone(
    running: dict[str, Any], open_page: OpenPage
) -> None:
    async with aiohttp.ClientSession() as http:
        demo = Demo(await open_page(running["page"]), running["control"], http)
        assert await demo.labels() == list(ENTRIES)
        failed = [told async for told in played(demo)]
    assert not failed, "\n".join(failed)


async def played(demo: Demo) -> AsyncIterator[str]:
    """What goes wrong, entry by entry."""
    for label, steps in ENTRIES.items():
        try:
            await demo.begins(label)
            for step in steps:
                await demo.does(step)
        except (AssertionError, PlaywrightError) as why:
            yield f"{label}: {str(why)[:600]}"
        assert await demo.post("mend") == []
        assert await demo.get("broken") == []
