"""How the page looks: on a laptop and a phone, in light and dark, and that it does not jump."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.kit import actions, button, section
from tests.browser.stage import Stage

pytestmark = pytest.mark.asyncio(loop_scope="session")

PHONE = (390, 844)
SMALL = (320, 568)

TOO_WIDE = """() => [...document.querySelectorAll('body *')].filter((node) => {
  if (node.closest('.examples, .unseen, .skip, pre, [hidden], dialog:not([open])')) return false;
  const box = node.getBoundingClientRect();
  return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1);
}).map((node) => node.className || node.tagName)"""

SHIFTS = """() => new Promise((then) => {
  let sum = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) if (!one.hadRecentInput) sum += one.value;
  }).observe({ type: 'layout-shift', buffered: true });
  setTimeout(() => then(sum), 500);
})"""

# Contrast as https://www.w3.org/TR/WCAG22/#contrast-minimum counts it, over the solid colour behind.
PALE = """() => {
  const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, n) => sum + v * [0.2126, 0.7152, 0.0722][n], 0);
  const behind = (node) => {
    for (let at = node; at; at = at.parentElement) {
      const colour = parse(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
    }
    return [255, 255, 255];
  };
  const pale = [];
  for (const node of document.querySelectorAll('body *')) {
    const own = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!own || node.closest('.unseen, .is-away, :disabled') || !node.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(node).color)), light(behind(node))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) pale.push(`${node.className} ${node.textContent.slice(0, 30)} ${ratio}`);
  }
  return pale;
}"""


def fill(scene: Stage) -> None:
    scene.post(
        "engineer",
        "Ready",
        blocks=[
            section("AWS has your membership. `aws sso login --profile dev` " + "long" * 60),
            actions(
                button("AWS Access Portal", "a", url="https://aws.example", style="primary"),
                button("Deactivate", "b", style="danger"),
                button("Not There Yet?", "c"),
                button("Sign In", "d", url=f"{scene.world.balancer.url}/sign-in/x"),
            ),
        ],
    )
    scene.post("engineer", "```\n" + "x" * 200 + "\n```", only=True)
    path = "/v1.0/identityGovernance/privilegedAccess/group/assignmentScheduleRequests"
    scene.call("graph", path, body={"action": "selfActivate", "text": "y" * 300}, status=429)
    scene.call("login", "/t/oauth2/v2.0/token", as_="app")
    scene.call("aws", "/identitystore/IsMemberInGroups")
    scene.record("granted", access="dev-poweruser", reason="z" * 150)
    scene.record("refused", access="dev-poweruser")
    args = {"who": "engineer", "access": "prod-readonly", "duration": "PT1H"}
    scene.world.entra.operate("activate", args)


async def every_view(page: Page, check: Any) -> None:
    """Call `check` with each of the page's views in sight, in the way this width offers them."""
    narrow = await page.get_by_role("tablist", name="Views").is_visible()
    if narrow:
        await check()
        await page.get_by_role("tab", name="People").click()
        await check()
        await page.get_by_role("tab", name="Behind it").click()
    for tab in ("Calls", "Record", "Entra", "AWS"):
        await page.get_by_role("tab", name=tab).click()
        await check()
        for summary in await page.locator("summary:visible").all():
            await summary.click()
        await check()


@pytest.mark.parametrize("size", [PHONE, SMALL, (1000, 700), (1280, 800)])
async def test_nothing_is_wider_than_the_window(
    scene: Stage, open_page: OpenPage, size: tuple[int, int]
) -> None:
    fill(scene)
    page = await open_page(scene.url, size)
    await page.locator("article").first.wait_for(state="attached")

    async def check() -> None:
        assert await page.evaluate(TOO_WIDE) == []
        assert await page.evaluate("document.documentElement.scrollWidth") == size[0]

    await every_view(page, check)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_word_stands_out_from_what_is_behind_it(
    scene: Stage, open_page: OpenPage, scheme: str
) -> None:
    fill(scene)
    page = await open_page(scene.url, color_scheme=scheme, reduced_motion="reduce")
    await page.locator("article").first.wait_for()

    async def check() -> None:
        assert await page.evaluate(PALE) == []

    await every_view(page, check)


async def test_light_and_dark_follow_the_reader(scene: Stage, open_page: OpenPage) -> None:
    look = "getComputedStyle(document.querySelector('.chat')).backgroundColor"

    light = await (await open_page(scene.url, color_scheme="light")).evaluate(look)
    dark = await (await open_page(scene.url, color_scheme="dark")).evaluate(look)

    assert light == "rgb(255, 255, 255)"
    assert dark != light


async def test_nothing_moves_for_who_asked_for_less_motion(
    scene: Stage, open_page: OpenPage
) -> None:
    page = await open_page(scene.url, reduced_motion="reduce")
    scene.post("engineer", "New")
    await page.locator(".item.is-fresh").wait_for()

    names = "[...document.querySelectorAll('*')].map((one) => getComputedStyle(one).animationName)"

    assert set(await page.evaluate(names)) == {"none"}


@pytest.mark.parametrize("size", [PHONE, (1280, 800)])
async def test_the_page_does_not_jump_while_it_loads_and_fills(
    scene: Stage, open_page: OpenPage, size: tuple[int, int]
) -> None:
    page = await open_page(scene.url, size)
    fill(scene)
    await page.locator("article").first.wait_for()

    assert await page.evaluate(SHIFTS) < 0.02


async def test_it_says_what_is_simulated_and_what_is_not(scene: Stage, open_page: OpenPage) -> None:
    for size in (PHONE, (1280, 800)):
        page = await open_page(scene.url, size)

        await expect(
            page.get_by_text(
                "Slack, Teams, Entra and AWS here are simulators on your machine; the bot is the real one."
            )
        ).to_be_visible()
