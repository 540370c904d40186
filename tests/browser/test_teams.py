"""Teams on the page: the switch, its cards and dialogs, by mouse and by keyboard, on a phone too."""

from typing import Any

import pytest
from playwright.async_api import expect

from playground.teams.state import Message
from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage, until
from tests.browser.test_looks import PALE, PHONE, TOO_WIDE

pytestmark = pytest.mark.asyncio(loop_scope="session")

Json = dict[str, Any]
CARD = "application/vnd.microsoft.card.adaptive"
HOSTILE = '<img src=x onerror="window.hacked=1">'
DIALOG = {"msteams": {"type": "task/fetch"}}


def text(words: str, **more: Any) -> Json:
    return {"type": "TextBlock", "text": words, "wrap": True, **more}


def card(*body: Json, **more: Any) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), **more}


def buttons(*actions: Json) -> Json:
    return {"type": "ActionSet", "actions": list(actions)}


def execute(title: str, **more: Any) -> Json:
    return {"type": "Action.Execute", "title": title, "verb": "v", "data": {"a": title}, **more}


def post(scene: Stage, who: str, *body: Json) -> Message:
    """The bot posts a card in somebody's chat."""
    tenant = scene.world.teams.tenant
    attached = {"contentType": CARD, "content": card(*body)}
    activity = {"type": "message", "attachments": [attached]}
    scene.call("teams", "/emea/v3/conversations/x/activities")
    return tenant.post(tenant.personal(tenant.accounts[who]), activity)


async def test_one_is_in_the_chats_where_one_has_an_account(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    slack, teams = (page.get_by_role("button", name=n, exact=True) for n in ("Slack", "Teams"))

    await page.locator("#who-teams-approver").check()
    await expect(page.get_by_text("You are Terry Approver")).to_be_visible()
    await expect(teams).to_have_attribute("aria-pressed", "true")
    await expect(slack).to_be_disabled()
    await page.locator("#who-approver").check()
    await expect(slack).to_have_attribute("aria-pressed", "true")
    await expect(teams).to_be_disabled()

    await page.locator("#who-engineer").check()
    await teams.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("tab", name="Home")).to_be_hidden()
    await page.reload()
    await expect(page.get_by_label("Message to AWS Access")).to_be_visible()


async def test_what_is_typed_reaches_the_bot_without_the_slash(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url + "#engineer@teams")
    line = page.get_by_label("Message to AWS Access")
    await line.focus()

    await page.keyboard.type("act")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("Enter")
    await expect(line).to_have_value("activate ")
    await page.keyboard.type("dev-poweruser")
    await page.keyboard.press("Escape")
    await page.keyboard.press("Enter")

    await until(lambda: scene.heard != [])
    assert scene.heard[0]["text"] == "activate dev-poweruser"
    await expect(page.get_by_role("article")).to_contain_text("activate dev-poweruser")
    await page.get_by_role("button", name="Slack", exact=True).click()
    await expect(page.get_by_role("article")).to_have_count(0)


async def test_a_card_is_drawn_as_it_reads_and_nothing_of_it_is_markup(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url + "#engineer@teams")
    link = {"type": "Action.OpenUrl", "title": "x", "url": "https://aka.ms/pim"}
    post(
        scene,
        "engineer",
        text(f"**Ready** until {{{{TIME(2026-11-26T14:32:00Z)}}}} {HOSTILE}", weight="bolder"),
        {
            "type": "RichTextBlock",
            "inlines": [
                {"type": "TextRun", "text": f"**as it is** {HOSTILE} "},
                {"type": "TextRun", "text": "aka.ms/pim", "selectAction": link},
            ],
        },
        {"type": "FactSet", "facts": [{"title": "Access", "value": "dev"}]},
        {"type": "Carousel", "fallback": "drop"},
        buttons({"type": "Action.OpenUrl", "title": "My Apps", "url": "https://x.example"}),
    )

    shown = page.get_by_role("article")
    await expect(shown).to_contain_text("Ready until 14:32 UTC")
    await expect(shown).to_contain_text(f"**as it is** {HOSTILE}")
    await expect(shown.locator("strong", has_text="Ready")).to_be_visible()
    await expect(shown.get_by_role("link", name="aka.ms/pim")).to_be_visible()
    await expect(shown).to_contain_text("This page does not draw “Carousel”; Teams does.")
    assert await page.evaluate("window.hacked") is None
    await shown.get_by_role("link", name="My Apps").click()
    await expect(page.locator(".note")).to_contain_text("leads out of the playground")


