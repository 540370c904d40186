"""The form: only what one may activate, with its real maximum and what it requires."""

from tests.conversations.acts import DEV, links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage


async def test_no_arguments_open_the_form_with_only_what_one_may_activate(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")

    form = await chat.opens_form("engineer")
    assert list(form.fields) == ["Access"]
    assert await chat.offered("engineer", form, "Access") == [
        "seed-admin",
        "legacy-single",
        "payroll-app",
        "dev-poweruser",
        "prod-admin",
        "prod-readonly",
        "prod-dual-control",
    ]
    narrowed = await chat.offered("engineer", form, "Access", "readonly")
    assert narrowed == ["prod-readonly"]


async def test_choosing_shows_the_real_maximum_and_what_is_required(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    form = await chat.opens_form("engineer", "/aws-access activate")

    strict = await chat.chooses("engineer", form, "Access", "prod-admin")
    assert "at most 4 h" in strict.text
    assert {label for label, field in strict.fields.items() if field.required} == {
        "Access",
        "How long",
        "Ticket",
        "Reason",
    }

    easy = await chat.chooses("engineer", strict, "Access", "prod-readonly")
    assert "at most 8 h" in easy.text
    assert {label for label, field in easy.fields.items() if field.required} == {
        "Access",
        "How long",
    }


async def test_a_form_filled_in_well_activates(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    form = await chat.opens_form("engineer")
    form = await chat.chooses("engineer", form, "Access", "dev-poweruser")
    assert form.fields["How long"].value == "1 h"

    await chat.submits("engineer", form, How_long="45m", Reason="checking the slow index")

    await chat.closed_form("engineer")
    await chat.hears("engineer", "dev-poweruser is active", "45 min")
    [sent] = world.asked_of_pim()
    assert sent.body["scheduleInfo"]["expiration"]["duration"] == "PT45M"
    assert "checking the slow index" in sent.body["justification"]


async def test_a_form_filled_in_at_once_activates(chat: Chat, world: Stage) -> None:
    """Whoever fills in everything does not have to wait for what the access requires."""
    await links(chat, "engineer")
    form = await chat.opens_form("engineer")

    await chat.submits(
        "engineer", form, Access="prod-admin", How_long="2h", Ticket="INC-7", Reason="hotfix"
    )

    await chat.closed_form("engineer")
    await chat.hears_rest("engineer", "prod-admin waits for approval")
    await chat.hears("approver", "prod-admin needs your decision", "2 h", "INC-7", "hotfix")


async def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    form = await chat.opens_form("engineer")
    form = await chat.chooses("engineer", form, "Access", "prod-admin")

    await chat.submits("engineer", form, How_long="9h", Ticket="INC-1", Reason="hotfix")

    wrong = await chat.form("engineer")
    assert wrong.fields["How long"].error == "9 h is too long: at most 4 h."
    assert wrong.fields["Reason"].value == "hotfix"
    assert world.requests() == []

    await chat.submits("engineer", wrong, How_long="soon")
    worse = await chat.form("engineer")
    assert "I cannot read that" in (worse.fields["How long"].error or "")

    await chat.submits("engineer", worse, How_long="30m")
    await chat.closed_form("engineer")
    await chat.hears_rest("engineer", "prod-admin waits for approval")
    await chat.hears("approver", "prod-admin needs your decision", "hotfix")


async def test_who_is_not_linked_signs_in_and_gets_a_button_for_the_form(
    chat: Chat, world: Stage
) -> None:
    await chat.says("engineer", "/aws-access")
    await chat.noted("engineer")
    offer = await chat.hears("engineer", "Sign in first", "what you may activate")

    assert "Signed in" in await chat.signs_in("engineer", offer)

    button = await chat.hears("engineer", "You are signed in")
    assert button.notifies
    await chat.presses("engineer", button, "Open Form")
    form = await chat.form("engineer")
    assert await chat.offered("engineer", form, "Access", "dev") == ["dev-poweruser"]


async def test_who_may_activate_nothing_is_told_so(chat: Chat) -> None:
    await links(chat, "outsider")

    form = await chat.opens_form("outsider")
    assert "You are not eligible for anything here in PIM" in form.text
    assert not form.submits


async def test_the_form_remembers_what_was_typed(chat: Chat, world: Stage) -> None:
    """A missing ticket leads to the form with everything else filled in."""
    await links(chat, "engineer")
    await chat.says("engineer", "/aws-access activate prod-admin 2h fixing the pump")
    await chat.noted("engineer")
    no = await chat.hears("engineer", "prod-admin cannot be activated like this")
    assert "A ticket is required" in no
    assert "Nothing was changed" in no

    await chat.presses("engineer", no, "Complete in the Form")

    form = await chat.form("engineer")
    filled = {label: field.value for label, field in form.fields.items()}
    assert filled == {
        "Access": "prod-admin",
        "How long": "2 h",
        "Ticket": None,
        "Reason": "fixing the pump",
    }
    await chat.submits("engineer", form, Ticket="INC-7")
    await chat.hears_rest("engineer", "prod-admin waits for approval")
    await chat.hears("approver", "prod-admin needs your decision")
    assert world.requests()[0]["ticket"] == "INC-7"


async def test_ask_again_fills_in_the_same_terms_and_asks_for_a_fresh_reason(
    chat: Chat, world: Stage
) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    active = await chat.hears("engineer", "dev-poweruser is active")
    await world.skips("PT6M")
    await chat.hears("engineer", "AWS has your membership")
    await chat.hears("engineer", "AWS has your membership")
    await chat.presses("engineer", active, "Deactivate")
    await chat.noted("engineer")
    over, *_ = await chat.hears_each(
        "engineer", "You ended it in Entra", "This has ended", "Ended in Entra"
    )

    await chat.presses("engineer", over, "Ask Again")

    form = await chat.form_comes("engineer")
    assert form.fields["Access"].value == "dev-poweruser"
    assert not form.fields["Reason"].value
    assert form.fields["Ticket"].value == "INC-42"
