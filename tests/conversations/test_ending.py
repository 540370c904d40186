"""How an activation ends: by its person, by the clock, or in the portal."""

from tests.conversations.acts import activates
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import Stage

WHERE = ALONE


async def test_nothing_ends_in_its_first_five_minutes_and_the_bot_says_why(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT2M")

    await chat.says("engineer", "/aws-access deactivate")

    await chat.noted("engineer", "deactivate")
    no = await chat.hears("engineer", "Too soon to end it", "first five minutes")
    assert "Nothing was changed" in no
    assert world.asked_of_pim("selfDeactivate") == []
    assert world.holds("engineer") == {"dev-poweruser"}

    await world.skips("PT4M")
    await is_in_aws(chat)
    await chat.says("engineer", "/aws-access deactivate")
    await has_ended(chat)
    assert world.holds("engineer") == set()


async def test_it_can_be_told_to_end_as_soon_as_allowed(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await chat.says("engineer", "/aws-access deactivate dev-poweruser")
    await chat.noted("engineer")
    no = await chat.hears("engineer", "Too soon to end it")

    await chat.presses("engineer", no, "End It As Soon As Allowed")

    await chat.noted("engineer")
    await chat.hears("engineer", "dev-poweruser will end", "It is active until then")
    await world.skips("PT4M30S")
    await is_in_aws(chat)
    assert world.holds("engineer") == {"dev-poweruser"}
    await world.skips("PT1M")
    await chat.hears_each("engineer", "You ended it in Entra", "This has ended", "Ended in Entra")
    assert world.holds("engineer") == set()
    assert len(world.asked_of_pim("selfDeactivate")) == 1


async def test_it_says_that_it_ends_soon_and_then_ends_by_itself(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await world.skips("PT10M")
    await is_in_aws(chat)

    await world.skips("PT41M")

    soon = await chat.hears("engineer", "dev-poweruser ends soon", "ask again once it has ended")
    assert soon.notifies
    await world.skips("PT10M")
    over = await chat.hears("engineer", "dev-poweruser has ended", "Its time was over in Entra")
    assert "AWS access may outlast it: up to 40 min" in over
    assert "one role session (1 h)" in over
    assert over.buttons == ["Ask Again"]
    assert world.holds("engineer") == set()
    await chat.hears("engineer", "This has ended")
    await chat.hears("engineer", "This has ended")

    await world.skips("PT1H")

    gone = await chat.hears("engineer", "AWS no longer has your membership")
    assert not gone.aws_seen
    assert len(world.asked_of_pim()) == 1
    assert world.asked_of_pim("selfDeactivate") == []


async def test_the_classic_set_up_says_that_the_portal_session_outlasts_it(
    chat: Chat, world: Stage
) -> None:
    await activates(chat, "/aws-access activate seed-admin 1h seeding the account")
    await chat.hears("engineer", "Entra has opened")
    await world.skips("PT6M")

    await chat.says("engineer", "/aws-access deactivate seed-admin")

    await chat.noted("engineer")
    card, _, told = await chat.hears_each(
        "engineer", "You ended it in Entra", "This has ended", "Ended in Entra"
    )
    for over in (card, told):
        assert "AWS access lasts until your AWS portal session ends" in over
        assert "plus one role session (8 h)" in over


async def test_what_was_ended_in_the_portal_is_not_called_active_for_ever(
    chat: Chat, world: Stage
) -> None:
    await activates(chat)
    await world.skips("PT10M")
    await is_in_aws(chat)
    world.entra("deactivate", who="engineer", access="dev-poweruser")

    await chat.says("engineer", "/aws-access deactivate")

    await chat.noted("engineer")
    told = await chat.hears_rest("engineer", "not by me; I noticed at")
    assert sorted(one.state is None for one in told) == [False, False, True]


async def test_deactivating_nothing_says_so(chat: Chat, world: Stage) -> None:
    await activates(chat)

    await chat.says("engineer", "/aws-access deactivate prod-admin")

    await chat.noted("engineer")
    await chat.hears("engineer", "Nothing to end", "prod-admin is not active, as far as I know")


async def test_with_two_active_the_bot_asks_which(chat: Chat, world: Stage) -> None:
    await activates(chat)
    await chat.says("engineer", "/aws-access activate payroll-app 1h end of month")
    await chat.noted("engineer")
    await chat.hears("engineer", "payroll-app is active")
    await chat.hears("engineer", "payroll-app: Entra has opened")
    await world.skips("PT6M")
    await is_in_aws(chat)

    await chat.says("engineer", "/aws-access deactivate")

    await chat.noted("engineer")
    which = await chat.hears("engineer", "Which one shall I deactivate?")
    await chat.presses("engineer", which, "payroll-app")
    await chat.noted("engineer")
    await chat.hears_each("engineer", "You ended it in Entra", "This has ended", "Ended in Entra")
    assert world.holds("engineer") == {"dev-poweruser"}


async def is_in_aws(chat: Chat) -> None:
    await chat.hears("engineer", "is active", "AWS has your membership")
    await chat.hears("engineer", ": AWS has your membership")


async def has_ended(chat: Chat) -> None:
    await chat.noted("engineer", "deactivate")
    told = await chat.hears_each(
        "engineer", "You ended it in Entra", "This has ended", "Ended in Entra"
    )
    assert "AWS access may outlast it" in told[0]
    assert "AWS access may outlast it" in told[2]
