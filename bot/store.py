"""The store's ports: one transaction at a time holds the state, its record and the work it causes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.activation import Activation
from bot.domain.audit import Event
from bot.domain.decision import Decision, Invitation
from bot.domain.ids import ActivationId, Chat, ChatAccount, GroupId, PersonId, RequestId
from bot.domain.receipt import Receipt
from bot.domain.request import Request
from bot.messaging import About, Posted
from bot.ports import KeptToken


class ConflictError(Exception):
    """Somebody else moved the row first (or made the one that may exist once); nothing was written."""


class LeaseLostError(Exception):
    """The job was taken over by another process; the whole transaction is rolled back."""


@dataclass(frozen=True, slots=True)
class LinkRow:
    """That a chat account is a person, and since when."""

    account: ChatAccount
    person: PersonId
    user_name: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class LockRow:
    """That a person may do nothing here, since when, by which admin, and why (for the record)."""

    person: PersonId
    locked_at: datetime
    by: PersonId
    reason: str


@dataclass(frozen=True, slots=True)
class SignInRow:
    """One sign-in link: who it was made for, what happens after, and how far it has come.

    `key` is the SHA-256 of the secret in the link. `then` is an encoded intent. `flow` and
    `browser` (the SHA-256 of the browser's cookie) are set by Confirm, and so is
    `fresh`: only a sign-in made for it will do.
    """

    key: str
    account: ChatAccount
    then: str
    claims: str
    created_at: datetime
    expires_at: datetime
    state_key: str = ""
    flow: Mapping[str, Any] | None = None
    browser: str = ""
    confirmed_at: datetime | None = None
    used_at: datetime | None = None
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Posting:
    """A message of ours about something: `subject` is a request id, `topic` which of its messages.

    `posted` is where it stands, None while it is not known to stand anywhere. `shown` is the
    fingerprint of the card that it surely shows, so that an unchanged card is not sent again.
    `begun_at`: a post was begun then of which it is not known what became; it may yet turn up.
    """

    subject: str
    topic: str
    posted: Posted | None = None
    shown: str = ""
    begun_at: datetime | None = None

    @property
    def about(self) -> About:
        """By which the chat finds it."""
        return About(self.subject, self.topic)


@dataclass(frozen=True, slots=True)
class HomeRow:
    """That somebody has opened the bot's tab, so that it is kept up to date for them.

    `shown` is the fingerprint of what stands there; empty: it has to be drawn anew.
    """

    account: ChatAccount
    opened_at: datetime
    shown: str = ""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a chat lets the bot write by itself: to somebody, or in a channel.

    `key` is the account's user or the channel's id, `team` what either belongs to. `oid` is whose account it is, as the chat
    vouches for it; empty for a channel. `conversation` is empty until there is one to write in;
    `address` is where the chat takes what is written, `zone` the reader's as far as it is known.
    """

    chat: Chat
    team: str
    key: str
    conversation: str
    address: str
    oid: str = ""
    zone: str = "UTC"


class JobKind(StrEnum):
    """Every kind of durable work. A replica claims only kinds it knows."""

    INTENT = "intent"
    ACTIVATE = "activate"
    FOLLOW = "follow"
    DEACTIVATE = "deactivate"
    CANCEL = "cancel"
    WATCH_AWS = "watch_aws"
    END = "end"
    LAPSE = "lapse"
    INVITE = "invite"
    RELAY = "relay"
    REMIND = "remind"
    APPROVER_CARDS = "approver_cards"
    CARD = "card"
    NOTICE = "notice"
    HOME = "home"
    RELINKED = "relinked"
    STANDING = "standing"
    RECONCILE = "reconcile"
    ORPHAN = "orphan"


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work to be done at `run_at` (business time).

    `key` defaults to `kind:subject`. A key that is there already is not doubled: a waiting job
    keeps the earlier `run_at`, a running one runs once more.
    """

    kind: JobKind
    subject: str
    run_at: datetime
    key: str = ""
    payload: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job: ours until the lease ends. `owner` is this one claim and fences completion.

    `attempts` counts this run and the failed ones before it.
    """

    id: int
    kind: JobKind
    subject: str
    payload: Mapping[str, str]
    owner: str
    attempts: int
    created_at: datetime
    key: str = ""

    def again(self, run_at: datetime) -> NewJob:
        """The same work, once more."""
        return NewJob(self.kind, self.subject, run_at, self.key, self.payload)


class Jobs(Protocol):
    """The durable work of all replicas, in the same database as the state that causes it."""

    async def claim(self, limit: int) -> Sequence[Job]:
        """Take up to `limit` due jobs nobody holds, oldest first."""

    async def hold(self, jobs: Sequence[Job]) -> None:
        """Prolong the leases of jobs that are still being worked on."""

    async def put_back(self, job: Job, run_at: datetime, error: str, *, counted: bool) -> None:
        """Give a job back, to run again at `run_at`; not `counted`: it was no failure (a 429)."""

    async def bury(self, job: Job, error: str) -> None:
        """Park a job that keeps failing, with its error, for an admin to see."""

    async def waiting(self, *, rounds: bool = True) -> tuple[int, datetime | None]:
        """How many jobs are due or being done, and when the next one will be, with or without rounds."""


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests to list, newest first."""

    person: PersonId | None = None
    access: str = ""
    since: datetime | None = None
    state: str = ""
    limit: int = 10


class Transaction(Protocol):
    """One transaction. Nothing is visible to others, or kept, before it commits.

    Writes of rows with a `version` are compare-and-set against `version - 1` and raise
    ConflictError. Events are appended to the audit chain as the last act before the commit.
    """

    async def first_time(self, delivery: str) -> bool:
        """Note a delivery from a chat; False when it was noted before (a duplicate)."""

    # requests and activations
    async def request(self, request: RequestId) -> Request | None: ...
    async def add_request(self, request: Request) -> None:
        """Raises ConflictError when the person has an open request for the group."""

    async def save_request(self, request: Request) -> None: ...
    async def open_requests(self, person: PersonId) -> Sequence[Request]: ...
    async def open_requests_of(self, account: ChatAccount) -> Sequence[Request]:
        """The open requests asked from this chat account, identified or not."""

    async def requests(self, wanted: RequestFilter) -> Sequence[Request]: ...
    async def activation(self, activation: ActivationId) -> Activation | None: ...
    async def activation_of(self, request: RequestId) -> Activation | None: ...
    async def activations(self, requests: Sequence[RequestId]) -> Mapping[RequestId, Activation]:
        """The activations of many requests, in one query."""

    async def beside(self, wanted: RequestFilter) -> Sequence[Activation]:
        """Those that were made beside the bot, of no request: none of them has another state than
        granted. The last begun first.
        """

    async def add_activation(self, activation: Activation) -> None:
        """Raises ConflictError when the person has an active one of the group."""

    async def save_activation(self, activation: Activation) -> None: ...
    async def active(self, person: PersonId) -> Sequence[Activation]: ...
    async def active_in(self, person: PersonId, group: GroupId) -> Activation | None: ...
    async def ended_since(self, person: PersonId, since: datetime) -> Sequence[Activation]:
        """The person's activations that ended at `since` or later, the last ended first."""

    # approvals
    async def invitations(self, request: RequestId) -> Sequence[Invitation]:
        """Who was asked to decide it, by name."""

    async def save_invitation(self, invitation: Invitation) -> None: ...
    async def waiting_for(self, person: PersonId) -> Sequence[Request]:
        """The requests that await a decision of somebody who was invited, oldest first.

        Those they have decided themselves are left out, and those that one decision decides.
        """

    async def decisions(self, request: RequestId) -> Sequence[Decision]:
        """Every decision about it, the first first; one of each human."""

    async def open_votes(self, person: PersonId) -> Sequence[Decision]:
        """The yeses of a person that count for what the bot decides and is still open."""

    async def save_decision(self, decision: Decision) -> None:
        """Replaces the human's former one."""

    # people
    async def link(self, account: ChatAccount) -> LinkRow | None: ...
    async def accounts(self, person: PersonId) -> Sequence[ChatAccount]:
        """The person's chat accounts: the one they have chosen to be told in, then the last used."""

    async def choose_account(self, person: PersonId, account: ChatAccount | None) -> None:
        """They want to be written to there; None: wherever they were last."""

    async def note_used(self, account: ChatAccount, at: datetime) -> None: ...
    async def save_link(self, row: LinkRow) -> None: ...
    async def drop_link(self, account: ChatAccount) -> None: ...
    async def user_names(self, people: Sequence[PersonId]) -> Mapping[PersonId, str]: ...
    async def kept_token(self, person: PersonId) -> KeptToken | None: ...
    async def keep_token(self, token: KeptToken) -> None: ...
    async def drop_token(self, person: PersonId) -> None: ...
    async def swap_token(self, seen: KeptToken, new: KeptToken | None) -> bool:
        """Replace (or, with None, delete) the token only if it still is the one that was seen."""

    async def tokens_under(self, keys: Sequence[str], most: int) -> Sequence[KeptToken]:
        """Kept tokens that are sealed under one of these keys."""

    async def tokens_by_key(self) -> Mapping[str, int]:
        """How many tokens are kept under each key, by the key's id; a key without any is left out."""

    async def lock(self, person: PersonId) -> LockRow | None: ...
    async def save_lock(self, row: LockRow) -> None: ...
    async def drop_lock(self, person: PersonId) -> None: ...

    # signing in
    async def add_sign_in(self, row: SignInRow) -> None: ...
    async def sign_in(self, key: str) -> SignInRow | None: ...
    async def sign_in_by_state(self, state_key: str) -> SignInRow | None: ...
    async def save_sign_in(self, row: SignInRow) -> None:
        """Raises ConflictError when it was used meanwhile."""

    async def drop_sign_ins(self, account: ChatAccount) -> None:
        """Every link of this account that was not used yet: none of them works any more."""

    # messages
    async def posting(self, subject: str, topic: str) -> Posting | None: ...
    async def save_posting(self, posting: Posting) -> None: ...
    async def home(self, account: ChatAccount) -> HomeRow | None: ...
    async def save_home(self, row: HomeRow) -> None: ...
    async def place(self, chat: Chat, key: str) -> Place | None: ...
    async def place_of(self, chat: Chat, oid: str) -> Place | None:
        """The account there of somebody of the directory."""

    async def place_at(self, chat: Chat, conversation: str) -> Place | None: ...
    async def save_place(self, place: Place) -> None: ...
    async def drop_place(self, chat: Chat, key: str) -> None: ...

    async def receipt(self, request: Request) -> Receipt | None:
        """Which row of the record made it what it is; None while something may come of it."""

    # what nobody asked for here; to note it says whether it is new
    async def accounted(self) -> frozenset[tuple[str, GroupId]]:
        """Whose requests for which groups are open, or are why something is active: object ids."""

    async def known_orphans(self, ids: Sequence[str]) -> frozenset[str]: ...
    async def note_orphan(self, orphan: str, at: datetime) -> bool: ...

    # what the sweeper needs
    async def left_requests(self, most: int) -> Sequence[Request]:
        """Open requests that no job will move, oldest first."""

    async def left_activations(self, most: int) -> Sequence[Activation]:
        """Running activations whose end no job will look at, oldest first."""

    async def untold(self, account: ChatAccount) -> Sequence[RequestId]:
        """What this account asked for whose cards were given up: nothing reached it."""

    async def forget_deliveries(self, most: int) -> int:
        """Forget the oldest deliveries that no chat sends again, `most` at a time; how many."""

    async def forget_sign_ins(self, before: datetime) -> None:
        """Forget the sign-in links that expired before then."""

    async def links_to_check(self, before: datetime, most: int) -> Sequence[LinkRow]:
        """Links of people with a kept token that were made, and not checked, since `before`;
        those checked longest ago first.
        """

    async def note_checked(self, accounts: Sequence[ChatAccount], at: datetime) -> None: ...

    # work and record
    async def add_job(self, job: NewJob) -> None: ...
    async def must_hold(self, job: Job) -> None:
        """Raises LeaseLostError where somebody else has taken the job over."""

    def record(self, event: Event) -> None:
        """Append to the audit chain when this transaction commits."""


class Store(Protocol):
    """Where everything is kept."""

    def begin(self, done: Job | None = None) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction; with `done`, its commit also completes that job.

        Leaving the block commits; an exception rolls back. Raises LeaseLostError on commit when
        the job was taken over, ConflictError when a row was.
        """
