"""The access file at the start, and again whenever SIGHUP asks for it."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import structlog

from bot import access_file
from bot.access_file import AccessFileError
from bot.domain.access import Catalog
from bot.domain.changes import changes
from handlers.policy import Policy

_log = structlog.get_logger()


def load(path: str) -> Policy:
    """The policy to start with; without a file, what Entra offers. Raises AccessFileError."""
    return Policy(_examined(path) if path else None)


def load_quietly(path: str) -> Policy:
    """The same for somebody who reads beside the bot, which has logged the warnings already."""
    return Policy(access_file.read(path) if path else None)


def _examined(path: str) -> Catalog:
    found = access_file.examine(path)
    for warning in found.warnings:
        _log.warning("access_file_warning", warning=warning)
    return found.catalog


def reload(path: str, policy: Policy) -> Catalog | None:
    """Bring the file into force; one with problems changes nothing, and each is logged.

    What was in force before, or None when nothing has changed.
    """
    before = policy.catalog
    if before is None:
        _log.warning("access_file_not_reloaded", why="ACCESS_FILE is not set")
        return None
    try:
        after = _examined(path)
    except AccessFileError as wrong:
        for problem in wrong.problems:
            _log.error("access_file_problem", problem=problem)
        _log.error("access_file_not_reloaded", why="it has problems", in_force=before.source)
        return None
    policy.replace(after)
    for change in changes(before, after):
        _log.info(f"access_file_{change.how}", name=change.name, fields=", ".join(change.fields))
    return before


@contextmanager
def hangups() -> Iterator[asyncio.Event]:
    """While in the block, SIGHUP sets the event, and never ends the process."""
    hangup = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGHUP, hangup.set)
    try:
        yield hangup
    finally:
        loop.remove_signal_handler(signal.SIGHUP)


async def reloading(
    hangup: asyncio.Event, path: str, policy: Policy, then: Callable[[], Awaitable[None]]
) -> None:
    """Reload at every SIGHUP, one after the other, so that the file read last is in force.

    `then` is done after each that was brought into force.
    """
    while True:
        await hangup.wait()
        hangup.clear()
        try:
            before = await asyncio.to_thread(reload, path, policy)
            if before is not None:
                await then()
                _log.info("access_file_reloaded", before=before.source, in_force=policy.source)
        except Exception as failed:  # noqa: BLE001  the next SIGHUP may do better
            _log.error("reloading_failed", error=type(failed).__name__, exc_info=failed)
