"""The life of a request: a decision whose terms never change, moved only by the transitions here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.access import Authority
from bot.domain.ids import ChatAccount, PersonId, PimId, RequestId
from bot.domain.policy import Terms
from bot.domain.sign_in import ADMIN_WAIT, NOT_FRESH, merged

SIGN_IN_WAIT = timedelta(hours=1)
"""How long a request waits for its person to sign in before it lapses."""
APPROVAL_WAIT = timedelta(hours=24)
"""PIM's own fixed time-out of an approval, and ours where the bot runs it."""
STALE = timedelta(hours=1)
"""A decision that took longer than this after asking is put to the asker before it has effect.

So long, too, it may take to send what is decided.
"""
CONFIRM_WAIT = timedelta(hours=1)
"""How long the asker has for that."""
PATIENCE = timedelta(minutes=15)
"""How long Entra may be out of reach before a request is given up that cannot have happened."""


class State(StrEnum):
    """Where a request stands. The words are shown to people and queried by admins."""

    AWAITING_SIGN_IN = "awaiting sign-in"
    AWAITING_APPROVAL = "awaiting approval"
    AWAITING_CONFIRMATION = "awaiting confirmation"
    SCHEDULED = "scheduled"
    ACTIVATING = "activating"
    GRANTED = "granted"
    REFUSED = "refused"
    LAPSED = "lapsed"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def open(self) -> bool:
        """Whether something may still come of it; one open request per person and group."""
        return self in OPEN


OPEN = frozenset(
    {
        State.AWAITING_SIGN_IN,
        State.AWAITING_APPROVAL,
        State.AWAITING_CONFIRMATION,
        State.SCHEDULED,
        State.ACTIVATING,
        State.UNKNOWN,
    }
)
ON_PAGE = "page:"
"""Before a code in `why`: the person has read it on a page, so that no message need tell them."""
WITHDRAWABLE = frozenset(
    {
        State.AWAITING_SIGN_IN,
        State.AWAITING_APPROVAL,
        State.AWAITING_CONFIRMATION,
        State.SCHEDULED,
    }
)


class AlreadySettledError(Exception):
    """A transition that the request's state does not allow; nothing was changed."""

    def __init__(self, request: "Request") -> None:
        super().__init__(f"{request.id} is {request.state}")
        self.request = request


