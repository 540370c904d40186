"""The activities that Teams sends to a bot, in their documented shapes.

https://learn.microsoft.com/azure/bot-service/rest-api/bot-framework-rest-connector-api-reference#activity-object
https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/subscribe-to-conversation-events
"""

import uuid
from datetime import datetime

from playground.cast import TENANT_ID
from playground.kernel.acts import Json
from playground.teams.accounts import BOT, BOT_NAME, Account
from playground.teams.state import TEAM, THREAD, Conversation, Message

CHANNEL = "msteams"
MENTION = f"<at>{BOT_NAME}</at>"


def _common(
    kind: str, account: Account, conversation: Conversation, at: datetime, thread: str = ""
) -> Json:
    told = at.isoformat(timespec="milliseconds")
    return {
        "type": kind,
        "timestamp": told,
        "localTimestamp": told,
        "localTimezone": "UTC",
        "channelId": CHANNEL,
        "from": account.sender(),
        "recipient": {"id": BOT, "name": BOT_NAME},
        "conversation": named(conversation, thread),
        "channelData": _channel_data(conversation),
        "locale": "en-US",
        "entities": [
            {
                "type": "clientInfo",
                "locale": "en-US",
                "country": "US",
                "platform": "Web",
                "timezone": "UTC",
            }
        ],
    }


def named(conversation: Conversation, thread: str = "") -> Json:
    """A conversation as activities name it."""
    if conversation.person is not None:
        return {"conversationType": "personal", "tenantId": TENANT_ID, "id": conversation.id}
    return {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": TENANT_ID,
        "id": f"{conversation.id}{THREAD}{thread}" if thread else conversation.id,
    }


def _channel_data(conversation: Conversation) -> Json:
    tenant = {"tenant": {"id": TENANT_ID}}
    if conversation.person is not None:
        return tenant
    return {
        "teamsChannelId": conversation.id,
        "teamsTeamId": TEAM,
        "channel": {"id": conversation.id},
        "team": {"id": TEAM},
        **tenant,
    }


def message(
    account: Account,
    conversation: Conversation,
    text: str,
    mentions: list[Json],
    sent: tuple[str, datetime],
) -> Json:
    """Somebody types something; `sent` is its id and when. In a channel it begins with the bot."""
    some_id, at = sent
    common = _common("message", account, conversation, at, some_id)
    common["entities"] += mentions
    if conversation.person is None:
        text = f"{MENTION} {text}"
        mentioned = {"id": BOT, "name": BOT_NAME}
        common["entities"].append({"type": "mention", "mentioned": mentioned, "text": MENTION})
    return {**common, "id": some_id, "text": text, "textFormat": "plain", "attachments": []}


def mention(account: Account) -> Json:
    """The entity that says who is meant by a name in the text."""
    mentioned = {"id": account.id, "name": account.name}
    return {"type": "mention", "mentioned": mentioned, "text": f"<at>{account.name}</at>"}


def submitted(
    account: Account, where: Conversation, on: Message, value: Json, sent: tuple[str, datetime]
) -> Json:
    """Somebody presses an Action.Submit: a message without text."""
    some_id, at = sent
    common = _common("message", account, where, at, on.thread)
    return {**common, "id": some_id, "replyToId": on.id, "value": value}


def invoke(
    name: str,
    account: Account,
    conversation: Conversation,
    value: Json,
    at: datetime,
    on: Message | None = None,
) -> Json:
    """Something that wants an answer: a press on a card, a dialog, a sign-in, a search."""
    common = _common("invoke", account, conversation, at, on.thread if on else "")
    common["channelData"] |= {"source": {"name": "message"}}
    return {
        **common,
        "id": f"f:{uuid.uuid4()}",
        "name": name,
        "value": value,
        **({"replyToId": on.id} if on else {}),
    }


def installed(account: Account, conversation: Conversation, action: str, at: datetime) -> Json:
    """The app is added for somebody, or removed."""
    common = _common("installationUpdate", account, conversation, at)
    return {**common, "id": f"f:{uuid.uuid4()}", "action": action}


def joined(account: Account, conversation: Conversation, at: datetime) -> Json:
    """The bot becomes a member of a conversation."""
    common = _common("conversationUpdate", account, conversation, at)
    event = {} if conversation.person is not None else {"eventType": "teamMemberAdded"}
    return {
        **common,
        "id": f"f:{uuid.uuid4()}",
        "membersAdded": [{"id": BOT}],
        "channelData": common["channelData"] | event,
    }
