"""One run of the playground: the world, the page, and (unless told otherwise) the real bot in it."""

import asyncio
import contextlib
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

from playground.access_file import NOTIFIED, render
from playground.bots import SERVE, BotProcess
from playground.control.cast import access_ids, people_ids
from playground.control.interface import Interface
from playground.settings import REDIRECT, Told, as_shell, bot_settings, new_token_keys
from playground.world import World

USUAL_PORT = 8765
READY_SECONDS = 120.0
"""Generous: the very first start of a checkout compiles every SDK it imports."""
LOOK_SECONDS = 0.05


class NotReadyError(Exception):
    """The bot did not come up; `log` is the end of what it wrote."""

    def __init__(self, why: str, log: str) -> None:
        super().__init__(why)
        self.log = log


@dataclass(frozen=True)
class Options:
    """What a run can be told. `port` None: the usual one, or a free one when it is taken."""

    port: int | None = None
    database_url: str | None = None
    access_file: Path | None = None
    keeps_tokens: bool = True
    world_only: bool = False
    socket_mode: bool = False


@dataclass(frozen=True)
class Demo:
    """A run that is ready. `bot` is None when none was wanted."""

    world: World
    interface: Interface
    settings: dict[str, str]
    settings_file: Path
    """The settings as a shell reads them: for `aws-access doctor`, and any other command."""
    bot: BotProcess | None

    def shown(self) -> dict[str, Any]:
        """What `--json` prints."""
        shown: dict[str, Any] = {
            "page": self.interface.page_url,
            "bot": self.world.balancer.url,
            "control": self.interface.control_url,
            "settings": str(self.settings_file),
            "database_url": self.settings["DATABASE_URL"],
            "slack_signing_secret": self.world.slack.signing_secret,
            "people": people_ids(),
            "access": access_ids(),
        }
        if self.bot is None:
            shown["serve"] = {"command": list(SERVE), "env": self.settings}
        return shown


@asynccontextmanager
async def running(options: Options) -> AsyncIterator[Demo]:
    """Start everything, and end everything at the end. Raises NotReadyError, OSError."""
    folder = Path(tempfile.mkdtemp(prefix="aws-access-playground-"))
    async with contextlib.AsyncExitStack() as parts:
        parts.callback(shutil.rmtree, folder, ignore_errors=True)
        world = World(folder)
        world.slack.workspace.socket_mode = options.socket_mode
        await world.start()
        parts.push_async_callback(world.stop)
        world.entra.register_redirect(f"{world.balancer.url}{REDIRECT}")
        world.replicas.on_first = world.teams.announce
        settings = bot_settings(world, _told(options, folder))
        settings_file = folder / "settings.env"
        settings_file.write_text(as_shell(settings))
        interface = Interface(world, settings["DATABASE_URL"])
        await _listen(interface, options.port)
        parts.push_async_callback(interface.stop)
        bot = None
        if not options.world_only:
            bot = BotProcess(settings, folder / "bot.log")
            await bot.start()
            parts.push_async_callback(bot.stop)
            await _until_ready(world, bot)
        yield Demo(world, interface, settings, settings_file, bot)


def _told(options: Options, folder: Path) -> Told:
    access_file = options.access_file
    if access_file is None:
        access_file = folder / "access.toml"
        access_file.write_text(render(NOTIFIED))
    return Told(
        database_url=options.database_url or f"sqlite+aiosqlite:///{folder / 'aws-access.db'}",
        access_file=access_file.resolve(),
        token_keys=new_token_keys() if options.keeps_tokens else "",
        anchor=folder / "anchor",
    )


async def _listen(interface: Interface, port: int | None) -> None:
    if port is not None:
        await interface.start(port)
        return
    try:
        await interface.start(USUAL_PORT)
    except OSError:
        await interface.start()


async def _until_ready(world: World, bot: BotProcess) -> None:
    ended = asyncio.create_task(bot.ended())
    ready = asyncio.create_task(_ready(world))
    done, pending = await asyncio.wait(
        {ended, ready}, timeout=READY_SECONDS, return_when=asyncio.FIRST_COMPLETED
    )
    for task in pending:
        task.cancel()
    await asyncio.gather(*pending, return_exceptions=True)
    if ended in done:
        raise NotReadyError(str(ended.result()), ended.result().log)
    if ready not in done:
        why = f"the bot was not ready after {READY_SECONDS:.0f} seconds"
        raise NotReadyError(why, bot.last_words())


async def _ready(world: World) -> None:
    async with aiohttp.ClientSession(trust_env=False) as http:
        while True:
            if world.replicas.urls:
                async with http.get(f"{world.balancer.url}/readyz") as answer:
                    if answer.status == HTTPStatus.OK:
                        return
            await asyncio.sleep(LOOK_SECONDS)
