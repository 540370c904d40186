"""Slack's user object as the product's profile; what is missing in it speaks against the account.

https://docs.slack.dev/reference/objects/user-object
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.domain.ids import ChatAccount
from bot.domain.text import visible
from bot.messaging import ChatProfile

GUEST, STRANGER, BOT, DEACTIVATED = "guest", "stranger", "bot", "deactivated"
ELSEWHERE = "elsewhere"
"""Of our organisation, and not, or not any more, of the workspace."""
UNKNOWN = "unknown"
"""Slack did not say enough to call it a full member."""
SLACKBOT = "USLACKBOT"
_REQUIRED = ("is_bot", "is_restricted", "is_ultra_restricted")


@dataclass(frozen=True, slots=True)
class Ours:
    """The workspace that has the app, and the Enterprise Grid organisation it is part of, if any."""

    team: str
    enterprise: str = ""

    def place_of(self, team: str) -> str:
        """The workspace by which somebody goes for whom a delivery names `team`."""
        return self.team if self.enterprise else team

    def has(self, user: Mapping[str, Any]) -> bool:
        """Whether Slack says that the user belongs to the workspace.

        On Grid an account is one in all workspaces of the organisation, and `team_id` is any of
        them, or missing: `enterprise_user` says which they are.
        https://docs.slack.dev/reference/objects/user-object
        """
        if user.get("team_id") == self.team:
            return True
        teams = self._on_grid(user).get("teams")
        return isinstance(teams, list) and self.team in teams

    def knows(self, user: Mapping[str, Any]) -> bool:
        """Whether the user is an account of the workspace's, or of its organisation's."""
        return user.get("team_id") == self.team or bool(self._on_grid(user))

    def _on_grid(self, user: Mapping[str, Any]) -> Mapping[str, Any]:
        told = user.get("enterprise_user")
        if not self.enterprise or not isinstance(told, Mapping):
            return {}
        return told if told.get("enterprise_id") == self.enterprise else {}


def profile(account: ChatAccount, user: Mapping[str, Any], ours: Ours) -> ChatProfile:
    """The profile of `account`, of whom Slack says `user`, for our workspace."""
    told = user.get("profile")
    details: Mapping[str, Any] = told if isinstance(told, Mapping) else {}
    mail = _text(details.get("email")) if user.get("is_email_confirmed") is True else ""
    names = (details.get("real_name"), user.get("real_name"), user.get("name"))
    return ChatProfile(
        account=account,
        name=next((name for told in names if (name := _text(told))), account.user),
        mail=mail,
        stands=stands(account, user, ours),
        zone=_text(user.get("tz")) or "UTC",
    )


def stands(account: ChatAccount, user: Mapping[str, Any], ours: Ours) -> str:
    """Why the account may not act; empty for a full member of the workspace."""
    if user.get("id") != account.user:
        return UNKNOWN
    if account.team != ours.team or not ours.knows(user) or user.get("is_stranger"):
        return STRANGER
    if not ours.has(user):
        return ELSEWHERE
    if user.get("deleted") is not False:
        return DEACTIVATED if user.get("deleted") else UNKNOWN
    if any(not isinstance(user.get(name), bool) for name in _REQUIRED):
        return UNKNOWN
    if user["is_bot"] or account.user == SLACKBOT:
        return BOT
    return GUEST if user["is_restricted"] or user["is_ultra_restricted"] else ""


def _text(value: object) -> str:
    return visible(value).strip() if isinstance(value, str) else ""
