"""The database is an older state of itself: whoever asks is told so, and nothing is done."""

from collections.abc import AsyncIterator

import pytest

from integrations.database.history import History, Place
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import Bot
from tests.handlers.test_pace import FORM, LINE
from tests.handlers.words import text


@pytest.fixture
async def behind(bot: Bot) -> AsyncIterator[Bot]:
    """As after a failover: the connections are new, and lead to another server."""
    await bot.links(ANN)
    whole = bot.database.history
    bot.database.history = History(Place(bytes(16), 99, bytes(32)))
    await bot.database.engine.dispose()
    yield bot
    bot.database.history = whole


@pytest.mark.parametrize("line", [LINE, "status", "recent", "deactivate"])
async def test_whoever_asks_is_told_that_nothing_can_be_done(behind: Bot, line: str) -> None:
    card = await behind.hears(ANNS, line)

    assert card is not None
    assert card.title == "I cannot work at the moment"
    assert "Nothing was done" in text(card.lines)
    assert behind.pim.sent == []


async def test_a_form_stays_as_it_was_filled_in(behind: Bot) -> None:
    errors = await behind.desk.submitted(behind.arrival(ANNS), "activate", FORM)

    assert errors is not None
    assert behind.pim.sent == []
