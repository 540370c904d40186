"""What waits: for a sign-in, for an approval in PIM; and taking it back."""

from tests.conversations.acts import DEV, activates, asks, links
from tests.conversations.chat import Chat
from tests.conversations.heard import Heard
from tests.conversations.stage import Stage

PROD = "/aws-access activate prod-admin 1h INC-42 hotfix"


async def test_a_request_is_withdrawn_before_the_sign_in(chat: Chat, world: Stage) -> None:
    card = await asks(chat)

    await chat.presses("engineer", card, "Withdraw")

    await chat.noted("engineer", "withdraw")
    over = await chat.hears("engineer", "dev-poweruser: withdrawn", "Nothing was activated")
    told = await chat.hears("engineer", "dev-poweruser: withdrawn")
    assert {over.id, told.id} > {card.id}
    assert world.asked_of_pim() == []


async def test_the_link_of_a_withdrawn_request_activates_nothing(chat: Chat, world: Stage) -> None:
    card = await asks(chat)
    await chat.says("engineer", "/aws-access withdraw")
    await chat.noted("engineer")
    await chat.hears("engineer", "withdrawn")
    await chat.hears("engineer", "withdrawn")

    await chat.signs_in("engineer", card)

    await chat.hears_nothing("engineer")
    assert world.asked_of_pim() == []


async def test_a_request_lapses_when_nobody_signs_in_for_an_hour(chat: Chat, world: Stage) -> None:
    card = await asks(chat)

    await world.skips("PT59M")
    await chat.hears_nothing("engineer")
    await world.skips("PT2M")

    over = await chat.hears("engineer", "dev-poweruser: lapsed", "Nobody signed in for it in time")
    assert (over.id, over.state) == (card.id, "lapsed")
    assert "expired" in await chat.signs_in("engineer", card)
    assert world.asked_of_pim() == []


async def test_asking_twice_shows_what_is_open(chat: Chat) -> None:
    card = await asks(chat)

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    again = await chat.hears("engineer", "dev-poweruser is being handled", "awaiting sign-in")
    await chat.presses("engineer", again, "Withdraw It")
    await chat.noted("engineer")
    await chat.hears("engineer", "withdrawn")
    await chat.hears("engineer", "withdrawn")
    assert card.notifies


async def test_an_approval_given_in_the_portal_activates(chat: Chat, world: Stage) -> None:
    card = await waits_for_approval(chat)
    assert "1 h from approval" in card
    await world.skips("PT5M")
    await chat.hears_nothing("engineer")

    world.entra("approve", who="approver", access="prod-admin")
    await world.skips("PT2M")

    active = await chat.hears("engineer", "prod-admin is active")
    assert (active.id, active.state) == (card.id, "granted")
    [request] = world.requests()
    [held] = world.evidence().activations
    assert held["request_id"] == request["id"]
    await world.skips("PT5M")
    await chat.hears("engineer", "prod-admin is active", "AWS has your membership")
    await chat.hears("engineer", "prod (222222222222)")
    sent = world.asked_of_pim()
    assert [call.body["ticketInfo"]["ticketNumber"] for call in sent] == ["INC-42"]
    await chat.hears("approver", "prod-admin: approved", "It was decided in Entra, not through me")


async def test_a_denial_in_the_portal_is_said(chat: Chat, world: Stage) -> None:
    card = await waits_for_approval(chat)

    world.entra("deny", who="approver", access="prod-admin")
    await world.skips("PT2M")

    told = await chat.hears("engineer", "prod-admin: denied", "Nothing was activated")
    assert told.notifies
    over = await chat.hears("engineer", "prod-admin: denied", "An approver said no")
    assert (over.id, over.state) == (card.id, "denied")
    await chat.hears("approver", "prod-admin: denied", "It was decided in Entra, not through me")


async def test_an_approval_nobody_decides_lapses_with_pim(chat: Chat, world: Stage) -> None:
    await waits_for_approval(chat)

    await world.jumps("PT24H5M")
    await world.skips("PT1M")

    over = await chat.hears(
        "engineer", "prod-admin: lapsed", "Nobody decided within PIM's 24 hours"
    )
    assert over.state == "lapsed"
    await chat.hears("approver", "prod-admin: lapsed", "Nobody decided in time")


async def test_withdrawing_cancels_what_waits_in_pim(chat: Chat, world: Stage) -> None:
    card = await waits_for_approval(chat)

    await chat.presses("engineer", card, "Withdraw")

    await chat.noted("engineer", "withdraw")
    await chat.hears("engineer", "Withdrawing prod-admin", "I am asking Entra to cancel it")
    await chat.hears("engineer", "prod-admin: withdrawn")
    await chat.hears("engineer", "prod-admin: withdrawn")
    [request] = [r for r in world.world.entra.shown()["requests"] if r["action"] == "selfActivate"]
    assert request["status"] == "Canceled"
    await chat.hears("approver", "prod-admin: withdrawn", "taken back before anybody decided")


async def test_what_is_granted_can_no_longer_be_withdrawn(chat: Chat, world: Stage) -> None:
    await activates(chat)
    [request] = world.requests()

    await chat.says("engineer", f"/aws-access withdraw {request['id']}")

    await chat.noted("engineer")
    await chat.hears("engineer", "Nothing to withdraw")


async def test_nobody_withdraws_for_somebody_else(chat: Chat, world: Stage) -> None:
    await links(chat, "outsider")
    card = await asks(chat)
    [request] = world.requests()

    await chat.says("outsider", f"/aws-access withdraw {request['id']}")
    await chat.noted("outsider")
    await chat.hears("outsider", "Nothing to withdraw")
    await chat.presses("outsider", card, "Withdraw", force=True)
    await chat.noted("outsider")
    await chat.hears("outsider", "Nothing to withdraw")

    assert world.requests()[0]["state"] == "awaiting sign-in"


async def waits_for_approval(chat: Chat) -> Heard:
    """The engineer asks for what somebody has to approve; the card that says so."""
    card = await asks(chat, PROD)
    await chat.signs_in("engineer", card)
    return await chat.hears("engineer", "prod-admin waits for approval")
