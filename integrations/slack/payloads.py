"""Slack's payloads as the product takes them: who did what, told from the clicker's own workspace.

https://docs.slack.dev/reference/interaction-payloads
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from bot.domain.ids import Chat, ChatAccount
from bot.messaging import ChatProfile
from handlers.arrivals import Arrival
from integrations.slack.gate import SIGNATURE
from integrations.slack.profiles import Ours, profile

Headers = Mapping[str, Any]


def account(body: Mapping[str, Any], ours: Ours) -> ChatAccount | None:
    """Who did it; None when Slack does not say whose account it is.

    A click's team is the clicker's own: in a channel shared with another company it is not the
    workspace that has the app. Commands can be said by members of that workspace only.

    On Enterprise Grid it is any workspace of the clicker's (https://github.com/slackapi/bolt-js/issues/1875),
    so there everybody goes by our workspace and their id, which no two people have
    (https://api.slack.com/methods/users.identity). That they belong to it is not believed by that:
    it is read afresh before anything is done.
    """
    if "command" in body:
        team, user = body.get("team_id"), body.get("user_id")
    else:
        who = body.get("user")
        team, user = (who.get("team_id"), who.get("id")) if isinstance(who, Mapping) else ("", "")
    if isinstance(team, str) and isinstance(user, str) and team and user:
        return ChatAccount(Chat.SLACK, ours.place_of(team), user)
    return None


def arrival(body: Mapping[str, Any], headers: Headers, ours: Ours) -> Arrival | None:
    """The arrival that a command, a click or a submission is; None without an account."""
    who = account(body, ours)
    if who is None:
        return None
    return Arrival(
        account=who,
        delivery=f"slack:{who.team}:{_one_act(body, headers)}",
        reply_to=_text(body, "response_url"),
        trigger=_text(body, "trigger_id"),
        shown=shown(body.get("view")),
    )


def home_opened(body: Mapping[str, Any], ours: Ours) -> Arrival | None:
    """The arrival that opening the App Home is; None for every other event.

    Slack delivers an event again until it is acknowledged: its id stays the same.
    https://docs.slack.dev/reference/events/app_home_opened
    """
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("type") != "app_home_opened":
        return None
    team, user, event_id = _text(body, "team_id"), _text(event, "user"), _text(body, "event_id")
    if event.get("tab") != "home" or not (team and user and event_id):
        return None
    account = ChatAccount(Chat.SLACK, ours.place_of(team), user)
    return Arrival(account, f"slack:{account.team}:{event_id}")


def account_changed(body: Mapping[str, Any], ours: Ours) -> ChatProfile | None:
    """How an account is now that has changed, or (again) come into our workspace.

    None for every other event. An account of another workspace, which a shared channel makes
    known here, is told with its own. https://docs.slack.dev/reference/events/user_change and
    https://docs.slack.dev/reference/events/team_join
    """
    event = body.get("event")
    if not isinstance(event, Mapping) or event.get("type") not in {"user_change", "team_join"}:
        return None
    user = event.get("user")
    if not isinstance(user, Mapping):
        return None
    team = ours.team if ours.knows(user) else _text(user, "team_id")
    if not team or not _text(user, "id"):
        return None
    return profile(ChatAccount(Chat.SLACK, team, _text(user, "id")), user, ours)


def shown(view: object) -> str:
    """What redraws a view: `id:hash`; empty for none.

    https://docs.slack.dev/reference/methods/views.update
    """
    if not isinstance(view, Mapping) or not _text(view, "id"):
        return ""
    return f"{_text(view, 'id')}:{_text(view, 'hash')}"


def _one_act(body: Mapping[str, Any], headers: Headers) -> str:
    """What all deliveries of one act have in common."""
    trigger = _text(body, "trigger_id")
    if trigger:
        return trigger
    signature = headers.get(SIGNATURE.lower()) or json.dumps(body, sort_keys=True)
    return hashlib.sha256(str(signature).encode()).hexdigest()


def _text(body: Mapping[str, Any], key: str) -> str:
    value = body.get(key)
    return value if isinstance(value, str) else ""
