"""Asking more than once, from several places, and while something is away or changes meanwhile."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.domain.ids import Chat, ChatAccount
from bot.domain.policy import Eligibility
from bot.domain.request import State
from bot.ports import DirectoryGroup
from handlers import activate as asking
from handlers import tokens
from tests.fakes.messenger import FakeMessenger
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS, DEV, HOUR, PROD
from tests.handlers.harness import DOWN, FORBIDDEN, Bot, opened
from tests.handlers.test_activate import LINE, PENDING
from tests.handlers.words import text


def in_teams(bot: Bot) -> tuple[ChatAccount, FakeMessenger]:
    """Ann's account in another chat: in one workspace a person has one."""
    account = ChatAccount(Chat.TEAMS, cast.TEAM, "29:ann")
    teams = FakeMessenger(chat=Chat.TEAMS, team=cast.TEAM)
    teams.profiles[account] = replace(cast.profile(ANNS), account=account)
    bot.world = replace(bot.world, messengers={**bot.world.messengers, Chat.TEAMS: teams})
    bot.__post_init__()
    return account, teams


def sign_in_link(teams: FakeMessenger, account: ChatAccount) -> str:
    urls = [b.url for card in teams.to(account) for b in card.buttons if b.label == "Sign In"]
    return str(urls[-1])


async def test_two_chat_accounts_of_one_person_at_once_make_one_request(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    phone, teams = in_teams(bot)
    await bot.says(phone, "link")
    await bot.signs_in(ANN, sign_in_link(teams, phone))
    likely, others = tokens.likely, [bot.says(phone, PENDING)]

    async def likely_while_the_other_asks(*asked: Any) -> bool:
        while others:
            await others.pop()
        return await likely(*asked)

    monkeypatch.setattr(asking, "likely", likely_while_the_other_asks)
    await bot.says(ANNS, PENDING)
    await bot.waits(seconds=1)

    assert len(await bot.requests()) == 1
    assert bot.last().title == "prod-admin is being handled"
    assert len(bot.pim.posts) == 1


async def test_what_waits_for_another_group_is_no_hindrance(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)

    await bot.says(ANNS, LINE)

    assert {r.terms.access: r.state for r in await bot.requests()} == {
        "prod-admin": State.AWAITING_APPROVAL,
        "dev-poweruser": State.GRANTED,
    }


async def test_what_was_ended_in_the_portal_can_be_asked_for_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=6)
    for asked in bot.pim.asked.values():
        asked.ended_at = bot.clock.at

    await bot.says(ANNS, LINE)

    assert [r.state for r in await bot.requests()] == [State.GRANTED] * 2


async def test_a_delivery_that_comes_three_times_is_one_wish(bot: Bot) -> None:
    first = [await bot.says(ANNS, LINE, "trigger-7") for _ in range(3)]

    assert len(await bot.requests()) == 1
    assert first[0] is not None
    assert first[1:] == [None, None]


async def test_what_entra_says_when_it_is_asked_again_after_the_sign_in_counts(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    bot.pim.eligible[ANN] = []

    await bot.signs_in()

    assert (await bot.request()).state is State.REFUSED
    assert (await bot.request()).why == "not_eligible"
    assert bot.pim.posts == []


async def test_an_eligibility_too_short_is_found_out_after_the_sign_in(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    bot.pim.eligible[ANN] = [Eligibility(DEV, bot.clock.at + timedelta(minutes=30.5))]

    await bot.signs_in()

    assert (await bot.request()).why == "eligibility_ends"


async def test_who_is_disabled_between_the_sign_in_and_the_work_gets_nothing(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.comes_back(bot.link())
    bot.directory.hire(replace(cast.user(ANN), enabled=False))

    await bot.works()

    assert (await bot.request()).why == "account_disabled"
    assert bot.pim.posts == []


async def test_a_request_asked_twice_under_two_names_ends_when_it_turns_out_to_be_one_person(
    bot: Bot,
) -> None:
    phone, teams = in_teams(bot)
    await bot.says(phone, "activate prod-admin 1h INC-1 deploy")
    url = sign_in_link(teams, phone)
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)

    await bot.signs_in(ANN, url)

    first = next(r for r in await bot.requests() if r.terms.ticket == "INC-1")
    assert (first.state, first.why) == (State.REFUSED, "other_open")
    assert len(bot.pim.posts) == 1


async def test_without_a_file_every_group_of_the_aws_apps_is_offered(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.offered = [DirectoryGroup(DEV, "Dev power users")]
        await bot.links(ANN)

        await bot.says(ANNS, "activate 'dev power users' checking")

        assert (await bot.request()).terms.access == "Dev power users"
        assert (await bot.request()).state is State.GRANTED


async def test_a_directory_that_does_not_answer_is_asked_again_and_then_told_of(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, LINE)
    assert bot.cards() == []
    await bot.waits(minutes=2)

    assert bot.last().title == "Microsoft Graph does not answer"
    assert await bot.requests() == []
    bot.pim.unreadable = None
    await bot.presses(ANNS, bot.last().buttons[0])
    assert (await bot.request()).state is State.GRANTED
    assert (await bot.request()).terms.reason == "checking the slow index"


async def test_what_cannot_help_itself_is_told_at_once(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = FORBIDDEN

    await bot.says(ANNS, LINE)

    assert bot.last().title == "Microsoft Graph refuses"
    assert "Tell your administrator." in text(bot.last().lines)


async def test_a_request_that_waits_is_not_given_up_while_entra_is_away(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.comes_back(bot.link())
    bot.pim.unreadable = FORBIDDEN

    await bot.waits(minutes=3)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    bot.pim.unreadable = None
    await bot.waits(minutes=10)

    assert (await bot.request()).state is State.GRANTED


async def test_a_maximum_of_the_file_holds_where_pim_would_allow_more(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, "activate prod-admin 4h INC-42 deploy")

    assert bot.pim.policies[PROD].max == 8 * HOUR
    assert (await bot.request()).state is State.AWAITING_APPROVAL
