"""What AWS knows: said only when it was looked at, also when it takes its time."""

from playground.cast import ACCESS, PEOPLE
from tests.conversations.acts import activates
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage


async def test_a_slow_membership_is_neither_promised_nor_forgotten(
    chat: Chat, world: Stage
) -> None:
    world.scim(delay="PT25M")
    await activates(chat)

    await world.skips("PT20M")
    await chat.hears_nothing("engineer")
    await chat.says("engineer", "/aws-access status")
    status = await chat.hears("engineer", "dev-poweruser is active in Entra")
    assert "AWS has had it" not in status

    assert "Not There Yet?" not in status.buttons

    await world.skips("PT6M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    ready = await chat.hears("engineer", ": AWS has your membership")

    await chat.presses("engineer", ready, "Not There Yet?")
    await chat.hears("engineer", "Noted")
    yes = await chat.hears("engineer", "AWS has your membership", "I looked just now")
    assert "Sign out of the portal and in again" in yes


async def test_a_membership_that_aws_lost_is_not_claimed_when_somebody_asks(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT5M")
    await chat.hears("engineer", "is active", "AWS has your membership")
    ready = await chat.hears("engineer", ": AWS has your membership")
    group, oid = ACCESS["dev-poweruser"].group, PEOPLE["engineer"].oid
    world.world.aws.world.provision(group, oid, present=False)

    await chat.presses("engineer", ready, "Not There Yet?")

    await chat.hears("engineer", "Noted")
    no = await chat.hears("engineer", "AWS does not have it", "I looked just now")
    assert not no.aws_seen


async def test_an_activation_that_ends_before_aws_had_it_is_never_called_ready(
    chat: Chat, world: Stage
) -> None:
    world.scim(down=True)
    await activates(chat, "/aws-access activate dev-poweruser 30m INC-42 index")

    await world.skips("PT40M")

    soon = await chat.hears_each("engineer", "Its time was over in Entra", "This has ended")
    assert not any(one.aws_seen for one in soon)


async def test_aws_out_of_reach_is_said_and_asked_again(chat: Chat, world: Stage) -> None:
    world.fails("aws", "", "status", status=503, times=60)
    card = await activates(chat)

    assert "I could not find out yet what it opens in AWS" in card
    world.mended()
    await world.skips("PT10M")

    await chat.hears("engineer", "is active", "AWS has your membership")
    await chat.hears("engineer", ": AWS has your membership", "PowerUserAccess in dev")
