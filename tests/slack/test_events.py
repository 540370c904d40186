"""Events: an opened tab and a changed account are handed in, all else is only acknowledged."""

import json

import pytest

from bot.domain.ids import Chat, ChatAccount
from playground.cast import SLACK_OTHER_TEAM, SLACK_TEAM
from playground.slack.members import Changes
from tests.slack.conftest import Door
from tests.slack.test_front_door import ENGINEER, post, signed


async def test_opening_the_tab_is_handed_in_once_for_each_time(door: Door) -> None:
    told = await door.slack.open_home("engineer")
    await door.slack.open_home("engineer")
    assert told["status"] == 200
    first, second = door.desk.opened_
    assert first.account == ENGINEER
    assert first.delivery.startswith(f"slack:{SLACK_TEAM}:Ev")
    assert first.delivery != second.delivery


async def event(door: Door, **changes: object) -> int:
    """An event as Slack signs it; the status it is answered with."""
    inner = {"type": "app_home_opened", "user": "U0ENGINEER", "tab": "home", **changes}
    body = {"type": "event_callback", "team_id": SLACK_TEAM, "event_id": "Ev1", "event": inner}
    raw = json.dumps(body).encode()
    headers = {**signed(door.secret, raw), "Content-Type": "application/json"}
    again = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
    return (await post(door, raw, {**headers, **again}))[0]


async def test_a_retry_is_handed_in_under_the_same_name(door: Door) -> None:
    assert [await event(door), await event(door)] == [200, 200]
    first, second = door.desk.opened_
    assert first == second


@pytest.mark.parametrize(
    ("changes", "stands", "mail"),
    [
        (Changes(deactivated=True), "deactivated", "engineer@playground.example"),
        (Changes(guest=True), "guest", "engineer@playground.example"),
        (Changes(email="new@x.example"), "", "new@x.example"),
    ],
)
async def test_a_changed_account_is_handed_in_as_it_is_now(
    door: Door, changes: Changes, stands: str, mail: str
) -> None:
    told = await door.slack.change_account("engineer", changes)

    assert told["status"] == 200
    [now] = door.desk.changed_
    assert (now.account, now.stands, now.mail) == (ENGINEER, stands, mail)


async def test_who_comes_back_is_handed_in_too(door: Door) -> None:
    user = door.slack.workspace.accounts["U0ENGINEER"].shown()
    assert await event(door, type="team_join", user=user) == 200
    assert [told.account for told in door.desk.changed_] == [ENGINEER]


async def test_somebody_of_another_workspace_is_told_with_their_own(door: Door) -> None:
    await door.slack.change_account("stranger", Changes(deactivated=True))
    [now] = door.desk.changed_
    assert now.account == ChatAccount(Chat.SLACK, SLACK_OTHER_TEAM, "U0STRANGER")
    assert now.stands == "stranger"


@pytest.mark.parametrize("what", ["tab", "account"])
async def test_what_cannot_be_noted_is_delivered_again(door: Door, what: str) -> None:
    door.desk.notes = False
    user = door.slack.workspace.accounts["U0ENGINEER"].shown()
    changes = {"type": "user_change", "user": user} if what == "account" else {}
    assert await event(door, **changes) == 503


@pytest.mark.parametrize(
    "changes",
    [
        *({"tab": "messages"}, {"tab": None}, {"user": ""}),
        *({"type": "user_change", "user": user} for user in ("U1", {}, {"id": "U1"}, None)),
        {"type": "reaction_added"},
    ],
)
async def test_any_other_event_is_only_acknowledged(door: Door, changes: dict[str, object]) -> None:
    assert await event(door, **changes) == 200
    assert door.desk.untouched
