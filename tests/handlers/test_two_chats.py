"""One person in two chats: they are written to where they were last, and there alone."""

from dataclasses import replace

import pytest

from bot.domain.ids import Chat, ChatAccount
from bot.store import LinkRow, Place
from handlers.reading import whose
from handlers.who import Actor
from tests.fakes.messenger import FakeMessenger
from tests.handlers import cast
from tests.handlers.approving import ASK
from tests.handlers.cast import ADA, ADAS, ANN, ANNS
from tests.handlers.harness import Bot
from tests.handlers.words import text

ADA_IN_TEAMS = ChatAccount(Chat.TEAMS, cast.TENANT, "29:ada")


@pytest.fixture
async def teams(waiting: Bot) -> FakeMessenger:
    """Ada is linked in Teams too, since a moment ago."""
    bot = waiting
    await bot.says(ANNS, "withdraw")
    made = FakeMessenger(chat=Chat.TEAMS, team=cast.TENANT)
    profile = replace(cast.profile(ADAS), account=ADA_IN_TEAMS, mail="", oid=ADA.oid)
    made.profiles[ADA_IN_TEAMS] = profile
    bot.world = replace(bot.world, messengers={**bot.world.messengers, Chat.TEAMS: made})
    bot.__post_init__()
    bot.clock.pass_(minutes=1)
    await bot.says(ADA_IN_TEAMS, "link")
    [url] = [b.url for card in made.to(ADA_IN_TEAMS) for b in card.buttons if b.label == "Sign In"]
    assert url is not None
    _, page = await bot.comes_back(url, ADA)
    assert page.fine
    await bot.works()
    made.messages.clear()
    bot.chat.messages.clear()
    return made


async def test_an_approver_is_asked_where_they_signed_in_last(
    waiting: Bot, teams: FakeMessenger
) -> None:
    await waiting.says(ANNS, ASK)

    assert len(teams.to(ADA_IN_TEAMS)) == 1
    assert waiting.posts(ADAS) == []


async def test_or_where_they_have_done_something_since(waiting: Bot, teams: FakeMessenger) -> None:
    waiting.clock.pass_(minutes=1)
    await waiting.says(ADAS, "status")
    waiting.chat.messages.clear()

    await waiting.says(ANNS, ASK)

    assert teams.to(ADA_IN_TEAMS) == []
    assert len(waiting.posts(ADAS)) == 1


async def test_or_where_they_want_to_be_asked_and_there_alone(
    waiting: Bot, teams: FakeMessenger
) -> None:
    await waiting.says(ADA_IN_TEAMS, "notify here")
    assert teams.to(ADA_IN_TEAMS)[-1].title == "I write to you here"
    await waiting.says(ADAS, "notify me")  # understood by nobody, and changes nothing
    waiting.clock.pass_(minutes=1)
    await waiting.says(ADAS, "status")
    for chat in (teams, waiting.chat):
        chat.messages.clear()

    await waiting.says(ANNS, ASK)

    assert [one.title for one in teams.to(ADA_IN_TEAMS)] == ["prod-admin needs your decision"]
    assert waiting.posts(ADAS) == []


async def test_what_they_want_is_taken_back_by_a_word_too(
    waiting: Bot, teams: FakeMessenger
) -> None:
    await waiting.says(ADA_IN_TEAMS, "notify here")
    [button] = teams.to(ADA_IN_TEAMS)[-1].buttons
    waiting.clock.pass_(minutes=1)
    await waiting.presses(ADAS, button)
    told = waiting.last(ADAS)
    assert told.title == "I write to you where you were last"
    assert "linked in this chat only" not in text(told.lines)
    for chat in (teams, waiting.chat):
        chat.messages.clear()

    await waiting.says(ANNS, ASK)

    assert teams.to(ADA_IN_TEAMS) == []
    assert len(waiting.posts(ADAS)) == 1


async def test_who_has_one_chat_is_told_that_there_is_nothing_to_choose(waiting: Bot) -> None:
    await waiting.says(ADAS, "notify here")

    assert "You are linked in this chat only" in text(waiting.last(ADAS).lines)


async def test_who_it_is_has_to_be_known_before_they_choose(waiting: Bot) -> None:
    await waiting.says(ADAS, "unlink")
    await waiting.says(ADAS, "notify here")

    await waiting.comes_back(waiting.link(ADAS), ADA)
    await waiting.works()

    assert waiting.last(ADAS).title == "I write to you here"


async def test_who_linked_last_in_a_chat_that_is_gone_is_asked_in_the_other(waiting: Bot) -> None:
    await waiting.says(ANNS, "withdraw")
    waiting.clock.pass_(minutes=1)
    async with waiting.world.store.begin() as tx:
        await tx.save_link(LinkRow(ADA_IN_TEAMS, ADA, "ada", waiting.clock.now()))
    waiting.chat.messages.clear()

    await waiting.says(ANNS, ASK)

    assert [shown.card.title for shown in waiting.posts(ADAS)] == ["prod-admin needs your decision"]


async def test_the_accounts_of_one_human_are_one_for_what_they_may_decide(
    waiting: Bot, teams: FakeMessenger
) -> None:
    await waiting.says(ANNS, ASK)
    request = await waiting.request()

    await waiting.says(ADA_IN_TEAMS, f"approve {request.id}")
    await waiting.says(ADAS, f"approve {request.id}")

    async with waiting.world.store.begin() as tx:
        decisions = await tx.decisions(request.id)
    assert [decision.person for decision in decisions] == [ADA]


async def test_who_is_mentioned_in_one_chat_is_known_by_a_link_of_the_other(
    waiting: Bot, teams: FakeMessenger
) -> None:
    """Teams says itself whose an account is; nobody has to have signed in with it."""
    async with waiting.world.store.begin() as tx:
        await tx.save_place(Place(Chat.TEAMS, cast.TENANT, "29:ann", "a:1", "", ANN.oid))
        actor = Actor(replace(cast.profile(ADAS), account=ADA_IN_TEAMS), None)
        known = await whose(tx, actor, "29:ann")
        unknown = await whose(tx, actor, "29:nobody")

    assert (known, unknown) == (ANN, None)
