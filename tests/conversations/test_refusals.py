"""Every no names the rule, changes nothing, and offers the nearest thing that works."""

import pytest

from tests.conversations.acts import links
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE, SLACK
from tests.conversations.stage import Stage


async def test_help_lists_what_one_can_say(chat: Chat) -> None:
    await chat.says("outsider", "/aws-access help")

    told = await chat.hears("outsider", "AWS access, just in time")
    assert told.private
    for verb in ("activate", "status", "deactivate", "withdraw", "recent", "link", "unlink"):
        assert f"/aws-access {verb}" in told or verb in told
    assert "aka.ms/pim" in told


async def test_a_typo_in_a_command_gets_a_suggestion(chat: Chat) -> None:
    await chat.says("engineer", "/aws-access activte dev-poweruser 1h why not")

    no = await chat.hears("engineer", "I did not understand “activte”", "Nothing was done")
    assert "/aws-access activate dev-poweruser 1h why not" in no
    await chat.presses("engineer", no, "Help")
    await chat.hears("engineer", "AWS access, just in time")


async def test_a_typo_in_a_name_gets_a_suggestion_that_works(chat: Chat) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate dev-powruser 2h index")
    await chat.noted("engineer")
    no = await chat.hears("engineer", "There is no access called “dev-powruser”", "Did you mean")
    assert "Nothing was changed" in no

    await chat.presses("engineer", no, "Activate dev-poweruser…")

    form = await chat.form("engineer")
    assert form.fields["Access"].value == "dev-poweruser"
    assert form.fields["Reason"].value == "index"


async def test_an_unreadable_length_is_asked_for_again(chat: Chat, world: Stage) -> None:
    await chat.says("engineer", "/aws-access activate dev-poweruser 1x why")

    await chat.hears("engineer", "I did not understand “1x”", "Say 45m, 2h or 1h30m")
    assert world.requests() == []


async def test_too_long_offers_the_longest_that_works(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate prod-admin 6h INC-42 hotfix")
    await chat.noted("engineer")
    no = await chat.hears("engineer", "6 h is too long: at most 4 h")
    assert "Nothing was changed" in no
    assert world.asked_of_pim() == []

    await chat.presses("engineer", no, "Activate for 4 h")

    await chat.noted("engineer")
    await chat.hears("engineer", "prod-admin waits for approval", "4 h from approval")
    [sent] = world.asked_of_pim()
    assert sent.body["scheduleInfo"]["expiration"]["duration"] == "PT4H"
    await chat.hears("approver", "prod-admin needs your decision", "4 h from approval")


async def test_a_length_only_pim_knows_to_be_too_long_is_refused_by_name(
    chat: Chat, world: Stage
) -> None:
    """The policy was made stricter after the bot had read it."""
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate prod-readonly 9h")
    await chat.noted("engineer")
    await chat.hears("engineer", "9 h is too long: at most 8 h")
    world.entra("policy", access="prod-readonly", max="PT1H")

    await chat.says("engineer", "/aws-access activate prod-readonly 2h")

    await chat.noted("engineer")
    over = await chat.hears("engineer", "prod-readonly was not activated")
    assert "the length is more than it allows" in over
    assert "Nothing was changed" in over
    assert over.state == "refused"


async def test_a_missing_reason_is_said(chat: Chat) -> None:
    await links(chat, "engineer")

    await chat.says("engineer", "/aws-access activate dev-poweruser 1h")

    await chat.noted("engineer")
    no = await chat.hears("engineer", "A reason is required")
    assert no.buttons == ["Complete in the Form"]


async def test_who_is_not_eligible_is_told_so(chat: Chat, world: Stage) -> None:
    await links(chat, "outsider")

    await chat.says("outsider", "/aws-access activate dev-poweruser 1h curious")

    await chat.noted("outsider")
    no = await chat.hears("outsider", "You are not eligible for it in PIM", "Nothing was changed")
    assert no.buttons == ["What May I Activate?"]
    assert [e["payload"]["data"]["why"] for e in world.events("refused")] == ["BadWish"]


async def test_who_is_not_eligible_and_not_linked_learns_it_after_the_sign_in(
    chat: Chat, world: Stage
) -> None:
    await chat.says("outsider", "/aws-access activate dev-poweruser 1h curious")
    await chat.noted("outsider")
    card = await chat.hears("outsider", "needs your sign-in")

    await chat.signs_in("outsider", card)

    over = await chat.hears("outsider", "dev-poweruser was not activated", "not eligible")
    assert (over.id, over.state) == (card.id, "refused")
    assert world.asked_of_pim() == []


async def test_a_guest_gets_nothing_and_is_told_so(chat: Chat, world: Stage) -> None:
    for said in ("activate dev-poweruser 1h curious", "link", "recent", "status"):
        await chat.says("guest", f"/aws-access {said}")
        if said.split()[0] in {"activate", "link"}:
            await chat.noted("guest")
        await chat.hears("guest", "Guests cannot use this bot", "Nothing was changed")
    assert world.requests() == []
    assert world.evidence().tables["sign_in"] == []


@pytest.mark.where(SLACK)  # nobody of another tenant is in Teams
async def test_a_stranger_cannot_speak_to_the_bot_and_a_forged_click_gets_nothing(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate dev-poweruser 1h index")
    await chat.noted("engineer")
    card = await chat.hears("engineer", "dev-poweruser is active")
    await world.skips("PT6M")
    await chat.hears("engineer", "AWS has your membership")
    await chat.hears("engineer", "AWS has your membership")

    why = await chat.cannot_say("stranger", "/aws-access activate dev-poweruser 1h curious")
    assert "only for members" in why
    await chat.presses("stranger", card, "Deactivate", force=True)

    await chat.noted("stranger")
    no = await chat.hears("stranger", "Only members of this workspace can use this bot")
    assert "dev-poweruser" not in no
    assert world.holds("engineer") == {"dev-poweruser"}
    assert world.asked_of_pim("selfDeactivate") == []


@pytest.mark.where(*ALONE)  # one presses it in the chat it is in
async def test_somebody_elses_button_ends_nothing(chat: Chat, world: Stage) -> None:
    await links(chat, "outsider")
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate dev-poweruser 1h index")
    await chat.noted("engineer")
    card = await chat.hears("engineer", "dev-poweruser is active")

    await chat.presses("outsider", card, "Deactivate", force=True)

    await chat.noted("outsider")
    await chat.hears("outsider", "Nothing to end")
    assert world.holds("engineer") == {"dev-poweruser"}
