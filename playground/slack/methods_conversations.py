"""conversations.*: where people and the app talk, and what was said there.

https://docs.slack.dev/reference/methods
"""

from playground.cast import SLACK_BOT_USER, SLACK_TEAM
from playground.slack.methods_people import account_of
from playground.slack.refusals import Json, Refusal
from playground.slack.scopes import require
from playground.slack.state import Channel, Message, Workspace

EPOCH = 1_700_000_000
DEFAULT_LIMIT, MOST = 100, 999


def _direct(workspace: Workspace, users: str) -> Channel:
    wanted = [one for one in users.split(",") if one]
    if not wanted:
        raise Refusal("users_list_not_supplied")
    if len(wanted) > 1:
        require(workspace.scopes, "mpim:write")
        raise Refusal("method_not_supported_for_channel_type")
    account = account_of(workspace, wanted[0])
    if account.deleted:
        raise Refusal("user_disabled")
    channel = workspace.direct(account.id)
    if channel is None:
        raise Refusal("cannot_dm_bot" if account.bot else "user_not_visible")
    return channel


def conversations_open(workspace: Workspace, args: Json) -> Json:
    """The direct conversation with one user."""
    channel = workspace.channels.get(str(args.get("channel", "")))
    channel = channel or _direct(workspace, str(args.get("users", "")))
    return {"no_op": True, "already_open": True, "channel": {"id": channel.id}}


def _channel(workspace: Workspace, args: Json) -> Channel:
    channel = workspace.channels.get(str(args.get("channel", "")))
    if channel is None:
        raise Refusal("channel_not_found")
    return channel


def conversations_info(workspace: Workspace, args: Json) -> Json:
    """A channel; direct conversations need im:read."""
    channel = _channel(workspace, args)
    require(workspace.scopes, f"{_kind(channel)}:read")
    if channel.private and not channel.invited:
        raise Refusal("channel_not_found")
    shared = {"is_shared": channel.shared, "is_ext_shared": channel.shared}
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": channel.private,
            "is_archived": channel.archived,
            "is_general": channel.name == "general",
            "is_member": channel.invited,
            "is_org_shared": False,
            "is_pending_ext_shared": False,
            "created": EPOCH,
            "creator": SLACK_BOT_USER,
            "context_team_id": SLACK_TEAM,
            **shared,
        }
    }


def conversations_history(workspace: Workspace, args: Json) -> Json:
    """What was said, the newest first, in pages; metadata is told in full only when asked for.

    Ephemeral messages and answers in threads are no part of it.
    https://docs.slack.dev/reference/methods/conversations.history
    """
    channel = _channel(workspace, args)
    require(workspace.scopes, f"{_kind(channel)}:history")
    limit = min(int(args.get("limit") or DEFAULT_LIMIT), MOST)
    told = [one for one in reversed(workspace.messages) if _told(one, channel, args)]
    start = _start(str(args.get("cursor") or ""), told)
    page, more = told[start : start + limit], len(told) > start + limit
    in_full = _true(args.get("include_all_metadata"))
    return {
        "messages": [_shown(one, in_full=in_full) for one in page],
        "has_more": more,
        "pin_count": 0,
        "response_metadata": {"next_cursor": f"next_ts:{page[-1].ts}" if more else ""},
    }


def _kind(channel: Channel) -> str:
    """The kind of conversation, as scopes name it."""
    if channel.user is not None:
        return "im"
    return "groups" if channel.private else "channels"


def _told(message: Message, channel: Channel, args: Json) -> bool:
    if message.channel != channel or message.only_for or message.thread_ts:
        return False
    at, inclusive = float(message.ts), _true(args.get("inclusive"))
    oldest, latest = (float(args.get(name) or 0) for name in ("oldest", "latest"))
    on_edge = inclusive and at in {oldest, latest}
    return on_edge or (at > oldest and (not latest or at < latest))


def _start(cursor: str, told: list[Message]) -> int:
    """The index after the message that the last page ended with."""
    if not cursor:
        return 0
    kind, _, last = cursor.partition(":")
    if kind != "next_ts":
        raise Refusal("invalid_cursor")
    return sum(1 for one in told if float(one.ts) >= float(last))


def _shown(message: Message, *, in_full: bool) -> Json:
    shown = message.shown()
    if "metadata" in shown and not in_full:
        shown["metadata"] = {"event_type": shown["metadata"]["event_type"]}
    return shown


def _true(value: object) -> bool:
    return str(value).lower() in {"true", "1"}


CONVERSATIONS = {
    "conversations.open": conversations_open,
    "conversations.info": conversations_info,
    "conversations.history": conversations_history,
}
