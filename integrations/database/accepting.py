"""Going on from a record that ends before its anchor: somebody has looked, and answers for it."""

import asyncio
from pathlib import Path

from bot.clock import OffsetClock, real_now
from bot.domain.audit import Event, What
from bot.ports import HistoryLostError
from integrations.database.anchor import read_anchor, write_anchor
from integrations.database.audit import append
from integrations.database.engine import check_url, connect, must_be_there
from integrations.database.history import History, Place, must_go_on
from integrations.database.lock import only_process
from integrations.database.schema import upgrade
from integrations.database.unit import Database


def accept(url: str, anchor: str, reason: str) -> str:
    """Write into the record what it lacks and why that is accepted; then the anchor goes back to it.

    What was missing; empty when nothing is, and nothing was changed. Raises AlreadyRunningError
    while a bot works on the SQLite file, ValueError without an anchor or a database, IntegrationError,
    OSError.
    """
    check_url(url)
    must_be_there(url)  # else a mistyped one would be made, and accepted
    file = Path(anchor)
    known = read_anchor(file)
    if known is None:
        raise ValueError(f"there is no anchor at {anchor}")
    with only_process(url):
        upgrade(url)
        missing, reached = asyncio.run(_accept(url, known, reason))
        if missing:
            write_anchor(file, reached, real_now(), back=True)
    return missing


async def _accept(url: str, known: Place, reason: str) -> tuple[str, Place]:
    try:
        await must_go_on(url, History(known))
    except HistoryLostError as lost:
        return lost.detail, await _written(url, known, lost.detail, reason)
    return "", known


async def _written(url: str, known: Place, missing: str, reason: str) -> Place:
    data = {
        "missing": missing,
        "reason": reason,
        "anchor_seq": str(known.seq),
        "anchor_hash": known.row_hash.hex(),
    }
    database = Database(connect(url))
    try:
        async with database.unit() as unit:
            await append(unit, [Event(What.HISTORY_ACCEPTED, data=data)], OffsetClock())
    finally:
        await database.close()
    assert unit.reaches is not None  # noqa: S101  it has just been appended
    return unit.reaches
