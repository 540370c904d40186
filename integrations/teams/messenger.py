"""How the product speaks in Teams: in people's personal chats, in channels, and by dialogs."""

from datetime import datetime

import structlog

from bot.cards import Card, Form, Home
from bot.domain.ids import Channel, Chat, ChatAccount
from bot.messaging import About, ChatProfile, MessageGoneError, Posted, To, UnreachableError
from bot.ports import DirectoryUser, IntegrationError, Outcome
from bot.store import Place
from integrations.teams import members
from integrations.teams.activities import text
from integrations.teams.cards import message
from integrations.teams.connector import Connector, Json, Where
from integrations.teams.dialogs import Dialogs
from integrations.teams.errors import GONE, SYSTEM, unreadable
from integrations.teams.places import Places
from integrations.teams.single_sign_on import SingleSignOn
from integrations.teams.verify import Expected

MOST_PAGES = 20
_FORBIDDEN = frozenset({"ForbiddenOperationException", "HTTP 403", "OperationNotSupported"})
_log = structlog.get_logger(__name__)


class TeamsMessenger:
    """:class:`bot.messaging.Messenger` for one tenant, as one app."""

    def __init__(
        self,
        connector: Connector,
        places: Places,
        dialogs: Dialogs,
        app: Expected,
        single_sign_on: SingleSignOn | None = None,
    ) -> None:
        self.connector = connector
        self.single_sign_on = single_sign_on
        self.places = places
        self.dialogs = dialogs
        self._tenant = app.tenant
        self._bot = f"28:{app.app_id}"

    async def profile(self, account: ChatAccount) -> ChatProfile:
        """The account's profile, read now; somebody of whom Teams says too little is `unknown`.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
        """
        if members.is_bot(account):
            return members.nobody(account, members.BOT)
        if account.team != self._tenant:
            return members.nobody(account, members.STRANGER)
        try:
            place = await self.reach(account)
            told = await self.connector.member(_where(place), account.user)
        except IntegrationError as failed:
            if not failed.permanent:
                raise
            _log.info("teams_member_unknown", error=failed.detail)
            return members.nobody(account)
        return members.profile(account, place, told)

    async def account_of(self, user: DirectoryUser) -> ChatAccount | None:
        """The account of somebody who has, or has used, the app: nobody else can be written to."""
        place = await self.places.of_person(user.person.oid)
        return ChatAccount(Chat.TEAMS, place.team, place.key) if place else None

    async def post(self, to: To, card: Card, about: About | None = None) -> Posted:
        """One new message, in somebody's personal chat or as a new thread of a channel.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
        """
        if isinstance(to, Channel):
            return await self._post_in(to, message(card, about=about))
        place = await self.reach(to)
        said = _notifying(message(card, place.zone, about))
        try:
            sent = await self.connector.send(_where(place), said)
        except IntegrationError as failed:
            if failed.detail == "ConversationNotFound":  # begun anew the next time
                await self.places.reached(place, "")
            raise
        await self._invite(to, place, card)
        return Posted(Chat.TEAMS, place.conversation, sent)

    async def reach(self, account: ChatAccount) -> Place:
        """The personal chat with somebody, begun where there was none. Raises IntegrationError."""
        place = await self.places.of_account(account)
        if place is None:
            raise UnreachableError(SYSTEM, "nobody who has the app")
        if place.conversation:
            return place
        told = await self.connector.create(
            place.address,
            {
                "isGroup": False,
                "bot": {"id": self._bot},
                "members": [{"id": account.user}],
                **self._in_tenant({}),
            },
        )
        conversation = text(told, "id")
        if not conversation:
            raise unreadable(Outcome.DID_NOT)  # nothing was said there yet
        return await self.places.reached(place, conversation)

    async def find(self, to: To, about: About, since: datetime) -> tuple[Posted, ...]:
        """Nothing: Teams does not let a bot look at what it has said, so a lost message stays lost."""
        del since
        _log.warning("cannot_look_for_lost_message", subject=about.subject, chat=to.chat)
        return ()

    async def is_shared(self, channel: Channel) -> bool:
        """Whether people of other tenants, or guests, read there; also where Teams does not say.

        https://learn.microsoft.com/microsoftteams/platform/bots/how-to/get-teams-context
        https://learn.microsoft.com/microsoftteams/platform/build-apps-for-shared-private-channels
        """
        place = await self.places.of_channel(channel)
        if not place.team:
            _log.warning("team_of_channel_unknown", channel=channel.id)
            return True
        listed = await self.connector.channels(place.address, place.team)
        known = next((one for one in listed if one.get("id") == channel.id), None)
        return known is None or known.get("type") == "shared" or await self._has_others(place)

    async def _has_others(self, place: Place) -> bool:
        where, following = _where(place), ""
        for _ in range(MOST_PAGES):
            told = await self.connector.members(where, following)
            listed = told.get("members")
            if not isinstance(listed, list) or not all(map(self._is_ours, listed)):
                return True
            following = text(told, "continuationToken")
            if not following:
                return False
        return True

    async def update(self, posted: Posted, card: Card, about: About | None = None) -> None:
        """Replace a message in place. Raises MessageGoneError."""
        where, zone = await self.places.standing(posted.channel)
        try:
            await self.connector.update(where, posted.message, message(card, zone, about))
        except IntegrationError as failed:
            if failed.detail in GONE:
                raise MessageGoneError(failed.detail) from None
            raise

    async def retract(self, posted: Posted) -> bool:
        """Take a message away; False where Teams does not let the bot."""
        where, _ = await self.places.standing(posted.channel)
        try:
            await self.connector.delete(where, posted.message)
        except IntegrationError as failed:
            if failed.detail in _FORBIDDEN:
                return False
            if failed.detail not in GONE:
                raise
        return True

    async def answer(self, account: ChatAccount, reply_to: str, card: Card) -> None:
        """A message in the personal chat, whose only reader is the person."""
        del reply_to
        place = await self.reach(account)
        await self.connector.send(_where(place), message(card, place.zone))
        await self._invite(account, place, card)

    async def _invite(self, account: ChatAccount, place: Place, card: Card) -> None:
        if self.single_sign_on is not None:
            await self.single_sign_on.invite(account, _where(place), card)

    async def open_form(self, trigger: str, form: Form) -> str:
        """Have the click wait for its dialog, which is shown as it is drawn next; its key."""
        if not self.dialogs.open(trigger, form):
            raise IntegrationError(SYSTEM, "no click waits for a form", permanent=True)
        return trigger

    async def redraw_form(self, shown: str, form: Form) -> None:
        """Replace what the click is answered with."""
        self.dialogs.redraw(shown, form)

    async def show_home(self, account: ChatAccount, home: Home) -> None:
        """Teams has no tab that a bot draws; `status` says the same there."""
        del account, home
        raise IntegrationError(SYSTEM, "no tab", permanent=True)

    async def _post_in(self, channel: Channel, said: Json) -> Posted:
        place = await self.places.of_channel(channel)
        told = await self.connector.create(
            place.address,
            {
                "isGroup": True,
                "bot": {"id": self._bot},
                **self._in_tenant({"channel": {"id": channel.id}}),
                "activity": said,
            },
        )
        conversation, sent = text(told, "id"), text(told, "activityId")
        if not conversation or not sent:
            raise unreadable()
        return Posted(Chat.TEAMS, conversation, sent)

    def _in_tenant(self, channel_data: Json) -> Json:
        tenant = {"tenant": {"id": self._tenant}}
        return {"tenantId": self._tenant, "channelData": {**channel_data, **tenant}}

    def _is_ours(self, member: object) -> bool:
        guest = text(member, "userRole").lower() not in {"", "user", "owner"}
        return text(member, "tenantId").lower() == self._tenant and not guest


def _where(place: Place) -> Where:
    return Where(place.address, place.conversation)


def _notifying(said: Json) -> Json:
    """A message that people are told of, in their activity feed as well.

    https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/channel-and-group-conversations
    """
    alert = {"notification": {"alert": True}}
    return {**said, "channelData": {**said.get("channelData", {}), **alert}}
