"""How the product speaks in Slack: direct messages, private answers and forms."""

from bot.cards import Card, Form
from bot.domain.ids import Chat, ChatAccount
from bot.ports import ChatProfile, IntegrationError, MessageGoneError, Posted
from integrations.slack import payloads, profiles
from integrations.slack.blocks import message, metadata
from integrations.slack.client import SlackClient
from integrations.slack.errors import SYSTEM
from integrations.slack.forms import view
from integrations.slack.rich import Json

MOST_REMEMBERED = 10_000
_NOBODY = frozenset({"user_not_found", "user_not_visible", "users_not_found"})
_GONE = frozenset(
    {
        "message_not_found",
        "cant_update_message",
        "edit_window_closed",
        "is_inactive",
        "channel_not_found",
    }
)


class SlackMessenger:
    """:class:`bot.ports.Messenger` for one workspace."""

    def __init__(self, client: SlackClient) -> None:
        self._client = client
        self._channels: dict[str, str] = {}

    async def profile(self, account: ChatAccount) -> ChatProfile:
        """The account's profile, read now; nobody of that id stands as `unknown`.

        https://docs.slack.dev/reference/methods/users.info
        """
        team = self._client.team
        if account.team != team:
            return ChatProfile(account, account.user, mail="", stands=profiles.STRANGER)
        try:
            told = await self._client.read("users.info", user=account.user)
        except IntegrationError as failed:
            if failed.detail not in _NOBODY:
                raise
            return ChatProfile(account, account.user, mail="", stands=profiles.UNKNOWN)
        return profiles.profile(account, told.get("user") or {}, team)

    async def post(self, account: ChatAccount, card: Card) -> Posted:
        """One new direct message.

        https://docs.slack.dev/reference/methods/chat.postMessage
        """
        channel = await self._direct(account)
        try:
            told = await self._client.call("chat.postMessage", channel=channel, **_said(card))
        except IntegrationError as failed:
            if failed.detail == "channel_not_found":
                self._channels.pop(account.user, None)
            raise
        return Posted(Chat.SLACK, str(told["channel"]), str(told["ts"]))

    async def update(self, posted: Posted, card: Card) -> None:
        """Replace a message in place. Raises MessageGoneError.

        https://docs.slack.dev/reference/methods/chat.update
        """
        where = {"channel": posted.channel, "ts": posted.message}
        said = _said(card)
        # Links in an update are never unfurled; the method does not know these two.
        said = {k: v for k, v in said.items() if not k.startswith("unfurl")}
        try:
            await self._client.call("chat.update", **where, **said)
        except IntegrationError as failed:
            if failed.detail in _GONE:
                raise MessageGoneError(failed.detail) from None
            raise

    async def answer(self, account: ChatAccount, reply_to: str, card: Card) -> None:
        """Answer where only the person sees it; by direct message when that is no longer possible."""
        private = {"response_type": "ephemeral", "replace_original": False, **message(card)}
        if not reply_to or not await self._client.respond(reply_to, private):
            await self.post(account, card)

    async def open_form(self, trigger: str, form: Form) -> str:
        """Show a modal; answers its `id:hash`.

        https://docs.slack.dev/reference/methods/views.open
        """
        told = await self._client.call("views.open", trigger_id=trigger, view=view(form))
        return payloads.shown(told.get("view"))

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

    async def _direct(self, account: ChatAccount) -> str:
        """The channel of the direct messages with somebody of this workspace."""
        if account.team != self._client.team:
            raise IntegrationError(SYSTEM, "account of another workspace", permanent=True)
        known = self._channels.get(account.user)
        if known is not None:
            return known
        told = await self._client.call("conversations.open", users=account.user)
        if len(self._channels) >= MOST_REMEMBERED:
            self._channels.clear()
        channel = str(told["channel"]["id"])
        self._channels[account.user] = channel
        return channel


def _said(card: Card) -> Json:
    told = metadata(card)
    return {**message(card), **({"metadata": told} if told else {})}
