"""auth.test, users.*, usergroups.users.list and conversations.*: who and where.

https://docs.slack.dev/reference/methods
"""

from playground.cast import SLACK_BOT_USER, SLACK_TEAM
from playground.slack.accounts import SLACK_BOT_ID, TEAM_DOMAIN, Account
from playground.slack.refusals import Json, Refusal
from playground.slack.state import Channel, Workspace

EPOCH = 1_700_000_000


def auth_test(workspace: Workspace, _args: Json) -> Json:
    """Whose token this is."""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_DOMAIN.title(),
        "user": workspace.accounts[SLACK_BOT_USER].name,
        "team_id": SLACK_TEAM,
        "user_id": SLACK_BOT_USER,
        "bot_id": SLACK_BOT_ID,
        "is_enterprise_install": False,
    }


def _account(workspace: Workspace, user: object) -> Account:
    account = workspace.accounts.get(str(user))
    if account is None:
        raise Refusal("user_not_found")
    return account


def users_info(workspace: Workspace, args: Json) -> Json:
    """Anybody the workspace has seen, strangers included."""
    return {"user": _account(workspace, args.get("user")).shown()}


def lookup_by_email(workspace: Workspace, args: Json) -> Json:
    """Active members only: not the deactivated, not people of another workspace."""
    wanted = str(args.get("email", "")).lower()
    for account in workspace.accounts.values():
        if account.email.lower() == wanted and not (account.deleted or account.stranger):
            return {"user": account.shown()}
    raise Refusal("users_not_found")


def usergroup_users(workspace: Workspace, args: Json) -> Json:
    """The members of a user group."""
    group = str(args.get("usergroup", ""))
    if group not in workspace.usergroups:
        raise Refusal("no_such_subteam")
    return {"users": list(workspace.usergroups[group])}


def _direct(workspace: Workspace, users: str) -> Channel:
    wanted = [one for one in users.split(",") if one]
    if not wanted:
        raise Refusal("users_list_not_supplied")
    if len(wanted) > 1:
        # Group conversations need mpim:write, which the app does not ask for.
        raise Refusal("missing_scope")
    account = _account(workspace, wanted[0])
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


def conversations_info(workspace: Workspace, args: Json) -> Json:
    """A public channel; direct conversations would need im:read."""
    channel = workspace.channels.get(str(args.get("channel", "")))
    if channel is None or channel.user is not None:
        raise Refusal("channel_not_found" if channel is None else "missing_scope")
    shared = {"is_shared": False, "is_ext_shared": False, "is_org_shared": False}
    return {
        "channel": {
            "id": channel.id,
            "name": channel.name,
            "name_normalized": channel.name,
            "is_channel": True,
            "is_group": False,
            "is_im": False,
            "is_mpim": False,
            "is_private": False,
            "is_archived": False,
            "is_general": channel.name == "general",
            "is_member": True,
            "created": EPOCH,
            "creator": SLACK_BOT_USER,
            "context_team_id": SLACK_TEAM,
            **shared,
        }
    }


PEOPLE = {
    "auth.test": auth_test,
    "users.info": users_info,
    "users.lookupByEmail": lookup_by_email,
    "usergroups.users.list": usergroup_users,
    "conversations.open": conversations_open,
    "conversations.info": conversations_info,
}
