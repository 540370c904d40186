"""A chat that the settings have no longer: who has another is reached there, and nobody else waits."""

from dataclasses import replace

import pytest
from structlog.typing import EventDict

from bot.domain.ids import Channel, Chat, ChatAccount, PersonId
from bot.domain.request import State
from bot.intents import Status, encode
from bot.store import HomeRow, JobKind, LinkRow
from handlers.reply import Reply
from handlers.steps import name_of_account
from handlers.zones import zone_of
from tests.fakes.messenger import FakeMessenger
from tests.handlers import cast
from tests.handlers.approving import ASK, button, card
from tests.handlers.cast import ADA, ADAS, ANN, ANNS
from tests.handlers.harness import Bot

ADA_IN_TEAMS = ChatAccount(Chat.TEAMS, cast.TENANT, "29:ada")
ANN_IN_TEAMS = ChatAccount(Chat.TEAMS, cast.TENANT, "29:ann")
PROD = Channel(Chat.TEAMS, "19:prod@thread.tacv2")


@pytest.fixture
def teams() -> FakeMessenger:
    """Ann and Ada in Teams, and a channel."""
    made = FakeMessenger(chat=Chat.TEAMS, team=cast.TENANT, channels={PROD: False})
    for there, person, here in ((ADA_IN_TEAMS, ADA, ADAS), (ANN_IN_TEAMS, ANN, ANNS)):
        known = replace(cast.profile(here), account=there, mail="", oid=person.oid)
        made.profiles[there] = known
    return made


def only_teams(bot: Bot, teams: FakeMessenger) -> None:
    """The bot is started anew, with Slack no longer in its settings."""
    bot.world = replace(bot.world, messengers={Chat.TEAMS: teams})
    bot.__post_init__()


async def links(bot: Bot, account: ChatAccount, person: PersonId) -> None:
    async with bot.world.store.begin() as tx:
        await tx.save_link(LinkRow(account, person, cast.mail(person), bot.clock.now()))


def given_up(quiet: list[EventDict]) -> list[str]:
    return [one["kind"] for one in quiet if one["event"] == "job_given_up"]


async def test_who_has_no_other_chat_keeps_nobody_else_waiting(
    waiting: Bot, teams: FakeMessenger, quiet: list[EventDict]
) -> None:
    """Ann, who asked, is in Slack alone; Ada decides in Teams all the same."""
    await links(waiting, ADA_IN_TEAMS, ADA)
    only_teams(waiting, teams)

    await waiting.says(ADA_IN_TEAMS, f"approve {(await waiting.request()).id}")
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.GRANTED
    assert [one.title for one in teams.to(ADA_IN_TEAMS)] == ["prod-admin: approved"]
    assert set(given_up(quiet)) == {JobKind.CARD}


async def test_who_is_linked_in_another_chat_is_told_there_and_once(
    waiting: Bot, teams: FakeMessenger, quiet: list[EventDict]
) -> None:
    for account, person in ((ANN_IN_TEAMS, ANN), (ADA_IN_TEAMS, ADA)):
        await links(waiting, account, person)
    only_teams(waiting, teams)

    await waiting.says(ADA_IN_TEAMS, f"approve {(await waiting.request()).id}")
    await waiting.waits(minutes=1)

    assert [one.title for one in teams.to(ANN_IN_TEAMS)] == ["prod-admin is active"]
    await waiting.waits(minutes=59)
    assert len({str(one.posted) for one in teams.messages if one.account == ANN_IN_TEAMS}) == len(
        teams.to(ANN_IN_TEAMS)
    )
    assert given_up(quiet) == []


async def test_a_sign_in_is_asked_for_where_it_can_be_done(
    keyless: Bot, teams: FakeMessenger
) -> None:
    bot = keyless
    await bot.links(ANN)
    await links(bot, ANN_IN_TEAMS, ANN)
    await bot.hears(ANNS, "activate dev-poweruser 1h INC-42 checking the slow index")
    await bot.works()
    old = bot.link()
    only_teams(bot, teams)
    assert (await bot.pages.look(old.rpartition("/")[2])).title == "I am not in that chat any more"
    await bot.adds(JobKind.CARD, (await bot.request()).id)
    await bot.works()

    [shown] = teams.to(ANN_IN_TEAMS)
    [url] = [b.url for b in shown.buttons if b.label == "Sign In"]
    _, page = await bot.comes_back(str(url), ANN)
    await bot.works()

    assert page.fine
    assert (await bot.request()).state is State.GRANTED


async def test_a_channel_is_told_who_it_was_though_they_cannot_be_asked(
    waiting: Bot, teams: FakeMessenger
) -> None:
    only_teams(waiting, teams)
    request = await waiting.request()
    payload = {"chat": "teams", "channel": PROD.id}

    await waiting.adds(JobKind.NOTICE, request.id, payload)
    await waiting.works()

    assert "Ann" in repr(teams.to(PROD))


async def test_what_was_for_the_chat_that_is_gone_is_dropped_and_said_in_the_log(
    waiting: Bot, teams: FakeMessenger, quiet: list[EventDict]
) -> None:
    async with waiting.world.store.begin() as tx:
        await tx.save_home(HomeRow(ANNS, waiting.clock.now()))
    await waiting.hears(ANNS, "withdraw")
    only_teams(waiting, teams)
    request, reply = await waiting.request(), Reply(ANNS, "gone").payload

    await waiting.adds(JobKind.HOME, name_of_account(ANNS), reply)
    await waiting.adds(JobKind.INTENT, "asked", {**reply, "intent": encode(Status())})
    await waiting.adds(JobKind.NOTICE, request.id, {"chat": "slack", "channel": "C0OPS"})
    await waiting.works()

    told = [one["event"] for one in quiet]
    assert {"home_lost", "answer_lost", "job_given_up"} <= set(told)
    assert given_up(quiet) == [JobKind.NOTICE]
    assert (await waiting.request()).state is State.AWAITING_APPROVAL  # nothing was done unchecked
    assert str(await zone_of(waiting.world, ANNS)) == "UTC"


async def test_a_card_in_the_other_chat_works(waiting: Bot, teams: FakeMessenger) -> None:
    await links(waiting, ADA_IN_TEAMS, ADA)
    await waiting.says(ANNS, "withdraw")
    waiting.chat.messages.clear()
    await waiting.says(ADAS, "status")
    await waiting.says(ANNS, ASK)
    assert card(waiting, ADAS)
    only_teams(waiting, teams)

    await waiting.adds(JobKind.APPROVER_CARDS, (await waiting.request()).id)
    await waiting.works()

    [shown] = teams.to(ADA_IN_TEAMS)
    await waiting.presses(ADA_IN_TEAMS, button(shown, "Approve"))
    assert (await waiting.request()).state is not State.AWAITING_APPROVAL
