"""The anchor: how far the record was seen, in a file that does not go back when the database does.

Its text is the beginning of a checkpoint, without a signature (https://c2sp.org/tlog-checkpoint):

    aws-access/<log_id in hex>
    <seq>
    <that row's hash, base64>
    <when it was written, UTC>
"""

import asyncio
import binascii
import fcntl
import os
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime
from pathlib import Path

import structlog

from integrations.database.columns import moment_text
from integrations.database.history import History, Place

EVERY = 1.0
"""Seconds between two writings; what was committed since the last one is not in it."""
AGAIN = 60.0
"""Seconds to the next try after it could not be written."""
_ORIGIN = "aws-access/"
_HASH = 32
_log = structlog.get_logger(__name__)


def check_anchor(path: str) -> None:
    """Raises ValueError where the setting names no place for an anchor, or something else."""
    if not path:
        return
    if not Path(path).absolute().parent.is_dir():
        raise ValueError(f"there is no folder for {path}")
    try:
        read_anchor(Path(path))
    except OSError as unreadable:
        raise ValueError(f"{path} cannot be read: {unreadable.strerror}") from None


def read_anchor(file: Path) -> Place | None:
    """What it says; None when there is none yet. Raises ValueError for anything else, OSError."""
    if not file.exists():
        return None
    try:
        origin, seq, row_hash, at, *_ = file.read_text().split("\n")
        place = Place(
            bytes.fromhex(origin.removeprefix(_ORIGIN)),
            int(seq),
            b64decode(row_hash, validate=True),
        )
        datetime.fromisoformat(at)
    except (ValueError, binascii.Error):
        raise ValueError(f"{file} is not an anchor") from None
    if not origin.startswith(_ORIGIN) or len(place.row_hash) != _HASH:
        raise ValueError(f"{file} is not an anchor")
    return place


def write_anchor(file: Path, place: Place, at: datetime, *, back: bool = False) -> None:
    """Move it on, on disk when this returns; `back`: also to an earlier place, or another record.

    Replicas may share it: none takes back what another one wrote. Raises OSError, ValueError.
    """
    with _locked(file):
        there = None if back else read_anchor(file)
        if there is not None and there.log_id != place.log_id:
            raise ValueError(f"{file} is the anchor of another database")
        if there is None or there.seq < place.seq:
            _replace(file, _text(place, at))


def _text(place: Place, at: datetime) -> str:
    row_hash = b64encode(place.row_hash).decode()
    return f"{_ORIGIN}{place.log_id.hex()}\n{place.seq}\n{row_hash}\n{moment_text(at)}\n"


def _replace(file: Path, text: str) -> None:
    """A crash leaves the old one or the new one: https://lwn.net/Articles/457667/"""
    new = file.with_name(f"{file.name}.new")
    with new.open("w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    new.replace(file)
    folder = os.open(file.absolute().parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    with file.with_name(f"{file.name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@asynccontextmanager
async def anchored(path: str, now: Callable[[], datetime]) -> AsyncIterator[History]:
    """The history that goes on from the anchor, which follows it; without a path it begins anew.

    Raises OSError and ValueError when the anchor cannot be read, or not be written.
    """
    if not path:
        yield History()
        return
    file, more = Path(path), asyncio.Event()
    known = await asyncio.to_thread(_open, file)
    history = History(known, more.set)
    following = asyncio.create_task(_follow(file, history, more, now), name="anchor")
    try:
        yield history
    finally:
        following.cancel()
        await asyncio.wait([following])
        await _write(file, history, now)


def _open(file: Path) -> Place | None:
    with _locked(file):
        known = read_anchor(file)
    if known is None:
        _log.warning("anchor_begun", file=str(file), why="there is none yet, or it was taken away")
    return known


async def _follow(
    file: Path, history: History, more: asyncio.Event, now: Callable[[], datetime]
) -> None:
    while True:
        await more.wait()
        more.clear()
        if await _write(file, history, now):
            await asyncio.sleep(EVERY)
        else:
            more.set()
            await asyncio.sleep(AGAIN)


async def _write(file: Path, history: History, now: Callable[[], datetime]) -> bool:
    if history.known is None:
        return True
    try:
        await asyncio.to_thread(write_anchor, file, history.known, now())
    except (OSError, ValueError) as failed:
        _log.error("anchor_not_written", file=str(file), error=str(failed))
        return False
    return True
