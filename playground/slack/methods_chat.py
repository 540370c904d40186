"""chat.*: posting, changing, deleting and whispering.

https://docs.slack.dev/reference/methods/chat.postMessage, …/chat.update, …/chat.delete,
…/chat.postEphemeral
"""

from dataclasses import replace

from playground.slack.content import Content, blocks_of, metadata_of, new_content
from playground.slack.refusals import Json, Refusal
from playground.slack.state import Channel, Message, Workspace

UPDATE_TEXT = 4000


def _channel(workspace: Workspace, channel_id: str) -> Channel:
    channel = workspace.channels.get(channel_id)
    if channel is None or (channel.user and workspace.accounts[channel.user].deleted):
        raise Refusal("channel_not_found")
    return channel


def _thread(workspace: Workspace, channel: Channel, args: Json) -> str | None:
    thread_ts = args.get("thread_ts")
    if thread_ts and workspace.find(channel.id, str(thread_ts)) is None:
        raise Refusal("thread_not_found")
    return str(thread_ts) if thread_ts else None


def post_message(workspace: Workspace, args: Json) -> Json:
    """A user id as channel means the direct conversation with them."""
    wanted = str(args.get("channel", ""))
    direct = workspace.direct(wanted)
    channel = _channel(workspace, direct.id if direct else wanted)
    if channel.archived or not channel.invited:
        raise Refusal("is_archived" if channel.archived else "not_in_channel")
    content = new_content(args)
    message = workspace.post(channel, content, thread_ts=_thread(workspace, channel, args))
    return {"channel": channel.id, "ts": message.ts, "message": message.shown()}


def _changed(message: Message, args: Json) -> Content:
    blocks, text = blocks_of(args), args.get("text")
    if blocks is None and not text:
        raise Refusal("no_text")
    if len(str(text or "")) > UPDATE_TEXT:
        raise Refusal("msg_too_long")
    metadata = metadata_of(args)
    kept = message.content.metadata if metadata is None else metadata or None
    # Text without blocks removes the blocks: the documented trap of chat.update.
    return Content(str(text or ""), blocks or [], kept)


def update(workspace: Workspace, args: Json) -> Json:
    """Only the app's own lasting messages; a DM by its D… id only."""
    channel = _channel(workspace, str(args.get("channel", "")))
    if channel.archived:
        raise Refusal("is_inactive")
    message = workspace.find(channel.id, str(args.get("ts", "")))
    if message is None:
        raise Refusal("message_not_found")
    if not message.from_bot:
        raise Refusal("cant_update_message")
    workspace.edit(message, _changed(message, args))
    shown = message.shown()
    return {"channel": channel.id, "ts": message.ts, "text": shown["text"], "message": shown}


def delete(workspace: Workspace, args: Json) -> Json:
    """A bot token deletes only what the bot posted."""
    channel = _channel(workspace, str(args.get("channel", "")))
    message = workspace.find(channel.id, str(args.get("ts", "")))
    if message is None:
        raise Refusal("message_not_found")
    if not message.from_bot:
        raise Refusal("cant_delete_message")
    workspace.delete(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(workspace: Workspace, args: Json) -> Json:
    """Only somebody who can read the channel; Slack keeps no metadata on ephemerals."""
    channel = _channel(workspace, str(args.get("channel", "")))
    account = workspace.accounts.get(str(args.get("user", "")))
    if account is None or not workspace.sees(account, channel):
        raise Refusal("user_not_in_channel")
    content = replace(new_content(args), metadata=None)
    thread_ts = _thread(workspace, channel, args)
    message = workspace.post(channel, content, thread_ts=thread_ts, only_for=account.id)
    return {"message_ts": message.ts}


CHAT = {
    "chat.postMessage": post_message,
    "chat.update": update,
    "chat.delete": delete,
    "chat.postEphemeral": post_ephemeral,
}
