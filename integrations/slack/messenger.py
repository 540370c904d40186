"""How the product speaks in Slack: direct messages, private answers and forms."""

from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from bot.cards import Card, Form, Home
from bot.domain.ids import Channel, Chat, ChatAccount
from bot.messaging import (
    About,
    ChatProfile,
    MessageGoneError,
    Posted,
    To,
    UnreachableError,
)
from bot.ports import DirectoryUser, IntegrationError
from integrations.slack import payloads, profiles
from integrations.slack.blocks import is_about, message, metadata
from integrations.slack.client import SlackClient
from integrations.slack.errors import SYSTEM
from integrations.slack.forms import view
from integrations.slack.home import view as home_view
from integrations.slack.rich import Json
from integrations.slack.text import LONGEST_UPDATE

MOST_REMEMBERED = 10_000
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_FIXED = frozenset({"cant_update_message", "edit_window_closed"})
"""It stands, and can no longer be edited."""
_MAY_NOT_DELETE = frozenset({"cant_delete_message", "compliance_exports_prevent_deletion"})
SKEW = timedelta(minutes=5)
"""How far this machine's clock and Slack's may be apart."""
PAGE = 200  # what Slack recommends; apps sold outside the Marketplace get 15
MOST_PAGES = 50

_log = structlog.get_logger(__name__)


