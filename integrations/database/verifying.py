"""Verifying the record of a database that nobody needs to be serving."""

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.domain.receipt import receipts_in
from bot.ports import IntegrationError
from integrations.database.anchor import check_anchor, read_anchor
from integrations.database.audit import Tampered, Verified, verify
from integrations.database.engine import check_url, connect, must_be_there
from integrations.database.witnesses import Witnesses


async def verify_at(url: str, anchor: str = "", shown: str | None = None) -> Verified | Tampered:
    """Follow the chain in that database, and compare it with an anchor and with what cards have `shown`.

    Raises IntegrationError when it cannot be read, ValueError when the URL names none, the path no
    anchor, or there is no receipt in the text.
    """
    check_url(url)
    must_be_there(url)
    check_anchor(anchor)
    place = read_anchor(Path(anchor)) if anchor else None
    if anchor and place is None:
        raise ValueError(f"there is no anchor at {anchor}")
    receipts = receipts_in(shown or "")
    if shown is not None and not receipts:
        raise ValueError("no card's receipt (#1042 9F3A-77C2-K0QD-M4TZ) stands in the text")
    engine = connect(url)
    try:
        return await verify(engine, Witnesses(place, receipts))
    except (SQLAlchemyError, OSError) as unreadable:
        raise IntegrationError("the database", type(unreadable).__name__) from unreadable
    finally:
        await engine.dispose()
