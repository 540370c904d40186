"""Slack's user object as the product's profile; what is missing in it speaks against the account.

https://docs.slack.dev/reference/objects/user-object
"""

from collections.abc import Mapping
from typing import Any

from bot.domain.ids import ChatAccount
from bot.domain.text import visible
from bot.messaging import ChatProfile

GUEST, STRANGER, BOT, DEACTIVATED = "guest", "stranger", "bot", "deactivated"
UNKNOWN = "unknown"
"""Slack did not say enough to call it a full member."""
SLACKBOT = "USLACKBOT"
_REQUIRED = ("is_bot", "is_restricted", "is_ultra_restricted")


def profile(account: ChatAccount, user: Mapping[str, Any], team: str) -> ChatProfile:
    """The profile of `account`, of whom Slack says `user`, for the workspace `team`."""
    told = user.get("profile")
    details: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    mail = _text(details.get("email")) if user.get("is_email_confirmed") is True else ""
    names = (details.get("real_name"), user.get("real_name"), user.get("name"))
    return ChatProfile(
        account=account,
        name=next((name for told in names if (name := _text(told))), account.user),
        mail=mail,
        stands=stands(account, user, team),
        zone=_text(user.get("tz")) or "UTC",
    )


def stands(account: ChatAccount, user: Mapping[str, Any], team: str) -> str:
    """Why the account may not act; empty for a full member of the workspace."""
    if user.get("id") != account.user:
        return UNKNOWN
    if account.team != team or user.get("team_id") != team or user.get("is_stranger"):
        return STRANGER
    if user.get("deleted") is not False:
        return DEACTIVATED if user.get("deleted") else UNKNOWN
    if any(not isinstance(user.get(name), bool) for name in _REQUIRED):
        return UNKNOWN
    if user["is_bot"] or account.user == SLACKBOT:
        return BOT
    return GUEST if user["is_restricted"] or user["is_ultra_restricted"] else ""


def _text(value: object) -> str:
    return visible(value).strip() if isinstance(value, str) else ""
