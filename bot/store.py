"""The store's ports: one transaction at a time holds the state, its record and the work it causes."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.activation import Activation
from bot.domain.audit import Event
from bot.domain.ids import ActivationId, ChatAccount, GroupId, PersonId, RequestId
from bot.domain.request import Request
from bot.ports import KeptToken, Posted


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
class SignInRow:
    """One sign-in link: who it was made for, what happens after, and how far it has come.

    `key` is the SHA-256 of the secret in the link. `then` is an encoded intent. `flow` and
    `browser` (the SHA-256 of the browser's cookie) are set by Confirm.
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


@dataclass(frozen=True, slots=True)
class Posting:
    """A message of ours about something: `subject` is a request or activation id, `topic` which one.

    `shown` is the fingerprint of the card it shows, so that an unchanged card is not sent again.
    """

    subject: str
    topic: str
    posted: Posted
    shown: str


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
    CARD = "card"


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


class Jobs(Protocol):
    """The durable work of all replicas, in the same database as the state that causes it."""

    async def claim(self, limit: int) -> Sequence[Job]:
        """Take up to `limit` due jobs nobody holds, oldest first."""
        ...

    async def hold(self, jobs: Sequence[Job]) -> None:
        """Prolong the leases of jobs that are still being worked on."""
        ...

    async def put_back(self, job: Job, run_at: datetime, error: str, *, counted: bool) -> None:
        """Give a job back, to run again at `run_at`; not `counted`: it was no failure (a 429)."""
        ...

    async def bury(self, job: Job, error: str) -> None:
        """Park a job that keeps failing, with its error, for an admin to see."""
        ...

    async def waiting(self) -> tuple[int, datetime | None]:
        """How many jobs are due or being done now, and when the next other one is due."""
        ...


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
        ...

    # requests and activations
    async def request(self, request: RequestId) -> Request | None: ...
    async def add_request(self, request: Request) -> None:
        """Raises ConflictError when the person has an open request for the group."""
        ...

    async def save_request(self, request: Request) -> None: ...
    async def open_requests(self, person: PersonId) -> Sequence[Request]: ...
    async def open_requests_of(self, account: ChatAccount) -> Sequence[Request]:
        """The open requests asked from this chat account, identified or not."""
        ...

    async def requests(self, wanted: RequestFilter) -> Sequence[Request]: ...
    async def activation(self, activation: ActivationId) -> Activation | None: ...
    async def activation_of(self, request: RequestId) -> Activation | None: ...
    async def activations(self, requests: Sequence[RequestId]) -> Mapping[RequestId, Activation]:
        """The activations of many requests, in one query."""
        ...

    async def add_activation(self, activation: Activation) -> None:
        """Raises ConflictError when the person has an active one of the group."""
        ...

    async def save_activation(self, activation: Activation) -> None: ...
    async def active(self, person: PersonId) -> Sequence[Activation]: ...
    async def active_in(self, person: PersonId, group: GroupId) -> Activation | None: ...

    # people
    async def link(self, account: ChatAccount) -> LinkRow | None: ...
    async def accounts(self, person: PersonId) -> Sequence[ChatAccount]:
        """The person's chat accounts, the last used first."""
        ...

    async def save_link(self, row: LinkRow) -> None: ...
    async def drop_link(self, account: ChatAccount) -> None: ...
    async def user_names(self, people: Sequence[PersonId]) -> Mapping[PersonId, str]: ...
    async def kept_token(self, person: PersonId) -> KeptToken | None: ...
    async def keep_token(self, token: KeptToken) -> None: ...
    async def drop_token(self, person: PersonId) -> None: ...
    async def swap_token(self, seen: KeptToken, new: KeptToken | None) -> bool:
        """Replace (or, with None, delete) the token only if it still is the one that was seen."""
        ...

    # signing in
    async def add_sign_in(self, row: SignInRow) -> None: ...
    async def sign_in(self, key: str) -> SignInRow | None: ...
    async def sign_in_by_state(self, state_key: str) -> SignInRow | None: ...
    async def save_sign_in(self, row: SignInRow) -> None:
        """Raises ConflictError when it was used meanwhile."""
        ...

    # messages
    async def posting(self, subject: str, topic: str) -> Posting | None: ...
    async def save_posting(self, posting: Posting) -> None: ...

    # what the sweeper needs
    async def left_requests(self, most: int) -> Sequence[Request]:
        """Open requests that no job will move, oldest first."""
        ...

    async def left_activations(self, most: int) -> Sequence[Activation]:
        """Running activations whose end no job will look at, oldest first."""
        ...

    async def forget_sign_ins(self, before: datetime) -> None:
        """Forget the sign-in links that expired before then."""
        ...

    # work and record
    async def add_job(self, job: NewJob) -> None: ...
    def record(self, event: Event) -> None:
        """Append to the audit chain when this transaction commits."""
        ...


class Store(Protocol):
    """Where everything is kept."""

    def begin(self, done: Job | None = None) -> AbstractAsyncContextManager[Transaction]:
        """Open a transaction; with `done`, its commit also completes that job.

        Leaving the block commits; an exception rolls back. Raises LeaseLostError on commit when
        the job was taken over, ConflictError when a row was.
        """
        ...
