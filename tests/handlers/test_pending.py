"""What waits for somebody's decision, as they are told when they ask."""

from dataclasses import replace

import pytest

from bot.intents import AskReason
from handlers import deciding
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, BENS
from tests.handlers.harness import Bot
from tests.handlers.words import text


async def test_pending_lists_what_waits_for_me(waiting: Bot) -> None:
    request = await waiting.request()

    await waiting.says(ADAS, "pending")
    assert "prod-admin 1 h for Ann, asked" in text(waiting.last(ADAS).lines)
    assert [b.label for b in waiting.last(ADAS).buttons] == [
        f"Approve {request.id}",
        f"Deny {request.id}…",
    ]

    await waiting.says(BENS, "pending")
    assert waiting.last(BENS).title == "Nothing waits for your decision"


async def test_of_many_the_oldest_are_listed(waiting: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "MOST_LISTED", 0)

    await waiting.says(ADAS, "pending")

    assert "1 more are younger" in text(waiting.last(ADAS).lines)


async def test_where_pim_wants_a_reason_the_list_asks_for_it_too(waiting: Bot) -> None:
    rules = waiting.pim.policies[cast.PROD]
    waiting.pim.policies[cast.PROD] = replace(rules, approver_reason_required=True)
    await waiting.waits(minutes=6)  # names and rules on cards may be so old

    await waiting.says(ADAS, "pending")

    assert {type(b.intent) for b in waiting.last(ADAS).buttons} == {AskReason}


async def test_who_is_not_linked_signs_in_to_read_what_waits(waiting: Bot) -> None:
    async with waiting.world.store.begin() as tx:
        await tx.drop_link(ADAS)

    await waiting.says(ADAS, "pending")

    assert waiting.last(ADAS).title == "Sign in first"
    await waiting.signs_in(ADA)
    assert waiting.last(ADAS).title == "Waiting for your decision"
