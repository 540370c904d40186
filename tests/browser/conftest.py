"""One Chromium for all tests of the page; each test has a window of its own, watched for trouble."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    async_playwright,
)

from tests.browser.chromium import FLAGS, NoChromiumError, chromium
from tests.browser.stage import Stage, stage

OpenPage = Callable[..., Awaitable[Page]]
LAPTOP = (1280, 800)
PATIENCE_MS = 10_000


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    try:
        path = chromium()
    except NoChromiumError as missing:
        pytest.fail(str(missing), pytrace=False)
    async with async_playwright() as playwright:
        one = await playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield one
        await one.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(browser: Browser) -> AsyncIterator[OpenPage]:
    """Opens windows; at the end, whatever any of them complained of fails the test."""
    trouble: list[str] = []
    contexts: list[BrowserContext] = []

    def told(request: Request) -> None:
        if urlsplit(request.url).hostname != "127.0.0.1":
            trouble.append(f"asked {request.url}")

    def complained(said: ConsoleMessage) -> None:
        if said.type in {"error", "warning"}:
            trouble.append(said.text)

    async def begin(
        url: str, size: tuple[int, int] = LAPTOP, *, may_complain: bool = False, **more: Any
    ) -> Page:
        width, height = size
        context = await browser.new_context(viewport={"width": width, "height": height}, **more)
        contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.on("request", told)
        context.on("weberror", lambda error: trouble.append(str(error.error)))
        if not may_complain:
            context.on("console", complained)
        page = await context.new_page()
        await page.goto(url)
        await page.locator(".example").first.wait_for(state="attached")
        return page

    yield begin
    for context in contexts:
        await context.close()
    assert trouble == []


@pytest_asyncio.fixture(loop_scope="session")
async def scene(tmp_path: Path) -> AsyncIterator[Stage]:
    async with stage(tmp_path) as one:
        yield one
