"""Asking for what is decided in the bot: who may, on which terms, and what is said of it."""

import pytest

from bot.domain.policy import PimRules
from bot.domain.request import State
from bot.wording.forms import ACCESS
from tests.handlers import cast
from tests.handlers.approving import (
    ASK_DUAL,
    everything,
)
from tests.handlers.cast import ADA, ADAS, ANN, ANNS
from tests.handlers.harness import Bot
from tests.handlers.words import text


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("activate prod-dual-control 2h why", "2 h is too long: at most 1 h."),
        ("activate prod-dual-control", "A reason is required."),
    ],
)
async def test_pims_rules_and_the_files_hold(granting: Bot, said: str, why: str) -> None:
    await granting.says(ANNS, said)

    assert why in everything(granting.cards(ANNS))
    assert await granting.requests() == []


async def test_who_is_not_named_may_not_ask(granting: Bot) -> None:
    await granting.says(ADAS, ASK_DUAL)

    assert "does not name you among those who may ask" in everything(granting.cards(ADAS))
    assert await granting.requests() == []


async def test_a_stronger_sign_in_nobody_would_check_is_refused(granting: Bot) -> None:
    granting.pim.policies[cast.DUAL] = PimRules(auth_context="c1")

    await granting.says(ANNS, ASK_DUAL)

    assert "a stronger sign-in (its PIM policy does), which nobody checks" in everything(
        granting.cards(ANNS)
    )


async def test_who_is_not_linked_signs_in_first_and_then_it_is_put_to_vote(granting: Bot) -> None:
    async with granting.world.store.begin() as tx:
        await tx.drop_link(ANNS)

    await granting.says(ANNS, ASK_DUAL)
    waiting = granting.posts(ANNS)[0].card
    assert "I have to know who you are in Entra" in text(waiting.lines)
    assert granting.posts(ADAS) == []
    await granting.signs_in(ANN)

    assert (await granting.request()).state is State.AWAITING_APPROVAL
    assert len(granting.posts(ADAS)) == 1


async def test_who_turns_out_not_to_be_named_is_refused_after_the_sign_in(granting: Bot) -> None:
    async with granting.world.store.begin() as tx:
        await tx.drop_link(ADAS)
    await granting.says(ADAS, ASK_DUAL)

    await granting.signs_in(ADA)

    request = await granting.request()
    assert (request.state, request.why) == (State.REFUSED, "may_not_ask")


async def test_the_form_offers_it_to_whom_it_is_for(granting: Bot) -> None:
    assert "prod-dual-control" in {o.value for o in await granting.desk.options(ANNS, ACCESS, "")}
    assert "prod-dual-control" not in {
        o.value for o in await granting.desk.options(ADAS, ACCESS, "")
    }


async def test_explain_says_it(granting: Bot) -> None:
    await granting.says(ANNS, "explain prod-dual-control")
    assert granting.last(ANNS).title == "prod-dual-control can be asked for now"
    assert "Among those whom the access file lets ask" in text(granting.last(ANNS).lines)

    await granting.says(ADAS, "explain prod-dual-control")
    assert granting.last(ADAS).title == "prod-dual-control cannot be asked for now"
