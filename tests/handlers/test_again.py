"""Asking again: the same access, length and ticket; the reason is always a fresh one."""

import asyncio
from datetime import timedelta

import pytest

from bot.cards import Entry
from bot.domain.policy import PimRules
from bot.domain.request import State
from bot.intents import Again, OpenForm
from bot.wording.forms import ACCESS, LENGTH, REASON, TICKET, cannot_ask_entra, closed_form
from handlers import again
from tests.handlers import cast
from tests.handlers.cast import ANN, ANNS, BEN, BENS, HOUR
from tests.handlers.harness import DOWN, Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 2h INC-42 checking the slow index"
FREE = "activate prod-readonly 2h INC-42 looking"


async def _ended(bot: Bot, line: str) -> None:
    """Something was asked for, and is over."""
    await bot.says(ANNS, line)
    await bot.waits(hours=3)
    bot.chat.messages.clear()


def _filled(bot: Bot) -> dict[str, str]:
    """What stands in the one form that is open."""
    [shown] = bot.chat.forms.values()
    typed = {f.key: f.text for f in shown.fields if isinstance(f, Entry)}
    chosen = next(f.chosen for f in shown.fields if not isinstance(f, Entry))
    return {ACCESS: chosen.value if chosen else "", **typed}


async def test_a_fresh_reason_repeats_access_length_and_ticket(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, LINE)

    noted = await bot.says(ANNS, "again still broken")

    assert noted is not None
    assert "activate dev-poweruser for 2 h" in text(noted.lines)
    terms = (await bot.request()).terms
    assert (terms.access, terms.duration, terms.ticket) == ("dev-poweruser", 2 * HOUR, "INC-42")
    assert terms.reason == "still broken"


async def test_a_new_length_and_ticket_replace_the_old_ones(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, LINE)

    await bot.says(ANNS, "again 30m INC-43 still broken")

    terms = (await bot.request()).terms
    assert (terms.duration, terms.ticket) == (timedelta(minutes=30), "INC-43")


async def test_without_a_reason_the_form_opens_with_all_but_the_reason(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, LINE)

    assert await bot.says(ANNS, "again") is None

    filled = _filled(bot)
    assert filled == {ACCESS: "dev-poweruser", LENGTH: "2 h", TICKET: "INC-42", REASON: ""}
    assert len(await bot.requests()) == 1


async def test_the_button_does_the_same_as_the_word(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, LINE)
    request = await bot.request()

    await bot.presses(ANNS, Again(request.id))

    assert _filled(bot)[REASON] == ""
    assert len(await bot.requests()) == 1


async def test_where_no_reason_is_required_the_bare_word_is_enough(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, FREE)

    await bot.says(ANNS, "again")

    now, before = await bot.requests()
    assert now.state is State.GRANTED
    assert (now.terms.access, now.terms.duration) == ("prod-readonly", 2 * HOUR)
    assert (before.terms.reason, now.terms.reason) == ("looking", "")
    assert not bot.chat.forms


async def test_a_ticket_that_has_become_required_is_asked_for(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, "activate prod-readonly 1h")
    bot.pim.make_eligible(ANN, cast.OPEN, PimRules(ticket_required=True))

    await bot.says(ANNS, "again")

    assert _filled(bot)[TICKET] == ""
    assert len(await bot.requests()) == 1


async def test_while_entra_does_not_say_what_is_required_nothing_is_asked(bot: Bot) -> None:
    await bot.links(ANN)
    await _ended(bot, FREE)
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, "again")

    [shown] = bot.chat.forms.values()
    assert shown == closed_form(cannot_ask_entra())
    assert len(await bot.requests()) == 1


async def test_rules_that_take_too_long_are_not_waited_for(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await _ended(bot, FREE)
    monkeypatch.setattr(again, "RULES_SECONDS", 0.01)
    monkeypatch.setattr(bot.pim, "rules", lambda _group: asyncio.sleep(60))
    async with bot.world.store.begin() as tx:
        link = await tx.link(ANNS)
    assert link is not None

    found = await again.meant(bot.world, link, Again())

    assert found == OpenForm("prod-readonly", 2 * HOUR, "INC-42")


async def test_who_has_asked_for_nothing_is_told_so(bot: Bot) -> None:
    await bot.links(ANN)

    card = await bot.says(ANNS, "again please")

    assert card is not None
    assert card.title == "There is nothing to repeat"


async def test_nobody_repeats_what_somebody_else_asked_for(bot: Bot) -> None:
    await bot.links(ANN, BEN)
    await _ended(bot, FREE)
    request = await bot.request()

    await bot.presses(BENS, Again(request.id, reason="me too"))

    assert bot.last(BENS).title == "There is nothing to repeat"
    assert len(await bot.requests()) == 1


async def test_what_lapsed_before_its_sign_in_is_repeated_by_its_asker_only(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.waits(hours=2)
    lapsed = await bot.request()
    await bot.links(ANN, BEN)

    await bot.presses(BENS, Again(lapsed.id, reason="me too"))
    assert bot.last(BENS).title == "There is nothing to repeat"
    await bot.presses(ANNS, Again(lapsed.id, reason="now signed in"))

    assert (await bot.request()).terms.reason == "now signed in"


@pytest.mark.parametrize(
    ("said", "title"),
    [("again why not", "dev-poweruser is active"), ("again", "You are signed in")],
)
async def test_after_unlinking_it_goes_on_after_the_sign_in(
    bot: Bot, said: str, title: str
) -> None:
    await bot.links(ANN)
    await _ended(bot, LINE)
    await bot.says(ANNS, "unlink")
    await bot.says(ANNS, said)

    await bot.signs_in()

    assert title in [card.title for card in bot.cards()]


async def test_after_a_first_sign_in_there_is_nothing_to_repeat(bot: Bot) -> None:
    await bot.says(ANNS, "again why not")

    await bot.signs_in()

    assert bot.last().title == "There is nothing to repeat"
