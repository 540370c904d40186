"""What a person sees and does in the conversation."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, Route, expect
from yarl import URL

from tests.browser.conftest import OpenPage
from tests.browser.kit import actions, button, plain, rich, section, words
from tests.browser.stage import Stage, stage, until

pytestmark = pytest.mark.asyncio(loop_scope="session")

HOSTILE = '<img src=x onerror="window.hacked=1"><script>window.hacked=1</script>'
ESCAPED = HOSTILE.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def type_and_send(page: Page, text: str) -> None:
    await page.get_by_label("Slash command").fill(text)
    await page.keyboard.press("Enter")


def message(page: Page, text: str) -> Locator:
    return page.get_by_role("article").filter(has_text=text)


def note(page: Page) -> Locator:
    return page.get_by_role("list").locator(".note")


async def test_a_command_is_sent_and_its_answer_is_shown_to_its_person_only(
    scene: Stage, open_page: OpenPage
) -> None:
    async def answer(_: Any) -> Any:
        return {
            "text": "You have nothing active.",
            "blocks": [section("You have *nothing* active.")],
        }

    scene.on_command = answer
    page = await open_page(scene.url)

    await type_and_send(page, "/aws-access status")

    await expect(message(page, "/aws-access status")).to_contain_text("Erin Engineer")
    shown = message(page, "You have nothing active.")
    await expect(shown).to_contain_text("Only visible to you")
    await expect(shown.locator("strong", has_text="nothing")).to_be_visible()
    assert [(one["command"], one["text"]) for one in scene.heard] == [("/aws-access", "status")]


async def test_an_example_fills_the_line_and_sends_nothing(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    example = "/aws-access activate dev-poweruser 1h INC-42 checking the slow index"

    await page.get_by_role("button", name=example).click()

    await expect(page.get_by_label("Slash command")).to_have_value(example)
    await expect(page.get_by_label("Slash command")).to_be_focused()
    assert scene.heard == []


async def test_what_slack_would_not_deliver_is_said(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url + "#stranger")

    await type_and_send(page, "/aws-access status")

    await expect(message(page, "/aws-access status")).to_contain_text("delivers this to nobody")
    assert scene.heard == []


async def test_nothing_anybody_says_is_read_as_markup(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    scene.post(
        "engineer",
        ESCAPED,
        blocks=[
            {"type": "header", "text": plain("Hostile " + HOSTILE)},
            section(f"*{ESCAPED}* `{ESCAPED}` <javascript:window.hacked=1|press me>"),
            rich(words(HOSTILE, bold=True)),
            {"type": "context", "elements": [plain(HOSTILE)]},
        ],
    )
    scene.record("asked", reason=HOSTILE[:50])
    scene.call("graph", "/v1.0/" + HOSTILE, body={"reason": HOSTILE})
    await expect(message(page, "Hostile")).to_contain_text(HOSTILE)
    for tab in ("Record", "Calls"):
        await page.get_by_role("tab", name=tab).click()
        await page.locator("details:visible").last.click()

    assert await page.evaluate("window.hacked") is None
    assert await page.locator("main img, main script, a[href^=javascript]").count() == 0


async def test_slack_formatting_is_drawn(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    text = (
        "*bold* _slanted_ ~gone~ `code *as it is*` <https://aka.ms/pim|the portal> "
        "<!date^1700000000^{date_num} {time}|14 Nov 2023, 22:13 UTC> <@U0ADMIN000>\n> quoted\n"
        "```\n[profile dev]\n```"
    )
    scene.post("engineer", "formats", blocks=[section(text)])
    shown = message(page, "slanted")

    await expect(shown.locator("strong", has_text="bold")).to_be_visible()
    await expect(shown.locator("em")).to_have_text("slanted")
    await expect(shown.locator("s")).to_have_text("gone")
    await expect(shown.locator("code").first).to_have_text("code *as it is*")
    await expect(shown.get_by_role("link")).to_have_attribute("href", "https://aka.ms/pim")
    await expect(shown.locator(".b-section time")).to_have_text("14/11/2023 22:13")
    await expect(shown.locator(".mention")).to_have_text("@Ada Admin")
    await expect(shown.locator("blockquote")).to_have_text("quoted")
    await expect(shown.locator("pre")).to_have_text("[profile dev]")


async def test_an_edit_stays_in_its_place_and_says_that_it_is_one(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    first = scene.post("engineer", "Sign in to activate dev-poweruser")
    scene.post("engineer", "Something later")
    await expect(message(page, "Something later")).to_be_visible()

    scene.edit(first, "dev-poweruser is active")

    await expect(message(page, "dev-poweruser is active")).to_contain_text("edited")
    await expect(page.get_by_role("article").first).to_contain_text("dev-poweruser is active")
    await expect(page.get_by_role("article")).to_have_count(2)


async def test_a_new_message_is_read_out(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    scene.post("engineer", "AWS has your membership", only=True)

    spoken = page.get_by_role("status")

    await expect(spoken).to_contain_text(
        "AWS Access (only visible to you): AWS has your membership"
    )


async def test_pressing_a_button_tells_the_bot_which_one(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    press = [button("Deactivate", "aa:deactivate:0", value="{}"), button("Not There Yet?", "x")]
    scene.post("engineer", "Active", blocks=[actions(*press)])

    await page.get_by_role("button", name="Deactivate", exact=True).click()

    await until(lambda: scene.heard != [])
    assert [one["actions"][0]["action_id"] for one in scene.heard] == ["aa:deactivate:0"]


async def test_a_sign_in_link_opens_beside_and_can_be_followed_for_one(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    url = f"{scene.world.balancer.url}/sign-in/abc"
    scene.post("engineer", "Sign in", blocks=[actions(button("Sign In", "aa:url:0", url=url))])
    link = page.get_by_role("link", name="Sign In")

    await expect(link).to_have_attribute("href", url)
    await expect(link).to_have_attribute("target", "_blank")
    await page.get_by_role("button", name="Sign in as Erin Engineer").click()

    await expect(note(page)).to_contain_text("browser ends at a page that says")


async def test_a_link_out_of_the_playground_is_named_and_not_followed(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    portal = "https://d-9067642ac7.awsapps.com/start"
    scene.post("engineer", "x", blocks=[actions(button("AWS Access Portal", "u", url=portal))])

    await page.get_by_role("link", name="AWS Access Portal").click()

    await expect(note(page)).to_contain_text(f"This link leads out of the playground, to\n{portal}")
    assert len(page.context.pages) == 1


async def test_the_conversation_is_the_chosen_persons(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    scene.post("admin", "The latest decisions")
    scene.post("engineer", "Yours alone")
    await expect(message(page, "Yours alone")).to_be_visible()

    await page.get_by_role("radio", name="Ada Admin").check()

    await expect(page.get_by_text("You are Ada Admin")).to_be_visible()
    await expect(message(page, "The latest decisions")).to_be_visible()
    await expect(message(page, "Yours alone")).to_have_count(0)


async def test_it_follows_without_the_stream_of_changes(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)

    async def refuse(route: Route) -> None:
        await route.fulfill(status=204)

    await page.route("**/control/events", refuse)
    await page.reload()
    await page.get_by_role("radio").first.wait_for()
    scene.post("engineer", "Still here")

    await expect(message(page, "Still here")).to_be_visible()


async def test_a_new_world_in_the_place_of_the_old_one_is_shown_from_the_start(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url, may_complain=True)
    port = URL(scene.url).port or 0
    scene.post("engineer", "Of the old world")
    await expect(message(page, "Of the old world")).to_be_visible()

    await scene.interface.stop()
    folder = scene.database.parent / "new"
    folder.mkdir()
    async with stage(folder, port) as new:
        new.post("engineer", "Of the new world")

        await expect(message(page, "Of the new world")).to_be_visible(timeout=15_000)
        await expect(message(page, "Of the old world")).to_have_count(0)
