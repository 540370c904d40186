"""What Teams holds: conversations, the bot's messages in them, open dialogs, where it is installed."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from playground.kernel.acts import Json
from playground.kernel.clock import WorldClock
from playground.teams.accounts import Account, accounts

Kind = Literal["personal", "channel"]
CARD = "application/vnd.microsoft.card.adaptive"
SIGN_IN = "application/vnd.microsoft.card.oauth"
TEAM = "19:operations@thread.tacv2"
"""The team's own id is that of its first channel."""
THREAD = ";messageid="


@dataclass(frozen=True)
class Conversation:
    """A person's chat with the bot, or a channel of the team.

    `shared`: people of other organisations read the channel too.
    """

    id: str
    kind: Kind
    name: str = ""
    person: Account | None = None
    shared: bool = False
    has_bot: bool = True


@dataclass
class Message:
    """One message of the bot's. `views` are what single people see instead, by their Teams id."""

    conversation: Conversation
    id: str
    activity: Json
    thread: str = ""
    """In a channel, the id of the post it belongs to."""
    views: dict[str, Json] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """What Teams shows single people under the card, by their Teams id."""
    refreshed: dict[str, datetime] = field(default_factory=dict)
    before: list[Json] = field(default_factory=list)
    """The activities that it was before it was edited."""
    taken_in: bool = False
    """A single sign-on went well, so that nobody is shown its card."""

    @property
    def key(self) -> str:
        """How the control interface names it."""
        return f"{self.conversation.id}:{self.id}"

    def card_for(self, account: Account) -> Json | None:
        """The card that somebody sees, if it has any."""
        return self.views.get(account.id) or card_of(self.activity)


def card_of(activity: Json) -> Json | None:
    """The Adaptive Card of an activity."""
    return _attached(activity, CARD)


def sign_in_of(activity: Json) -> Json | None:
    """The sign-in card of an activity: its text, its button, and the token it would take."""
    return _attached(activity, SIGN_IN)


def _attached(activity: Json, kind: str) -> Json | None:
    attached = activity.get("attachments") or []
    return next((one["content"] for one in attached if one.get("contentType") == kind), None)


@dataclass
class Dialog:
    """A dialog in front of somebody: a card to fill in, or only words."""

    id: str
    account: Account
    conversation: Conversation
    title: str
    card: Json
    values: dict[str, str] = field(default_factory=dict)
    offered: dict[str, list[Json]] = field(default_factory=dict)


class Tenant:
    """Everything; the parts of the simulator read and change it here."""

    def __init__(self, clock: WorldClock) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = accounts()
        self.conversations: dict[str, Conversation] = {
            one.id: one
            for one in (
                *map(self._personal, self.accounts.values()),
                Conversation(TEAM, "channel", "General"),
                Conversation("19:prod@thread.tacv2", "channel", "prod"),
                Conversation("19:partners@thread.tacv2", "channel", "partners", shared=True),
                Conversation("19:elsewhere@thread.tacv2", "channel", "elsewhere", has_bot=False),
            )
        }
        self.team = {"engineer", "teams-approver", "admin"}
        """Who reads the channels, by key."""
        self.uninstalled: set[str] = set()
        """For whom the app is not installed, by key."""
        self.blocked: set[str] = set()
        """Who has blocked the bot, by key."""
        self.unconsenting: set[str] = set()
        """For whom Teams hands over no token until they sign in themselves, by key."""
        self.messages: list[Message] = []
        self.posts: Counter[str] = Counter()
        """How often people were notified, by conversation."""
        self.dialogs: dict[str, Dialog] = {}
        """The dialog in front of each person, by key."""
        self.revision = 0
        """Another number whenever somebody sees something else."""
        self._last = 0
        self._dialogs = 0

    @staticmethod
    def _personal(account: Account) -> Conversation:
        return Conversation(f"a:1{account.key}", "personal", person=account)

    def personal(self, account: Account) -> Conversation:
        """Somebody's chat with the bot; it is the same one for ever."""
        return self.conversations[self._personal(account).id]

    def by_id(self, some_id: str) -> Account | None:
        """Who is meant by a Teams id, an object id or a user principal name."""
        return next((a for a in self.accounts.values() if some_id in {a.id, a.oid, a.mail}), None)

    def conversation(self, some_id: str) -> tuple[Conversation, str] | None:
        """The conversation of that id, and the post in it that the id names, if it does."""
        base, _, thread = some_id.partition(THREAD)
        found = self.conversations.get(base)
        return (found, thread) if found is not None else None

    def is_writable(self, conversation: Conversation) -> bool:
        """Whether the bot may write there."""
        if conversation.person is None:
            return conversation.has_bot
        return conversation.person.key not in self.uninstalled | self.blocked

    def sees(self, account: Account, message: Message) -> bool:
        """Whether somebody sees a message at all."""
        if message.taken_in:
            return False
        if message.conversation.person is not None:
            return message.conversation.person.id == account.id
        return account.key in self.team

    def visible(self, account: Account) -> list[Message]:
        """What of the bot's somebody sees now, oldest first."""
        return [one for one in self.messages if self.sees(account, one)]

    def new_id(self) -> str:
        """An id of a message: milliseconds of the world, unique and growing."""
        now = int(self.clock.now().timestamp() * 1000)
        self._last = max(now, self._last + 1)
        return str(self._last)

    def post(self, conversation: Conversation, activity: Json, thread: str = "") -> Message:
        """Add a message of the bot's."""
        message = Message(conversation, self.new_id(), activity, thread)
        self.revision += 1
        self.posts[conversation.id] += 1
        self.messages.append(message)
        return message

    def edit(self, message: Message, activity: Json) -> None:
        """Replace what a message says; what it said before stays known for late clicks."""
        self.revision += 1
        message.before.append(message.activity)
        message.activity = activity
        message.views.clear()
        message.notes.clear()

    def show(self, message: Message, account: Account, card: Json) -> None:
        """Show somebody a view of their own."""
        self.revision += 1
        message.views[account.id] = card
        message.notes.pop(account.id, None)

    def note(self, message: Message, account: Account, words: str) -> None:
        """Show somebody words under a card."""
        self.revision += 1
        message.notes[account.id] = words

    def take_in(self, message: Message) -> None:
        """A sign-in went well: its card has served."""
        self.revision += 1
        message.taken_in = True

    def delete(self, message: Message) -> None:
        """Nobody sees it any more."""
        self.revision += 1
        self.messages = [one for one in self.messages if one is not message]

    def find(self, conversation: Conversation, message: str) -> Message | None:
        """A message of the bot's."""
        return next(
            (m for m in self.messages if m.conversation is conversation and m.id == message), None
        )

    def open(self, account: Account, conversation: Conversation, title: str, card: Json) -> Dialog:
        """Put a dialog in front of somebody; the one that was there is gone."""
        self.revision += 1
        self._dialogs += 1
        dialog = Dialog(f"T{self._dialogs:06}", account, conversation, title, card)
        self.dialogs[account.key] = dialog
        return dialog

    def close(self, dialog: Dialog) -> None:
        """Take a dialog away."""
        self.revision += 1
        if self.dialogs.get(dialog.account.key) is dialog:
            del self.dialogs[dialog.account.key]
