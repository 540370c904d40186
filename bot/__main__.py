"""The command line: `aws-access serve` and what one needs around it."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import NoReturn, TextIO

import click

from bot import access_file
from bot.access_file import AccessFileError
from bot.doctor.findings import Finding, Verdict, worst
from bot.logs import configure
from bot.ports import HistoryLostError, IntegrationError
from bot.settings import DATABASE, Settings, SettingsError, from_environment
from bot.wording.doctor import report

FINE, PROBLEM, CANNOT_RUN, CANNOT_TELL = 0, 1, 2, 3
EXIT = {
    Verdict.OK: FINE,
    Verdict.WARN: FINE,
    Verdict.FAIL: PROBLEM,
    Verdict.UNKNOWN: CANNOT_TELL,
}


_DATABASE = click.option(
    "--database", envvar="DATABASE_URL", default=DATABASE, metavar="URL", help="Or DATABASE_URL."
)
_ANCHOR = click.option(
    "--anchor", envvar="AUDIT_ANCHOR", default="", metavar="FILE", help="Or AUDIT_ANCHOR."
)


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
        _show(settings.access_file, grants=settings.grantor is not None)
    else:
        click.echo("No ACCESS_FILE: every group of the AWS apps is offered, and nobody is admin.")


def _show(path: str, *, grants: bool) -> None:
    """What is understood of the access file, and what its writer should think about."""
    from bot.wording import policy  # noqa: PLC0415  --help needs no words
    from handlers.activate import not_yet  # noqa: PLC0415  as above

    found = access_file.examine(path)
    count = len(found.catalog.accesses)
    click.echo(
        f"{path} ({found.catalog.source}): {count} {'access' if count == 1 else 'accesses'}."
    )
    for access in found.catalog.accesses:
        missing = not_yet(access, grants=grants)
        click.echo("\n".join(("", *policy.access_understood(access, missing))))
    click.echo("\n".join(("", *policy.understood(found.catalog))))
    for warning in found.warnings:
        click.echo(f"Warning: {warning}", err=True)


@main.command()
@click.argument("access")
@click.option(
    "--for", "user", required=True, metavar="USER", help="An object id, or a user name of Entra's."
)
def explain(access: str, user: str) -> None:
    """Say why USER can or cannot have ACCESS now, read live; nothing is changed.

    Exit code: 0 it can be asked for, 1 something stands in the way, 2 it cannot run, 3 it could
    not be found out.
    """
    from bot.app import CANNOT_START  # noqa: PLC0415  --help needs none of the SDKs

    configure()
    try:
        possible, told = asyncio.run(_explain(_settings(), access, user))
    except IntegrationError as unreadable:
        click.echo(f"Could not tell: {unreadable}", err=True)
        sys.exit(CANNOT_TELL)
    except CANNOT_START as wrong:
        _cannot_run([f"Cannot start: {wrong}"])
    click.echo(told)
    sys.exit(0 if possible else PROBLEM)


async def _explain(settings: Settings, name: str, named: str) -> tuple[bool, str]:
    """Whether it can be asked for, and the reasons, as the chat would tell them."""
    from bot.app import looking  # noqa: PLC0415  as above
    from bot.terminal import printed  # noqa: PLC0415
    from bot.wording import explain as wording  # noqa: PLC0415
    from handlers.context import catalog  # noqa: PLC0415
    from handlers.explain import explanation  # noqa: PLC0415

    async with looking(settings) as world:
        everything = await catalog(world)
        access = everything.named(name)
        if access is None:
            near = everything.nearest(name)
            return False, wording.no_such_access(name, near.name if near else "")
        read = world.directory.user_named if "@" in named else world.directory.user
        user = await read(named)
        if user is None:
            return False, wording.no_such_user(named)
        found = await explanation(world, everything, access, user.person)
    return found.possible, printed(wording.explained(found))


@main.command()
@click.option(
    "--user", default="", metavar="UPN", help="Also examine this person in Entra and AWS."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of lines.")
@click.option(
    "--timeout",
    "seconds",
    type=click.FloatRange(min=0.1),
    default=10.0,
    show_default=True,
    help="Seconds each question may take.",
)
def doctor(user: str, *, as_json: bool, seconds: float) -> None:
    """Examine the live set-up of Slack, Entra and AWS, reading only, with how to mend it.

    Each line is OK, WARN, FAIL or UNKNOWN, and what was found. Exit code: 0 nothing to mend
    (warnings allowed), 1 at least one FAIL, 2 it cannot run (settings), 3 no FAIL, but something
    UNKNOWN.
    """
    from bot.doctor_app import examine  # noqa: PLC0415  --help needs none of the SDKs

    configure()
    found = asyncio.run(examine(_settings(), user, seconds, _quiet if as_json else _tell))
    click.echo(json.dumps(report.as_object(found)) if as_json else report.summary(found))
    sys.exit(EXIT[worst(found)])


@main.group()
def manifest() -> None:
    """The app packages to give to Teams and to Slack; needs no settings besides its options."""


@manifest.command("teams")
@click.option("--app-id", envvar="TEAMS_APP_ID", required=True, help="Or TEAMS_APP_ID.")
@click.option("--url", envvar="PUBLIC_URL", required=True, help="Or PUBLIC_URL.")
@click.option("--client-id", envvar="AZURE_CLIENT_ID", default="", help="Or AZURE_CLIENT_ID.")
@click.option("--sso-uri", envvar="TEAMS_SSO_URI", default="", help="Or TEAMS_SSO_URI.")
@click.option("--website", default="", help="What Teams shows for more; by default the URL.")
@click.option("--version", default="1.0.0", show_default=True, help="Raise it for each upload.")
@click.option("--output", type=click.Path(dir_okay=False), default="aws-access-teams.zip")
def manifest_teams(output: str, **given: str) -> None:
    """Write the app package for Teams, a zip."""
    from bot.manifests import teams  # noqa: PLC0415  other commands need no icons

    app = teams.App(
        bot=given["app_id"].lower(),
        client=given["client_id"].lower(),
        public_url=given["url"].rstrip("/"),
        website=given["website"] or given["url"],
        version=given["version"],
        resource=given["sso_uri"],
    )
    if problems := teams.problems(app):
        _cannot_run(problems)
    Path(output).write_bytes(teams.package(app))
    click.echo(
        f"{output} is written. Upload it: Teams admin center → Manage apps → Upload new app."
    )


@manifest.command("slack")
@click.option("--url", envvar="PUBLIC_URL", default="", help="Or PUBLIC_URL; needed over HTTP.")
@click.option("--socket-mode", is_flag=True, help="Slack needs no address of yours.")
def manifest_slack(url: str, *, socket_mode: bool) -> None:
    """Print the app manifest for Slack, YAML."""
    from bot.manifests import slack  # noqa: PLC0415  as above

    if not url and not socket_mode:
        _cannot_run(
            ["PUBLIC_URL (or --url) is missing: say where Slack reaches you, or --socket-mode."]
        )
    click.echo(slack.manifest("" if socket_mode else url.rstrip("/")), nl=False)


@main.group()
def audit() -> None:
    """The record of every decision."""


@audit.command("verify")
@_DATABASE
@_ANCHOR
@click.option(
    "--receipts", type=click.File(), help="A text with receipts, as copied from cards; - is stdin."
)
def audit_verify(database: str, anchor: str, receipts: TextIO | None) -> None:
    """Follow the record's hash chain, up to the anchor's row at least.

    Exit code: 0 whole, 1 tampered with, 3 could not tell.
    """
    # --help needs no SQL, and verifying needs no bot.
    from integrations.database.audit import Verified  # noqa: PLC0415
    from integrations.database.verifying import verify_at  # noqa: PLC0415

    try:
        shown = receipts.read() if receipts else None
        found = asyncio.run(verify_at(database, anchor, shown))
    except (IntegrationError, ValueError) as unreadable:
        click.echo(f"Could not tell: {unreadable}", err=True)
        sys.exit(CANNOT_TELL)
    if isinstance(found, Verified):
        click.echo(f"Whole: {found.rows} rows; the last hash is {found.head.hex()}.")
        return
    click.echo(f"Tampered with: row {found.seq}: {found.what}.", err=True)
    sys.exit(PROBLEM)


@audit.command("accept")
@_DATABASE
@_ANCHOR
@click.argument("reason")
def audit_accept(database: str, anchor: str, reason: str) -> None:
    """Go on from a record that ends before the anchor, because of REASON, which is written into it.

    What was decided since is lost to the bot: what Entra holds of it runs on, and ends on time.
    Exit code: 0 done, or there is nothing to accept; 2 it cannot.
    """
    from bot.app import CANNOT_START  # noqa: PLC0415  as above
    from integrations.database.accepting import accept  # noqa: PLC0415

    if not anchor or not reason.strip():
        _cannot_run(["AUDIT_ANCHOR (or --anchor) is missing."] if not anchor else ["Why?"])
    try:
        missing = accept(database, anchor, reason.strip())
    except CANNOT_START as wrong:
        _cannot_run([f"Nothing was accepted: {wrong}"])
    if not missing:
        click.echo("Nothing is missing from the record: there is nothing to accept.")
        return
    click.echo(f"Accepted, and written into the record: {missing}. Start every replica anew.")


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
    """Play with the real bot against a simulated Slack, Teams, Entra and AWS."""
    # The world is a process of its own: the product never imports the playground.
    os.execv(sys.executable, [sys.executable, "-m", "playground", *options])  # noqa: S606


def _tell(finding: Finding) -> None:
    click.echo(report.line(finding))


def _quiet(_: Finding) -> None:
    pass


def _settings() -> Settings:
    """The settings, or exit 2 after saying everything that is wrong with them."""
    from bot.app import READABLE  # noqa: PLC0415  --help needs none of the SDKs

    problems: list[str] = []
    settings = None
    try:
        settings = from_environment(readable=READABLE)
        if settings.access_file:
            access_file.read(settings.access_file)
    except SettingsError as wrong:
        problems += wrong.problems
    except AccessFileError as wrong:
        problems += [*wrong.problems, *(f"Warning: {warning}" for warning in wrong.warnings)]
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
    except HistoryLostError as lost:
        _cannot_run(
            [
                f"Cannot start: {lost}. Nothing was changed.",
                "Put back the database that has it, or go on without it: aws-access audit accept REASON",
            ]
        )
    except CANNOT_START as wrong:
        _cannot_run([f"Cannot start: {wrong}"])


async def _serve(settings: Settings) -> None:
    from bot.app import keep_for_good, serving  # noqa: PLC0415  as above

    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    async with serving(settings):
        keep_for_good()
        await stop.wait()


if __name__ == "__main__":
    main()
