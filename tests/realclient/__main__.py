"""`python -m tests.realclient [FOLDER]`: activate and approve with a real client of Microsoft's.

The bot is `aws-access serve` with its verification on, Entra and AWS are the playground's, and the
client is Agents Playground: https://learn.microsoft.com/microsoft-365/agents-sdk/test-with-toolkit-project
"""

import asyncio
import json
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
from playwright.async_api import async_playwright

from playground.cast import TEAMS_APP_ID
from tests.browser.chromium import FLAGS, chromium
from tests.realclient.client import Client, NotInstalledError, client, found_in
from tests.realclient.signing import signing

FOLDER = Path("build/realclient")
WORLD = ("-m", "playground", "--json", "--no-browser", "--world-only", "--port", "0")
ASK = "activate dev-poweruser 1h INC-42 checking the slow index"
ASK_PROD = "activate prod-admin 1h INC-42 failing payments"
Json = dict[str, Any]


class Told:
    """The world's control interface."""

    def __init__(self, control: str, http: aiohttp.ClientSession) -> None:
        self._control = control
        self._http = http

    async def post(self, path: str, **body: Any) -> Any:
        async with self._http.post(f"{self._control}{path}", json=body) as answer:
            return await answer.json()

    async def get(self, path: str) -> Any:
        async with self._http.get(f"{self._control}{path}") as answer:
            return await answer.json()

    async def signs_in(self, who: str, page: Client) -> None:
        """Follow the newest sign-in link on somebody's page, in their own browser."""
        link = page.page.get_by_role("link", name="Sign In").last
        await link.wait_for()
        async with page.page.context.expect_page() as opened:
            await link.click()
        tab = await opened.value
        told = await self.post("/signin", who=who, url=tab.url)
        await tab.close()
        check(f"{who} signs in", holds="Signed in" in told["page"])


def check(claim: str, *, holds: bool) -> None:
    """Print a claim that holds; end with one that does not."""
    sys.stdout.write(f"{'✓' if holds else '✗'} {claim}\n")
    if not holds:
        raise SystemExit(1)


@asynccontextmanager
async def process(*command: str, env: dict[str, str] | None = None) -> AsyncIterator[Process]:
    """A child that ends with us."""
    one = await asyncio.create_subprocess_exec(*command, stdout=PIPE, stderr=DEVNULL, env=env)
    try:
        yield one
    finally:
        if one.returncode is None:
            one.terminate()
        await one.wait()


async def play(folder: Path) -> None:
    installed = found_in(folder)
    async with (
        process(sys.executable, *WORLD) as world,
        aiohttp.ClientSession(trust_env=False) as http,
    ):
        line = json.loads(await _first_line(world))
        told = Told(line["control"], http)
        async with signing(TEAMS_APP_ID, line["bot"]) as proxy:
            env = {**line["serve"]["env"], "TEAMS_LOGIN_URL": proxy.url, "TEAMS_SSO_URI": ""}
            async with process(*line["serve"]["command"], env=env):
                await _until_ready(http, line["bot"])
                await _with_clients(told, f"{proxy.url}/api/messages", installed, folder)
                check("the bot took everything that was signed", holds=not proxy.turned_away)


async def _with_clients(told: Told, endpoint: str, installed: Path, folder: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        async with (
            client(browser, "engineer", 27150, endpoint, installed, folder) as engineer,
            client(browser, "teams-approver", 27151, endpoint, installed, folder) as approver,
        ):
            try:
                await _activates(told, engineer, folder)
                await _approves(told, engineer, approver, folder)
            finally:
                await engineer.pictured(folder / "engineer.png")
                await approver.pictured(folder / "approver.png")
        await browser.close()


async def _activates(told: Told, engineer: Client, folder: Path) -> None:
    await engineer.says(ASK)
    await engineer.sees("Sign in to activate dev-poweruser")
    await engineer.pictured(folder / "1-asked.png")
    await told.signs_in("engineer", engineer)
    await engineer.sees("dev-poweruser is active")
    gone = await engineer.page.get_by_text("Sign in to activate dev-poweruser").count()
    check("the card was replaced in place", holds=gone == 0)
    await engineer.pictured(folder / "2-active.png")
    active = (await told.get("/entra"))["activations"]
    check("Entra has the activation", holds=len(active) == 1)


async def _approves(told: Told, engineer: Client, approver: Client, folder: Path) -> None:
    await approver.says("status")
    await approver.sees("Sign in first")
    await told.signs_in("teams-approver", approver)
    await engineer.says(ASK_PROD)
    await engineer.sees("prod-admin waits for approval")
    await approver.sees("prod-admin needs your decision")
    await approver.pictured(folder / "3-asked-to-decide.png")
    await approver.presses("Approve")
    await approver.sees("prod-admin: approved")
    await engineer.sees("prod-admin is active")
    gone = await engineer.page.get_by_text("prod-admin waits for approval").count()
    check("the approval replaced both cards in place", holds=gone == 0)
    calls = [c for c in await told.get("/calls") if c["method"] == "PATCH"]
    check("one decision was sent to PIM", holds=len(calls) == 1)


async def _first_line(world: Process) -> bytes:
    if world.stdout is None:
        raise RuntimeError("a process without pipes")
    return await world.stdout.readline()


async def _until_ready(http: aiohttp.ClientSession, bot: str) -> None:
    async with asyncio.timeout(60):
        while True:
            async with http.get(f"{bot}/readyz") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    try:
        asyncio.run(play(Path(sys.argv[1]) if sys.argv[1:] else FOLDER))
    except NotInstalledError as missing:
        sys.exit(f"Agents Playground is not installed: {missing}")
