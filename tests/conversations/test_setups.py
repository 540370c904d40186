"""What is said when it is active, true for each of the four set-ups."""

import pytest

from tests.conversations.acts import activates
from tests.conversations.chat import Chat
from tests.conversations.places import ALONE
from tests.conversations.stage import Stage

WHERE = ALONE


async def test_the_classic_guide_where_users_are_assigned_by_hand(chat: Chat, world: Stage) -> None:
    """Set-up (a): Entra only opens the sign-in; the assignment is the user's own."""
    card = await activates(chat, "/aws-access activate seed-admin 1h seeding the account")

    assert "AWS" not in card.text.partition("Access:")[0]
    ready = await chat.hears("engineer", "seed-admin: Entra has opened")
    assert ready.notifies
    assert "AWS access is as your administrator assigned it to you" in ready
    assert "first (444444444444)" in ready
    assert "AdministratorAccess" in ready
    assert "role sessions of 8 h, opens https://console.aws.amazon.com/cloudwatch/home" in ready
    assert "AWS has your membership" not in ready
    assert not ready.aws_seen
    await chat.presses("engineer", ready, "Not There Yet?")
    await chat.noted("engineer")
    steps = await chat.hears("engineer", "What I can see", "Entra: yes", "AWS user: yes")
    assert "AWS access: assigned to you:" in steps
    assert "signing out of the portal" in steps
    await world.skips("PT10M")
    await chat.hears_nothing("engineer")


async def test_one_account_behind_one_app(chat: Chat) -> None:
    """Set-up (c): AWS Single-Account Access."""
    await activates(chat, "/aws-access activate legacy-single 30m old reports")

    ready = await chat.hears("engineer", "legacy-single: Entra has opened")

    assert "as your administrator assigned it; I cannot see that" in ready
    assert ready.buttons == ["My Apps", "Not There Yet?", "Deactivate"]
    await chat.presses("engineer", ready, "Not There Yet?")
    await chat.noted("engineer")
    steps = await chat.hears("engineer", "What I can see", "Entra: yes", "no membership in AWS")
    assert "from My Apps again" in steps
    assert "minutes" not in steps


async def test_any_other_app(chat: Chat) -> None:
    """Set-up (d): a SAML app."""
    await activates(chat, "/aws-access activate payroll-app 30m end of month")

    ready = await chat.hears("engineer", "payroll-app: Entra has opened")

    assert "as your administrator assigned it; I cannot see that" in ready
    assert ready.buttons == ["My Apps", "Not There Yet?", "Deactivate"]
    await chat.presses("engineer", ready, "Not There Yet?")
    await chat.noted("engineer")
    steps = await chat.hears("engineer", "What I can see", "Entra: yes", "no membership in AWS")
    assert "from My Apps again" in steps
    assert "minutes" not in steps


async def test_a_group_that_opens_two_accounts(chat: Chat, world: Stage) -> None:
    """Set-up (b), with nothing required, not even a reason."""
    await activates(chat, "/aws-access activate prod-readonly")
    await world.skips("PT5M")
    await chat.hears("engineer", "prod-readonly is active")

    ready = await chat.hears("engineer", "prod-readonly: AWS has your membership")

    shown = ready.text.splitlines()
    logs, prod = shown.index("logs (333333333333):"), shown.index("prod (222222222222):")
    assert logs < prod
    assert shown[logs + 1].startswith("• ViewOnlyAccess")
    assert shown[prod + 1].startswith("• ReadOnlyAccess")
    [request] = world.requests()
    assert request["duration"] == 3600


WINDOWS = {
    "seed-admin": "AWS access lasts until your AWS portal session ends (8 h unless your "
    "administrator changed it), plus one role session (8 h).",
    "legacy-single": "An AWS session that is open in the account lasts until its own end",
    "payroll-app": "A session that is open in the app lasts until its own end",
    "dev-poweruser": "AWS access may outlast it: up to 40 min until AWS learns of it, 1 h in the "
    "portal, and one role session (1 h)",
}


@pytest.mark.parametrize("access", WINDOWS)
@pytest.mark.parametrize("how", ["expired", "deactivated", "ended elsewhere"])
async def test_however_it_ends_it_is_said_how_long_aws_may_last(
    chat: Chat, world: Stage, access: str, how: str
) -> None:
    await activates(chat, f"/aws-access activate {access} 30m because")
    await world.skips("PT10M")
    await chat.hears_rest("engineer", "AWS" if access != "payroll-app" else "Entra")

    match how:
        case "expired":
            await world.skips("PT21M")
        case "deactivated":
            await chat.says("engineer", "/aws-access deactivate")
        case _:
            world.entra("deactivate", who="engineer", access=access)
            await chat.says("engineer", "/aws-access status")

    over = await chat.hears_rest("engineer", "has ended")
    [card] = [one for one in over if "Request:" in one and WINDOWS[access] in one]
    assert {"expired": "Its time was over", "deactivated": "You ended it"}.get(
        how, "not by me"
    ) in card
