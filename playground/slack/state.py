"""What the workspace holds: people, conversations, messages, views and short-lived rights."""

from collections import Counter
from dataclasses import dataclass, field

from playground.cast import (
    SLACK_APP_ID,
    SLACK_BOT_USER,
    SLACK_ENTERPRISE,
    SLACK_SISTER_TEAM,
    SLACK_TEAM,
)
from playground.kernel.clock import WorldClock
from playground.slack.accounts import SLACK_BOT_ID, SLACKBOT, Account, accounts
from playground.slack.content import Content
from playground.slack.refusals import Json
from playground.slack.rights import ResponseUrls, Triggers
from playground.slack.scopes import GRANTED
from playground.slack.views import Views


@dataclass(frozen=True)
class Channel:
    """A channel, or the direct conversation of the bot with `user`.

    `shared`: another organisation reads it too, by Slack Connect. `invited`: the bot is in it.
    """

    id: str
    name: str
    user: str | None = None
    private: bool = False
    shared: bool = False
    archived: bool = False
    invited: bool = True


@dataclass
class Message:
    """One message; `only_for` is set on an ephemeral one and names who sees it."""

    channel: Channel
    ts: str
    author: str
    content: Content
    thread_ts: str | None = None
    only_for: str | None = None
    number: int = 0
    before: list[Content] = field(default_factory=list)

    @property
    def id(self) -> str:
        """How the control interface names it."""
        return f"e:{self.number}" if self.only_for else f"{self.channel.id}:{self.ts}"

    @property
    def edited(self) -> bool:
        """Whether what one sees now is not what was posted."""
        return bool(self.before)

    @property
    def from_bot(self) -> bool:
        """Whether the app posted it."""
        return self.author == SLACK_BOT_USER

    def shown(self) -> Json:
        """The message object, https://docs.slack.dev/reference/events/message."""
        optional = {"thread_ts": self.thread_ts, "metadata": self.content.metadata}
        return {
            "type": "message",
            "user": self.author,
            "ts": self.ts,
            **({"bot_id": SLACK_BOT_ID, "app_id": SLACK_APP_ID} if self.from_bot else {}),
            "team": SLACK_TEAM,
            "text": self.content.text,
            "blocks": self.content.blocks,
            **{name: value for name, value in optional.items() if value},
        }


class Workspace:
    """The whole workspace; every simulator part reads and changes it here."""

    def __init__(self, clock: WorldClock) -> None:
        self.clock = clock
        self.accounts: dict[str, Account] = accounts()
        self.channels: dict[str, Channel] = {
            one.id: one
            for one in (
                Channel("C0GENERAL", "general"),
                Channel("C0PROD", "prod"),
                Channel("C0PARTNERS", "partners", shared=True),
                *(self._direct(a) for a in self.accounts.values() if not a.bot and not a.stranger),
            )
        }
        self.messages: list[Message] = []
        self.posts: Counter[str] = Counter()
        """How often people were notified, by conversation."""
        self.revoked: set[str] = set()
        """Which of the app's tokens were revoked: bot, app."""
        self.enterprise = ""
        """The Enterprise Grid organisation it is part of."""
        self.org_wide = False
        """Whether the app was installed to the whole organisation."""
        self.usergroups: dict[str, list[str]] = {}
        self.address = ""
        """Where this Slack listens, http://host:port; response_urls are made from it."""
        self.socket_mode = False
        """Deliver over sockets, not HTTP: an app's configuration knows one or the other."""
        self.scopes = set(GRANTED)
        """What the app was installed with."""
        self.refuses: dict[str, str] = {}
        """Errors by method: what an administrator's settings do not allow."""
        self.views = Views(clock)
        self.triggers = Triggers()
        self.response_urls = ResponseUrls(clock)
        self._last_microsecond = 0
        self._ephemerals = 0

    def join_grid(self) -> None:
        """Become part of an organisation: its members are in another workspace of it too."""
        self.enterprise = SLACK_ENTERPRISE
        for account in self.accounts.values():
            if not (account.bot or account.stranger):
                account.team = SLACK_SISTER_TEAM
                account.teams = [SLACK_SISTER_TEAM, SLACK_TEAM]

    @staticmethod
    def _direct(account: Account) -> Channel:
        return Channel(f"D{account.id[1:]}", "directmessage", account.id)

    def account(self, key: str) -> Account | None:
        """The Slack account of a person of the world, or None."""
        return next((a for a in self.accounts.values() if a.name == key and not a.bot), None)

    def direct(self, user: str) -> Channel | None:
        """The direct conversation of the bot with a user, or None where there can be none."""
        return next((c for c in self.channels.values() if c.user == user), None)

    def sees(self, account: Account, channel: Channel) -> bool:
        """Whether somebody can read there: their own DM; members every channel, guests one.

        People of another organisation read only what is shared with them.
        """
        if channel.user is not None:
            return channel.user == account.id
        if account.deleted:
            return False
        if account.stranger:
            return channel.shared
        return not account.guest or channel.id == "C0GENERAL"

    def visible(self, account: Account) -> list[Message]:
        """What somebody can see now, oldest first."""
        return [
            one
            for one in self.messages
            if one.only_for == account.id or (not one.only_for and self.sees(account, one.channel))
        ]

    def next_ts(self) -> str:
        """A message time stamp: world seconds, unique and growing."""
        now = int(self.clock.now().timestamp() * 1_000_000)
        self._last_microsecond = max(now, self._last_microsecond + 1)
        seconds, rest = divmod(self._last_microsecond, 1_000_000)
        return f"{seconds}.{rest:06}"

    def post(
        self,
        channel: Channel,
        content: Content,
        *,
        author: str = SLACK_BOT_USER,
        thread_ts: str | None = None,
        only_for: str | None = None,
    ) -> Message:
        """Add a message."""
        message = Message(channel, self.next_ts(), author, content, thread_ts, only_for)
        if only_for:
            self._ephemerals += 1
            message.number = self._ephemerals
        else:
            self.posts[channel.id] += 1
        self.messages.append(message)
        return message

    def slackbot_says(self, channel: Channel, user: str, text: str) -> None:
        """What Slack itself tells somebody, e.g. that the app did not answer."""
        self.post(channel, Content(text), author=SLACKBOT, only_for=user)

    def edit(self, message: Message, content: Content) -> None:
        """Replace what a message says; what it said before stays known for late clicks."""
        message.before.append(message.content)
        message.content = content

    def delete(self, message: Message) -> None:
        """Nobody sees it any more."""
        self.messages = [one for one in self.messages if one is not message]

    def find(self, channel_id: str, ts: str) -> Message | None:
        """A lasting (not ephemeral) message."""
        return next(
            (
                one
                for one in self.messages
                if one.channel.id == channel_id and one.ts == ts and not one.only_for
            ),
            None,
        )
