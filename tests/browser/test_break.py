"""The panel that breaks things: it says what to try, and one button mends it all."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = (390, 844)


async def links_whoever_asks(told: dict[str, Any]) -> Any:
    """What the bot says to `link` and to `unlink`: the entries begin with one of them."""
    return {"text": f"{told.get('text', '')}: You are linked, or Unlinked."}


async def panel(page: Page) -> None:
    await page.get_by_role("tab", name="Break it").click()


async def test_a_fault_is_set_shown_and_mended_with_one_click(
    scene: Stage, open_page: OpenPage
) -> None:
    scene.on_command = links_whoever_asks
    page = await open_page(scene.url)
    await panel(page)
    state = page.get_by_role("region", name="What is broken now")
    await expect(state).to_contain_text("Nothing: all works as it should.")

    await page.get_by_role("button", name="PIM is busy (429)").click()

    await expect(state).to_contain_text("Graph: the next 3 calls")
    await expect(page.locator("#line")).to_have_value(
        "/aws-access activate dev-poweruser 1h INC-42 checking the slow index"
    )
    await expect(page.locator("#messages")).to_contain_text("Broken on purpose: PIM is busy")
    [fault] = scene.world.wire.faults
    assert (fault.system, fault.status) == ("graph", 429)

    await page.get_by_role("button", name="Mend everything").click()

    await expect(state).to_contain_text("Nothing: all works as it should.")
    assert scene.world.wire.faults == []


async def test_it_works_by_keyboard_and_on_a_phone(scene: Stage, open_page: OpenPage) -> None:
    scene.on_command = links_whoever_asks
    page = await open_page(scene.url, PHONE)
    await page.get_by_role("tab", name="Behind it").click()
    await panel(page)
    button = page.get_by_role("button", name="Provisioning is down")

    await button.focus()
    await page.keyboard.press("Enter")

    await expect(page.locator("#messages")).to_contain_text("Broken on purpose: Provisioning")
    width = await page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE[0]
