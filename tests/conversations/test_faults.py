"""Entra busy, silent or gone: one activation, and nothing said that is not so."""

import pytest

from playground.kernel.wire import Kind
from tests.conversations.acts import asks, links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK
from tests.conversations.stage import PIM, Stage

POST = f"^POST .*{PIM}"
LOOKED_FOR = r"^GET .*assignmentSchedule(s|Requests)\b"
"""How a lost answer's effect is found: kept from it until the script has heard what is said before."""


async def test_a_busy_pim_is_asked_again_when_it_said(chat: Chat, world: Stage) -> None:
    world.fails("graph", POST, "status", status=429, retry_after=20.5, times=2)
    card = await asks(chat)
    await chat.signs_in("engineer", card)
    busy = await chat.hears("engineer", "Activating dev-poweruser", "I keep trying")
    assert busy.state == "activating"

    await world.skips("PT1M")

    await chat.hears("engineer", "dev-poweruser is active")
    assert [c.status for c in world.asked_of_pim()] == [429, 429, 201]


async def test_a_lost_answer_is_called_lost_and_its_effect_found(chat: Chat, world: Stage) -> None:
    world.fails("graph", POST, "lost_answer")
    world.fails("graph", LOOKED_FOR, "status", times=1000)
    card = await asks(chat)
    await chat.signs_in("engineer", card)
    lost = await chat.hears("engineer", "I do not know yet whether dev-poweruser is active")
    assert lost.state == "unknown"

    world.mended()
    await world.skips("PT1M")

    await chat.hears("engineer", "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 1


@pytest.mark.parametrize("kind", ["reset", "status"])
async def test_what_never_reached_pim_is_sent_again(chat: Chat, world: Stage, kind: Kind) -> None:
    world.fails("graph", POST, kind, status=503)
    card = await asks(chat)
    await chat.signs_in("engineer", card)
    await chat.hears("engineer", "dev-poweruser")

    await world.skips("PT1M")

    await chat.hears("engineer", "dev-poweruser is active")
    assert world.holds("engineer") == {"dev-poweruser"}


async def test_a_lost_answer_to_what_waits_for_approval_is_found(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    world.fails("graph", POST, "lost_answer")
    world.fails("graph", LOOKED_FOR, "status", times=1000)

    await chat.says("engineer", "/aws-access activate prod-admin 1h INC-42 hotfix")

    await chat.noted("engineer")
    await chat.hears("engineer", "I do not know yet whether prod-admin is active")
    world.mended()
    await world.skips("PT1M")
    await chat.hears_rest("engineer", "prod-admin waits for approval")
    assert len(world.asked_of_pim()) == 1
    await chat.hears("approver", "prod-admin needs your decision")


async def test_entra_out_of_reach_at_the_command_is_said(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    world.fails("graph", "GET", "status", status=503, times=1000)

    await chat.says("engineer", "/aws-access activate dev-poweruser 1h INC-42 index")
    await chat.noted("engineer")
    await world.skips("PT3M")

    await chat.hears_whispered("engineer", "This takes longer than usual", "no need to ask again")
    told = await chat.hears("engineer", "Microsoft Graph does not answer", "Nothing was changed")
    world.mended()
    await chat.presses("engineer", told, "Try Again")
    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser is active")


async def test_a_stronger_sign_in_that_pim_asks_for_is_asked_of_the_person(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("policy", access="dev-poweruser", acrs="c1")

    await chat.says("engineer", "/aws-access activate dev-poweruser 1h INC-42 index")

    await chat.noted("engineer")
    *_, asked = await chat.hears_rest("engineer", "Entra wants a second proof that it is you")
    assert asked.notifies
    await chat.signs_in("engineer", asked)
    await chat.hears_rest("engineer", "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 1


@pytest.mark.where(SLACK)
async def test_slack_itself_out_of_reach_loses_no_card(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    world.fails("slack", "chat.postMessage", "status", status=503, times=2)

    await chat.says("engineer", "/aws-access activate dev-poweruser 1h INC-42 index")

    await chat.noted("engineer")
    await world.skips("PT1M")
    await chat.hears("engineer", "dev-poweruser is active")
