"""The command line: `aws-access serve` and what one needs around it."""

import asyncio
import os
import signal
import sys
from collections.abc import Iterable
from typing import NoReturn

import click

from bot import access_file
from bot.access_file import AccessFileError
from bot.logs import configure
from bot.ports import IntegrationError
from bot.settings import DATABASE, Settings, SettingsError, from_environment

PROBLEM, CANNOT_RUN, CANNOT_TELL = 1, 2, 3


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Just-in-time AWS access from chat, through Entra PIM for Groups."""


@main.command()
def serve() -> None:
    """Run the bot (settings come from the environment)."""
    configure()
    _run(_settings())


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
def audit() -> None:
    """The record of every decision."""


@audit.command("verify")
def audit_verify() -> None:
    """Follow the record's hash chain; exit 0 whole, 1 tampered with, 3 could not tell."""
    # --help needs no SQL, and verifying needs no bot.
    from integrations.database.audit import Verified  # noqa: PLC0415
    from integrations.database.verifying import verify_at  # noqa: PLC0415

    url = os.environ.get("DATABASE_URL", DATABASE)  # noqa: TID251  it needs no other setting
    try:
        found = asyncio.run(verify_at(url))
    except (IntegrationError, ValueError) as unreadable:
        click.echo(f"Could not tell: {unreadable}", err=True)
        sys.exit(CANNOT_TELL)
    if isinstance(found, Verified):
        click.echo(f"Whole: {found.rows} rows; the last hash is {found.head.hex()}.")
        return
    click.echo(f"Tampered with: row {found.seq}: {found.what}.", err=True)
    sys.exit(PROBLEM)


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
    """The settings, or exit 2 after saying everything that is wrong with them."""
    from bot.app import READABLE  # noqa: PLC0415  --help needs none of the SDKs

    problems: list[str] = []
    settings = None
    try:
        settings = from_environment(readable=READABLE)
        if settings.access_file:
            access_file.read(settings.access_file)
    except (SettingsError, AccessFileError) as wrong:
        problems += wrong.problems
    if settings is None or problems:
        _cannot_run(problems)
    return settings


def _cannot_run(problems: Iterable[str]) -> NoReturn:
    for problem in problems:
        click.echo(problem, err=True)
    sys.exit(CANNOT_RUN)


def _run(settings: Settings) -> None:
    from bot.app import CANNOT_START  # noqa: PLC0415  as above

    try:
        asyncio.run(_serve(settings))
    except CANNOT_START as wrong:
        _cannot_run([f"Cannot start: {wrong}"])


async def _serve(settings: Settings) -> None:
    from bot.app import serving  # noqa: PLC0415  as above

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings):
        await stop.wait()


if __name__ == "__main__":
    main()
