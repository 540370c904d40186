"""A word in between while Entra is slow: once, private, and the answer still comes."""

import asyncio
from datetime import timedelta

import pytest

from bot.cards import Card
from bot.ports import IntegrationError
from handlers import slow
from handlers.reply import Reply
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import DOWN, Bot

LINE = "activate prod-readonly"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "SLOW", timedelta(seconds=0.01))
    monkeypatch.setattr(slow, "SHORTEST", 0.01)


@pytest.fixture
def hangs(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Entra answers only once the person has been told."""
    rules, held = bot.pim.rules, bot.pim.held

    async def told() -> None:
        async with asyncio.timeout(5):
            while "This takes longer than usual" not in titles(bot):  # noqa: ASYNC110
                await asyncio.sleep(0.005)

    async def slow_rules(group: str) -> object:
        await told()
        return await rules(group)  # type: ignore[arg-type]

    async def slow_held(person: object) -> object:
        await told()
        return await held(person)  # type: ignore[arg-type]

    monkeypatch.setattr(bot.pim, "rules", slow_rules)
    monkeypatch.setattr(bot.pim, "held", slow_held)


def titles(bot: Bot) -> list[str]:
    return [card.title for card in bot.cards()]


async def test_who_waits_is_told_once_and_gets_the_answer(bot: Bot, hangs: None) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, LINE)

    assert titles(bot).count("This takes longer than usual") == 1
    assert "prod-readonly is active" in titles(bot)
    [told] = [m for m in bot.chat.messages if m.card.title == "This takes longer than usual"]
    assert told.private


async def test_a_question_is_told_of_too(bot: Bot, hangs: None) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=6)
    bot.chat.messages.clear()

    await bot.says(ANNS, "status")

    assert titles(bot) == ["This takes longer than usual", "Your AWS access"]


async def test_tries_that_fail_at_once_count_as_waiting_and_are_told_of_once(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=3)

    assert titles(bot).count("This takes longer than usual") == 1
    assert titles(bot)[-1] == "Microsoft Graph does not answer"


async def test_an_answer_in_time_needs_no_word(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(slow, "SLOW", timedelta(hours=1))
    await bot.links(ANN)

    await bot.says(ANNS, LINE)
    await bot.says(ANNS, "status")

    assert "This takes longer than usual" not in titles(bot)


async def test_where_it_could_only_be_a_message_of_its_own_it_is_not_said(bot: Bot) -> None:
    await slow.say_so(bot.world, Reply(ANNS), "key")

    assert not titles(bot)


async def test_a_word_that_cannot_be_said_is_lost(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> Card:
        raise IntegrationError("the database", "away")

    monkeypatch.setattr(bot.world.store, "begin", away)

    await slow.say_so(bot.world, Reply(ANNS, "address"), "key")

    assert not titles(bot)
    monkeypatch.undo()
