"""Linking ahead of need, and forgetting it."""

from bot.domain.audit import What
from bot.domain.request import State
from tests.handlers.cast import ANN, ANNS
from tests.handlers.harness import Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


async def test_link_offers_the_sign_in_and_says_afterwards_who_one_is(bot: Bot) -> None:
    await bot.says(ANNS, "link")
    assert bot.last().title == "Sign in first"

    await bot.signs_in()

    assert bot.last().title == "You are linked"
    assert "ann@example.com" in text(bot.last().lines)
    assert "I keep an encrypted token for you" in text(bot.last().lines)
    assert await bot.record() == [What.LINKED]


async def test_without_keys_it_says_that_nothing_is_kept(keyless: Bot) -> None:
    await keyless.says(ANNS, "link")

    await keyless.signs_in()

    assert "I keep no token" in text(keyless.last().lines)


async def test_who_is_linked_is_told_so_and_needs_no_sign_in(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, "link")

    assert bot.last().title == "You are linked"


async def test_unlink_forgets_the_link_and_every_token(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, "unlink")

    assert bot.last().title == "Unlinked"
    async with bot.world.store.begin() as tx:
        assert await tx.link(ANNS) is None
        assert await tx.kept_token(ANN) is None
    assert bot.world.tokens._tokens == {}
    assert (await bot.record())[-1] is What.UNLINKED
    assert (await bot.activation()).active  # what is active stays active until its end


async def test_unlink_without_a_link_changes_nothing(bot: Bot) -> None:
    await bot.says(ANNS, "unlink")

    assert bot.last().title == "There was no link"
    assert await bot.record() == []


async def test_after_unlinking_everything_begins_with_a_sign_in_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "unlink")

    await bot.says(ANNS, LINE)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    await bot.signs_in()

    assert (await bot.request()).state is State.GRANTED
    assert (await bot.record()).count(What.LINKED) == 2
