"""Bugs are ours: what was noted and cannot be done is not passed over in silence."""

from collections.abc import Iterator

import pytest
from structlog.typing import EventDict

from bot.domain.request import State
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


@pytest.fixture(autouse=True)
def meant(logged: list[EventDict]) -> Iterator[None]:
    """Here the bugs are made on purpose."""
    yield
    logged.clear()


async def _broken(*_: object) -> object:
    raise ZeroDivisionError("top-secret")


async def test_work_that_meets_a_bug_is_tried_again_parked_and_not_passed_over_in_silence(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    await bot.links(ANN)
    with monkeypatch.context() as patched:
        patched.setattr(bot.pim, "rules", _broken)
        await bot.says(ANNS, LINE)
        await bot.waits(hours=1)

    assert await bot.jobs.waiting() == (0, None)
    assert await bot.requests() == []
    slow, failed = bot.cards()[-2:]
    assert slow.title == "This takes longer than usual"
    assert failed.title == "That went wrong"
    assert "Nothing was changed" in text(failed.lines)
    assert "top-secret" not in text(failed.lines)
    [noted] = [one for one in logged if one["event"] == "intent_given_up"]
    assert noted["reference"] in text(failed.lines)
    assert "job_given_up" in {one["event"] for one in logged}
    await bot.presses(ANNS, failed.buttons[0])
    assert (await bot.request()).state is State.GRANTED


async def test_what_met_a_bug_after_the_sign_in_is_said_to_wait_as_its_message_says(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.says(ANNS, LINE)
    monkeypatch.setattr("handlers.carry_out.why_not", _broken)
    await bot.signs_in()
    await bot.waits(minutes=5)

    failed = bot.last()
    assert failed.title == "That went wrong"
    assert "Your request is as its own message says" in text(failed.lines)
    assert failed.buttons == ()
    assert (await bot.request()).state is State.AWAITING_SIGN_IN


async def test_what_may_be_done_in_part_is_not_said_to_have_changed_nothing(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    monkeypatch.setattr("handlers.linking.void", _broken)
    await bot.says(ANNS, "unlink")
    await bot.waits(minutes=5)

    assert "It may be done in part" in text(bot.last().lines)
