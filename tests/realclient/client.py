"""Agents Playground as one person sees it: its process, and a page of it in Chromium."""

import asyncio
import shutil
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import aiohttp
from playwright.async_api import Browser, Locator, Page

from playground.cast import PEOPLE, TEAMS_APP_ID, TENANT_ID

PACKAGE = "@microsoft/m365agentsplayground"
VERSION = "0.2.28"
CLI = Path("node_modules", *PACKAGE.split("/"), "cli.js")
PATIENCE_MS = 30_000
START_SECONDS = 60.0
OTHERS = ("admin", "approver", "controller-one", "controller-two", "outsider")
"""The tool ends by itself with fewer than five others."""


class NotInstalledError(Exception):
    """The text says how to install it."""


@dataclass
class Client:
    """One person in Agents Playground."""

    page: Page
    folder: Path

    async def says(self, text: str) -> None:
        """Type into the chat with the bot."""
        box = self.page.get_by_role("textbox").last
        await box.click()
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Enter")

    async def sees(self, words: str) -> Locator:
        """What shows these words, the newest."""
        found = self.page.get_by_text(words).last
        await found.wait_for(timeout=PATIENCE_MS)
        return found

    async def presses(self, label: str) -> None:
        """Press the newest button of that name."""
        await self.page.get_by_role("button", name=label).last.click()

    async def pictured(self, path: Path) -> None:
        await self.page.screenshot(path=path)


def config(who: str) -> str:
    """Its configuration for one person of the world; `userPrincipleName` is the tool's spelling."""
    others = "\n".join(f"  - {_user(one, f'29:{one}')}" for one in OTHERS)
    return f"""\
version: "0.1.1"
tenantId: {TENANT_ID}
bot: {{id: "28:{TEAMS_APP_ID}", name: AWS Access}}
currentUser: {_user(who, PEOPLE[who].teams or "")}
users:
{others}
personalChat: {{id: personal-{who}}}
groupChat: {{id: group-chat-id, name: Group Chat}}
team: {{id: team-id, name: Operations, aadGroupId: 00000000-0000-0000-0000-000000000031, channels: [{{id: channel-prod, name: prod}}]}}
"""


def _user(who: str, some_id: str) -> str:
    person = PEOPLE[who]
    given, _, surname = person.name.partition(" ")
    return (
        f'{{id: "{some_id}", name: "{person.name}", userPrincipleName: {person.upn}, '
        f"aadObjectId: {person.oid}, givenName: {given}, surname: {surname}, email: {person.upn}}}"
    )


@asynccontextmanager
async def client(
    browser: Browser, who: str, port: int, endpoint: str, installed: Path, folder: Path
) -> AsyncIterator[Client]:
    """Start one for somebody, on a port of its own, before the bot's endpoint."""
    mine = folder / who
    mine.mkdir(parents=True, exist_ok=True)
    await asyncio.to_thread((mine / ".m365agentsplayground.yml").write_text, config(who))
    process = await _started(installed, mine, port, endpoint)
    try:
        await _until_there(port)
        page = await browser.new_page(viewport={"width": 1200, "height": 900})
        page.set_default_timeout(PATIENCE_MS)
        await page.goto(f"http://127.0.0.1:{port}")
        yield Client(page, mine)
    finally:
        if process.returncode is None:
            process.terminate()
            await process.wait()


def found_in(folder: Path) -> Path:
    """Where it is installed. Raises NotInstalledError."""
    cli = folder / CLI
    if shutil.which("node") is None or not cli.is_file():
        raise NotInstalledError(f"npm install --prefix {folder} {PACKAGE}@{VERSION}")
    return cli.resolve()


async def _started(cli: Path, folder: Path, port: int, endpoint: str) -> Process:
    service = f"http://127.0.0.1:{port}/_connector"
    return await asyncio.create_subprocess_exec(
        *("node", str(cli), "start", "-e", endpoint, "-c", "msteams", "-p", str(port)),
        *("--service-url", service, "--disable-telemetry"),
        cwd=folder,
        stdin=DEVNULL,
        stdout=DEVNULL,
        stderr=DEVNULL,
    )


async def _until_there(port: int) -> None:
    async with asyncio.timeout(START_SECONDS), aiohttp.ClientSession(trust_env=False) as http:
        while True:
            try:
                async with http.get(f"http://127.0.0.1:{port}") as answer:
                    if answer.status < 500:
                        return
            except aiohttp.ClientError:
                await asyncio.sleep(0.2)
