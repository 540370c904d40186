"""Asking again: one word after the first time, and never with the old reason."""

from tests.conversations.acts import DEV, links
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import Stage

WHERE = ALONE


async def test_the_last_one_is_repeated_with_a_fresh_reason(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", DEV)
    await chat.hears_rest("engineer", "dev-poweruser is active")
    await world.skips("PT2H")
    told = await chat.hears_rest("engineer", "dev-poweruser has ended")
    ended = next(card for card in told if "Its time was over" in card)

    await chat.presses("engineer", ended, "Ask Again")
    form = await chat.form_comes("engineer")
    assert form.fields["Access"].value == "dev-poweruser"
    assert form.fields["Ticket"].value == "INC-42"
    assert not form.fields["Reason"].value
    await chat.submits("engineer", form, Reason="still slow")
    await chat.hears_rest("engineer", "still slow")
    await world.skips("PT2H")
    await chat.hears_rest("engineer", "dev-poweruser has ended")

    await chat.says("engineer", "/aws-access again 30m INC-43 slow once more")

    await chat.noted("engineer", "activate dev-poweruser for 30 min")
    await chat.hears_rest("engineer", "slow once more")
    asked = world.asked_of_pim()
    assert ["checking the slow index" in one.body["justification"] for one in asked] == [
        True,
        False,
        False,
    ]
