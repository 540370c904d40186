"""Assurance `confirm` in the chat: to ask and to decide one signs in at Entra each time, just now."""

import pytest

from playground.access_file import render
from playground.cast import PEOPLE
from playground.entra.sessions import Sessions
from tests.conversations.acts import links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage

ASK = "/aws-access activate prod-admin 1h INC-42 failing payments"
PROD = 'name      = "prod-admin"\n'
JUST_NOW = "a sign-in at Entra from the last five minutes"


@pytest.fixture(autouse=True)
async def strict(world: Stage, chat: Chat) -> None:
    """Of both of them a token is kept, which is not enough."""
    await world.reloads(render().replace(PROD, f'{PROD}assurance = "confirm"\n'))
    for who in ("engineer", "approver"):
        await links(chat, who)


async def test_asking_and_deciding_take_one_hop_each_and_go_on_by_themselves(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", ASK)
    await chat.noted("engineer")
    wanted = await chat.hears("engineer", "Sign in to activate prod-admin", JUST_NOW)
    assert world.asked_of_pim() == []
    await chat.signs_in("engineer", wanted)
    await chat.hears("engineer", "waits for approval")

    card = await chat.hears("approver", "needs your decision", "I ask you to sign in at Entra")
    await chat.presses("approver", card, "Approve")
    await chat.noted("approver", "approve")
    wanted = await chat.hears("approver", JUST_NOW, "Nothing is decided yet.")
    assert world.calls("graph", "^PATCH ") == []
    assert "You approve prod-admin for 1 h" in await chat.signs_in("approver", wanted)

    await chat.hears("approver", "prod-admin: approved", "You approved it at")
    await chat.hears("engineer", "prod-admin is active", "Avery Approver approved it at")
    [review] = world.calls("graph", "^PATCH ")
    assert review.shown()["as"] == f"user:{PEOPLE['approver'].oid}"
    [verdict] = world.events("verdict_counted")
    assert verdict["payload"]["data"]["proved_at"]
    assert len(world.events("proved")) == 1


async def test_a_sign_in_of_six_minutes_ago_asks_again(
    chat: Chat, world: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when somebody lingers between the password and the way back, or Entra asks nobody anew."""
    await chat.says("engineer", ASK)
    await chat.noted("engineer")
    wanted = await chat.hears("engineer", JUST_NOW)

    with monkeypatch.context() as patch:
        patch.setattr(Sessions, "sign_in", lambda self, *_, **__: self.signer.now() - 360)
        assert "You signed in too long ago" in await chat.signs_in("engineer", wanted)
    assert world.asked_of_pim() == []
    await chat.signs_in("engineer", wanted)

    await chat.hears("engineer", "waits for approval")
    await chat.hears("approver", "needs your decision")
