"""The panel beside the chat: the bot's calls, its record, and what Entra and AWS hold."""

import re

import pytest
from playwright.async_api import Page, expect

from playground.cast import ACCESS, PEOPLE
from tests.browser.conftest import OpenPage
from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

ENGINEER = PEOPLE["engineer"].oid
DEV = ACCESS["dev-poweruser"].group
PIM = "/v1.0/identityGovernance/privilegedAccess/group/assignmentScheduleRequests"


async def choose(page: Page, tab: str) -> None:
    await page.get_by_role("tab", name=re.compile(f"^{tab}")).click()


async def test_a_call_says_what_it_is_for_as_whom_and_opens_to_its_body(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    body = {"action": "selfActivate", "justification": "INC-42 checking the slow index"}
    scene.call("graph", PIM, status=201, as_=f"user:{ENGINEER}", body=body)
    panel = page.get_by_role("tabpanel", name="Calls")

    row = panel.get_by_role("listitem").filter(has_text="activates the membership")
    await expect(row).to_contain_text("as Erin Engineer")
    await expect(row).to_contain_text("201")
    await expect(row.get_by_text("checking the slow index")).to_be_hidden()
    await row.locator("summary").click()

    await expect(row.get_by_text("checking the slow index")).to_be_visible()
    await expect(row).to_contain_text("privilegedAccess")


async def test_a_lost_answer_is_shown_as_lost(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    scene.call("graph", PIM, status=201, delivered=False, body={"action": "selfActivate"})
    scene.call("graph", PIM, status=0, delivered=False, body={"action": "selfActivate"})
    rows = page.get_by_role("tabpanel", name="Calls").get_by_role("listitem")

    await expect(rows.first).to_contain_text("201 lost")
    await expect(rows.last).to_contain_text("no answer")


async def test_calls_to_one_system_can_be_hidden(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    scene.call("slack", "/api/chat.postMessage")
    scene.call("aws", "/identitystore/IsMemberInGroups")
    rows = page.get_by_role("tabpanel", name="Calls").get_by_role("listitem")
    await expect(rows).to_have_count(2)

    await page.get_by_role("button", name="slack", exact=True).click()

    await expect(rows).to_have_count(1)
    await expect(rows).to_contain_text("looks whether AWS has the membership")


async def test_what_is_open_stays_open_and_the_newest_stays_in_sight(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url)
    scene.call("slack", "/api/auth.test", body={"first": "call"})
    panel = page.get_by_role("tabpanel", name="Calls")
    await panel.locator("summary").first.click()

    for _ in range(40):
        scene.call("slack", "/api/chat.postMessage")

    await expect(panel.get_by_role("listitem")).to_have_count(41)
    await expect(panel.get_by_role("listitem").last).to_be_in_viewport()
    await expect(panel.locator("details").first).to_have_attribute("open", "")


async def test_the_record_names_who_and_what(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    scene.record("asked", ENGINEER, access="dev-poweruser", minutes="60", ticket="INC-42")
    scene.record("aws_seen", ENGINEER, access="dev-poweruser")
    scene.call("slack", "/api/chat.postMessage")

    await choose(page, "Record")

    rows = page.get_by_role("tabpanel", name="Record").get_by_role("listitem")
    await expect(rows.first).to_contain_text("Erin Engineer · dev-poweruser · 60 min · INC-42")
    await expect(rows.last).to_contain_text("aws seen")
    await rows.first.locator("summary").click()
    await expect(rows.first.get_by_text("R-7K2M")).to_be_visible()


async def test_entra_and_aws_are_shown_as_they_stand(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    args = {"who": "engineer", "access": "dev-poweruser", "duration": "PT1H"}
    scene.world.entra.operate("activate", {**args, "justification": "slow index"})

    await page.get_by_role("button", name="+10 min").click()

    await choose(page, "Entra")
    entra = page.get_by_role("tabpanel", name="Entra")
    row = entra.get_by_role("row").filter(has_text=" left")
    await expect(row).to_contain_text("Erin Engineer")
    await expect(row).to_contain_text("50 min left")
    await expect(entra.get_by_role("row").filter(has_text="selfActivate")).to_contain_text(
        "slow index"
    )
    await choose(page, "AWS")
    aws = page.get_by_role("tabpanel", name="AWS")
    held = aws.get_by_role("row").filter(has_text=re.compile(r"since \d\d:\d\d"))
    await expect(held).to_contain_text("Erin Engineer")
    await expect(held).to_contain_text("dev-poweruser")
    await expect(aws.get_by_role("row").filter(has_text="111111111111")).to_contain_text(
        "PowerUserAccess"
    )


async def test_skipping_moves_the_worlds_clock(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url)
    before = scene.world.clock.offset.total_seconds()

    await page.get_by_role("button", name="+30 min").click()

    await expect(page.get_by_role("status")).to_contain_text("It is ")
    assert scene.world.clock.offset.total_seconds() == pytest.approx(before + 1800, abs=2)
    now = scene.world.clock.now()
    await expect(page.locator("#now")).to_contain_text(f"{now:%H:%M}")


async def test_a_world_that_is_gone_is_said(scene: Stage, open_page: OpenPage) -> None:
    page = await open_page(scene.url, may_complain=True)

    await page.route("**/control/**", lambda route: route.fulfill(status=400, json={"error": "x"}))
    await page.get_by_role("button", name="+5 min").click()

    await expect(page.get_by_role("alert")).to_contain_text("The playground refused the call")
