"""The front desk: what must not be lost is noted before the answer, once, and nothing ever raises."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from bot.domain.audit import What
from bot.domain.ids import ActivationId, ChatAccount, RequestId
from bot.domain.request import State
from bot.intents import (
    Activate,
    Deactivate,
    Explain,
    Help,
    Intent,
    Link,
    Notify,
    OpenForm,
    Proceed,
    Recent,
    Recheck,
    Status,
    Unlink,
    Withdraw,
    encode,
)
from bot.ports import IntegrationError, Outcome
from bot.wording.forms import ACCESS, REASON
from handlers import dispatch
from handlers.dispatch import Desk
from tests.handlers.cast import ANN, ANNS, GUSS, STRANGER
from tests.handlers.harness import DOWN, Bot, storeless
from tests.handlers.words import everything, text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
DISK = IntegrationError("the database", "SQLITE_FULL")
LOST_COMMIT = IntegrationError("the database", "gone", outcome=Outcome.UNKNOWN)


def failing(bot: Bot, failure: BaseException) -> Desk:
    """A desk whose store fails."""
    return Desk(storeless(bot.world, failure))


async def test_what_is_said_is_noted_before_it_is_answered_and_done_afterwards(bot: Bot) -> None:
    card = await bot.hears(ANNS, LINE)

    assert card is not None
    assert everything(card) == (
        "On it\nNoted: activate dev-poweruser for 1 h. I am checking with Entra and answer here.\n"
    )
    assert (await bot.jobs.waiting())[0] == 1
    assert await bot.requests() == []
    await bot.works()
    assert len(await bot.requests()) == 1


async def test_a_delivery_that_comes_again_later_does_nothing(bot: Bot) -> None:
    await bot.says(ANNS, LINE, "delivery-x")
    await bot.says(ANNS, "withdraw")

    assert await bot.says(ANNS, LINE, "delivery-x") is None

    assert [r.state for r in await bot.requests()] == [State.WITHDRAWN]


async def test_deliveries_that_come_at_once_are_one(bot: Bot) -> None:
    cards = await asyncio.gather(*(bot.hears(ANNS, LINE, "delivery-x") for _ in range(5)))
    await bot.works()

    assert sum(card is not None for card in cards) == 1
    assert len(await bot.requests()) == 1


async def test_words_that_are_no_command_are_answered_with_a_hint_and_note_nothing(
    bot: Bot,
) -> None:
    card = await bot.says(ANNS, "activte dev-poweruser 1h because")

    assert card is not None
    assert "/aws-access activate dev-poweruser 1h because" in text(card.lines)
    assert "You typed: /aws-access activte dev-poweruser 1h because" in text(card.lines)
    assert await bot.jobs.waiting() == (0, None)


async def test_help_is_answered_at_once(bot: Bot) -> None:
    card = await bot.says(ANNS, "help")

    assert card is not None
    assert "/aws-access deactivate" in text(card.lines)


@pytest.mark.parametrize(
    "value", ["", "garbage", "null", "{}", '{"do":"grant"}', '{"do":"activate"}', "[" * 9999]
)
async def test_a_button_that_is_not_ours_does_nothing(bot: Bot, value: str) -> None:
    await bot.presses(ANNS, value)

    assert bot.cards() == []
    assert await bot.record() == []


async def test_nobody_carries_on_by_a_click_what_waits_for_a_sign_in(bot: Bot) -> None:
    await bot.links(ANN)
    bot.sign_in._kept.clear()
    await bot.restarts()
    await bot.says(ANNS, LINE)
    waiting = await bot.request()
    assert waiting.state is State.AWAITING_SIGN_IN

    await bot.presses(ANNS, Proceed(waiting.id))

    assert await bot.request() == waiting


@pytest.mark.parametrize(
    "intent",
    [
        Activate("dev-poweruser", reason="why"),
        Deactivate(),
        Withdraw(RequestId("R-22222222")),
        Link(),
        Unlink(),
        Notify(here=True),
        Recheck(ActivationId("A-22222222")),
        Status(),
        Recent(),
        Explain("dev-poweruser"),
        OpenForm(),
    ],
)
@pytest.mark.parametrize("who", [GUSS, STRANGER])
async def test_who_is_no_full_member_gets_nothing_whatever_they_press(
    bot: Bot, who: ChatAccount, intent: Intent
) -> None:
    await bot.presses(who, intent)

    told = {card.title for card in bot.cards(who)}
    assert told <= {"On it", "Not for this account"}
    assert who is STRANGER or "Not for this account" in told
    assert await bot.record() == [What.REFUSED]
    assert bot.chat.forms == {}


async def test_a_button_is_answered_with_what_was_noted(bot: Bot) -> None:
    for intent, words in (
        (Deactivate(), "Noted: deactivate. I am checking."),
        (Withdraw(), "Noted: withdraw. I am checking."),
        (Link(), "Noted. I am checking."),
        (Activate("dev-poweruser"), "Noted: activate dev-poweruser. I am checking with Entra"),
    ):
        await bot.desk.pressed(bot.arrival(ANNS), encode(intent))
        await bot.desk.drain(5)
        assert words in text(bot.last().lines)


async def test_a_button_for_an_access_without_a_name_is_answered_too(bot: Bot) -> None:
    await bot.presses(ANNS, Activate(""))

    assert bot.last().title == "There is no access called “”"
    assert await bot.jobs.waiting() == (0, None)


async def test_a_help_button_helps(bot: Bot) -> None:
    await bot.presses(ANNS, Help())

    assert bot.last().title == "AWS access, just in time"


async def test_what_cannot_be_written_down_is_not_done_and_says_so(bot: Bot) -> None:
    card = await failing(bot, DISK).said(bot.arrival(ANNS), LINE)

    assert card is not None
    assert card.title == "I could not note that down"
    assert "nothing is done about it" in text(card.lines)


@pytest.mark.parametrize("failure", [LOST_COMMIT, TimeoutError()])
async def test_what_may_have_been_written_down_is_not_denied(
    bot: Bot, failure: BaseException
) -> None:
    card = await failing(bot, failure).said(bot.arrival(ANNS), LINE)

    assert card is not None
    assert "Perhaps it was noted all the same" in text(card.lines)


async def test_a_bug_is_a_card_with_a_reference(bot: Bot) -> None:
    desk = failing(bot, ZeroDivisionError("with somebody's words in it"))

    said = await desk.said(bot.arrival(ANNS), LINE)
    await desk.pressed(bot.arrival(ANNS), '{"do":"link"}')
    await desk.drain(5)

    assert said is not None
    assert said.title == "That went wrong"
    assert "somebody's words" not in everything(said)
    assert bot.last().title == "That went wrong"
    assert everything(said) != everything(bot.last())


async def test_a_form_that_cannot_be_written_down_stays_open_with_all_that_was_typed(
    bot: Bot,
) -> None:
    values = {ACCESS: "dev-poweruser", REASON: "checking"}

    found = await failing(bot, DISK).submitted(bot.arrival(ANNS), "activate", values)

    assert found is not None
    assert found.errors == {
        ACCESS: "I could not note this down just now. Please press the button again in a minute."
    }


@pytest.mark.parametrize("form", ["another", encode(Help()), '{"do":"grant"}'])
async def test_a_form_that_is_not_ours_does_nothing(bot: Bot, form: str) -> None:
    assert await bot.desk.submitted(bot.arrival(ANNS), form, {REASON: "checking"}) is None

    assert await bot.jobs.waiting() == (0, None)


async def test_a_store_that_is_away_breaks_no_form_and_no_list(bot: Bot) -> None:
    desk = failing(bot, DISK)

    assert await desk.options(ANNS, ACCESS, "") == ()
    await desk.chosen(bot.arrival(ANNS), "activate", {})
    await desk.drain(5)

    assert desk.busy == 0


async def test_a_store_that_hangs_is_given_up_before_the_chat_does(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "COMMIT_SECONDS", 0.01)
    async with bot.database.unit() as unit:
        await unit._begin()  # somebody else writes, and does not end
        card = await bot.desk.said(bot.arrival(ANNS), LINE)

    assert card is not None
    assert card.title == "I could not note that down"
    assert await bot.jobs.waiting() == (0, None)


async def test_while_several_wait_to_be_noted_durable_work_is_asked_to_hold_back(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "CALM", 3600.0)
    crowded: list[bool] = []
    note = bot.desk._note

    async def and_look(*asked: Any) -> bool:
        crowded.append(bot.desk.crowded)
        return await note(*asked)

    monkeypatch.setattr(bot.desk, "_note", and_look)
    assert not bot.desk.crowded
    await bot.hears(ANNS, LINE)
    assert not bot.desk.crowded
    await asyncio.gather(*(bot.hears(ANNS, LINE) for _ in range(3)))

    assert all(crowded)
    assert bot.desk.crowded
    monkeypatch.setattr(dispatch, "CALM", 0.0)
    assert not bot.desk.crowded
    await bot.works()


async def test_an_answer_on_its_way_is_counted_and_waited_for(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.desk.said(bot.arrival(ANNS), "status")
    assert bot.desk.busy == 1

    await bot.desk.drain(5)

    assert bot.desk.busy == 0
    assert bot.last().title == "Your AWS access"
    await bot.desk.drain(5)


async def test_an_answer_that_meets_a_bug_takes_nothing_with_it(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(bot.chat, "profile", broken)

    assert await bot.hears(ANNS, "status") is None

    assert bot.desk.busy == 0


async def test_a_question_about_what_one_has_says_when_a_system_is_away(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_: object) -> object:
        raise IntegrationError("Slack", "cannot connect")

    await bot.links(ANN)
    with monkeypatch.context() as patched:
        patched.setattr(bot.chat, "profile", away)
        await bot.says(ANNS, "status")

    assert bot.last().title == "Slack does not answer"
    await bot.presses(ANNS, bot.last().buttons[0])
    assert bot.last().title == "Your AWS access"


async def test_a_question_asked_before_the_sign_in_is_answered_after_it(bot: Bot) -> None:
    for question, title in (
        ("status", "Your AWS access"),
        ("recent", "Your recent decisions"),
        ("", "You are signed in"),
    ):
        await bot.says(ANNS, question)
        assert bot.last().title == "Sign in first"
        await bot.signs_in()
        assert bot.last().title == title
        await bot.says(ANNS, "unlink")


async def test_help_that_was_kept_for_after_a_sign_in_is_given_then(bot: Bot) -> None:
    await bot.adds(
        "intent",
        "anything",
        {"chat": "slack", "team": ANNS.team, "user": ANNS.user, "intent": '{"do":"help"}'},
    )

    await bot.works()

    assert bot.last().title == "AWS access, just in time"


async def test_a_form_asked_for_before_the_sign_in_is_a_button_afterwards(bot: Bot) -> None:
    await bot.presses(ANNS, OpenForm("dev-poweruser", reason="checking"))
    await bot.signs_in()

    [button] = bot.last().buttons
    assert button.intent == OpenForm("dev-poweruser", reason="checking")
    await bot.presses(ANNS, button)
    assert len(bot.chat.forms) == 1


async def test_a_question_is_put_again_while_a_system_is_away_and_then_given_up(bot: Bot) -> None:
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=3)

    assert bot.last().title == "Microsoft Graph does not answer"
    assert await bot.jobs.waiting() == (0, None)


async def test_where_a_form_opens_only_at_a_click_the_words_get_its_button(bot: Bot) -> None:
    await bot.links(ANN)

    card = await bot.desk.said(replace(bot.arrival(ANNS), trigger=""), "activate")

    assert card is not None
    assert [button.intent for button in card.buttons] == [OpenForm()]
    assert bot.chat.forms == {}


async def test_where_every_answer_is_a_message_words_are_answered_by_one(bot: Bot) -> None:
    await bot.desk.wrote(replace(bot.arrival(ANNS), reply_to=""), "help")
    await bot.desk.drain(5)

    assert bot.last().title == "AWS access, just in time"


async def test_there_nothing_acknowledges_what_is_answered_anyway(bot: Bot) -> None:
    await bot.desk.wrote(replace(bot.arrival(ANNS), reply_to=""), LINE)
    await bot.desk.drain(5)

    assert bot.chat.messages == []
    await bot.works()
    assert bot.chat.messages != []
