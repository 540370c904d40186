"""The Home tab: all at a glance, with everything to press, and never out of date for long."""

from tests.conversations.acts import DEV, links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK, SLACK_OVER_SOCKETS
from tests.conversations.stage import Stage

WHERE = (SLACK, SLACK_OVER_SOCKETS)  # only Slack has such a tab


async def test_a_first_day_on_the_home_tab(chat: Chat, world: Stage) -> None:
    home = await chat.opens_home("engineer")
    assert "I do not know yet who you are in Entra." in home

    assert "Signed in" in await chat.signs_in("engineer", home)
    await chat.hears("engineer", "You are linked")
    home = await chat.home("engineer")
    assert "prod-admin, at most 4 h; needs a reason, a ticket and an approval." in home
    assert "Nothing that I know of is active." in home

    await chat.presses("engineer", home, "Activate dev-poweruser…")
    form = await chat.form("engineer")
    assert form.fields["Access"].value == "dev-poweruser"
    await chat.submits("engineer", form, Reason="checking the slow index")
    await chat.hears_rest("engineer", "dev-poweruser is active")
    home = await chat.home("engineer")
    assert "dev-poweruser is active in Entra until" in home
    assert "I have not seen it in AWS yet" in home

    await world.skips("PT6M")
    await chat.hears_rest("engineer", "AWS has your membership")
    home = await chat.home("engineer")
    assert "AWS has had it since" in home

    await chat.presses("engineer", home, "Deactivate dev-poweruser")
    await chat.hears_rest("engineer", "dev-poweruser has ended")
    home = await chat.home("engineer")
    assert "Nothing that I know of is active." in home
    assert "dev-poweruser 1 h: granted, deactivated at" in home


async def test_what_waits_stands_on_top_and_is_taken_back_there(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.opens_home("engineer")
    await chat.says("engineer", "/aws-access activate prod-admin 1h INC-42 hotfix")
    await chat.hears_rest("engineer", "prod-admin waits for approval")

    home = await chat.home("engineer")
    assert str(home).index("You are waiting for") < str(home).index("Active now")
    await chat.presses("engineer", home, "Withdraw")

    await chat.hears_rest("engineer", "withdrawn")
    home = await chat.home("engineer")
    assert "You are waiting for" not in home
    assert "prod-admin 1 h: withdrawn" in home
    await chat.hears_rest("approver", "prod-admin: withdrawn")


async def test_whoever_never_opened_it_costs_slack_nothing(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", DEV)
    await chat.hears_rest("engineer", "dev-poweruser is active")

    assert not world.calls("slack", "views.publish")


async def test_a_guest_sees_only_why_it_is_not_for_them(chat: Chat, world: Stage) -> None:
    home = await chat.opens_home("guest")

    assert "Guests cannot use this bot." in home
    assert not home.buttons


async def test_slack_that_fails_heals_without_keeping_anything_else(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    await chat.opens_home("engineer")
    world.fails("slack", "views.publish", "status", times=2)

    await chat.says("engineer", DEV)
    await chat.hears_rest("engineer", "dev-poweruser is active")
    await world.skips("PT1M")

    assert "dev-poweruser is active in Entra until" in await chat.home("engineer")
