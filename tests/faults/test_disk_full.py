"""No room on the disk: what cannot be written down is refused and not granted, and then goes on."""

from pathlib import Path

import pytest

from bot.domain.request import State
from integrations.database import engine
from integrations.database.unit import Database
from tests.databases import copied
from tests.faults.invariants import broken
from tests.faults.story import telling
from tests.handlers.cast import ANNS

LONG = "x" * 400
MOST = 40


async def test_what_cannot_be_written_down_is_neither_done_nor_lost(
    migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = copied(migrated_file, tmp_path)
    plain = engine._PRAGMAS
    async with telling(Database(engine.connect(url))) as story:
        bot = story.bot
        async with bot.database.engine.connect() as connection:
            pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
        monkeypatch.setattr(engine, "_PRAGMAS", (*plain, f"PRAGMA max_page_count = {pages + 2}"))
        await bot.database.engine.dispose()
        told = []
        for _ in range(MOST):
            click = story.clicks(ANNS, f"activate dev-poweruser 1h INC-42 {LONG}")
            card = await bot.desk.said(bot.arrival(ANNS, click.delivery), click.text)
            told.append(card.title if card else "")
            if told[-1] != "On it":
                break
        await bot.works()

        assert told[-1] == "I could not note that down"
        assert await broken(story) == []

        monkeypatch.setattr(engine, "_PRAGMAS", plain)
        await bot.database.engine.dispose()
        await bot.desk.said(bot.arrival(ANNS, click.delivery), click.text)
        await bot.waits(minutes=10)

        assert State.GRANTED in {request.state for request in await bot.requests()}
        assert len(bot.pim.posts) == 1
        assert await broken(story) == []
