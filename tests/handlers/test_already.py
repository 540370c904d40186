"""Access that is there without activating is said before somebody asks, while they wait, and after."""

import asyncio

import pytest

from bot.intents import OpenForm
from bot.ports import Held
from tests.handlers.cast import ANN, ANNS, BY_GROUP, BY_USER, DEV, PROD, mail
from tests.handlers.harness import DOWN, Bot
from tests.handlers.test_watch import LINE, active
from tests.handlers.words import everything

MEMBER = "by an assignment in Entra, so you have this already without activating"
DIRECTLY = "it is assigned to you directly in AWS"
ASSIGNED = Held(DEV, None, None, activated=False)


def assigns(bot: Bot) -> None:
    """Ann has directly what the group opens."""
    for group in (DEV, PROD):
        bot.aws.users[mail(ANN)] = (*bot.aws.users[mail(ANN)], *BY_GROUP[group])


async def form_text(bot: Bot) -> str:
    await bot.presses(ANNS, OpenForm("dev-poweruser"))
    return "\n".join(map(str, list(bot.chat.forms.values())[-1].lines))


async def test_the_form_says_it_before_anything_is_asked(bot: Bot) -> None:
    await bot.links(ANN)
    assert "without activating" not in await form_text(bot)

    bot.world.memory.__init__(bot.clock)  # type: ignore[misc]
    assigns(bot)
    assert f"PowerUserAccess in dev already without activating: {DIRECTLY}" in await form_text(bot)

    bot.world.memory.__init__(bot.clock)  # type: ignore[misc]
    bot.pim.ghosts.append(ASSIGNED)
    assert MEMBER in await form_text(bot)
    bot.settled = False  # nobody activated anything


async def test_who_waits_for_approval_reads_that_nobody_has_to_approve(bot: Bot) -> None:
    await bot.links(ANN)
    assigns(bot)

    await bot.says(ANNS, "activate prod-admin 1h INC-1 because")

    waits = next(one.card for one in bot.posts() if "waits for approval" in one.card.title)
    assert f"AdministratorAccess in prod already without activating: {DIRECTLY}" in everything(
        waits
    )


async def test_a_member_by_assignment_is_told_on_the_card_and_at_the_end(bot: Bot) -> None:
    bot.pim.ghosts.append(ASSIGNED)
    await active(bot)
    assert MEMBER in everything(bot.posts()[0].card)
    await bot.waits(minutes=6)

    await bot.says(ANNS, "deactivate")

    for over in (bot.posts()[0].card, bot.last()):
        assert "You stay in the group by an assignment in Entra" in everything(over)


async def test_what_is_assigned_directly_is_told_on_the_card_and_at_the_end(bot: Bot) -> None:
    assigns(bot)
    bot.provisions()
    await active(bot)
    first, ready = (one.card for one in bot.posts())
    assert DIRECTLY in everything(first)
    assert "you have this without activating" in everything(ready)

    await bot.waits(minutes=61)

    assert f"You keep PowerUserAccess in dev: {DIRECTLY}" in everything(bot.posts()[0].card)


async def test_other_assignments_do_not_make_it_pointless(bot: Bot) -> None:
    assert BY_USER[mail(ANN)]

    await active(bot)

    assert "already without activating" not in everything(bot.posts()[0].card)


async def test_nobody_waits_for_the_hint(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("handlers.already.LOOK_SECONDS", 0.01)
    monkeypatch.setattr(bot.aws, "portal", never)
    await bot.links(ANN)

    await bot.says(ANNS, "activate prod-admin 1h INC-1 because")

    assert "waits for approval" in bot.posts()[0].card.title


async def test_what_entra_does_not_say_is_not_claimed(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise DOWN

    bot.pim.ghosts.append(ASSIGNED)
    monkeypatch.setattr("handlers.already.lately", fails)
    await active(bot, LINE)

    assert "without activating" not in everything(bot.posts()[0].card)
