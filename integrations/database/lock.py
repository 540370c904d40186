"""One bot process per SQLite file; readers, such as the command line, are never kept out."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import make_url

from integrations.database.engine import sqlite_file


class AlreadyRunningError(Exception):
    """Another process serves from this SQLite file; several replicas need PostgreSQL."""


@contextmanager
def only_process(url: str) -> Iterator[None]:
    """Hold `<file>.lock` while in the block; nothing is held for PostgreSQL.

    The system lets go of it when the process ends, however it ends. The database file is made
    here, readable by its owner alone: SQLite gives its other files the same permissions.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite":
        yield
        return
    file = sqlite_file(parsed)
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_name(file.name + ".lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunningError(AlreadyRunningError.__doc__) from None
        file.touch(mode=0o600)
        yield
