"""The payloads Slack sends to an app, in their documented shapes.

https://docs.slack.dev/reference/interaction-payloads, …/interactivity/implementing-slash-commands
"""

from playground.cast import SLACK_APP_ID, SLACK_BOT_USER, SLACK_ENTERPRISE, SLACK_TEAM
from playground.slack.accounts import TEAM_DOMAIN, Account
from playground.slack.fields import Element, Values
from playground.slack.refusals import Json
from playground.slack.state import Channel, Message
from playground.slack.views import View

COMMAND = "/aws-access"
VERIFICATION_TOKEN = "deprecated-verification-token"  # noqa: S105 (Slack still sends one; it proves nothing)


def _interaction(kind: str, account: Account) -> Json:
    return {
        "type": kind,
        "user": {
            "id": account.id,
            "username": account.name,
            "name": account.name,
            # The clicker's own workspace: for somebody from outside it is not `team`, and on
            # Enterprise Grid it need not be, https://github.com/slackapi/bolt-js/issues/1875.
            "team_id": account.team,
        },
        "api_app_id": SLACK_APP_ID,
        "token": VERIFICATION_TOKEN,
        "team": {"id": SLACK_TEAM, "domain": TEAM_DOMAIN},
        "enterprise": {"id": SLACK_ENTERPRISE} if account.teams else None,
        "is_enterprise_install": False,
    }


def slash_command(
    account: Account, channel: Channel, text: str, trigger_id: str, response_url: str
) -> Json:
    """The form fields of a slash command."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": SLACK_TEAM,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.name,
        "user_id": account.id,
        "user_name": account.name,
        "command": COMMAND,
        "text": text,
        "api_app_id": SLACK_APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def action(element: Element, state: Json, action_ts: str) -> Json:
    """One entry of block_actions' `actions`."""
    definition: Json = {
        name: element.body[name]
        for name in ("text", "value", "url", "style", "placeholder", "confirm")
        if name in element.body
    }
    return {
        **definition,
        **state,
        "type": element.kind,
        "action_id": element.action_id,
        "block_id": element.block_id,
        "action_ts": action_ts,
    }


def message_action(
    account: Account, message: Message, actions: list[Json], values: Values, rights: tuple[str, str]
) -> Json:
    """block_actions from a message; `rights` are the trigger_id and the response_url.

    Slack leaves `message` out for an ephemeral one.
    """
    ephemeral = message.only_for is not None
    channel = {"id": message.channel.id, "name": message.channel.name}
    trigger_id, response_url = rights
    return {
        **_interaction("block_actions", account),
        "container": {
            "type": "message",
            "message_ts": message.ts,
            "channel_id": message.channel.id,
            "is_ephemeral": ephemeral,
        },
        "trigger_id": trigger_id,
        "channel": channel,
        **({} if ephemeral else {"message": message.shown()}),
        "state": {"values": values},
        "response_url": response_url,
        "actions": actions,
    }


def view_action(account: Account, view: View, actions: list[Json], trigger_id: str) -> Json:
    """block_actions from a modal or the App Home: no channel, no message, no response_url."""
    return {
        **_interaction("block_actions", account),
        "container": {"type": "view", "view_id": view.id},
        "trigger_id": trigger_id,
        "view": view.shown(),
        "actions": actions,
    }


def submission(account: Account, view: View, trigger_id: str) -> Json:
    """view_submission."""
    return {
        **_interaction("view_submission", account),
        "trigger_id": trigger_id,
        "view": view.shown(),
        "response_urls": [],
    }


def closed(account: Account, view: View, *, cleared: bool) -> Json:
    """view_closed."""
    return {
        **_interaction("view_closed", account),
        "view": view.shown(),
        "is_cleared": cleared,
    }


def suggestion(account: Account, view: View, element: Element, typed: str) -> Json:
    """block_suggestion from a modal."""
    return {
        **_interaction("block_suggestion", account),
        "container": {"type": "view", "view_id": view.id},
        "action_id": element.action_id,
        "block_id": element.block_id,
        "value": typed,
        "view": view.shown(),
    }


def home_opened(account: Account, channel: Channel, home: View | None) -> Json:
    """What app_home_opened tells.

    https://docs.slack.dev/reference/events/app_home_opened
    """
    return {
        "type": "app_home_opened",
        "user": account.id,
        "channel": channel.id,
        "tab": "home",
        **({"view": home.shown()} if home else {}),
    }


def user_changed(account: Account) -> Json:
    """What user_change tells: the account as it is now, and nothing of how it was.

    https://docs.slack.dev/reference/events/user_change
    """
    return {"type": "user_change", "user": account.shown()}


def callback(event: Json, event_id: str, event_ts: str, team: str = SLACK_TEAM) -> Json:
    """An event as it is delivered; `team` is where it happened, which on Grid may be elsewhere.

    https://docs.slack.dev/apis/events-api/#callback-field
    """
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": team,
        "api_app_id": SLACK_APP_ID,
        "event": {**event, "event_ts": event_ts},
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(event_ts.partition(".")[0]),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": SLACK_TEAM,
                "user_id": SLACK_BOT_USER,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
    }
