"""When nobody decides: others are asked, those who cannot decide are told, and by day."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access import Principal
from bot.domain.audit import What
from bot.domain.request import State
from bot.messaging import UnreachableError
from tests.handlers import cast
from tests.handlers.approving import ASK, ASK_DUAL, approves, button, card, changed, people
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, BENS
from tests.handlers.harness import Bot
from tests.handlers.words import text


def says(bot: Bot, **access: Any) -> None:
    """The access file says more of prod-admin from now on."""
    named = cast.CATALOG.accesses
    accesses = tuple(replace(a, **access) if a.group == cast.PROD else a for a in named)
    bot.world.policy.replace(replace(cast.CATALOG, accesses=accesses))


@pytest.fixture
async def asked(bot: Bot) -> Bot:
    """PIM names Ada and Audrey; the file names Audrey and Ben to be asked when nobody decides."""
    await bot.links(ANN, ADA, AUDREY, BEN)
    pim_names(bot, Principal("user", ADA.oid), Principal("user", AUDREY.oid))
    says(bot, escalate=people(BEN, ANN))
    return bot


def pim_names(bot: Bot, *named: Principal) -> None:
    bot.pim.policies[cast.PROD] = replace(cast.RULES[cast.PROD], approvers=named)


async def test_who_cannot_decide_is_told_whom_to_find(asked: Bot) -> None:
    await asked.says(ANNS, ASK)
    await asked.waits(hours=5, minutes=59)
    assert asked.posts(BENS) == []

    await asked.waits(minutes=2)

    [told] = asked.posts(BENS)
    assert told.card.title == "prod-admin waits and nobody has decided it"
    assert "Who can: Ada, Audrey." in text(told.card.lines)
    assert told.card.buttons == ()
    assert "It was not decided, so I have told Ben." in text(card(asked, ANNS).lines)
    assert What.ESCALATED in await asked.record()
    await asked.waits(hours=10)
    assert len(asked.posts(BENS)) == 1


async def test_the_told_ones_card_shows_the_outcome_too(asked: Bot) -> None:
    await asked.says(ANNS, ASK)
    await asked.waits(hours=6, minutes=1)

    await approves(asked)
    await asked.waits(minutes=2)

    assert card(asked, BENS).title == "prod-admin: approved"


async def test_a_told_one_decides_nothing(asked: Bot) -> None:
    await asked.says(ANNS, ASK)
    await asked.waits(hours=6, minutes=1)

    await asked.presses(BENS, button(card(asked, ADAS), "Approve"))

    assert asked.last(BENS).title == "You do not decide this one"


async def test_an_approver_whom_the_file_escalates_to_is_asked_once(asked: Bot) -> None:
    says(asked, escalate=people(AUDREY))
    await asked.says(ANNS, ASK)

    await asked.waits(hours=7)

    assert What.ESCALATED not in await asked.record()
    assert card(asked, AUDREYS).title == "prod-admin needs your decision"


async def test_whoever_became_an_approver_meanwhile_can_decide(asked: Bot) -> None:
    await asked.says(ANNS, ASK)
    pim_names(asked, *(Principal("user", p.oid) for p in (ADA, AUDREY, BEN)))
    await asked.waits(hours=6, minutes=1)

    assert "those who were asked before have not decided it" in text(card(asked, BENS).lines)
    await approves(asked, BENS)
    await asked.waits(minutes=2)

    assert (await asked.request()).state is State.GRANTED


async def test_after_a_decision_nobody_else_is_asked(asked: Bot) -> None:
    await asked.says(ANNS, ASK)
    await approves(asked)

    await asked.waits(hours=7)

    assert asked.posts(BENS) == []


async def test_not_at_night(asked: Bot) -> None:
    """It is noon in UTC; in six hours it is four in the morning in Brisbane, and three later seven."""
    zoned = replace(asked.chat.profiles[BENS], zone="Australia/Brisbane")
    asked.chat.profiles[BENS] = zoned
    await asked.says(ANNS, ASK)

    await asked.waits(hours=8, minutes=59)
    at_night = len(asked.posts(BENS))
    await asked.waits(minutes=2)

    assert (at_night, len(asked.posts(BENS))) == (0, 1)


async def test_one_whom_no_chat_knows_is_no_help_and_breaks_nothing(asked: Bot) -> None:
    async with asked.world.store.begin() as tx:
        await tx.drop_link(BENS)
    del asked.chat.profiles[BENS]
    await asked.says(ANNS, ASK)

    await asked.waits(hours=7)

    assert "so I have told" not in text(card(asked, ANNS).lines)


async def test_where_nobody_can_be_reached_others_are_asked_at_once(asked: Bot) -> None:
    for who in (ADAS, AUDREYS):
        asked.chat.refusing[who] = UnreachableError("Slack", "user_not_found")
    await asked.says(ANNS, ASK)
    await asked.works()

    assert card(asked, BENS).title == "prod-admin waits and nobody has decided it"
    said = text(card(asked, ANNS).lines)
    assert "I can reach nobody here who can decide it: not Ada, Audrey" in said
    assert "and they can decide at aka.ms/pim → Approve requests." in said


async def test_whom_the_chat_does_not_take_is_not_said_to_have_been_asked(waiting: Bot) -> None:
    await waiting.says(ANNS, "withdraw")
    waiting.chat.refusing[ADAS] = UnreachableError("Slack", "user_not_found")
    waiting.chat.messages.clear()

    await waiting.says(ANNS, ASK)
    await waiting.works()

    said = text(waiting.posts(ANNS)[0].card.lines)
    assert "I have asked Audrey." in said
    assert "I cannot reach Ada here; Entra writes to every approver by e-mail" in said


# --- where the bot runs the approval -----------------------------------------------------------


async def test_they_vote_once_it_was_escalated_to_them_and_not_before(granting: Bot) -> None:
    changed(granting, approvers=people(ADA, AUDREY), escalate=people(BEN))
    await granting.says(ANNS, ASK_DUAL)
    yes = button(card(granting, ADAS), "Approve")
    await granting.presses(BENS, yes)
    assert granting.last(BENS).title == "You do not decide this one"
    await granting.waits(minutes=30)
    await approves(granting, ADAS)

    await granting.waits(hours=6)
    await approves(granting, BENS)

    assert (await granting.request()).state is State.AWAITING_CONFIRMATION
    assert "so I have asked Ben too" not in text(card(granting, AUDREYS).lines)


async def test_too_few_approvers_with_enough_others_is_no_dead_end(granting: Bot) -> None:
    changed(granting, approvers=people(ADA, ANN), escalate=people(AUDREY))
    await granting.says(ANNS, ASK_DUAL)
    await granting.works()

    said = text(card(granting, ANNS).lines)
    assert "too few people" not in said
    assert "It was not decided, so I have asked Audrey too." in said
    await approves(granting, ADAS)
    await approves(granting, AUDREYS)
    assert (await granting.request()).state is State.GRANTED
