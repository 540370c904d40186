"""Something else happens to a request, or to what it is for, at the moment in which it is sent."""

from typing import Any

from bot.domain.activation import Activation, End
from bot.domain.ids import new_activation_id
from bot.domain.request import State
from bot.ports import IntegrationError, PimRequest
from tests.handlers.cast import ANN, ANNS, DEV, HOUR
from tests.handlers.harness import Bot

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"


async def test_what_was_moved_by_another_meanwhile_is_not_told_of_our_failure(bot: Bot) -> None:
    """We were taken for dead: what we found says nothing of what the other has made of it."""
    await bot.links(ANN)
    activate, states = bot.pim.activate, []

    async def overtaken(*_: Any) -> PimRequest:
        bot.pim.activate = activate  # type: ignore[method-assign]
        moved = (await bot.request()).busy()
        async with bot.world.store.begin() as tx:
            await tx.save_request(moved)
        states.append(moved.version)
        raise IntegrationError("Microsoft Graph", "HTTP 403", permanent=True)

    bot.pim.activate = overtaken  # type: ignore[method-assign, assignment]
    await bot.says(ANNS, LINE)

    assert (await bot.request()).version == states[0]
    assert (await bot.request()).state is State.ACTIVATING
    await bot.waits(minutes=5)
    assert (await bot.request()).state is State.GRANTED
    assert len(bot.pim.asked) == 1


async def test_an_older_one_that_we_took_for_active_is_over(bot: Bot) -> None:
    """PIM holds one at a time: it was ended beside the bot, and nobody had noticed yet."""
    await bot.links(ANN)
    activate, now = bot.pim.activate, bot.clock.now()
    older = Activation(new_activation_id(), None, ANN, DEV, "dev-poweruser", now, now + HOUR)

    async def late(*asked: Any) -> PimRequest:
        async with bot.world.store.begin() as tx:
            await tx.add_activation(older)
        return await activate(*asked)

    bot.pim.activate = late  # type: ignore[method-assign, assignment]
    await bot.says(ANNS, LINE)

    async with bot.world.store.begin() as tx:
        over = await tx.activation(older.id)
    assert over is not None
    assert over.end is End.ELSEWHERE
    assert (await bot.activation()).request == (await bot.request()).id