async def test_a_press_replaces_the_card_or_says_why_not(scene: Stage, open_page: OpenPage) -> None:
    told: list[Json] = [
        {"statusCode": 403, "type": "application/vnd.microsoft.error", "value": {"message": "No."}},
        {"statusCode": 200, "type": CARD, "value": card(text("Approved"))},
    ]

    async def answer(_: Json) -> Json:
        return told.pop(0)

    scene.on_interaction = answer
    page = await open_page(scene.url + "#teams-approver")
    post(
        scene,
        "teams-approver",
        text("Yes?"),
        {"type": "Input.Text", "id": "why", "label": "Comment"},
        buttons(execute("Approve", style="positive"), execute("Deny", style="destructive")),
    )

    await page.get_by_label("Comment").fill("fine by me")
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("article")).to_contain_text("No.")
    await page.get_by_label("Comment").fill("really")
    await page.get_by_role("button", name="Approve").press("Enter")

    await expect(page.get_by_role("article")).to_contain_text("Approved")
    await expect(page.get_by_role("article")).to_contain_text("edited")
    values = [one["value"]["action"]["data"] for one in scene.heard]
    assert values == [{"a": "Approve", "why": "fine by me"}, {"a": "Approve", "why": "really"}]


async def test_a_dialog_is_filled_in_and_sent_by_keyboard_alone(
    scene: Stage, open_page: OpenPage
) -> None:
    submit = {"type": "Action.Submit", "title": "Ask", "data": {"form": 1}}
    access = {
        "type": "Input.ChoiceSet",
        "id": "access",
        "label": "Access",
        "choices": [{"title": n, "value": n} for n in ("dev", "prod")],
        "isRequired": True,
        "errorMessage": "Please fill this in.",
    }
    reason = {"type": "Input.Text", "id": "reason", "label": "Reason", "isMultiline": True}
    wrong = text("Too short.", color="attention")
    told = [
        _asks(card(access, reason, actions=[submit])),
        _asks(card(reason, wrong, actions=[submit])),
        None,
    ]

    async def answer(_: Json) -> Json | None:
        return told.pop(0)

    scene.on_interaction = answer
    page = await open_page(scene.url + "#engineer@teams")
    post(
        scene,
        "engineer",
        text("Form"),
        buttons({"type": "Action.Submit", "title": "Open Form", "data": DIALOG}),
    )
    await page.get_by_role("button", name="Open Form").press("Enter")

    dialog = page.get_by_role("dialog", name="Activate")
    await expect(dialog.get_by_label("Access")).to_be_focused()
    await dialog.get_by_role("button", name="Ask").press("Enter")
    await expect(dialog).to_contain_text("Please fill this in.")
    await dialog.get_by_label("Access").select_option("prod")
    await dialog.get_by_label("Reason").fill("slow index")
    await dialog.get_by_role("button", name="Ask").press("Enter")
    await expect(dialog).to_contain_text("Too short.")
    await expect(dialog.get_by_label("Reason")).to_have_attribute("aria-invalid", "true")
    await dialog.get_by_label("Reason").fill("the index is slow")
    await dialog.get_by_role("button", name="Ask").press("Enter")

    await expect(page.get_by_role("dialog")).to_have_count(0)
    sent = [one["value"]["data"] for one in scene.heard[1:]]
    assert sent == [
        {"form": 1, "access": "prod", "reason": "slow index"},
        {"form": 1, "reason": "the index is slow"},
    ]


def _asks(content: Json) -> Json:
    value = {"title": "Activate", "card": {"contentType": CARD, "content": content}}
    return {"task": {"type": "continue", "value": value}}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_a_phone_and_stands_out(
    scene: Stage, open_page: OpenPage, scheme: str
) -> None:
    page = await open_page(scene.url + "#engineer@teams", PHONE, color_scheme=scheme)
    post(
        scene,
        "engineer",
        text("A title", weight="bolder", size="medium"),
        text("long" * 80),
        text("small print", isSubtle=True, size="small"),
        text("wrong", color="attention"),
        {"type": "FactSet", "facts": [{"title": "Access", "value": "x" * 90}]},
        buttons(*(execute(f"A rather long button {n}") for n in range(4))),
    )
    await page.get_by_role("article").wait_for()

    assert await page.evaluate(TOO_WIDE) == []
    assert await page.evaluate(PALE) == []
