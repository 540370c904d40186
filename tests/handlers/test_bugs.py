"""Bugs are ours: what was noted and cannot be done is not passed over in silence."""

from collections.abc import Iterator

import pytest
from structlog.typing import EventDict

from bot.domain.request import State
from handlers.sweep import sweep
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


async def test_what_was_never_sent_because_of_a_bug_is_said_to_have_failed(
    bot: Bot, monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    await bot.links(ANN)
    monkeypatch.setattr("handlers.grant.in_force", _broken)
    await bot.says(ANNS, LINE)
    await bot.waits(hours=1)

    request = await bot.request()
    assert (request.state, request.why) == (State.FAILED, "bug")
    failed = bot.last()
    assert failed.title == "dev-poweruser could not be activated"
    assert "I met a fault of my own each time I tried" in text(failed.lines)
    assert bot.pim.posts == []
    assert "grant_given_up" in {one["event"] for one in logged}
    assert await bot.jobs.waiting() == (0, None)


async def test_what_was_sent_before_a_bug_is_not_said_to_have_failed(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    with monkeypatch.context() as patched:
        patched.setattr("handlers.grant.settle", _broken)
        await bot.says(ANNS, LINE)
        bot.settled = False
        await bot.waits(hours=1)
        assert (await bot.request()).state is State.UNKNOWN
        assert "I do not know yet whether" in bot.last().title

    bot.settled = True
    await sweep(bot.world)
    await bot.works()
    assert (await bot.request()).state is not State.UNKNOWN
    assert len(bot.pim.posts) == 1


async def test_an_end_that_meets_a_bug_is_said_to_be_unsure(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=6)
    with monkeypatch.context() as patched:
        patched.setattr("handlers.deactivate.token_for", _broken)
        await bot.says(ANNS, "deactivate")
        await bot.waits(minutes=20)

    failed = bot.last()
    assert failed.title == "That went wrong"
    assert "It may have ended all the same" in text(failed.lines)
    await bot.presses(ANNS, failed.buttons[0])
    assert "dev-poweruser has ended" in {card.title for card in bot.cards()}
