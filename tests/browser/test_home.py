"""The app's Home tab on the page, beside the conversation."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from playground.slack.views import checked_view
from tests.browser.conftest import OpenPage
from tests.browser.kit import actions, button, plain, rich, words
from tests.browser.stage import Stage, until
from tests.browser.test_looks import PALE, PHONE, TOO_WIDE

pytestmark = pytest.mark.asyncio(loop_scope="session")


def offered(*names: str) -> dict[str, Any]:
    """A Home that offers some accesses, each with the same button."""
    blocks: list[dict[str, Any]] = [{"type": "header", "text": plain("You may activate")}]
    for name in names:
        form = button("Activate…", "aa:form:0", value=name, accessibility_label=f"Activate {name}…")
        blocks += [rich(words(name, bold=True), words(", at most 8 h.")), actions(form)]
    return {"type": "home", "blocks": blocks}


def publishes(scene: Stage, *names: str) -> None:
    views = scene.world.slack.workspace.views
    views.publish("U0ENGINEER", checked_view(offered(*names), "home"))
    scene.call("slack", "/api/views.publish")


async def opens(page: Page) -> None:
    await page.get_by_role("tab", name="Home", exact=True).click()


async def test_it_is_empty_until_the_app_has_published_it_and_then_kept_up_to_date(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    await opens(page)
    panel = page.get_by_role("tabpanel", name="Home")
    await expect(panel).to_contain_text("has published nothing here yet")
    await expect(page.get_by_label("Slash command")).to_be_hidden()

    publishes(scene, "dev-poweruser")
    await expect(panel).to_contain_text("dev-poweruser, at most 8 h.")
    publishes(scene, "prod-admin")
    await expect(panel).to_contain_text("prod-admin, at most 8 h.")

    await page.get_by_role("tab", name="Messages", exact=True).click()
    await expect(page.get_by_label("Slash command")).to_be_visible()
    await expect(panel).to_be_hidden()


async def test_a_button_there_is_pressed_on_its_own_block(
    scene: Stage, open_page: OpenPage
) -> None:
    publishes(scene, "dev-poweruser", "prod-admin")
    page = await open_page(scene.url)
    await opens(page)

    await page.get_by_role("button", name="Activate prod-admin…").click()

    await until(lambda: any(one.get("type") == "block_actions" for one in scene.heard))
    [click] = [one for one in scene.heard if one.get("type") == "block_actions"]
    assert [one["value"] for one in click["actions"]] == ["prod-admin"]


async def test_somebody_else_begins_with_their_own_messages(
    scene: Stage, open_page: OpenPage
) -> None:
    publishes(scene, "dev-poweruser")
    page = await open_page(scene.url)
    await opens(page)

    await page.get_by_role("radio", name="Ada Admin").check()

    await expect(page.get_by_label("Slash command")).to_be_visible()
    await opens(page)
    await expect(page.get_by_role("tabpanel", name="Home")).not_to_contain_text("dev-poweruser")


async def test_on_a_phone_nothing_is_too_wide_or_too_pale(
    scene: Stage, open_page: OpenPage
) -> None:
    publishes(scene, "dev-poweruser", "a-very-long-name-" * 3)
    page = await open_page(scene.url, PHONE)
    await opens(page)
    await expect(page.get_by_role("tabpanel", name="Home")).to_contain_text("dev-poweruser")

    assert await page.evaluate(TOO_WIDE) == []
    assert await page.evaluate(PALE) == []
