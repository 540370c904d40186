"""What is done in Entra's portal: noticed within minutes, and told as what it is."""

from tests.conversations.acts import DEV, activates, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage
from tests.conversations.test_ending import is_in_aws
from tests.conversations.test_waiting import PROD, waits_for_approval

NOT_HERE = "It was activated in Entra's portal or by another tool, not here."


async def test_an_end_in_the_portal_is_noticed_while_nobody_asks(chat: Chat, world: Stage) -> None:
    card = await activates(chat)
    await world.skips("PT12M")
    await is_in_aws(chat)
    world.entra("deactivate", who="engineer", access="dev-poweruser")

    await world.skips("PT6M")

    over = await chat.hears("engineer", "dev-poweruser has ended", "not by me; I noticed at")
    assert over.id == card.id
    await chat.hears("engineer", "This has ended")
    [end] = world.events("ended")
    assert end["payload"]["data"]["how"] == "ended elsewhere"


async def test_who_is_no_longer_eligible_learns_that_it_has_ended(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await world.skips("PT12M")
    await is_in_aws(chat)
    world.entra("ineligible", who="engineer", access="dev-poweruser")

    await world.skips("PT6M")

    await chat.hears_each("engineer", "not by me; I noticed at", "This has ended")


async def test_what_is_activated_anew_in_the_portal_goes_on_under_its_card(
    chat: Chat, world: Stage
) -> None:
    card = await activates(chat)
    await world.skips("PT12M")
    await is_in_aws(chat)
    world.entra("deactivate", who="engineer", access="dev-poweruser")
    world.entra("activate", who="engineer", access="dev-poweruser", duration="PT2H")

    await world.skips("PT6M")

    longer, _ = await chat.hears_each(
        "engineer", "Its time was changed in Entra, not by me", ": AWS"
    )
    assert (longer.id, longer.title) == (card.id, "dev-poweruser is active")
    assert len(world.asked_of_pim()) == 1
    await world.skips("PT2H")
    await chat.hears("engineer", "Its time was over in Entra")
    await chat.hears("engineer", "This has ended")
    await chat.hears("engineer", "This has ended")


async def test_what_was_activated_in_the_portal_is_shown_and_can_be_ended_here(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("activate", who="engineer", access="dev-poweruser")

    await chat.says("engineer", "/aws-access status")

    told = await chat.hears("engineer", "dev-poweruser is active in Entra until", NOT_HERE)
    assert "Deactivate dev-poweruser" in told.buttons
    assert [e["what"] for e in world.events("adopted")] == ["adopted"]
    await world.skips("PT10M")
    await chat.says("engineer", "/aws-access status")
    await chat.hears("engineer", "AWS has had it since")

    await chat.presses("engineer", told, "Deactivate dev-poweruser")

    await chat.noted("engineer", "deactivate")
    over = await chat.hears("engineer", "dev-poweruser has ended", "Ended in Entra at")
    assert "AWS access may outlast it" in over
    assert world.holds("engineer") == set()


async def test_what_is_active_from_the_portal_is_not_asked_for_again(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("activate", who="engineer", access="dev-poweruser")

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    no = await chat.hears("engineer", "dev-poweruser is active already", NOT_HERE)
    assert "Nothing was changed" in no
    assert world.asked_of_pim() == []
    await world.skips("PT6M")
    await chat.says("engineer", "/aws-access deactivate")
    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser has ended")


async def test_what_was_activated_and_ended_in_the_portal_is_nothing_to_end(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("activate", who="engineer", access="dev-poweruser")
    await chat.says("engineer", "/aws-access status")
    await chat.hears("engineer", "dev-poweruser is active")
    await world.skips("PT7M")
    world.entra("deactivate", who="engineer", access="dev-poweruser")

    await chat.says("engineer", "/aws-access deactivate")

    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser has ended", "not by me; I noticed at")
    await chat.says("engineer", "/aws-access deactivate")
    await chat.noted("engineer")
    await chat.hears("engineer", "Nothing to end")


async def test_what_is_cancelled_in_the_portal_is_told(chat: Chat, world: Stage) -> None:
    card = await waits_for_approval(chat)

    world.entra("cancel", who="engineer", access="prod-admin")
    await world.skips("PT2M")

    over = await chat.hears("engineer", "prod-admin: withdrawn", "It was cancelled in Entra")
    assert (over.id, over.state) == (card.id, "withdrawn")
    assert "You took it back" not in over
    await chat.hears("approver", "prod-admin: withdrawn", "taken back before anybody decided")


async def test_what_was_approved_and_ended_while_the_bot_was_away_is_told(
    chat: Chat, world: Stage
) -> None:
    await waits_for_approval(chat)
    world.entra("approve", who="approver", access="prod-admin")

    await world.jumps("PT2H")

    over = await chat.hears("engineer", "prod-admin has ended", "Its time was over in Entra")
    assert over.state == "granted"
    await chat.hears_rest("approver", "It was decided in Entra, not through me.")


async def test_a_request_from_the_portal_that_waits_is_named_by_pim_and_claimed_by_nobody(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    world.entra("activate", who="engineer", access="prod-admin", ticket="INC-1")

    await chat.says("engineer", "/aws-access status")
    await chat.hears("engineer", "Nothing that I know of", "I see only once it is active")
    await chat.says("engineer", PROD)

    await chat.noted("engineer")
    no = await chat.hears("engineer", "prod-admin was not activated", "not decided yet")
    assert "Cancel it at aka.ms/pim" in no
    world.entra("approve", who="approver", access="prod-admin")
    await chat.says("engineer", "/aws-access status")
    await chat.hears("engineer", "prod-admin is active in Entra until", NOT_HERE)
