"""Verifying the record of a database that nobody needs to be serving."""

from sqlalchemy.exc import SQLAlchemyError

from bot.ports import IntegrationError
from integrations.database.audit import Tampered, Verified, verify
from integrations.database.engine import check_url, connect, must_be_there


async def verify_at(url: str) -> Verified | Tampered:
    """Follow the chain in that database.

    Raises IntegrationError when it cannot be read, ValueError when the URL names none.
    """
    check_url(url)
    must_be_there(url)
    engine = connect(url)
    try:
        return await verify(engine)
    except (SQLAlchemyError, OSError) as unreadable:
        raise IntegrationError("the database", type(unreadable).__name__) from unreadable
    finally:
        await engine.dispose()
