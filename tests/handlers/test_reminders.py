"""Reminding approvers: ever more seldom, in their daytime, and only while it waits."""

from dataclasses import replace

import pytest

from bot.cards import Card
from bot.domain.access import Principal
from tests.handlers import cast
from tests.handlers.approving import ASK, approves, card
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREYS
from tests.handlers.harness import DOWN, Bot


def reminders(bot: Bot) -> list[Card]:
    return [m.card for m in bot.posts(ADAS)][1:]


async def test_who_does_not_answer_is_reminded_ever_more_seldom(waiting: Bot) -> None:
    await waiting.waits(minutes=14)
    assert reminders(waiting) == []

    await waiting.waits(minutes=2)
    assert [one.title for one in reminders(waiting)] == ["prod-admin still needs your decision"]
    assert [b.label for b in reminders(waiting)[0].buttons] == ["Approve", "Deny…"]

    await waiting.waits(minutes=50)
    assert len(reminders(waiting)) == 2
    await waiting.waits(hours=22)
    assert len(reminders(waiting)) == 3


async def test_after_the_decision_nobody_is_reminded_and_every_card_says_it(waiting: Bot) -> None:
    await waiting.waits(minutes=16)

    await approves(waiting)
    await waiting.waits(minutes=50)

    [reminder] = reminders(waiting)
    assert reminder.buttons == ()
    assert reminder.title == card(waiting, AUDREYS).title == "prod-admin: approved"


async def test_after_a_withdrawal_nobody_is_reminded(waiting: Bot) -> None:
    await waiting.says(ANNS, "withdraw")

    await waiting.waits(hours=5)

    assert reminders(waiting) == []


@pytest.mark.parametrize("zone", ["Asia/Tokyo", "Nowhere/Else", ""])
async def test_nobodys_phone_rings_at_night(waiting: Bot, zone: str) -> None:
    """It is noon in UTC, nine in the evening in Tokyo; there the second reminder would be at night."""
    waiting.chat.profiles[ADAS] = replace(waiting.chat.profiles[ADAS], zone=zone)

    await waiting.waits(hours=2)
    at_night = len(reminders(waiting))
    await waiting.waits(hours=9)

    assert at_night == (1 if zone == "Asia/Tokyo" else 2)
    assert len(reminders(waiting)) == (2 if zone == "Asia/Tokyo" else 3)


async def test_a_chat_that_does_not_answer_keeps_nobody_from_being_reminded(waiting: Bot) -> None:
    waiting.chat.silent = DOWN
    await waiting.waits(minutes=16)
    waiting.chat.silent = None

    await waiting.waits(minutes=5)

    assert len(reminders(waiting)) == 1


async def test_a_card_whose_answer_is_lost_is_found_and_not_posted_twice(bot: Bot) -> None:
    rules = cast.RULES[cast.PROD]
    bot.pim.policies[cast.PROD] = replace(rules, approvers=(Principal("user", ADA.oid),))
    await bot.links(ANN)
    bot.chat.loses.append(f"approver:{ADA.oid}")
    await bot.says(ANNS, ASK)

    await bot.waits(minutes=5)

    assert len(bot.posts(ADAS)) == 1
