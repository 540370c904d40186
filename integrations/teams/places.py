"""Where the bot may write by itself in Teams: what its installation and people's messages told.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/conversations/send-proactive-messages
"""

from collections import OrderedDict
from dataclasses import replace

from bot.domain.ids import Channel, Chat, ChatAccount
from bot.store import Place, Store
from integrations.teams.activities import Seen
from integrations.teams.connector import Where

MOST_REMEMBERED = 10_000
THREAD = ";messageid="


class Places:
    """The places in the store; those noted last are remembered, so that most activities write none.

    `address` is where the connector is as long as it has not told one itself.
    """

    def __init__(self, store: Store, tenant: str, address: str) -> None:
        self._store = store
        self._tenant = tenant
        self._address = address
        self._known: OrderedDict[str, Place] = OrderedDict()

    async def note(self, seen: Seen, *, installed: bool = False) -> None:
        """Somebody wrote, pressed or installed: there they can be reached, at that address.

        `installed`: another replica may have been told in between that the app was removed.
        """
        user = seen.account.user
        if installed:
            self._known.pop(user, None)
        before = self._known.get(user) or await self._read(user)
        conversation = before.conversation if before else ""
        zone = seen.zone or (before.zone if before else "UTC")
        place = Place(
            Chat.TEAMS,
            self._tenant,
            user,
            seen.where.conversation if seen.personal else conversation,
            seen.where.address,
            seen.oid,
            zone,
        )
        if place != before:
            await self.save(place)
        self._remember(place)

    async def note_channel(self, where: Where, team: str) -> None:
        """The bot is in this channel, or group chat, of a team (or none)."""
        channel = base(where.conversation)
        place = Place(Chat.TEAMS, team, channel, channel, where.address)
        if self._known.get(channel) != place:
            await self.save(place)

    async def save(self, place: Place) -> None:
        """Replaces what was known of it."""
        async with self._store.begin() as tx:
            await tx.save_place(place)
        self._remember(place)

    async def forget(self, key: str) -> None:
        """The bot was removed there."""
        async with self._store.begin() as tx:
            await tx.drop_place(Chat.TEAMS, key)
        self._known.pop(key, None)

    async def of_account(self, account: ChatAccount) -> Place | None:
        """Where somebody is written to; read from the store, because replicas learn of it too."""
        return await self._read(account.user) if account.team == self._tenant else None

    async def of_person(self, oid: str) -> Place | None:
        """The place of somebody of the directory."""
        async with self._store.begin() as tx:
            return await tx.place_of(Chat.TEAMS, oid.lower())

    async def of_channel(self, channel: Channel) -> Place:
        """Where a channel's messages go; its team is empty where that is not known."""
        place = await self._read(channel.id)
        return place or Place(Chat.TEAMS, "", channel.id, channel.id, self._address)

    async def standing(self, conversation: str) -> tuple[Where, str]:
        """Where a message that stands is changed, and the zone of whoever reads it there."""
        async with self._store.begin() as tx:
            place = await tx.place_at(Chat.TEAMS, base(conversation))
        where = Where(place.address if place else self._address, conversation)
        return where, place.zone if place else "UTC"

    async def reached(self, place: Place, conversation: str) -> Place:
        """A conversation was begun with somebody."""
        there = replace(place, conversation=conversation)
        await self.save(there)
        return there

    async def _read(self, key: str) -> Place | None:
        async with self._store.begin() as tx:
            return await tx.place(Chat.TEAMS, key)

    def _remember(self, place: Place) -> None:
        self._known[place.key] = place
        self._known.move_to_end(place.key)
        if len(self._known) > MOST_REMEMBERED:
            self._known.popitem(last=False)


def base(conversation: str) -> str:
    """The channel of a thread; any other conversation is itself."""
    return conversation.partition(THREAD)[0]
