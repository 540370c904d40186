"""Whoever may not act any more is forgotten: when the chat says so, at the next use, within a day."""

from dataclasses import replace

import pytest

from bot.domain.audit import What
from bot.domain.ids import ChatAccount
from bot.domain.request import State
from bot.messaging import UnreachableError
from bot.ports import IntegrationError, PimState
from handlers import standing
from handlers.standing import check_links
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS, BEN, BENS, GUSS
from tests.handlers.harness import Bot
from tests.handlers.test_leaving import LINE, PENDING, left_of


async def a_day_passes(bot: Bot) -> None:
    bot.clock.pass_(hours=25)
    await check_links(bot.world)
    await bot.works()


def disabled(bot: Bot) -> None:
    bot.directory.hire(replace(cast.user(ANN), enabled=False))


def deleted(bot: Bot) -> None:
    del bot.directory.users[ANN.oid]


def a_guest_in_entra(bot: Bot) -> None:
    bot.directory.hire(replace(cast.user(ANN), guest=True))


def deactivated_in_chat(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = cast.profile(ANNS, "deactivated")


def a_guest_in_chat(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = cast.profile(ANNS, "guest")


def only_elsewhere_in_the_organisation_of_the_chat(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = cast.profile(ANNS, "elsewhere")


def another_address_in_chat(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail="new@example.com")


def another_address_in_entra(bot: Bot) -> None:
    new = "ann.new@example.com"
    bot.directory.hire(replace(cast.user(ANN), mail=new, user_name=new))


CHANGES = [
    (disabled, "left"),
    (deleted, "left"),
    (a_guest_in_entra, "left"),
    (deactivated_in_chat, "left"),
    (a_guest_in_chat, "left"),
    (only_elsewhere_in_the_organisation_of_the_chat, "left"),
    (another_address_in_chat, "parted"),
    (another_address_in_entra, "parted"),
]


@pytest.mark.parametrize(("change", "why"), CHANGES)
async def test_within_a_day_nothing_is_kept_of_who_left(bot: Bot, change: object, why: str) -> None:
    await bot.links(ANN, BEN)
    await bot.says(ANNS, PENDING)
    before = len(bot.posts())
    assert callable(change)
    change(bot)
    await check_links(bot.world)
    assert await left_of(bot) == {"link", "token", "held"}

    await a_day_passes(bot)

    assert await left_of(bot) == set()
    assert await left_of(bot, BENS, BEN) - {"held"} == {"link", "token"}
    over = await bot.request()
    assert over.state in {State.WITHDRAWN, State.LAPSED}
    assert len(bot.posts()) == before
    assert What.UNLINKED in await bot.record()


@pytest.mark.parametrize(("change", "why"), [one for one in CHANGES if "chat" in one[0].__name__])
async def test_nothing_is_kept_of_whom_the_chat_tells_to_have_left(
    bot: Bot, change: object, why: str
) -> None:
    await bot.links(ANN, BEN)
    await bot.says(ANNS, PENDING)
    assert callable(change)
    change(bot)

    assert await bot.desk.account_changed(bot.chat.profiles[ANNS])
    await bot.works()

    assert await left_of(bot) == set()
    assert await left_of(bot, BENS, BEN) >= {"link", "token"}
    over = await bot.request()
    assert (over.state, over.why) == (State.WITHDRAWN, why)
    assert bot.asked().state is PimState.CANCELED


async def test_whoever_can_be_reached_again_reads_what_became_of_theirs(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def refuses(*_: object) -> None:
        raise UnreachableError("Slack", "user_disabled")

    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    with monkeypatch.context() as patch:
        patch.setattr(bot.chat, "update", refuses)
        deactivated_in_chat(bot)
        assert await bot.desk.account_changed(bot.chat.profiles[ANNS])
        await bot.works()
    assert bot.posts()[-1].card.title == "prod-admin waits for approval"

    bot.chat.profiles[ANNS] = cast.profile(ANNS)
    assert await bot.desk.account_changed(bot.chat.profiles[ANNS])
    await bot.works()

    assert bot.posts()[-1].card.title == "prod-admin: withdrawn"


async def test_what_the_chat_tells_is_not_believed_before_it_was_looked_at(bot: Bot) -> None:
    await bot.links(ANN)

    assert await bot.desk.account_changed(replace(cast.profile(ANNS), stands="deactivated"))
    await bot.works()

    assert await left_of(bot) >= {"link", "token"}


@pytest.mark.parametrize("account", [ANNS, GUSS])
async def test_a_new_picture_or_somebody_who_is_not_linked_is_no_work(
    bot: Bot, account: ChatAccount
) -> None:
    await bot.links(ANN)

    assert await bot.desk.account_changed(bot.chat.profiles[account])

    assert await bot.jobs.claim(1) == []


async def test_who_is_unlinked_meanwhile_is_not_looked_for(bot: Bot) -> None:
    await bot.links(ANN)
    another_address_in_chat(bot)
    assert await bot.desk.account_changed(bot.chat.profiles[ANNS])
    async with bot.world.store.begin() as tx:
        await tx.drop_link(ANNS)

    await bot.works()

    assert What.UNLINKED not in await bot.record()


async def test_a_change_that_cannot_be_noted_is_to_be_told_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away() -> None:
        raise IntegrationError("the database", "away")

    with monkeypatch.context() as patch:
        patch.setattr(bot.world.store, "begin", away)
        assert not await bot.desk.account_changed(bot.chat.profiles[ANNS])


@pytest.mark.parametrize(("change", "why"), CHANGES)
async def test_at_the_next_use_nothing_is_kept_of_who_left(
    bot: Bot, change: object, why: str
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    assert callable(change)
    change(bot)

    await bot.says(ANNS, LINE)

    assert await left_of(bot) == set()
    first = (await bot.requests())[-1]
    assert (first.state, first.why) == (State.WITHDRAWN, why)
    assert len(bot.pim.posts) == 1


async def test_who_still_belongs_is_left_alone_and_asked_about_once_a_day(bot: Bot) -> None:
    await bot.links(ANN, BEN)
    bot.clock.pass_(hours=25)

    await check_links(bot.world)
    await check_links(bot.world)

    assert bot.directory.lists == [tuple(sorted([ANN.oid, BEN.oid]))]
    assert await left_of(bot) >= {"link", "token"}


def the_directory_says_less(bot: Bot) -> None:
    bot.directory.hire(replace(cast.user(ANN), enabled=False, guest=True, told=False))


def the_chat_shows_no_address(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS), mail="")


def the_chat_cannot_tell(bot: Bot) -> None:
    bot.chat.profiles[ANNS] = replace(cast.profile(ANNS, "unknown"), mail="x@example.com")


@pytest.mark.parametrize(
    "change", [the_directory_says_less, the_chat_shows_no_address, the_chat_cannot_tell]
)
async def test_a_permission_that_was_taken_from_the_bot_throws_nobody_out(
    bot: Bot, change: object
) -> None:
    await bot.links(ANN)
    assert callable(change)
    change(bot)

    await a_day_passes(bot)

    assert await left_of(bot) >= {"link", "token"}


async def test_who_may_not_act_for_want_of_knowledge_is_refused_and_keeps_the_link(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    the_directory_says_less(bot)

    await bot.says(ANNS, LINE)

    assert bot.last().title == "Not for this account"
    assert "link" in await left_of(bot)


async def test_a_chat_that_is_not_connected_any_more_says_nothing(bot: Bot) -> None:
    await bot.links(ANN)
    bot.world = replace(bot.world, messengers={})

    bot.clock.pass_(hours=25)
    await check_links(bot.world)

    assert await left_of(bot) >= {"link", "token"}


async def test_one_that_cannot_be_looked_at_does_not_hold_up_the_others(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN, BEN)
    another_address_in_chat(bot)
    profile = bot.chat.profile

    async def not_for_ben(account: ChatAccount) -> object:
        if account == BENS:
            raise IntegrationError("Slack", "429")
        return await profile(account)

    monkeypatch.setattr(bot.chat, "profile", not_for_ben)
    await a_day_passes(bot)

    assert await left_of(bot) == set()
    assert await left_of(bot, BENS, BEN) >= {"link", "token"}


async def test_many_are_looked_at_a_few_at_a_time(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "MOST", 1)
    await bot.links(ANN, BEN)
    bot.clock.pass_(hours=25)

    await check_links(bot.world)
    await check_links(bot.world)
    await check_links(bot.world)

    assert sorted(bot.directory.lists) == sorted([(ANN.oid,), (BEN.oid,)])


async def test_a_directory_that_does_not_answer_is_asked_again(bot: Bot) -> None:
    await bot.links(ANN)
    deactivated_in_chat(bot)
    bot.clock.pass_(hours=25)
    bot.directory.failure = IntegrationError("Microsoft Graph", "cannot connect")
    with pytest.raises(IntegrationError):
        await check_links(bot.world)
    bot.directory.failure = None

    await check_links(bot.world)

    assert await left_of(bot) == set()
