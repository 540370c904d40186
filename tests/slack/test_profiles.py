from collections.abc import Mapping
from typing import Any

import pytest

from bot.domain.ids import Chat, ChatAccount
from integrations.slack.profiles import Ours, profile

TEAM = "T1"
OURS = Ours(TEAM)
ON_GRID = Ours(TEAM, "E1")
ELSEWHERE = {"team_id": "T2"}
ACCOUNT = ChatAccount(Chat.SLACK, TEAM, "U1")
USER: dict[str, Any] = {
    "id": "U1",
    "team_id": TEAM,
    "name": "erin",
    "deleted": False,
    "is_bot": False,
    "is_restricted": False,
    "is_ultra_restricted": False,
    "is_email_confirmed": True,
    "tz": "Europe/Berlin",
    "profile": {"real_name": "Erin\u202e Engineer", "email": "erin@example.com"},
}


def stands(**changes: object) -> str:
    user = {k: v for k, v in {**USER, **changes}.items() if v is not ...}
    return profile(ACCOUNT, user, OURS).stands


def test_a_full_member_is_shown_as_they_are() -> None:
    member = profile(ACCOUNT, USER, OURS)
    assert (member.name, member.mail, member.zone) == (
        "Erin Engineer",
        "erin@example.com",
        "Europe/Berlin",
    )
    assert member.stands == ""


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_restricted": True}, "guest"),
        ({"is_ultra_restricted": True}, "guest"),
        ({"is_stranger": True}, "stranger"),
        ({"team_id": "T2"}, "stranger"),
        ({"is_bot": True}, "bot"),
        ({"deleted": True}, "deactivated"),
        ({"deleted": True, "is_restricted": ..., "is_bot": ...}, "deactivated"),
        ({"id": "U2"}, "unknown"),
    ],
)
def test_everybody_else_is_told_why_they_may_not_act(changes: dict[str, object], why: str) -> None:
    assert stands(**changes) == why


@pytest.mark.parametrize(
    "missing", ["id", "team_id", "deleted", "is_bot", "is_restricted", "is_ultra_restricted"]
)
def test_a_missing_or_odd_field_is_never_a_full_member(missing: str) -> None:
    assert stands(**{missing: ...}) != ""
    assert stands(**{missing: None}) != ""
    assert stands(**{missing: "false"}) != ""


def test_slackbot_is_a_bot_although_slack_denies_it() -> None:
    account = ChatAccount(Chat.SLACK, TEAM, "USLACKBOT")
    assert profile(account, {**USER, "id": "USLACKBOT"}, OURS).stands == "bot"


@pytest.mark.parametrize("confirmed", [False, None, "true", ...])
def test_an_unconfirmed_mail_address_is_not_told(confirmed: object) -> None:
    user = {k: v for k, v in {**USER, "is_email_confirmed": confirmed}.items() if v is not ...}
    assert profile(ACCOUNT, user, OURS).mail == ""


def test_nothing_at_all_is_no_member() -> None:
    nobody = profile(ACCOUNT, {}, OURS)
    assert (nobody.stands, nobody.name, nobody.mail, nobody.zone) == ("unknown", "U1", "", "UTC")


def on_grid(changes: Mapping[str, object], ours: Ours = ON_GRID) -> str:
    told = {"id": "U1", "enterprise_id": "E1", "teams": ["T2", TEAM]}
    user = {**USER, **ELSEWHERE, "enterprise_user": told} | dict(changes)
    return profile(ACCOUNT, {k: v for k, v in user.items() if v is not ...}, ours).stands


@pytest.mark.parametrize("team", ["T2", TEAM, ..., None])
def test_on_grid_a_member_is_who_is_in_our_workspace_whichever_is_named(team: object) -> None:
    assert on_grid({"team_id": team}) == ""


@pytest.mark.parametrize(
    "told",
    [
        {"enterprise_id": "E2", "teams": [TEAM]},
        {"teams": [TEAM]},
        [TEAM],
        ...,
    ],
)
def test_on_grid_everybody_else_is_a_stranger(told: object) -> None:
    assert on_grid({"enterprise_user": told}) == "stranger"


@pytest.mark.parametrize("teams", [["T2"], [], TEAM, None])
def test_on_grid_who_is_in_other_workspaces_only_is_none_of_ours(teams: object) -> None:
    assert on_grid({"enterprise_user": {"enterprise_id": "E1", "teams": teams}}) == "elsewhere"


def test_where_we_are_not_on_grid_nobody_is_a_member_by_an_organisation() -> None:
    assert on_grid({}, OURS) == "stranger"
    assert on_grid({"enterprise_user": {"enterprise_id": "", "teams": [TEAM]}}, OURS) == "stranger"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"is_stranger": True}, "stranger"),
        ({"deleted": True}, "deactivated"),
        ({"is_restricted": True}, "guest"),
        ({"is_bot": True}, "bot"),
    ],
)
def test_a_member_by_grid_is_judged_like_any_other(changes: dict[str, object], why: str) -> None:
    assert on_grid(changes) == why
