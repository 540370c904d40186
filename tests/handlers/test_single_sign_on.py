"""Signing in by a token that the chat hands over: the same checks, and nothing that a browser must do."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.audit import What
from bot.domain.ids import PersonId
from bot.domain.request import State
from bot.domain.sign_in import CONSENT_REQUIRED
from bot.ports import IntegrationError, SignInRefusedError
from handlers.sign_in_desk import SignInPages
from handlers.sign_in_links import digest
from tests.handlers.cast import ANN, ANNS, BEN, BENS
from tests.handlers.harness import DOWN, Bot, storeless

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


async def asked(bot: Bot) -> str:
    """Ann has asked without being linked; the key of the link she got."""
    await bot.says(ANNS, LINE)
    return await bot.pages.offered(secret(bot))


def secret(bot: Bot) -> str:
    return bot.link().rpartition("/")[2]


async def hands(bot: Bot, key: str, person: PersonId = ANN) -> bool:
    taken = await bot.pages.exchanged(ANNS, key, bot.sign_in.handed(person))
    await bot.works()
    return taken


async def test_what_waited_goes_on_without_a_browser(bot: Bot) -> None:
    key = await asked(bot)

    assert key == digest(secret(bot))
    assert await hands(bot, key)

    assert (await bot.request()).state is State.GRANTED
    assert What.LINKED in await bot.record()


async def test_each_of_their_clients_may_hand_one_over(bot: Bot) -> None:
    key = await asked(bot)

    assert [await hands(bot, key) for _ in range(3)] == [True, True, True]

    assert len(bot.pim.posts) == 1


async def test_the_token_of_somebody_else_links_nobody(bot: Bot) -> None:
    key = await asked(bot)

    assert not await hands(bot, key, BEN)

    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    assert What.SIGN_IN_REFUSED in await bot.record()
    assert (await bot.signs_in()).fine  # the link is as good as before


async def test_another_account_cannot_use_the_key(bot: Bot) -> None:
    key = await asked(bot)

    assert not await bot.pages.exchanged(BENS, key, bot.sign_in.handed(BEN))
    assert not await bot.pages.exchanged(ANNS, "made-up", bot.sign_in.handed(ANN))

    assert What.SIGN_IN_REFUSED not in await bot.record()  # nobody's token was looked at for it
    assert await hands(bot, key)
    assert not await bot.pages.exchanged(BENS, key, bot.sign_in.handed(BEN))


@pytest.mark.parametrize(
    "failure", [SignInRefusedError(CONSENT_REQUIRED, "AADSTS65001"), DOWN], ids=["consent", "down"]
)
async def test_what_does_not_work_leaves_the_button(
    bot: Bot, failure: SignInRefusedError | IntegrationError
) -> None:
    key = await asked(bot)
    if isinstance(failure, SignInRefusedError):
        bot.sign_in.refusal = failure
    else:
        bot.sign_in.failure = failure

    assert not await hands(bot, key)

    bot.sign_in.refusal = bot.sign_in.failure = None
    assert (await bot.signs_in()).fine
    assert (await bot.request()).state is State.GRANTED


async def test_more_than_the_chats_own_sign_in_is_not_asked_of_it(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    async with bot.world.store.begin() as tx:
        row = await tx.sign_in(digest(secret(bot)))
        assert row is not None
        await tx.save_sign_in(replace(row, claims="{}"))

    assert await bot.pages.offered(secret(bot)) == ""
    assert not await hands(bot, row.key)


async def test_a_stale_or_used_link_is_not_offered(bot: Bot) -> None:
    key = await asked(bot)
    bot.clock.at += timedelta(days=2)

    assert await bot.pages.offered(secret(bot)) == ""
    assert not await hands(bot, key)
    assert await bot.pages.offered("made-up") == ""


async def test_while_the_database_is_away_there_is_still_the_button(bot: Bot) -> None:
    await asked(bot)
    away = SignInPages(storeless(bot.world, DOWN))

    assert await away.offered(secret(bot)) == ""
    assert not await away.exchanged(ANNS, "any", "token")

    assert (await bot.signs_in()).fine


async def test_who_is_no_member_any_more_is_not_linked(bot: Bot) -> None:
    key = await asked(bot)
    bot.chat.profiles[ANNS] = replace(bot.chat.profiles[ANNS], stands="guest")

    assert not await hands(bot, key)
