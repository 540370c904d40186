"""What the doctor reads of the database: looked at, and never made."""

from pathlib import Path

from bot.ports import KeptToken
from integrations.database.reaching import tokens_by_key
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.contracts.store_world import ANA
from tests.databases import Hands


async def test_kept_tokens_are_counted_by_key(
    database: Database, database_url: str, clock: Hands
) -> None:
    assert await tokens_by_key(database_url) == {}
    async with DatabaseStore(database, clock).begin() as tx:
        await tx.keep_token(KeptToken(ANA, "k1", b"\x00"))

    assert await tokens_by_key(database_url) == {"k1": 1}


async def test_a_database_that_is_still_to_be_made_keeps_none_and_is_not_made(
    tmp_path: Path,
) -> None:
    file = tmp_path / "bot.db"

    assert await tokens_by_key(f"sqlite+aiosqlite:///{file}") == {}
    assert not file.exists()
    file.touch()
    assert await tokens_by_key(f"sqlite+aiosqlite:///{file}") == {}
