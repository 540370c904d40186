"""Promises that only a broken world can break: the record cannot be written, so nothing is granted."""

from structlog.typing import EventDict

from bot.domain.audit import What
from bot.domain.request import State
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import Bot

REFUSES = (
    "CREATE TRIGGER no_more BEFORE INSERT ON audit_event WHEN NEW.what = 'decided' "
    "BEGIN SELECT RAISE(ABORT, 'the record is full'); END"
)


async def run(bot: Bot, statement: str) -> None:
    async with bot.database.engine.begin() as connection:
        await connection.exec_driver_sql(statement)


async def test_what_cannot_be_recorded_is_not_granted(bot: Bot, logged: list[EventDict]) -> None:
    await bot.links(ANN)
    await run(bot, REFUSES)

    await bot.hears(ANNS, "activate dev-poweruser 1h INC-42 checking the slow index")
    await bot.works()

    assert bot.pim.sent == []
    assert What.DECIDED not in await bot.record()

    logged.clear()
    await run(bot, "DROP TRIGGER no_more")
    await bot.waits(minutes=5)

    assert [what for what, *_ in bot.pim.sent] == ["activate"]
    assert (await bot.request()).state is State.GRANTED
