"""The page without a mouse: an order that makes sense, a focus one can see, the usual keys."""

import re

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.kit import actions, button
from tests.browser.stage import Stage, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

FOCUS_IS_SEEN = """() => {
  const at = document.activeElement;
  if (at.matches('.line input')) return at.matches('.line:focus-within input');
  return [at, at.closest('.person')].some((n) => n && getComputedStyle(n).outlineStyle !== 'none');
}"""
NAME = "() => document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText"
MOST = 40


async def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Press Tab until something of that name has the focus; it must be seen at every stop."""
    for _ in range(MOST):
        await page.keyboard.press(key)
        assert await page.evaluate(FOCUS_IS_SEEN), await page.evaluate(NAME)
        if re.search(name, (await page.evaluate(NAME)) or ""):
            return
    pytest.fail(f"Tab never comes to {name}")


async def test_the_first_tab_leads_to_the_command_line(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url + "#admin")

    await tab_to(page, "Skip to the command line")
    await page.keyboard.press("Enter")

    await expect(page.get_by_label("Slash command")).to_be_focused()
    await page.reload()
    await expect(page.get_by_text("You are Ada Admin")).to_be_visible()


async def test_the_order_is_time_people_chat_and_what_is_behind(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    scene.post("engineer", "Active", blocks=[actions(button("Deactivate", "d"))])
    await page.get_by_role("button", name="Deactivate", exact=True).wait_for()

    for name in (
        r"^\+5 min$",
        r"^\+8 h$",
        "As Erin, ask",
        "^Slack$",
        "^Conversation$",
        "^Deactivate$",
        "^/aws-access activate dev-poweruser 1h",
        "^Send$",
        "^Calls",
        "^slack$",
    ):
        await tab_to(page, name)


async def test_arrow_keys_choose_a_person(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    await page.get_by_role("radio", name="Erin Engineer asks for access").focus()

    await page.keyboard.press("ArrowUp")

    await expect(page.get_by_text("You are Olly Outsider")).to_be_visible()
    assert page.url.endswith("#outsider")


async def test_suggestions_complete_the_line_and_enter_sends_it(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    line = page.get_by_label("Slash command")
    await line.focus()

    for typed in ("/aw", "act", "dev", "1"):
        await page.keyboard.type(typed)
        await page.keyboard.press("ArrowDown")
        await expect(page.get_by_role("option", selected=True)).to_have_count(1)
        await page.keyboard.press("Enter")
    await expect(line).to_have_value("/aws-access activate dev-poweruser 1h ")
    await page.keyboard.type("INC-42 slow index")
    await page.keyboard.press("Enter")

    await until(lambda: scene.heard != [])
    assert scene.heard[0]["text"] == "activate dev-poweruser 1h INC-42 slow index"
    await expect(line).to_have_value("")
    await expect(line).to_be_focused()


async def test_escape_closes_the_suggestions_and_enter_then_sends_what_was_typed(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    await page.get_by_label("Slash command").focus()

    await page.keyboard.type("/aws-access st")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("option")).to_have_count(0)
    await page.keyboard.press("Enter")

    await until(lambda: scene.heard != [])
    assert scene.heard[0]["text"] == "st"


async def test_arrow_up_brings_back_what_was_typed(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    line = page.get_by_label("Slash command")
    await line.focus()
    for text in ("/aws-access status", "/aws-access help"):
        await line.fill(text)
        await page.keyboard.press("Enter")

    await page.keyboard.press("ArrowUp")
    await expect(line).to_have_value("/aws-access help")
    await page.keyboard.press("ArrowUp")
    await expect(line).to_have_value("/aws-access status")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")

    await expect(line).to_have_value("")


async def test_arrow_keys_go_through_the_tabs(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    await page.get_by_role("tab", name="Calls").focus()

    await page.keyboard.press("ArrowRight")
    await expect(page.get_by_role("tabpanel", name="Record")).to_be_visible()
    await page.keyboard.press("End")

    await expect(page.get_by_role("tab", name="Break it")).to_be_focused()
    await expect(page.get_by_role("tabpanel", name="Break it")).to_be_visible()
    await expect(page.get_by_role("tabpanel")).to_have_count(1)


async def test_the_focus_survives_an_edit_of_the_message_it_is_in(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    message = scene.post("engineer", "Waiting", blocks=[actions(button("Withdraw", "w"))])
    await page.get_by_role("button", name="Withdraw").focus()

    scene.edit(message, "It is withdrawn")

    held = page.get_by_role("listitem").filter(has_text="It is withdrawn")
    await expect(held).to_be_focused()
