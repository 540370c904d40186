"""auth.test, users.* and usergroups.users.list: who there is.

https://docs.slack.dev/reference/methods
"""

from playground.cast import SLACK_BOT_USER, SLACK_TEAM
from playground.slack.accounts import SLACK_BOT_ID, TEAM_DOMAIN, Account
from playground.slack.refusals import Json, Refusal
from playground.slack.state import Workspace


def auth_test(workspace: Workspace, _args: Json) -> Json:
    """Whose token this is."""
    return {
        "url": f"https://{TEAM_DOMAIN}.slack.com/",
        "team": TEAM_DOMAIN.title(),
        "user": workspace.accounts[SLACK_BOT_USER].name,
        "team_id": SLACK_TEAM,
        "user_id": SLACK_BOT_USER,
        "bot_id": SLACK_BOT_ID,
        **({"enterprise_id": workspace.enterprise} if workspace.enterprise else {}),
        "is_enterprise_install": workspace.org_wide,
    }


def account_of(workspace: Workspace, user: object) -> Account:
    """Whose user id it is. Raises Refusal."""
    account = workspace.accounts.get(str(user))
    if account is None:
        raise Refusal("user_not_found")
    return account


def users_info(workspace: Workspace, args: Json) -> Json:
    """Anybody the workspace has seen, strangers included."""
    return {"user": account_of(workspace, args.get("user")).shown()}


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


PEOPLE = {
    "auth.test": auth_test,
    "users.info": users_info,
    "users.lookupByEmail": lookup_by_email,
    "usergroups.users.list": usergroup_users,
}
