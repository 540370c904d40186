"""A rolling upgrade: the schema has grown for newer code, and this code goes on beside it."""

import re
from pathlib import Path

from sqlalchemy import text

from bot.domain.decision import Verdict
from bot.domain.request import State
from integrations.database import tables
from integrations.database.audit import Verified, verify
from integrations.database.unit import Database
from migrations import versions
from tests.faults.invariants import broken, contradictions
from tests.faults.scenarios import a_moment, decides
from tests.faults.story import telling
from tests.handlers.cast import ADAS, ANNS

UNKNOWN = text(
    "INSERT INTO job (kind, key, subject, payload, run_at, attempts, dead, error, created_at) "
    "SELECT 'from_the_future', 'from_the_future:1', '1', payload, run_at, 0, dead, error, created_at "
    "FROM job LIMIT 1"
)


async def _expands(database: Database) -> None:
    """What a step of a later release may do, by which earlier ones can live on."""
    async with database.engine.begin() as connection:
        for table in tables.metadata.sorted_tables:
            await connection.execute(text(f"ALTER TABLE {table.name} ADD COLUMN newer VARCHAR"))
        await connection.execute(text("CREATE TABLE newer (id VARCHAR PRIMARY KEY)"))


async def _contracts(database: Database) -> None:
    async with database.engine.begin() as connection:
        for table in tables.metadata.sorted_tables:
            await connection.execute(text(f"ALTER TABLE {table.name} DROP COLUMN newer"))
        await connection.execute(text("DROP TABLE newer"))


async def test_what_a_newer_release_adds_is_left_alone_and_in_nobodys_way(
    database: Database,
) -> None:
    await _expands(database)
    try:
        await _goes_on(database)
    finally:
        await _contracts(database)


async def _goes_on(database: Database) -> None:
    async with telling(database) as story:
        await story.delivered(story.asks(ANNS, "prod-admin"))
        async with database.engine.begin() as connection:
            await connection.execute(UNKNOWN)
        await decides(story, ADAS, Verdict.APPROVE)
        await a_moment(story)
        story.bot.settled = True

        assert await broken(story) + await contradictions(story) == []
        assert [r.state for r in await story.bot.requests()] == [State.GRANTED]
        assert isinstance(await verify(database.engine), Verified)
        async with database.engine.connect() as connection:
            left = await connection.execute(text("SELECT kind FROM job WHERE attempts = 0"))
            assert "from_the_future" in left.scalars().all()


def test_no_step_takes_away_what_an_earlier_release_needs() -> None:
    """Or it says which release is the first that can live with it."""
    for step in Path(versions.__file__).parent.glob("0*.py"):
        takes = re.search(r"op\.(drop|alter|rename|batch)", step.read_text())
        assert not takes or "minimum_code_version" in step.read_text(), step.name
