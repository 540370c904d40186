"""Who decides by a line in another chat than the one with their card reads there what came of it."""

from dataclasses import replace

from structlog.typing import EventDict

from bot.domain.ids import Chat, ChatAccount
from bot.domain.request import State
from bot.messaging import UnreachableError
from bot.store import LinkRow
from tests.fakes.messenger import FakeMessenger
from tests.handlers import cast
from tests.handlers.approving import approves, card, everything
from tests.handlers.cast import ADA, ADAS
from tests.handlers.harness import Bot

ADA_IN_TEAMS = ChatAccount(Chat.TEAMS, cast.TENANT, "29:ada")


async def is_in_teams(bot: Bot) -> FakeMessenger:
    """Ada is in Teams too; what asks her stands in Slack, where she was last."""
    made = FakeMessenger(chat=Chat.TEAMS, team=cast.TENANT, channels={})
    known = replace(cast.profile(ADAS), account=ADA_IN_TEAMS, mail="", oid=ADA.oid)
    made.profiles[ADA_IN_TEAMS] = known
    bot.world = replace(bot.world, messengers={**bot.world.messengers, Chat.TEAMS: made})
    bot.__post_init__()
    async with bot.world.store.begin() as tx:
        await tx.save_link(LinkRow(ADA_IN_TEAMS, ADA, cast.mail(ADA), bot.clock.now()))
    return made


async def types(bot: Bot) -> None:
    await bot.says(ADA_IN_TEAMS, f"approve {(await bot.request()).id}")
    await bot.waits(minutes=1)


async def test_the_card_in_each_chat_shows_it(waiting: Bot) -> None:
    teams = await is_in_teams(waiting)
    await types(waiting)

    assert (await waiting.request()).state is State.GRANTED
    assert card(waiting, ADAS).title == "prod-admin: approved"
    [there] = teams.to(ADA_IN_TEAMS)
    assert there.title == "prod-admin: approved"
    assert there == card(waiting, ADAS)

    await waiting.waits(hours=2)

    assert card(waiting, ADAS) == teams.to(ADA_IN_TEAMS)[-1] != there


async def test_a_vote_that_counts_here_is_shown_there_too(dual: Bot) -> None:
    teams = await is_in_teams(dual)
    await types(dual)

    [there] = teams.to(ADA_IN_TEAMS)
    assert there == card(dual, ADAS)


async def test_who_decides_on_their_card_has_that_one_alone(waiting: Bot) -> None:
    teams = await is_in_teams(waiting)
    await approves(waiting)
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.GRANTED
    assert teams.to(ADA_IN_TEAMS) == []


async def test_who_is_not_reached_there_any_more_keeps_nobody_elses_card_back(
    waiting: Bot, quiet: list[EventDict]
) -> None:
    teams = await is_in_teams(waiting)
    teams.refusing[ADA_IN_TEAMS] = UnreachableError("Teams", "the app was removed")
    await types(waiting)
    await waiting.waits(hours=2)

    assert card(waiting, ADAS).title == "prod-admin: approved"
    assert "ended" in everything([card(waiting, ADAS)])
    events = [one["event"] for one in quiet]
    assert "decider_not_reached" in events
    assert "job_given_up" not in events
