"""A Slack workspace that is part of an Enterprise Grid organisation: its people, and nobody else's."""

import pytest

from playground.cast import PEOPLE, SLACK_SISTER_TEAM, SLACK_TEAM
from playground.slack.accounts import Account
from playground.slack.members import Changes
from tests.conversations.acts import DEV, activates, links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK, SLACK_OVER_SOCKETS
from tests.conversations.stage import Stage, Ways

WHERE = (SLACK, SLACK_OVER_SOCKETS)
PROD = "/aws-access activate prod-admin 1h INC-42 hotfix"


LEAVES = (
    Changes(deactivated=True),
    Changes(guest=True),
    Changes(teams=(SLACK_SISTER_TEAM,)),
)


@pytest.fixture
def ways() -> Ways:
    return Ways(grid=True)


def account_of(world: Stage, who: str) -> Account:
    return world.world.slack.workspace.accounts[PEOPLE[who].slack or ""]


async def test_a_click_that_carries_another_workspace_of_the_clickers_is_theirs(
    chat: Chat, world: Stage
) -> None:
    assert account_of(world, "engineer").team == SLACK_SISTER_TEAM
    await activates(chat)
    await world.skips("PT6M")
    await chat.hears_rest("engineer", "AWS has your membership")
    await chat.says("engineer", "/aws-access status")
    status = await chat.hears("engineer", "dev-poweruser is active")

    await chat.presses("engineer", status, "Deactivate dev-poweruser")

    await chat.hears_rest("engineer", "dev-poweruser has ended")
    assert {row["team"] for row in world.evidence().tables["link"]} == {SLACK_TEAM}


async def test_the_home_tab_and_the_form_know_who_one_is(chat: Chat, world: Stage) -> None:
    await links(chat, "engineer")
    home = await chat.opens_home("engineer")
    assert "dev-poweruser, at most 8 h" in home

    await chat.presses("engineer", home, "Activate dev-poweruser…")
    form = await chat.form("engineer")
    await chat.submits("engineer", form, Reason="checking the slow index")

    await chat.hears_rest("engineer", "dev-poweruser is active")


async def test_who_is_not_in_our_workspace_gets_nothing(chat: Chat, world: Stage) -> None:
    await links(chat, "approver")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    card = await chat.hears("engineer", "needs your sign-in")
    account_of(world, "approver").teams = [SLACK_SISTER_TEAM]

    for who in ("approver", "stranger"):
        await chat.presses(who, card, "Withdraw", force=True)
        await chat.hears_rest(who, "Only members of th")

    assert [row["state"] for row in world.requests()] == ["awaiting sign-in"]
    assert world.asked_of_pim() == []


@pytest.mark.parametrize("how", LEAVES)
async def test_a_leaver_is_known_whatever_workspace_the_event_names(
    chat: Chat, world: Stage, how: Changes
) -> None:
    await links(chat, "engineer")

    told = await world.world.slack.change_account("engineer", how)

    assert told["status"] == 200
    await world.settles()

    assert [e["payload"]["data"]["why"] for e in world.events("unlinked")] == ["left"]
