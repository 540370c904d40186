"""The main story: ask in one line, sign in once, be active, find it in AWS, and give it back."""

import pytest

from playground.cast import ACCESS, PEOPLE
from tests.conversations.acts import DEV, activates
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE, SLACK, SLACK_OVER_SOCKETS
from tests.conversations.stage import Stage

WHERE = ALONE


@pytest.mark.where(SLACK, SLACK_OVER_SOCKETS)
async def test_an_engineer_activates_signs_in_once_and_finds_it_in_aws(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", DEV)
    await chat.noted("engineer", "activate dev-poweruser for 1 h")
    card = await chat.hears("engineer", "needs your sign-in", "Until then I ask it for nothing")
    assert (card.state, card.notifies) == ("awaiting sign-in", True)
    assert world.asked_of_pim() == []

    page = await chat.signs_in("engineer", card)

    assert "Signed in" in page
    assert "Your activation of dev-poweruser for 1 h goes on." in page
    active = await chat.hears(
        "engineer", "dev-poweruser is active", "I have not seen it in AWS yet"
    )
    assert (active.id, active.state, active.aws_seen) == (card.id, "granted", False)
    assert world.holds("engineer") == {"dev-poweruser"}

    await world.skips("PT3M")
    await chat.hears_nothing("engineer")
    await world.skips("PT7M")

    seen = await chat.hears("engineer", "AWS has your membership")
    assert (seen.id, seen.aws_seen) == (card.id, True)
    ready = await chat.hears("engineer", "dev-poweruser: AWS has your membership")
    assert ready.notifies
    assert "dev (111111111111)" in ready
    assert "role sessions of 1 h" in ready
    assert "The portal can lag up to an hour" in ready
    assert "sso_account_id = 111111111111" in ready
    assert ready.link("AWS Access Portal").endswith(".awsapps.com/start")
    assert ACCESS["dev-poweruser"].group not in ready.link("My Apps")
    assert ready.link("My Apps").startswith("https://launcher.myapps.microsoft.com")


async def test_what_is_sent_to_pim_is_what_was_asked_for_as_the_person(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)

    [sent] = world.asked_of_pim()

    assert sent.as_ == f"user:{PEOPLE['engineer'].oid}"
    assert sent.body["action"] == "selfActivate"
    assert sent.body["groupId"] == ACCESS["dev-poweruser"].group
    expiration = sent.body["scheduleInfo"]["expiration"]
    assert expiration == {"type": "afterDuration", "duration": "PT1H"}
    [request] = world.requests()
    said = sent.body["justification"]
    assert said == f"INC-42: checking the slow index [{request['id']}]"
    assert sent.body["ticketInfo"]["ticketNumber"] == "INC-42"


async def test_the_record_tells_the_story_in_order(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await world.skips("PT10M")
    await chat.hears("engineer")
    await chat.hears("engineer")

    told = [event["what"] for event in world.events()]

    assert told == ["asked", "linked", "decided", "granted", "aws_seen"]


async def test_the_second_activation_needs_no_sign_in(chat: Chat, world: Stage) -> None:
    await activates(chat)

    await chat.says("engineer", "/aws-access activate prod-readonly 2h")

    await chat.noted("engineer")
    await chat.hears("engineer", "prod-readonly is active")
    assert world.holds("engineer") == {"dev-poweruser", "prod-readonly"}
    assert len(world.calls("login", "/token$")) >= 1


async def test_a_kept_token_outlives_the_process(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await world.restarts_bot()

    await chat.says("engineer", "/aws-access activate prod-readonly 2h")

    await chat.noted("engineer")
    await chat.hears("engineer", "prod-readonly is active")


async def test_a_command_delivered_three_times_is_one_request(chat: Chat, world: Stage) -> None:
    await chat.says("engineer", DEV, times=3)
    await chat.noted("engineer")
    card = await chat.hears("engineer", "needs your sign-in")
    await chat.hears_nothing("engineer")

    await chat.signs_in("engineer", card)

    await chat.hears("engineer", "dev-poweruser is active")
    assert len(world.requests()) == 1
    assert len(world.asked_of_pim()) == 1


async def test_a_button_delivered_three_times_is_pressed_once(chat: Chat, world: Stage) -> None:
    active = await activates(chat)
    await world.skips("PT6M")
    await chat.hears("engineer", "AWS has your membership")
    await chat.hears("engineer", "AWS has your membership")

    await chat.presses("engineer", active, "Deactivate", times=3)

    await chat.noted("engineer", "deactivate")
    await chat.hears_each("engineer", "You ended it in Entra", "This has ended", "Ended in Entra")
    assert len(world.asked_of_pim("selfDeactivate")) == 1


async def test_the_same_access_is_not_activated_twice(chat: Chat, world: Stage) -> None:
    await activates(chat)

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    told = await chat.hears("engineer", "dev-poweruser is active already", "Nothing was changed")
    assert told.buttons == ["Deactivate"]
