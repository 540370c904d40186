"""What the product needs of the world, as small Protocols; each method says what it raises.

Every method may raise :class:`IntegrationError` besides what it names; adapters let no vendor
exception out. The store's ports are in :mod:`bot.store`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.cards import Card, Form
from bot.domain.access import Principal
from bot.domain.aws import Opening, Portal
from bot.domain.ids import Chat, ChatAccount, GroupId, PersonId, PimId
from bot.domain.policy import Eligibility, PimRules, Terms


class Outcome(StrEnum):
    """What became of an effect whose call failed."""

    HAPPENED = "happened"
    DID_NOT = "did not happen"
    UNKNOWN = "unknown"


class IntegrationError(Exception):
    """A system failed; raised only inside `integrations/`.

    `system` names it for people ("Microsoft Graph"); `outcome` says whether the effect happened;
    `retry_after` is seconds to wait when the system said so, None when it did not;
    `permanent` is True when trying again cannot help (a credential or a permission is missing).
    """

    def __init__(
        self,
        system: str,
        detail: str,
        *,
        outcome: Outcome = Outcome.DID_NOT,
        retry_after: float | None = None,
        permanent: bool = False,
    ) -> None:
        super().__init__(f"{system}: {detail}")
        self.system = system
        self.detail = detail
        self.outcome = outcome
        self.retry_after = retry_after
        self.permanent = permanent


class Clock(Protocol):
    """Business time: due times, ends, lapses. Not for leases, tokens or signatures."""

    def now(self) -> datetime:
        """Now, UTC, aware."""
        ...


# --- Entra -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """A user of the tenant as the directory has it at this moment."""

    person: PersonId
    name: str
    user_name: str
    mail: str
    title: str = ""
    enabled: bool = True
    guest: bool = False


@dataclass(frozen=True, slots=True)
class EnterpriseApp:
    """An enterprise application a group is assigned to. `template` is the gallery template id."""

    id: str
    app_id: str
    name: str
    template: str
    provisioned: bool = False
    """Whether it has a provisioning (SCIM) job."""


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    """An Entra group and its display name."""

    id: GroupId
    name: str


class Directory(Protocol):
    """Entra's directory, read with the bot's own (read-only) credential."""

    async def user(self, oid: str) -> DirectoryUser | None:
        """The user, read now; None when there is none."""
        ...

    async def is_any(self, oid: str, principals: frozenset[Principal]) -> bool:
        """Whether the user is one of the principals, or a (transitive) member of one."""
        ...

    async def app_of(self, group: GroupId) -> EnterpriseApp | None:
        """The enterprise app the group is assigned to (AWS's own apps first); cached for minutes."""
        ...

    async def groups_of_aws_apps(self) -> tuple[DirectoryGroup, ...]:
        """Every group assigned to an AWS gallery app; what is offered without an access file."""
        ...


class PimState(StrEnum):
    """PIM's many request statuses, folded (facts: a string, so the unknown has a place)."""

    ACTIVE = "active"
    SCHEDULED = "scheduled"
    WAITING = "waiting for a human"
    IN_PROGRESS = "in progress"
    ENDED = "ended"
    DENIED = "denied"
    CANCELED = "canceled"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PimRequest:
    """One assignmentScheduleRequest. `status` is PIM's own word, `state` what we fold it to.

    `starts_at` and `ends_at` are set once a schedule has them.
    """

    id: PimId
    state: PimState
    status: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A membership in force: an assignment schedule instance. `activated`: made by an activation."""

    group: GroupId
    starts_at: datetime | None
    ends_at: datetime | None
    activated: bool


class PimRefusedError(Exception):
    """PIM said no; nothing was changed. `code` is PIM's own, `rules` the policy rules it names.

    `claims` is the claims challenge (a JSON text) when more sign-in would help.
    https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
    """

    def __init__(
        self, code: str, message: str, *, rules: tuple[str, ...] = (), claims: str = ""
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.rules = rules
        self.claims = claims


@dataclass(frozen=True, slots=True)
class PersonToken:
    """A person's own Graph access token, held in memory only. Its repr shows no secret."""

    person: PersonId
    secret: str = field(repr=False)
    expires_at: datetime


class Pim(Protocol):
    """PIM for Groups. Reading uses the bot's credential; every change a person's own token."""

    async def rules(self, group: GroupId) -> PimRules:
        """The group's activation policy; cached for minutes, because PIM itself has the last word."""
        ...

    async def eligibilities(self, person: PersonId) -> tuple[Eligibility, ...]:
        """What the person may activate now, read now."""
        ...

    async def activate(self, token: PersonToken, terms: Terms, reference: str) -> PimRequest:
        """Send one selfActivate, once; `reference` goes into the justification, to be found by.

        Raises PimRefusedError when PIM says no.
        """
        ...

    async def deactivate(self, token: PersonToken, group: GroupId, reference: str) -> PimRequest:
        """Send one selfDeactivate. Raises PimRefusedError."""
        ...

    async def cancel(self, token: PersonToken, pim: PimId) -> None:
        """Cancel a request that waits. Raises PimRefusedError when PIM no longer can."""
        ...

    async def request(self, pim: PimId) -> PimRequest | None:
        """How a request of ours stands, by its id; None when PIM does not know it (yet)."""
        ...

    async def find(
        self, person: PersonId, group: GroupId, reference: str, token: PersonToken | None
    ) -> PimRequest | None:
        """A request of ours whose answer was lost, found by its reference.

        Looks at schedules with the bot's credential, and with a token also at what is pending.
        """
        ...

    async def held(self, person: PersonId) -> tuple[Held, ...]:
        """The memberships in force for the person, read now."""
        ...


# --- signing in ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who came back from Entra: verified id_token claims, and tokens that are still only in memory."""

    person: PersonId
    user_name: str
    token: PersonToken
    refresh_token: str = field(repr=False, default="")


@dataclass(frozen=True, slots=True)
class KeptToken:
    """A refresh token as it rests: encrypted, bound to its row. `key_id` names the key."""

    person: PersonId
    key_id: str
    sealed: bytes


class SignInRefusedError(Exception):
    """Entra, or our check of its answer, refused the sign-in. `code` is AADSTS… or our own word."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


class SignInNeededError(Exception):
    """A token cannot be had without the person: none kept, it expired, or more sign-in is asked.

    `claims` is what the next sign-in must ask for. Handlers turn this into a result, not an error.
    """

    def __init__(self, why: str = "", claims: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.claims = claims


class Vault(Protocol):
    """Seals refresh tokens for rest: AES-256-GCM, bound to the person, under a ring of keys."""

    @property
    def keeps(self) -> bool:
        """Whether there are keys at all; without, nothing is kept and `seal` must not be called."""
        ...

    def seal(self, person: PersonId, refresh_token: str) -> KeptToken:
        """Encrypt under the first key of the ring."""
        ...

    def open(self, kept: KeptToken) -> str | None:
        """The refresh token; None when the key is gone or the row is not this person's."""
        ...


class SignIn(Protocol):
    """The authorization code flow with PKCE, and turning a kept refresh token into a fresh token.

    https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow
    """

    async def start(self, redirect_uri: str, state: str, claims: str = "") -> Mapping[str, Any]:
        """Begin a flow: JSON-ready data to keep until the answer, with `auth_uri` to go to."""
        ...

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> SignedIn:
        """Redeem the answer and verify the id_token. Raises SignInRefusedError."""
        ...

    async def refresh(self, person: PersonId, refresh_token: str) -> SignedIn:
        """A fresh access token from a kept refresh token. Raises SignInNeededError."""
        ...


# --- AWS -------------------------------------------------------------------------------------


class Aws(Protocol):
    """IAM Identity Center, read only."""

    @property
    def asked(self) -> bool:
        """Whether AWS is asked at all; without, every answer below is empty and says nothing."""
        ...

    async def portal(self) -> Portal | None:
        """The access portal; None when Identity Center is not enabled or AWS is not configured."""
        ...

    async def group_known(self, group: GroupId) -> bool:
        """Whether provisioning has brought the Entra group to the identity store (by ExternalId)."""
        ...

    async def opened_by_group(self, group: GroupId) -> tuple[Opening, ...]:
        """What the Entra group opens; empty when AWS does not know the group."""
        ...

    async def opened_by_user(self, user_name: str) -> tuple[Opening, ...]:
        """What is assigned to the user directly (not through groups)."""
        ...

    async def has_membership(self, user_name: str, group: GroupId) -> bool:
        """Whether AWS has the user in the group now; False while either is unknown to AWS."""
        ...


# --- chats -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ChatProfile:
    """Who an account is in its chat, read now. `mail` is a hint that never authorises anything.

    `stands` says why this account may not act (`guest`, `stranger`, `bot`, `deactivated`), or
    is empty for a full member.
    """

    account: ChatAccount
    name: str
    mail: str
    stands: str = ""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Posted:
    """Where a message stands, enough to bring it up to date later."""

    chat: Chat
    channel: str
    message: str


class MessageGoneError(Exception):
    """The message to be updated is no longer there; a new one has to be posted."""


class Messenger(Protocol):
    """One chat, as the product speaks in it."""

    async def profile(self, account: ChatAccount) -> ChatProfile:
        """The account's profile, read now."""
        ...

    async def post(self, account: ChatAccount, card: Card) -> Posted:
        """One new direct message; it notifies."""
        ...

    async def update(self, posted: Posted, card: Card) -> None:
        """Replace a message in place; it does not notify. Raises MessageGoneError."""
        ...

    async def answer(self, account: ChatAccount, reply_to: str, card: Card) -> None:
        """Answer privately where the person asked; falls back to a direct message."""
        ...

    async def open_form(self, trigger: str, form: Form) -> str:
        """Show a form and answer what to redraw it by; `trigger` is seconds old and works once."""
        ...

    async def redraw_form(self, shown: str, form: Form) -> None:
        """Replace the form that `open_form` showed, keeping what was typed in fields that stay."""
        ...
