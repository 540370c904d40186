"""Without TOKEN_KEYS: one sign-in for each grant, and nobody's tokens at rest."""

import pytest

from tests.conversations.acts import activates, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage, Ways


@pytest.fixture
def ways() -> Ways:
    return Ways(keeps_tokens=False)


async def test_each_activation_needs_one_sign_in_and_nothing_is_kept(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    assert world.evidence().tables["kept_token"] == []

    await chat.says("engineer", "/aws-access activate prod-readonly 1h")

    await chat.noted("engineer")
    card = await chat.hears("engineer", "needs your sign-in")
    assert world.holds("engineer") == {"dev-poweruser"}
    await chat.signs_in("engineer", card)
    await chat.hears("engineer", "prod-readonly is active")
    assert world.holds("engineer") == {"dev-poweruser", "prod-readonly"}
    assert world.evidence().tables["kept_token"] == []


async def test_linking_keeps_nothing_and_says_so(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")

    await chat.says("engineer", "/aws-access link")

    await chat.noted("engineer")
    await chat.hears("engineer", "I keep no token")
    assert world.evidence().tables["kept_token"] == []


async def test_ending_needs_a_sign_in_too_and_then_goes_on_by_itself(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT6M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    await chat.hears("engineer", ": AWS has your membership")

    await chat.says("engineer", "/aws-access deactivate")

    await chat.noted("engineer")
    offer = await chat.hears("engineer", "Entra ends dev-poweruser as you", "It is still active")
    assert world.holds("engineer") == {"dev-poweruser"}
    await chat.signs_in("engineer", offer)
    await chat.hears_each("engineer", "You ended it in Entra", "This has ended", "Ended in Entra")
    assert world.holds("engineer") == set()


async def test_a_request_that_waits_in_pim_is_cancelled_after_a_sign_in(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", "/aws-access activate prod-admin 1h INC-42 hotfix")
    await chat.noted("engineer")
    asked = await chat.hears("engineer", "needs your sign-in")
    await chat.signs_in("engineer", asked)
    card = await chat.hears("engineer", "prod-admin waits for approval")

    await chat.presses("engineer", card, "Withdraw")

    await chat.noted("engineer")
    *_, offer = await chat.hears_each("engineer", "Withdrawing prod-admin", "It still waits there")
    await chat.signs_in("engineer", offer)
    await world.settles()
    statuses = {
        r["status"] for r in world.world.entra.shown()["requests"] if r["action"] == "selfActivate"
    }
    assert statuses == {"Canceled"}
    await chat.hears_rest("engineer", "prod-admin: withdrawn")
    await chat.hears_rest("approver", "prod-admin: withdrawn")
