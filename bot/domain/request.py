"""The life of a request: a decision whose terms never change, moved only by the transitions here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from bot.domain.ids import ChatAccount, PersonId, PimId, RequestId
from bot.domain.policy import Terms

SIGN_IN_WAIT = timedelta(hours=1)
"""How long a request waits for its person to sign in before it lapses."""
APPROVAL_WAIT = timedelta(hours=24)
"""PIM's own fixed time-out of an approval."""
PATIENCE = timedelta(minutes=15)
"""How long Entra may be out of reach before a request is given up that cannot have happened."""


class State(StrEnum):
    """Where a request stands. The words are shown to people and queried by admins."""

    AWAITING_SIGN_IN = "awaiting sign-in"
    AWAITING_APPROVAL = "awaiting approval"
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
        State.SCHEDULED,
        State.ACTIVATING,
        State.UNKNOWN,
    }
)
WITHDRAWABLE = frozenset({State.AWAITING_SIGN_IN, State.AWAITING_APPROVAL, State.SCHEDULED})


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
    `claims` is the claims challenge that the awaited sign-in has to answer. `expires_at` is when
    the wait that this state means is over.
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
        """Its person has signed in: it may be sent."""
        self._must_be(State.AWAITING_SIGN_IN)
        return self._next(state=State.ACTIVATING, expires_at=now + PATIENCE, why="", claims="")

    def needs_sign_in(
        self, now: datetime, why: str = "", claims: str = "", *, refused: bool = False
    ) -> "Request":
        """PIM cannot be asked without the person's sign-in, or without more of it (`claims`).

        `refused`: PIM said so; then nothing came of this try, unless an earlier one was lost.
        """
        self._must_be(State.ACTIVATING, State.UNKNOWN)
        certain = refused and self.state is State.ACTIVATING
        return self._next(
            state=State.AWAITING_SIGN_IN,
            expires_at=now + SIGN_IN_WAIT,
            why=why,
            claims=claims,
            tried_at=None if certain else self.tried_at,
        )

    def accepted(self, pim: PimId, state: State, now: datetime) -> "Request":
        """PIM has it: waiting for approval, scheduled, provisioning, or granted."""
        self._must_be(*OPEN)
        waits = state is State.AWAITING_APPROVAL and self.state is not state
        expires = now + APPROVAL_WAIT if waits else self.expires_at
        return self._next(pim=pim, state=state, expires_at=expires, why="")

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
