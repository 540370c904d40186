"""What the product needs of the world, as small Protocols; each method says what it raises.

Every method may raise :class:`IntegrationError` besides what it names, and no vendor's exception.
The store's ports are in :mod:`bot.store`, those of chats in :mod:`bot.messaging`, AWS's is in
:mod:`bot.aws`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from bot.domain.access import Principal
from bot.domain.decision import Verdict
from bot.domain.ids import GroupId, PersonId, PimId
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
    `permanent` is True when trying again cannot help (a credential or a permission is missing);
    `lacks` is the missing permission as the system writes it, where it is known.
    """

    def __init__(
        self,
        system: str,
        detail: str,
        *,
        outcome: Outcome = Outcome.DID_NOT,
        retry_after: float | None = None,
        permanent: bool = False,
        lacks: str = "",
    ) -> None:
        super().__init__(f"{system}: {detail}")
        self.system = system
        self.detail = detail
        self.outcome = outcome
        self.retry_after = retry_after
        self.permanent = permanent
        self.lacks = lacks


class HistoryLostError(IntegrationError):
    """The database is an older state of itself, or another: what was decided since is not in it.

    `detail` says what is missing. Nothing is read of it, and nothing written to it.
    """


class Clock(Protocol):
    """Business time: due times, ends, lapses. Not for leases, tokens or signatures."""

    def now(self) -> datetime:
        """Now, UTC, aware."""
        ...


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
    told: bool = True  # whether the directory said those two at all


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

    async def user_named(self, user_name: str) -> DirectoryUser | None:
        """The user of that user name, to read of and for nothing else: names are given anew."""
        ...

    async def people(self, oids: Sequence[str]) -> Mapping[str, DirectoryUser]:
        """Those of many users that there are, by object id, in as few calls as can be."""
        ...

    async def is_any(self, oid: str, principals: frozenset[Principal]) -> bool:
        """Whether the user is one of the principals, or a (transitive) member of one."""
        ...

    async def people_of(self, principals: Sequence[Principal]) -> tuple[DirectoryUser, ...]:
        """The users among the principals and the (transitive) members of the groups, each once."""
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
    """One assignmentScheduleRequest: `status` is PIM's own word; times once a schedule has them."""

    id: PimId
    state: PimState
    status: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A membership in force: an assignment schedule instance. `activated`: made by an activation.

    `oid` is whose it is: a person's object id, or that of a group within the group.
    """

    group: GroupId
    starts_at: datetime | None
    ends_at: datetime | None
    activated: bool
    oid: str = ""


@dataclass(frozen=True, slots=True)
class Review:
    """What PIM has of an approval: no verdict while it waits; `by` is the object id of who decided."""

    verdict: Verdict | None
    by: str = ""


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

    async def rules(self, group: GroupId, *, fresh: bool = False) -> PimRules:
        """The group's activation policy; minutes old, because PIM itself has the last word.

        `fresh`: read now, for what decides about a person.
        """
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

    async def review(self, token: PersonToken, pim: PimId, verdict: Verdict, reason: str) -> None:
        """Send an approver's decision, once, as the approver. Raises PimRefusedError.

        Its code is `Conflict` when somebody else has decided already.
        https://learn.microsoft.com/graph/api/approvalstage-update
        """
        ...

    async def reviewed(self, token: PersonToken, pim: PimId) -> Review | None:
        """What has become of an approval, as one of its approvers sees it; None for no approval.

        https://learn.microsoft.com/graph/api/approval-get
        """
        ...

    async def request(self, pim: PimId) -> PimRequest | None:
        """How a request of ours stands, by its id; None when PIM does not know it (yet)."""
        ...

    async def find(
        self, person: PersonId, group: GroupId, reference: str, token: PersonToken | None
    ) -> PimRequest | None:
        """A request of ours whose answer was lost, by its reference; with a token also if pending.

        Raises PimRefusedError where the token is challenged, which says nothing of the request.
        """
        ...

    async def held(self, person: PersonId) -> tuple[Held, ...]:
        """The memberships in force for the person, read now."""
        ...

    async def holders(self, group: GroupId) -> tuple[Held, ...]:
        """The memberships in force in the group, whosever they are, read now."""
        ...


class Grantor(Protocol):
    """The credential that assigns, for accesses with authority `application`; nothing else does."""

    async def assign(self, person: PersonId, terms: Terms, reference: str) -> PimRequest:
        """Send one adminAssign that ends after `terms.duration`, once. Raises PimRefusedError."""
        ...

    async def remove(self, person: PersonId, group: GroupId, reference: str) -> PimRequest:
        """Send one adminRemove. Raises PimRefusedError."""
        ...


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who came back from Entra, when they proved that (real time), and tokens only in memory."""

    person: PersonId
    user_name: str
    token: PersonToken
    refresh_token: str = field(repr=False, default="")
    proved_at: datetime | None = None


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
    """A token cannot be had without the person; a result, not an error.

    `why` is AADSTS…, an OAuth error or a word of ours; `claims` what the next sign-in must ask for;
    `spent`: the refresh token is worth nothing any more.
    """

    def __init__(self, why: str, claims: str = "", *, spent: bool = True) -> None:
        super().__init__(why)
        self.why = why
        self.claims = claims
        self.spent = spent


class Vault(Protocol):
    """Seals refresh tokens for rest: AES-256-GCM, bound to the person, under a ring of keys."""

    @property
    def keeps(self) -> bool:
        """Whether there are keys at all; without, nothing is kept and `seal` must not be called."""
        ...

    @property
    def former(self) -> tuple[str, ...]:
        """The ids of the ring's other keys than the first: those that only open any more."""
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

    async def start(
        self, redirect_uri: str, state: str, claims: str = "", *, fresh: bool = False
    ) -> Mapping[str, Any]:
        """JSON-ready data to keep, unreadable without the state, and `auth_uri` to go to (not kept).

        `fresh`: Entra must not be content with an earlier sign-in, and must say when this one was.
        """
        ...

    async def finish(self, flow: Mapping[str, Any], query: Mapping[str, str]) -> SignedIn:
        """Redeem the answer and verify the id_token. Raises SignInRefusedError."""
        ...

    async def exchange(self, assertion: str) -> SignedIn:
        """Redeem a person's token for this app on their behalf. Raises SignInRefusedError."""

    async def refresh(self, person: PersonId, refresh_token: str, claims: str = "") -> SignedIn:
        """A fresh access token, asked for with `claims`. Raises SignInNeededError."""
        ...
