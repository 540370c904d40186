"""What is said when it is active, true for each of the four set-ups."""

from tests.conversations.acts import activates
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage


async def test_the_classic_guide_where_users_are_assigned_by_hand(chat: Chat, world: Stage) -> None:
    """Set-up (a): Entra only opens the sign-in; the assignment is the user's own."""
    card = await activates(chat, "/aws-access activate seed-admin 1h seeding the account")

    assert "AWS" not in card.text.partition("Access:")[0]
    ready = await chat.hears("engineer", "seed-admin: Entra has opened")
    assert ready.notifies
    assert "AWS access is as your administrator assigned it to you" in ready
    assert "(444444444444)" in ready
    assert "AdministratorAccess" in ready
    assert "role sessions of 8 h" in ready
    assert "AWS has your membership" not in ready
    assert not ready.aws_seen
    assert "Not There Yet?" not in ready.buttons
    await world.skips("PT10M")
    await chat.hears_nothing("engineer")


async def test_one_account_behind_one_app(chat: Chat) -> None:
    """Set-up (c): AWS Single-Account Access."""
    await activates(chat, "/aws-access activate legacy-single 30m old reports")

    ready = await chat.hears("engineer", "legacy-single: Entra has opened")

    assert "as your administrator assigned it; I cannot see that" in ready
    assert ready.buttons == ["My Apps", "Deactivate"]


async def test_any_other_app(chat: Chat) -> None:
    """Set-up (d): a SAML app."""
    await activates(chat, "/aws-access activate payroll-app 30m end of month")

    ready = await chat.hears("engineer", "payroll-app: Entra has opened")

    assert "as your administrator assigned it; I cannot see that" in ready
    assert ready.buttons == ["My Apps", "Deactivate"]


async def test_a_group_that_opens_two_accounts(chat: Chat, world: Stage) -> None:
    """Set-up (b), with nothing required, not even a reason."""
    await activates(chat, "/aws-access activate prod-readonly")
    await world.skips("PT5M")
    await chat.hears("engineer", "prod-readonly is active")

    ready = await chat.hears("engineer", "prod-readonly: AWS has your membership")

    assert "ReadOnlyAccess in prod (222222222222)" in ready
    assert "ViewOnlyAccess in logs (333333333333)" in ready
    [request] = world.requests()
    assert request["duration"] == 3600
