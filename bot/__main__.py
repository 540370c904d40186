"""The command line: `aws-access serve` and what one needs around it."""

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine
from typing import Any, NoReturn

import click

from bot import access_file
from bot.access_file import AccessFileError
from bot.logs import configure
from bot.ports import IntegrationError
from bot.settings import Settings, SettingsError, from_environment

FINE, PROBLEM, CANNOT_RUN = 0, 1, 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Just-in-time AWS access from chat, through Entra PIM for Groups."""


@main.command()
def serve() -> None:
    """Run the bot (settings come from the environment)."""
    configure()
    settings = _settings()
    _run(_serve(settings))


@main.command()
def check() -> None:
    """Check the settings and the access file, offline; exit 0 or 2."""
    settings = _settings()
    click.echo("The settings can be used.")
    if settings.access_file:
        catalog = access_file.read(settings.access_file)
        click.echo(f"{settings.access_file}: {len(catalog.accesses)} accesses.")
    else:
        click.echo("No ACCESS_FILE: every group of the AWS apps is offered, and nobody is admin.")


@main.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the schema up to date (serve does so by itself)."""
    from integrations.database.schema import upgrade  # noqa: PLC0415  starts fast without SQL

    upgrade(_settings().database_url)
    click.echo("The schema is up to date.")


@main.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []},
    add_help_option=False,
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def demo(options: tuple[str, ...]) -> NoReturn:
    """Play with the real bot against a simulated Slack, Entra and AWS."""
    # The world is a process of its own: the product never imports the playground.
    os.execv(sys.executable, [sys.executable, "-m", "playground", *options])  # noqa: S606


def _settings() -> Settings:
    try:
        settings = from_environment()
        if settings.access_file:
            access_file.read(settings.access_file)
    except (SettingsError, AccessFileError) as wrong:
        for problem in wrong.problems:
            click.echo(problem, err=True)
        sys.exit(CANNOT_RUN)
    return settings


def _run(work: Coroutine[Any, Any, None]) -> None:
    try:
        asyncio.run(work)
    except (IntegrationError, ValueError) as wrong:
        click.echo(f"Cannot start: {wrong}", err=True)
        sys.exit(CANNOT_RUN)


async def _serve(settings: Settings) -> None:
    from bot.app import serving  # noqa: PLC0415  --help needs none of the SDKs

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings):
        await stop.wait()


if __name__ == "__main__":
    main()
