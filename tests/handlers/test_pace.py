"""More than is taken is not noted, and says so; one person's haste is nobody else's wait."""

import asyncio
from collections.abc import Mapping

import pytest

from bot.cards import Card
from bot.domain.ids import Chat, ChatAccount
from bot.intents import Link, OpenForm, Recent, encode
from bot.wording.forms import ACCESS, REASON
from handlers import dispatch, pace
from handlers.dispatch import Desk
from handlers.pace import MOST_AT_ONCE, Pace
from tests.handlers.cast import ANN, ANNS, BENS
from tests.handlers.harness import Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
FORM: Mapping[str, str] = {ACCESS: "dev-poweruser", REASON: "checking"}


class Watch:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def account(number: int) -> ChatAccount:
    return ChatAccount(Chat.SLACK, "T1", f"U{number}")


async def told(bot: Bot, who: ChatAccount, line: str) -> Card:
    """The answer that comes at once."""
    card = await bot.hears(who, line)
    assert card is not None
    return card


async def noted(bot: Bot) -> int:
    """How much work waits."""
    return (await bot.jobs.waiting())[0]


@pytest.fixture
def watch(bot: Bot) -> Watch:
    """The desk's own time; at its start Ann has two left."""
    watch = Watch()
    bot.desk = Desk(bot.world, Pace(watch))
    for _ in range(MOST_AT_ONCE - 2):
        assert bot.desk._pace.spend(ANNS) == 0
    return watch


async def test_one_too_many_is_not_noted_and_says_when_to_try_again(bot: Bot, watch: Watch) -> None:
    for _ in range(2):
        assert text((await told(bot, ANNS, LINE)).lines).startswith("Noted")

    card = await bot.hears(ANNS, LINE)

    assert card is not None
    assert card.title == "That was too much at once"
    assert "did not note this one" in text(card.lines)
    assert "in a second" in text(card.lines)
    assert f"You typed: /aws-access {LINE}" in text(card.lines)
    assert await noted(bot) == 2
    watch.seconds += 1
    assert await bot.hears(ANNS, LINE) is not None
    assert await noted(bot) == 3


async def test_nobody_else_waits_for_it(bot: Bot, watch: Watch) -> None:
    while (await told(bot, ANNS, "help")).title != "That was too much at once":
        pass

    assert (await told(bot, BENS, "help")).title == "AWS access, just in time"


async def test_words_that_are_no_command_count_too(bot: Bot, watch: Watch) -> None:
    titles = [(await told(bot, ANNS, "hlp")).title for _ in range(3)]

    assert titles[2] == "That was too much at once"


async def test_a_delivery_that_comes_again_uses_nothing_up(bot: Bot, watch: Watch) -> None:
    for _ in range(10):
        await bot.hears(ANNS, LINE, "delivery-x")

    assert (await told(bot, ANNS, "help")).title == "AWS access, just in time"


async def test_one_press_too_many_is_told_privately(bot: Bot, watch: Watch) -> None:
    for _ in range(3):
        await bot.desk.pressed(bot.arrival(ANNS), encode(Link()))
        await bot.desk.drain(5)

    assert bot.last().title == "That was too much at once"
    assert "You typed" not in text(bot.last().lines)
    assert await noted(bot) == 2


async def test_a_form_sent_too_soon_stays_with_what_was_filled_in(bot: Bot, watch: Watch) -> None:
    found = [await bot.desk.submitted(bot.arrival(ANNS), "activate", FORM) for _ in range(3)]

    assert found[:2] == [None, None]
    assert found[2] is not None
    assert "What you filled in stays here" in found[2].errors[ACCESS]
    assert await noted(bot) == 2


async def test_choices_made_too_fast_leave_the_form_as_it_is(bot: Bot, watch: Watch) -> None:
    await bot.links(ANN)
    bot.desk = Desk(bot.world, Pace(watch))
    for _ in range(MOST_AT_ONCE + 3):
        await bot.desk.chosen(bot.arrival(ANNS), "activate", FORM)

    assert bot.desk.busy == MOST_AT_ONCE
    await bot.desk.drain(5)


async def test_typing_in_a_field_is_no_command_and_has_its_own_limit(
    bot: Bot, watch: Watch
) -> None:
    await bot.links(ANN)
    offered = [await bot.desk.options(ANNS, ACCESS, "d") for _ in range(MOST_AT_ONCE + 1)]

    assert all(offered[:-1])
    assert offered[-1] == ()
    assert (await told(bot, ANNS, "help")).title == "AWS access, just in time"


async def test_a_question_is_answered_once_for_all_its_deliveries(bot: Bot) -> None:
    await bot.links(ANN)
    for _ in range(3):
        await bot.says(ANNS, "status", "delivery-x")

    assert [card.title for card in bot.cards()] == ["Your AWS access"]


@pytest.mark.parametrize("asked", [LINE, "status"])
async def test_more_than_can_be_noted_at_once_is_shed_and_says_so(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    monkeypatch.setattr(dispatch, "MOST_NOTING", 3)

    cards = await asyncio.gather(*(bot.desk.said(bot.arrival(ANNS), asked) for _ in range(5)))

    shed = [card for card in cards if card and card.title == "Please ask me again"]
    assert len(shed) == 2
    assert "I did not note that down. Nothing was changed." in text(shed[0].lines)
    assert f"You typed: /aws-access {asked}" in text(shed[0].lines)
    await bot.desk.drain(5)
    assert await noted(bot) == (3 if asked == LINE else 0)


async def test_a_form_that_is_shed_stays_open(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch, "MOST_NOTING", 0)

    found = await bot.desk.submitted(bot.arrival(ANNS), "activate", FORM)

    assert found is not None
    assert "send it again in some seconds" in found.errors[ACCESS]
    assert await noted(bot) == 0


async def test_answers_on_their_way_are_bounded(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    await bot.links(ANN)
    monkeypatch.setattr(dispatch, "MOST_AFTER", 1)
    await bot.desk.said(bot.arrival(ANNS), "status")

    for asked in ("status", "recent", ""):
        card = await bot.desk.said(bot.arrival(ANNS), asked)
        assert card is not None
        assert card.title == "Please ask me again"
    await bot.desk.pressed(bot.arrival(ANNS), encode(Recent()))
    await bot.desk.pressed(bot.arrival(ANNS), encode(OpenForm()))
    await bot.desk.chosen(bot.arrival(ANNS), "activate", FORM)

    assert bot.desk.busy == 1
    await bot.desk.drain(5)
    assert bot.chat.forms == {}


def test_a_bucket_fills_again_and_never_above_its_rim() -> None:
    watch = Watch()
    one = Pace(watch)
    assert [one.spend(ANNS) for _ in range(MOST_AT_ONCE)] == [0.0] * MOST_AT_ONCE
    assert one.spend(ANNS) == 1.0
    watch.seconds += 0.25
    assert one.spend(ANNS) == pytest.approx(0.75)
    watch.seconds += 1e9
    one.give_back(ANNS)
    assert [one.spend(ANNS) for _ in range(MOST_AT_ONCE)] == [0.0] * MOST_AT_ONCE
    assert one.spend(ANNS) > 0


def test_no_more_accounts_are_kept_than_so_many_and_the_longest_away_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(pace, "MOST_KEPT", 3)
    watch = Watch()
    one = Pace(watch)
    for _ in range(MOST_AT_ONCE):
        one.spend(account(0))
    for number in (1, 2, 0):
        one.spend(account(number))
    one.spend(account(3))

    assert len(one._buckets) == 3
    assert account(1) not in one._buckets
    assert one.spend(account(0)) > 0
