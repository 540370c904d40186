"""Verifying the record of a database that nobody needs to be serving."""

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.ports import IntegrationError
from integrations.database.audit import Tampered, Verified, verify
from integrations.database.engine import check_url, connect, sqlite_file


async def verify_at(url: str) -> Verified | Tampered:
    """Follow the chain in that database.

    Raises IntegrationError when it cannot be read, ValueError when the URL names none.
    """
    check_url(url)
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and not sqlite_file(parsed).is_file():
        raise ValueError(f"there is no file {sqlite_file(parsed)}")
    engine = connect(url)
    try:
        return await verify(engine)
    except (SQLAlchemyError, OSError) as unreadable:
        raise IntegrationError("the database", type(unreadable).__name__) from unreadable
    finally:
        await engine.dispose()
