"""The real bot in the real playground, used through the page as a newcomer would."""

import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect

from playground.cast import PEOPLE
from tests.browser.conftest import OpenPage
from tests.browser.demo import demo_running
from tests.browser.test_keyboard import tab_to
from tests.browser.test_looks import PHONE, TOO_WIDE

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(240)]

SLOW_MS = 30_000
ENGINEER = f"user:{PEOPLE['engineer'].oid}"


class Demo:
    """A run of the playground: where its page is, and what its bot called."""

    def __init__(self, told: dict[str, Any]) -> None:
        self.page = told["page"]
        self.control = told["control"]

    async def grants(self) -> list[dict[str, Any]]:
        """The bot's requests to PIM."""
        async with (
            aiohttp.ClientSession() as http,
            http.get(f"{self.control}/calls") as answer,
        ):
            calls: list[dict[str, Any]] = await answer.json()
        ends = "/assignmentScheduleRequests"
        return [c for c in calls if c["method"] == "POST" and c["path"].endswith(ends)]


@pytest_asyncio.fixture(loop_scope="session")
async def demo() -> AsyncIterator[Demo]:
    async with demo_running() as told:
        yield Demo(told)


def message(page: Page, text: str | re.Pattern[str]) -> Locator:
    return page.get_by_role("article").filter(has_text=text).last


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Slash command").fill(text)
    await page.keyboard.press("Enter")


async def sees(shown: Locator, text: str | re.Pattern[str]) -> None:
    await expect(shown).to_contain_text(text, timeout=SLOW_MS)


async def test_asking_signing_in_ready_giving_back_and_the_admins_view(
    demo: Demo, open_page: OpenPage
) -> None:
    page = await open_page(demo.page)
    await page.get_by_role("button", name="Start with an example").click()
    await page.keyboard.press("Enter")

    async with page.context.expect_page() as beside:
        await page.get_by_role("link", name="Sign In").click(timeout=SLOW_MS)
    login = await beside.value
    await login.get_by_role("button", name="Confirm and Sign In").click()
    await login.get_by_role("button", name="engineer@").click()
    await expect(login.get_by_text("Signed in", exact=True)).to_be_visible()

    await sees(message(page, "dev-poweruser is active"), "checking the slow index")
    await page.get_by_role("button", name="+10 min").click()
    ready = message(page, "AWS has your membership")
    await sees(ready, "111111111111")
    await sees(ready, "PowerUserAccess")
    await expect(ready.get_by_role("link", name="AWS Access Portal")).to_be_visible()
    await expect(ready.get_by_role("link", name="My Apps").first).to_be_visible()

    (grant,) = await demo.grants()
    assert grant["as"] == ENGINEER
    assert grant["body"]["action"] == "selfActivate"
    shown = page.get_by_role("tabpanel", name="Calls").get_by_role("listitem")
    await expect(shown.filter(has_text="activates the membership")).to_have_count(1)

    await say(page, "/aws-access deactivate dev-poweruser")
    await sees(message(page, "dev-poweruser has ended"), "AWS access may outlast")

    await page.get_by_role("radio", name="Ada Admin").check()
    await say(page, "/aws-access recent")
    await page.get_by_role("button", name="Sign in as Ada Admin").click(timeout=SLOW_MS)
    await sees(message(page, "dev-poweruser"), re.compile("Erin|engineer"))
    await page.get_by_role("tab", name="Record").click()
    record = page.get_by_role("tabpanel", name="Record").get_by_role("listitem")
    await sees(record.filter(has_text="granted").first, "Erin Engineer")


async def test_the_same_with_the_keyboard_alone(demo: Demo, open_page: OpenPage) -> None:
    page = await open_page(demo.page)
    await tab_to(page, "Skip to the command line")
    await page.keyboard.press("Enter")
    await page.keyboard.type("/aws-access activate seed-admin 2h first look around")
    await page.keyboard.press("Enter")

    await page.get_by_role("button", name="Sign in as Erin").wait_for(timeout=SLOW_MS)
    await tab_to(page, "Sign in as Erin", "Shift+Tab")
    await page.keyboard.press("Enter")

    await sees(message(page, "seed-admin is active"), "first look around")
    await sees(message(page, "444444444444"), "seed-admin")
    (grant,) = await demo.grants()
    assert grant["as"] == ENGINEER
    await tab_to(page, r"^\+10 min$", "Shift+Tab")
    await page.keyboard.press("Space")
    await expect(page.get_by_role("status")).to_contain_text("It is ", timeout=SLOW_MS)
    await tab_to(page, "^Deactivate seed-admin$")
    await page.keyboard.press("Enter")
    await sees(message(page, "seed-admin has ended"), "ended")


async def test_the_form_on_a_phone(demo: Demo, open_page: OpenPage) -> None:
    page = await open_page(demo.page, PHONE, has_touch=True, is_mobile=True)
    await say(page, "/aws-access link")
    await page.get_by_role("button", name="Sign in as Erin").tap(timeout=SLOW_MS)
    await expect(page.get_by_role("listitem").locator(".note")).to_be_visible(timeout=SLOW_MS)

    await say(page, "/aws-access activate")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_label("Access").tap(timeout=SLOW_MS)
    await dialog.get_by_role("option", name=re.compile("prod-readonly")).tap()
    assert await page.evaluate(TOO_WIDE) == []
    await dialog.get_by_role("button", name="Activate").tap()

    await sees(message(page, "prod-readonly is active"), "Active in Entra")
    assert await page.evaluate(TOO_WIDE) == []
    await page.get_by_role("tab", name="Behind it").tap()
    await expect(page.get_by_text("activates the membership")).to_be_visible()
    await page.get_by_role("tab", name="People").tap()
    await page.get_by_role("radio", name="Olly Outsider").tap()
    await say(page, "/aws-access activate prod-readonly")
    await page.get_by_role("button", name="Sign in as Olly").tap(timeout=SLOW_MS)
    await sees(message(page, re.compile("prod-readonly")), re.compile("not eligible|eligible"))
