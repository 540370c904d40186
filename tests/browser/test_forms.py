"""Slack's modals on the page: searching, choosing, errors at the field, submitting, closing."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.kit import Json, entry, modal, option, plain
from tests.browser.stage import Stage, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEARCH = entry(
    "access", "Access", {"type": "external_select", "min_query_length": 0}, dispatch_action=True
)
REASON = entry("reason", "Reason", {"type": "plain_text_input", "multiline": True})
TICKET = entry("ticket", "Ticket", {"type": "plain_text_input"}, optional=True)
LENGTH = entry(
    "length",
    "For how long",
    {"type": "static_select", "options": [option("1h"), option("2h")]},
    hint=plain("At most 8 h"),
)


class Bot:
    """Offers accesses, redraws the form for the chosen one, and answers a submission as told."""

    def __init__(self, scene: Stage) -> None:
        self.scene = scene
        self.answer: Json = {}
        self.submitted: list[Json] = []
        self.closed = False
        scene.on_interaction = self.hear

    async def hear(self, told: Json) -> Any:
        if told["type"] == "block_suggestion":
            names = ("dev-poweruser", "prod-admin", "seed-admin")
            return {"options": [option(name) for name in names if told["value"] in name]}
        if told["type"] == "block_actions":
            self.scene.redraw_form(modal(SEARCH, LENGTH, REASON, TICKET))
        if told["type"] == "view_submission":
            self.submitted.append(told["view"]["state"]["values"])
            return self.answer
        return ""


async def opened(scene: Stage, page: Page, view: Json) -> Locator:
    scene.open_form("engineer", view)
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    return dialog


async def test_a_form_is_filled_in_and_submitted(scene: Stage, open_page: OpenPage) -> None:
    bot = Bot(scene)
    page = await open_page(scene.url)
    dialog = await opened(scene, page, modal(SEARCH, REASON))

    await expect(dialog.get_by_label("Access")).to_be_focused()
    await page.keyboard.type("dev")
    await dialog.get_by_role("option", name="dev-poweruser").click()
    await dialog.get_by_label("For how long").select_option("2h")
    await dialog.get_by_label("Reason").fill("checking the slow index")
    await dialog.get_by_role("button", name="Activate").click()

    await expect(dialog).to_be_hidden()
    values = bot.submitted[0]
    assert values["access"]["aa:field:access"]["selected_option"]["value"] == "dev-poweruser"
    assert values["length"]["aa:field:length"]["selected_option"]["value"] == "2h"
    assert values["reason"]["aa:field:reason"]["value"] == "checking the slow index"


async def test_a_required_field_left_empty_says_so_and_nothing_is_sent(
    scene: Stage, open_page: OpenPage
) -> None:
    bot = Bot(scene)
    page = await open_page(scene.url)
    dialog = await opened(scene, page, modal(SEARCH, REASON, TICKET))

    await dialog.get_by_role("button", name="Activate").click()

    access, reason = dialog.get_by_label("Access"), dialog.get_by_label("Reason")
    await expect(access).to_have_attribute("aria-invalid", "true")
    await expect(reason).to_have_accessible_description("Please complete this required field.")
    await expect(access).to_be_focused()
    await expect(dialog.get_by_label("Ticket (optional)")).to_have_attribute(
        "aria-invalid", "false"
    )
    assert bot.submitted == []


async def test_what_the_bot_finds_wrong_stands_at_its_field(
    scene: Stage, open_page: OpenPage
) -> None:
    bot = Bot(scene)
    bot.answer = {
        "response_action": "errors",
        "errors": {"length": "PIM allows at most 8 h.", "reason": "Say a little more."},
    }
    page = await open_page(scene.url)
    dialog = await opened(scene, page, modal(LENGTH, REASON))

    await dialog.get_by_label("For how long").select_option("1h")
    await dialog.get_by_label("Reason").fill("x")
    await dialog.get_by_role("button", name="Activate").click()

    reason = dialog.get_by_label("Reason")
    await expect(reason).to_have_accessible_description("Say a little more.")
    await expect(reason).to_have_value("x")
    await expect(dialog.get_by_text("PIM allows at most 8 h.")).to_be_visible()
    await expect(dialog.get_by_label("For how long")).to_be_focused()


async def test_what_was_typed_survives_a_redraw(scene: Stage, open_page: OpenPage) -> None:
    Bot(scene)
    page = await open_page(scene.url)
    dialog = await opened(scene, page, modal(SEARCH, REASON))
    await dialog.get_by_label("Reason").fill("half a sent")

    await dialog.get_by_label("Access").click()
    await dialog.get_by_role("option", name="seed-admin").click()

    await expect(dialog.get_by_label("For how long")).to_be_visible()
    await expect(dialog.get_by_label("Reason")).to_have_value("half a sent")
    await expect(dialog.get_by_label("Access")).to_have_value("seed-admin")


async def test_nothing_found_is_said(scene: Stage, open_page: OpenPage) -> None:
    Bot(scene)
    page = await open_page(scene.url)
    dialog = await opened(scene, page, modal(SEARCH))

    await dialog.get_by_label("Access").fill("nowhere")

    await expect(dialog.get_by_text("Nothing found")).to_be_visible()


async def test_escape_closes_the_options_first_and_then_the_form(
    scene: Stage, open_page: OpenPage
) -> None:
    Bot(scene)
    page = await open_page(scene.url)
    await page.get_by_label("Slash command").focus()
    dialog = await opened(scene, page, {**modal(SEARCH), "notify_on_close": True})

    await page.keyboard.press("ArrowDown")
    await expect(dialog.get_by_role("option").first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(dialog.get_by_role("option")).to_have_count(0)
    await expect(dialog).to_be_visible()
    await page.keyboard.press("Escape")

    await expect(dialog).to_be_hidden()
    await until(lambda: scene.heard[-1]["type"] == "view_closed")
    await expect(page.get_by_label("Slash command")).to_be_focused()


async def test_a_loading_form_gives_the_focus_to_its_first_field_once_it_has_one(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    loading = {**modal(), "blocks": [{"type": "section", "text": plain("One moment…")}]}
    dialog = await opened(scene, page, loading)
    await expect(dialog).to_contain_text("One moment…")

    scene.redraw_form(modal(REASON, TICKET))

    await expect(dialog.get_by_label("Reason")).to_be_focused()
