"""What channels are told: one message for a request, edited, calling nobody, and never to outsiders."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.domain.ids import Channel, Chat
from bot.domain.request import State
from bot.store import JobKind
from tests.fakes.messenger import Shown
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import Bot, opened
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the <!channel> index"
PROD = "activate prod-admin 1h INC-42 hotfix"
OPS, PARTNERS = Channel(Chat.SLACK, "C0OPS"), Channel(Chat.SLACK, "C0PARTNERS")
NAMED = ("slack:C0OPS", "slack:C0PARTNERS", "slack:C0GONE", "teams:19:abc@thread.tacv2")


@pytest.fixture
async def bot(migrated_file: Path) -> AsyncIterator[Bot]:
    told = tuple(
        replace(a, notify=NAMED) if a.group in {cast.DEV, cast.PROD} else a
        for a in cast.CATALOG.accesses
    )
    async with opened(migrated_file, catalog=replace(cast.CATALOG, accesses=told)) as made:
        made.chat.channels = {OPS: False, PARTNERS: True}
        yield made


def notices(bot: Bot, channel: Channel = OPS) -> list[Shown]:
    return [one for one in bot.chat.messages if one.account == channel]


def notice(bot: Bot) -> str:
    [one] = notices(bot)
    assert one.card.state
    assert not one.card.buttons
    return text([(one.card.title,), *one.card.lines])


async def test_a_channel_reads_one_message_from_the_activation_to_its_end(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, LINE)

    told = notice(bot)
    assert "dev-poweruser: activated" in told
    assert "asked for it at" in told
    assert ", until 13:00 at the latest." in told
    [first] = notices(bot)
    await bot.waits(minutes=61)
    assert [one.posted for one in notices(bot)] == [first.posted]
    assert "dev-poweruser: ended" in notice(bot)
    assert "Its time was over in Entra" in notice(bot)


async def test_nothing_is_told_before_there_is_news(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    assert notices(bot) == []

    await bot.says(ANNS, "withdraw")

    assert notices(bot) == []


async def test_what_waits_for_an_approval_is_told_and_then_what_became_of_it(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PROD)
    assert (await bot.request()).state is State.AWAITING_APPROVAL
    assert "prod-admin: asked for" in notice(bot)

    bot.pim.decide(bot.asked().id, approve=False)
    await bot.waits(minutes=2)

    assert "prod-admin: denied" in notice(bot)
    assert "It was denied in Entra." in notice(bot)


async def test_a_channel_that_others_read_is_told_nothing_which_is_logged_once(bot: Bot) -> None:
    await bot.links(ANN)
    with capture_logs() as logged:
        await bot.says(ANNS, LINE)
        await bot.waits(minutes=61)

    assert notices(bot, PARTNERS) == []
    shared = [one for one in logged if one["event"] == "channel_is_shared"]
    assert [one["channel"] for one in shared] == ["C0PARTNERS"]


async def test_a_channel_that_is_gone_holds_up_nothing_and_is_given_up_at_once(bot: Bot) -> None:
    await bot.links(ANN)
    with capture_logs() as logged:
        await bot.says(ANNS, LINE)
    [given_up] = [one for one in logged if one["event"] == "job_given_up"]
    assert (given_up["kind"], given_up["log_level"]) == (JobKind.NOTICE, "error")
    assert "not_in_channel" in given_up["error"] or "channel_not_found" in given_up["error"]
    bot.provisions()

    await bot.waits(minutes=62)

    assert [one.card.title for one in bot.posts()] == ["dev-poweruser has ended"] * 3
    assert "dev-poweruser: ended" in notice(bot)
    assert await bot.jobs.claim(1) == []


async def test_a_notice_whose_answer_was_lost_is_found_or_looked_for_again(bot: Bot) -> None:
    await bot.links(ANN)
    bot.chat.loses.append("notice:slack:C0OPS")

    await bot.says(ANNS, LINE)
    await bot.waits(minutes=3)

    assert not bot.chat.loses
    assert "dev-poweruser: activated" in notice(bot)


async def test_a_notice_about_nothing_is_no_work(bot: Bot) -> None:
    await bot.adds("notice", "R-23456789", {"chat": "slack", "channel": "C0OPS"})

    await bot.works()

    assert notices(bot) == []
    assert await bot.jobs.waiting() == (0, None)


async def test_without_an_access_file_no_channel_is_named(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.chat.channels = {OPS: False}
        await bot.says(ANNS, "activate nothing")
        await bot.adds("card", "R-23456789")
        await bot.works()
        assert notices(bot) == []
