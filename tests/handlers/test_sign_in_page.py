"""What stands on the page behind a sign-in link, before anybody has signed in."""

from bot.cards import Page
from bot.domain.decision import Verdict
from bot.domain.ids import ChatAccount, PersonId
from bot.intents import Decide
from tests.handlers.cast import ADA, ADAS, BEN, BENS
from tests.handlers.harness import Bot


async def _page(bot: Bot, who: ChatAccount, person: PersonId) -> Page:
    """That of somebody whom the bot does not know (any more), and who decides."""
    async with bot.world.store.begin() as tx:
        await tx.drop_link(who)
        await tx.drop_token(person)
    request = await bot.request()
    await bot.presses(who, Decide(request.id, Verdict.APPROVE, request.terms.digest))
    return await bot.pages.look(bot.link(who).rpartition("/")[2])


async def test_who_was_asked_to_decide_reads_what(waiting: Bot) -> None:
    page = await _page(waiting, ADAS, ADA)

    assert "You approve prod-admin for 1 h, if it still waits for that." in repr(page)


async def test_who_was_not_reads_nothing_of_it(waiting: Bot) -> None:
    """A request's id can be sent from anywhere, correctly signed."""
    page = await _page(waiting, BENS, BEN)

    assert "What you asked for goes on." in repr(page)
    assert "prod-admin" not in repr(page)
