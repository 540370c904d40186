"""Verifying the record of a database that nobody needs to be serving."""

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.ports import IntegrationError
from integrations.database.anchor import read_anchor
from integrations.database.audit import Tampered, Verified, verify
from integrations.database.engine import check_url, connect, must_be_there


async def verify_at(url: str, anchor: str = "") -> Verified | Tampered:
    """Follow the chain in that database, and see whether the anchor's row is in it.

    Raises IntegrationError when it cannot be read, ValueError when the URL names none, or the path
    no anchor.
    """
    check_url(url)
    must_be_there(url)
    place = read_anchor(Path(anchor)) if anchor else None
    if anchor and place is None:
        raise ValueError(f"there is no anchor at {anchor}")
    engine = connect(url)
    try:
        return await verify(engine, place)
    except (SQLAlchemyError, OSError) as unreadable:
        raise IntegrationError("the database", type(unreadable).__name__) from unreadable
    finally:
        await engine.dispose()
