"""Takes the picture of the page for the README: `python -m tests.browser.picture FILE`, a real run."""

import asyncio
import sys

from playwright.async_api import Page, ViewportSize, async_playwright

from tests.browser.chromium import FLAGS, chromium
from tests.browser.demo import demo_running

SIZE = ViewportSize(width=1280, height=800)


async def play(page: Page) -> None:
    """Ask, sign in, let ten minutes pass, and look at what Graph was asked."""
    await page.get_by_role("button", name="Start with an example").click()
    await page.keyboard.press("Enter")
    await page.get_by_role("button", name="Sign in as Erin Engineer").click()
    await page.get_by_role("article").filter(has_text="dev-poweruser is active").wait_for()
    await page.get_by_role("button", name="+10 min").click()
    await page.get_by_role("article").filter(has_text="AWS Access Portal").wait_for()
    for system in ("slack", "aws"):
        await page.get_by_role("button", name=system, exact=True).click()
    grant = page.get_by_role("listitem").filter(has_text="activates the membership")
    await grant.evaluate("(row) => row.scrollIntoView({ block: 'center' })")
    await page.mouse.move(0, 0)


async def take(path: str) -> None:
    """Play, and write the picture to `path`."""
    async with demo_running() as told, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        page = await browser.new_page(viewport=SIZE, reduced_motion="reduce")
        await page.goto(told["page"])
        await play(page)
        await page.screenshot(path=path)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1]))
