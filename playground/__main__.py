"""`python -m playground`: the demo, for people in a terminal and for programs."""

import asyncio
import json
import signal
import webbrowser
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from playground.bots import has_display
from playground.demo import Demo, NotReadyError, Options, running
from playground.script import play

OUT = Console(highlight=False, soft_wrap=True)
ERR = Console(stderr=True, highlight=False, soft_wrap=True)

FINE, CANNOT_RUN = 0, 2

WELCOME = """
[bold]The aws-access playground is ready.[/bold] Slack, Teams, Entra and AWS are simulated; the bot is the real one.

  Open     [bold cyan]{page}[/bold cyan]
  Be       engineer
  Say      [bold]/aws-access activate dev-poweruser 1h INC-42 checking the slow index[/bold]
  Then     sign in, skip ten minutes, say [bold]/aws-access deactivate[/bold]
  Then be  admin, and say [bold]/aws-access recent[/bold]
  Or go    to Teams, and say the same without [bold]/aws-access[/bold]

  Examine  (set -a; . {settings}; .venv/bin/aws-access doctor)
  For programs: {control}/help
  Ctrl+C ends everything and leaves nothing behind.
"""

WORLD_ONLY = """
[bold]The world is ready, and no bot is in it.[/bold] --json prints the command that starts one.

  Page     [bold cyan]{page}[/bold cyan]
  Control  {control}/help
  Settings {settings}
"""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--script", is_flag=True, help="Play the whole story in the terminal; exit 0 or 1.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON once ready.")
@click.option("--no-browser", is_flag=True, help="Do not open the page.")
@click.option("--port", type=click.IntRange(0, 65535), help="Of the page; 0 takes a free one.")
@click.option("--database-url", help="The bot's database instead of a temporary SQLite file.")
@click.option(
    "--access-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Instead of the playground's own.",
)
@click.option("--no-token-keys", is_flag=True, help="The bot keeps nobody's tokens.")
@click.option("--socket-mode", is_flag=True, help="Slack reaches the bot over Socket Mode.")
@click.option("--world-only", is_flag=True, help="Start no bot; --json says how to.")
@click.pass_context
def main(context: click.Context, /, **given: Any) -> None:  # noqa: ANN401  (click's own values)
    """Run the real bot against a simulated Slack, Teams, Entra and AWS on this machine."""
    given["usual_port"] = given["port"] is None and not given["as_json"] and not given["script"]
    options = Options(
        port=None if given["usual_port"] else given["port"] or 0,
        database_url=given["database_url"],
        access_file=given["access_file"],
        keeps_tokens=not given["no_token_keys"],
        world_only=given["world_only"],
        socket_mode=given["socket_mode"],
    )
    try:
        context.exit(asyncio.run(_run(options, given)))
    except NotReadyError as failed:
        ERR.print(failed.log, markup=False)
        _give_up(context, failed)
    except OSError as failed:
        _give_up(context, failed)


def _give_up(context: click.Context, why: Exception) -> None:
    ERR.print(f"The playground could not start: {why}.", style="red", markup=False)
    context.exit(CANNOT_RUN)


async def _run(options: Options, given: Mapping[str, Any]) -> int:
    """Until it is told to end, or the script has been played; answers the exit code."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    playing = asyncio.create_task(_play(options, given, ended))
    ending = asyncio.create_task(ended.wait())
    await asyncio.wait({playing, ending}, return_when=asyncio.FIRST_COMPLETED)
    ending.cancel()
    if not playing.done():
        playing.cancel()
        with suppress(asyncio.CancelledError):
            await playing
        return FINE
    return playing.result()


async def _play(options: Options, given: Mapping[str, Any], ended: asyncio.Event) -> int:
    async with running(options) as demo:
        if given["script"]:
            return await play(demo.interface.control_url, OUT)
        if given["as_json"]:
            print(json.dumps(demo.shown()), flush=True)
        else:
            _welcome(demo)
        if not (given["as_json"] or given["no_browser"]):
            await asyncio.to_thread(_open, demo.interface.page_url)
        watching = asyncio.create_task(_watch(demo))
        await ended.wait()
        watching.cancel()
    return FINE


def _welcome(demo: Demo) -> None:
    text = WELCOME if demo.bot is not None else WORLD_ONLY
    OUT.print(
        text.format(
            page=demo.interface.page_url,
            control=demo.interface.control_url,
            settings=demo.settings_file,
        )
    )


def _open(page: str) -> None:
    # Without a display there may still be a browser, but one that takes over the terminal.
    if has_display():
        with suppress(webbrowser.Error):
            webbrowser.open(page)


async def _watch(demo: Demo) -> None:
    """Say so when the bot ends by itself; the world stays, to be looked at."""
    if demo.bot is not None:
        ended = await demo.bot.ended()
        ERR.print(ended.log, markup=False)
        ERR.print(f"{ended}; the world goes on without it.", style="red", markup=False)


if __name__ == "__main__":
    main(prog_name="aws-access demo")
