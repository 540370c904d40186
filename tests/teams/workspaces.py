"""Teams as the Messenger contract looks at it: through its connector."""

from dataclasses import dataclass

from bot.domain.ids import Channel, Chat, ChatAccount
from bot.messaging import Posted
from bot.store import Place
from integrations.teams.connector import Where
from integrations.teams.messenger import TeamsMessenger
from tests.contracts.messenger import Read
from tests.teams.connector import APP, PERSON, TENANT
from tests.teams.service import Message, Service

OTHER = "00000000-0000-4000-8000-000000000000"
GUEST = "cccccccc-0000-4000-8000-000000000001"
ME = {"id": "29:one", "tenantId": TENANT, "userRole": "user"}
INTERNAL = [ME, {**ME, "id": "29:two"}, {**ME, "id": "29:three"}]
SHARED = [*INTERNAL, {**ME, "id": "29:partner", "tenantId": OTHER}]


def account(user: str, team: str = TENANT) -> ChatAccount:
    return ChatAccount(Chat.TEAMS, team, user)


@dataclass
class TeamsWorkspace:
    """A tenant, with the messenger that speaks in it."""

    service: Service
    messenger: TeamsMessenger

    def __post_init__(self) -> None:
        self.member = account("29:one")
        self.unusual = {
            "guest": account("29:guest"),
            "stranger": account("29:other", OTHER),
            "bot": account(f"28:{APP}"),
            "unknown": account("29:nobody"),
        }
        self.service.join("29:one")
        self.service.join("29:guest", GUEST)["userRole"] = "guest"
        self.service.channels = {"19:internal@x": INTERNAL, "19:shared@x": SHARED}
        self.service.channels |= {"19:partners@x": INTERNAL}
        self.service.shared = {"19:partners@x"}

    async def arrive(self) -> None:
        """Everybody has the app, and was seen with it."""
        for user, oid in (("29:one", PERSON), ("29:guest", GUEST)):
            await self.messenger.places.save(self.place(user, oid))
        for channel in self.service.channels:
            where = Where(self.service.url, channel)
            await self.messenger.places.note_channel(where, "19:team@x")

    def place(self, user: str, oid: str = PERSON) -> Place:
        where = self.service.conversation(user)
        return Place(Chat.TEAMS, TENANT, user, where, self.service.url, oid, "Europe/Oslo")

    def read(self, account: ChatAccount) -> list[Read]:
        return [_read(m) for m in self.service.read(self.service.conversation(account.user))]

    def forms(self, account: ChatAccount) -> list[str]:
        waiting = self.messenger.dialogs._waiting.values()
        return [dialog.form.title for dialog in waiting if dialog.form]

    def home(self, account: ChatAccount) -> str:
        raise NotImplementedError

    def delete(self, posted: Posted) -> None:
        del self.service.messages[posted.message]

    def reply_to(self, account: ChatAccount) -> str:
        return ""

    def used_up(self, account: ChatAccount) -> str:
        return ""

    def trigger(self, account: ChatAccount) -> str:
        return self.messenger.dialogs.begin().key

    def limit_next(self, seconds: float) -> None:
        self.service.fail("POST", 429, headers={"Retry-After": str(seconds)})

    def lose_next_answer(self) -> None:
        self.service.fail("POST", lost=True)

    def channel(self, kind: str) -> Channel:
        return Channel(Chat.TEAMS, f"19:{kind}@x")

    def read_in(self, channel: Channel) -> list[Read]:
        found = self.service.messages.values()
        return [_read(m) for m in found if m.conversation.startswith(f"{channel.id};")]

    def may_not_look(self) -> None:
        pass

    def may_not_delete(self) -> None:
        self.service.fail("DELETE", 403, code="ForbiddenOperationException")


def _read(message: Message) -> Read:
    card = message.activity["attachments"][0]["content"]
    return Read(card["fallbackText"], edited=message.edits > 0)