@dataclass(frozen=True, slots=True)
class Request:
    """One wish with its terms fixed, and what has become of it.

    `person` is empty until the asker's chat account is linked. `pim` is PIM's id of it once PIM
    has one. `why` says in PIM's or our own code why it ended, for states that end badly.
    `tried_at` is when the activation was first sent: a later attempt looks for its effect first.
    `claims` is what the token that is sent must have been asked for: by the group's policy, or by
    a claims challenge; `challenges` counts those. `expires_at` is when the wait that this state
    means is over. `authority` is whose credential grants it, fixed with the terms.
    `proved_at` is when its person signed in for exactly this, where that was asked (real time).
    """

    id: RequestId
    asker: ChatAccount
    terms: Terms
    state: State
    asked_at: datetime
    expires_at: datetime
    person: PersonId | None = None
    pim: PimId | None = None
    why: str = ""
    claims: str = ""
    tried_at: datetime | None = None
    version: int = 1
    challenges: int = 0
    authority: Authority = Authority.DELEGATED
    proved_at: datetime | None = None

    @property
    def decided_here(self) -> bool:
        """Whether its approval is the bot's own, and not PIM's."""
        return self.authority is Authority.APPLICATION

    @property
    def deniable(self) -> bool:
        """Whether a no still ends it: where the bot decides, until it is sent to PIM."""
        waits = {State.AWAITING_APPROVAL}
        if self.decided_here:
            waits |= {State.AWAITING_CONFIRMATION}
            waits |= set() if self.tried_at else {State.ACTIVATING}
        return self.state in waits

    @property
    def lapses_here(self) -> bool:
        """Whether it is the bot that lets it lapse at `expires_at`; what waits in PIM, PIM does."""
        ours = {State.AWAITING_SIGN_IN, State.AWAITING_CONFIRMATION}
        waits = self.decided_here and self.state is State.AWAITING_APPROVAL
        return self.state in ours or waits

    @property
    def send_by(self) -> datetime:
        """Until when it may be sent to PIM, once that is all there is left to do."""
        return self.expires_at - PATIENCE + STALE

    @property
    def hopeless_at(self) -> datetime:
        """From when on nothing that PIM was asked for can be in force, or come into force, any more.

        A day for an approval, and its length from then on; an hour for PIM's being late with it.
        """
        begins = max(self.tried_at or self.asked_at, self.terms.starts_at or self.asked_at)
        return begins + APPROVAL_WAIT + self.terms.duration + timedelta(hours=1)

    def identified(self, person: PersonId) -> "Request":
        """The asker is known to be `person`; an identified request keeps its person for good."""
        if self.person is not None and self.person != person:
            raise AlreadySettledError(self)
        return self._next(person=person)

    def sent(self, now: datetime) -> "Request":
        """PIM is about to be asked: from here on its effect may be there, heard of or not."""
        self._must_be(State.ACTIVATING, State.UNKNOWN)
        return self._next(tried_at=now)

    def busy(self) -> "Request":
        """PIM certainly did nothing this time; it will be asked again."""
        self._must_be(State.ACTIVATING, State.UNKNOWN)
        return self._next(state=State.ACTIVATING, tried_at=None, why="busy")

    def carried_on(self, now: datetime) -> "Request":
        """Its person has signed in: it may be sent, or put to those who decide it here."""
        self._must_be(State.AWAITING_SIGN_IN)
        if self.decided_here:
            return self._next(state=State.AWAITING_APPROVAL, expires_at=now + APPROVAL_WAIT, why="")
        return self._next(state=State.ACTIVATING, expires_at=now + PATIENCE, why="")

    def approved(self, now: datetime) -> "Request":
        """Enough people approved it here: it is sent, or put to its asker when that took long."""
        self._must_be(State.AWAITING_APPROVAL)
        if now - self.asked_at > STALE:
            state, until = State.AWAITING_CONFIRMATION, now + CONFIRM_WAIT
        else:
            state, until = State.ACTIVATING, now + PATIENCE
        return self._next(state=state, expires_at=until, why="")

    def confirmed(self, now: datetime) -> "Request":
        """Its asker still needs it: it may be sent."""
        self._must_be(State.AWAITING_CONFIRMATION)
        return self._next(state=State.ACTIVATING, expires_at=now + PATIENCE, why="")

    def touched(self) -> "Request":
        """Nothing of it changed but what belongs to it: whoever looked before looks again."""
        return self._next()

    def challenged(self, claims: str) -> "Request":
        """PIM asks for more proof than the token had; nothing came of this try.

        Unless an earlier one was lost: that may still turn up.
        """
        self._must_be(State.ACTIVATING, State.UNKNOWN)
        tried_at = self.tried_at if self.state is State.UNKNOWN else None
        proof = merged(self.claims, claims)
        return self._next(claims=proof, challenges=self.challenges + 1, tried_at=tried_at)

    def needs_sign_in(self, now: datetime, why: str, claims: str = "") -> "Request":
        """PIM cannot be asked without the person's sign-in, or without more of it (`claims`)."""
        self._must_be(State.ACTIVATING, State.UNKNOWN)
        return self._next(
            state=State.AWAITING_SIGN_IN,
            expires_at=now + SIGN_IN_WAIT,
            why=why,
            claims=merged(self.claims, claims),
        )

    def not_fresh(self) -> "Request":
        """Its person has signed in for it, but too long ago."""
        self._must_be(State.AWAITING_SIGN_IN)
        return self._next(why=NOT_FRESH)

    def waits_longer(self, why: str) -> "Request":
        """Somebody else has to do something before its person can sign in."""
        self._must_be(State.AWAITING_SIGN_IN)
        until = max(self.expires_at, self.asked_at + ADMIN_WAIT)
        return self._next(expires_at=until, why=f"{ON_PAGE}{why}")

    def accepted(self, pim: PimId, state: State, now: datetime, why: str = "") -> "Request":
        """PIM has it: waiting for approval, scheduled, provisioning, granted, or nobody knows."""
        self._must_be(*OPEN)
        waits = state is State.AWAITING_APPROVAL and self.state is not state
        expires = now + APPROVAL_WAIT if waits else self.expires_at
        return self._next(pim=pim, state=state, expires_at=expires, why=why)

    def uncertain(self, why: str) -> "Request":
        """PIM was asked and we could not learn the outcome."""
        self._must_be(State.ACTIVATING, State.UNKNOWN)
        return self._next(state=State.UNKNOWN, why=why)

    def ended(self, state: State, why: str = "") -> "Request":
        """It is over without a grant: denied, withdrawn, lapsed, refused or failed."""
        self._must_be(*OPEN)
        return self._next(state=state, why=why)

    def withdrawn(self, why: str = "") -> "Request":
        """Its asker took it back, while that was still possible."""
        self._must_be(*WITHDRAWABLE)
        return self._next(state=State.WITHDRAWN, why=why)

    def _must_be(self, *states: State) -> None:
        if self.state not in states:
            raise AlreadySettledError(self)

    def _next(self, **changes: object) -> "Request":
        return replace(self, version=self.version + 1, **changes)  # type: ignore[arg-type]