class SlackMessenger:
    """:class:`bot.ports.Messenger` for one workspace."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}
        self._zones: dict[str, str] = {}
        """The zones of profiles that were read, by user."""

    async def profile(self, account: ChatAccount) -> ChatProfile:
        """The account's profile, read now; nobody of that id stands as `unknown`.

        https://docs.slack.dev/reference/methods/users.info
        """
        ours = self._client.ours
        if account.team != ours.team:
            return ChatProfile(account, account.user, mail="", stands=profiles.STRANGER)
        try:
            told = await self._client.read("users.info", user=account.user)
        except IntegrationError as failed:
            if failed.detail not in _NOBODY:
                raise
            return ChatProfile(account, account.user, mail="", stands=profiles.UNKNOWN)
        found = profiles.profile(account, told.get("user") or {}, ours)
        if len(self._zones) >= MOST_REMEMBERED:
            self._zones.clear()
        self._zones[account.user] = found.zone
        return found

    async def account_of(self, user: DirectoryUser) -> ChatAccount | None:
        """The member of the workspace with the user's address."""
        for mail in dict.fromkeys((user.mail, user.user_name)):
            if mail and (found := await self._account_with(mail)) is not None:
                return found
        return None

    async def _account_with(self, mail: str) -> ChatAccount | None:
        """https://docs.slack.dev/reference/methods/users.lookupByEmail"""
        try:
            told = await self._client.read("users.lookupByEmail", email=mail)
        except IntegrationError as failed:
            if failed.detail not in _NOBODY:
                raise
            return None
        user = str((told.get("user") or {}).get("id") or "")
        return ChatAccount(Chat.SLACK, self._client.team, user) if user else None

    async def post(self, to: To, card: Card, about: About | None = None) -> Posted:
        """One new message, directly to somebody or in a channel that the bot was invited to.

        https://docs.slack.dev/reference/methods/chat.postMessage
        """
        channel = await self._channel(to)
        reader = to.user if isinstance(to, ChatAccount) else ""  # a channel has many, so: UTC
        said = {**message(card, self._zone(reader)), **_metadata(card, about)}
        try:
            told = await self._client.call("chat.postMessage", channel=channel, **said)
        except UnreachableError:
            if isinstance(to, Channel) or self._channels.pop(to.user, None) is None:
                raise
            channel = await self._direct(to)  # what was remembered may be of former days
            told = await self._client.call("chat.postMessage", channel=channel, **said)
        return Posted(Chat.SLACK, str(told["channel"]), str(told["ts"]))

    async def find(self, to: To, about: About, since: datetime) -> tuple[Posted, ...]:
        """Our messages about this in a conversation, the newest first.

        https://docs.slack.dev/reference/methods/conversations.history needs the scope im:history,
        in a channel channels:history or groups:history. Who installed the bot without them loses
        nothing else.
        """
        channel = await self._channel(to)
        try:
            found = [
                str(one["ts"])
                async for one in self._history(channel, since)
                if self._is_ours(one) and is_about(one.get("metadata"), about)
            ]
        except IntegrationError as failed:
            if not failed.permanent:
                raise
            _log.warning("cannot_look_for_lost_message", error=failed.detail, channel=channel)
            return ()
        return tuple(Posted(Chat.SLACK, channel, ts) for ts in sorted(found, key=Decimal)[::-1])

    async def _history(self, channel: str, since: datetime) -> AsyncIterator[Mapping[str, Any]]:
        where = {"channel": channel, "oldest": f"{(since - SKEW).timestamp():.6f}"}
        how = {"include_all_metadata": "true", "limit": str(PAGE)}
        cursor: dict[str, str] = {}
        for _ in range(MOST_PAGES):
            told = await self._client.read("conversations.history", **where, **how, **cursor)
            for one in told.get("messages") or ():
                yield one
            following = (told.get("response_metadata") or {}).get("next_cursor")
            if not following:
                return
            cursor = {"cursor": str(following)}
        _log.warning("history_too_long", channel=channel)

    def _is_ours(self, told: Mapping[str, Any]) -> bool:
        """Any app could write our metadata: only what Slack says we posted is ours."""
        return told.get("bot_id") == self._client.installation.bot_id

    async def update(self, posted: Posted, card: Card, about: About | None = None) -> None:
        """Replace a message in place. Raises MessageGoneError.

        One that can no longer be edited is taken away: it would go on saying what is over. That
        its channel is frozen or away (`is_inactive`, `channel_not_found`) does not make it gone.

        https://docs.slack.dev/reference/methods/chat.update
        """
        # Links in an update are never unfurled; the method does not know these two. Metadata that
        # is not given would be kept, and a message about nothing be found again.
        shown = message(card, self._zone(self._user_in(posted.channel)), LONGEST_UPDATE)
        said = {k: v for k, v in shown.items() if not k.startswith("unfurl")}
        said |= _metadata(card, about) or {"metadata": {}}
        try:
            await self._client.call("chat.update", **_where(posted), **said)
        except IntegrationError as failed:
            if failed.detail in _FIXED and not await self.retract(posted):
                _log.error("message_left_behind", error=failed.detail, message=posted.message)
            if failed.detail in {"message_not_found", *_FIXED}:
                raise MessageGoneError(failed.detail) from None
            raise

    async def retract(self, posted: Posted) -> bool:
        """Take a message away; False where the workspace does not let the bot.

        https://docs.slack.dev/reference/methods/chat.delete
        """
        try:
            await self._client.call("chat.delete", **_where(posted))
        except IntegrationError as failed:
            if failed.detail in _MAY_NOT_DELETE:
                return False
            if failed.detail != "message_not_found":
                raise
        return True

    async def is_shared(self, channel: Channel) -> bool:
        """Whether people of other organisations read there; also where Slack does not say.

        https://docs.slack.dev/reference/methods/conversations.info
        """
        told = await self._client.read("conversations.info", channel=channel.id)
        known = told.get("channel") or {}
        return known.get("is_ext_shared") is not False or bool(known.get("is_pending_ext_shared"))

    async def answer(self, account: ChatAccount, reply_to: str, card: Card) -> None:
        """Answer where only the person sees it; by direct message when that is no longer possible."""
        said = message(card, self._zone(account.user))
        private = {"response_type": "ephemeral", "replace_original": False, **said}
        if not reply_to or not await self._client.respond(reply_to, private):
            await self.post(account, card)

    async def open_form(self, trigger: str, form: Form) -> str:
        """Show a modal; answers its `id:hash`.

        https://docs.slack.dev/reference/methods/views.open
        """
        told = await self._client.call("views.open", trigger_id=trigger, view=view(form))
        return payloads.shown(told.get("view"))

    async def show_home(self, account: ChatAccount, home: Home) -> None:
        """Publish somebody's App Home.

        https://docs.slack.dev/reference/methods/views.publish
        """
        self._of_ours(account)
        await self._client.call("views.publish", user_id=account.user, view=home_view(home))

    async def redraw_form(self, shown: str, form: Form) -> None:
        """Replace a modal, unless a newer one has replaced it meanwhile.

        https://docs.slack.dev/reference/methods/views.update
        """
        view_id, _, version = shown.partition(":")
        expected = {"hash": version} if version else {}
        try:
            await self._client.call("views.update", view_id=view_id, view=view(form), **expected)
        except IntegrationError as failed:
            if failed.detail != "hash_conflict":
                raise

    def _zone(self, user: str) -> str:
        """The zone of somebody whose profile was read; UTC, which the text says, for the others."""
        return self._zones.get(user, "UTC")

    def _user_in(self, channel: str) -> str:
        """Who is written to there; empty when it was found out by another process."""
        return next((user for user, theirs in self._channels.items() if theirs == channel), "")

    def _of_ours(self, account: ChatAccount) -> None:
        if account.team != self._client.team:
            raise UnreachableError(SYSTEM, "account of another workspace")

    async def _channel(self, to: To) -> str:
        return to.id if isinstance(to, Channel) else await self._direct(to)

    async def _direct(self, account: ChatAccount) -> str:
        """The channel of the direct messages with somebody of this workspace."""
        self._of_ours(account)
        known = self._channels.get(account.user)
        if known is not None:
            return known
        told = await self._client.call("conversations.open", users=account.user)
        if len(self._channels) >= MOST_REMEMBERED:
            self._channels.clear()
        channel = str(told["channel"]["id"])
        self._channels[account.user] = channel
        return channel


def _where(posted: Posted) -> Json:
    return {"channel": posted.channel, "ts": posted.message}


def _metadata(card: Card, about: About | None) -> Json:
    told = metadata(card, about)
    return {"metadata": told} if told else {}
