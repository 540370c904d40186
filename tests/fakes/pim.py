"""PIM for Groups in memory: the Pim port for tests that are about something else."""

import itertools
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial

from bot.domain.access import Principal
from bot.domain.activation import MINIMUM
from bot.domain.decision import Verdict
from bot.domain.ids import GroupId, PersonId, PimId
from bot.domain.policy import SHORTEST, Eligibility, PimRules, Terms
from bot.ports import (
    Clock,
    Held,
    IntegrationError,
    Outcome,
    PersonToken,
    PimRefusedError,
    PimRequest,
    PimState,
    Review,
)

ACRS_FAILED = "RoleAssignmentRequestAcrsValidationFailed"
RULES_FAILED = "RoleAssignmentRequestPolicyValidationFailed"


@dataclass
class Asked:
    """One request as PIM keeps it; `ended_at` is when its membership was cut short."""

    person: PersonId
    terms: Terms
    reference: str
    request: PimRequest
    asked_at: datetime
    ended_at: datetime | None = None
    assigned: bool = False

    def in_force(self, now: datetime) -> bool:
        """Whether the membership it gave is held now."""
        end = self.ended_at or self.request.ends_at
        start = self.request.starts_at
        granted = self.request.state in {PimState.ACTIVE, PimState.SCHEDULED}
        return granted and start is not None and end is not None and start <= now < end

    def waits(self, now: datetime) -> bool:
        """Whether it waits for a human or for its start."""
        due = self.request.state is PimState.SCHEDULED and self.ended_at is None
        start = self.request.starts_at
        return self.request.state is PimState.WAITING or (due and start is not None and start > now)


@dataclass
class FakePim:
    """Behaves as PIM does, by the clock. `failures` are raised, one for each change.

    A failure whose outcome is `happened` or `unknown` comes after the effect, as a lost answer.
    `sent` has every change that reached PIM. `stepped_up` are the secrets of tokens that satisfy
    any authentication context.
    """

    clock: Clock
    policies: dict[GroupId, PimRules] = field(default_factory=dict)
    eligible: dict[PersonId, list[Eligibility]] = field(default_factory=dict)
    asked: dict[PimId, Asked] = field(default_factory=dict)
    reviews: dict[PimId, Review] = field(default_factory=dict)
    failures: deque[IntegrationError | PimRefusedError] = field(default_factory=deque)
    unreadable: IntegrationError | None = None
    sent: list[tuple[str, PersonId, GroupId]] = field(default_factory=list)
    stepped_up: set[str] = field(default_factory=set)
    challenges: Callable[[str], str | None] = lambda _: None
    """Which claims PIM wants before it shows anything to the token of that secret; None: it is fine."""
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def make_eligible(
        self, person: PersonId, group: GroupId, rules: PimRules, until: datetime | None = None
    ) -> None:
        """Let a person activate a group's membership, under these rules."""
        self.policies[group] = rules
        self.eligible.setdefault(person, []).append(Eligibility(group, until))

    def decide(self, pim: PimId, *, approve: bool, by: str = "somebody elsewhere") -> None:
        """An approver decided somewhere else."""
        asked = self.asked[pim]
        self.reviews[pim] = Review(Verdict.APPROVE if approve else Verdict.DENY, by)
        if approve:
            asked.request = self._granted(asked.request, asked.terms)
        else:
            asked.request = replace(asked.request, state=PimState.DENIED, status="Denied")

    async def rules(self, group: GroupId, *, fresh: bool = False) -> PimRules:
        self._may_be_unreadable()
        return self.policies.get(group, PimRules())

    async def eligibilities(self, person: PersonId) -> tuple[Eligibility, ...]:
        self._may_be_unreadable()
        now = self.clock.now()
        mine = self.eligible.get(person, ())
        return tuple(e for e in mine if e.ends_at is None or now < e.ends_at)

    async def activate(self, token: PersonToken, terms: Terms, reference: str) -> PimRequest:
        self._refuse_double(token.person, terms)
        self._refuse_activation(token, terms)
        pim = PimId(f"pim-{next(self._numbers)}")
        request = PimRequest(pim, PimState.WAITING, "PendingApproval")
        if not self.policies[terms.group].approval_required:
            request = self._granted(request, terms)
        asked = Asked(token.person, terms, reference, request, self.clock.now())
        self._change("activate", token.person, terms.group, lambda: self.asked.update({pim: asked}))
        return request

    async def assign(self, person: PersonId, terms: Terms, reference: str) -> PimRequest:
        """What the grantor sends: PIM's rules for end users do not apply to it."""
        self._refuse_double(person, terms)
        pim = PimId(f"pim-{next(self._numbers)}")
        request = self._granted(PimRequest(pim, PimState.ACTIVE, "Provisioned"), terms)
        asked = Asked(person, terms, reference, request, self.clock.now(), assigned=True)
        self._change("assign", person, terms.group, lambda: self.asked.update({pim: asked}))
        return request

    async def remove(self, person: PersonId, group: GroupId) -> PimRequest:
        """What the grantor sends to end it, under the same rule of five minutes."""
        return self._end("remove", person, group)

    async def deactivate(self, token: PersonToken, group: GroupId, reference: str) -> PimRequest:
        return self._end("deactivate", token.person, group)

    def _end(self, what: str, person: PersonId, group: GroupId) -> PimRequest:
        now, assigned = self.clock.now(), what == "remove"
        held = next(
            (a for a in self._of(person, group) if a.in_force(now) and a.assigned is assigned), None
        )
        if held is None or held.request.starts_at is None:
            raise PimRefusedError("RoleAssignmentDoesNotExist", "The assignment does not exist.")
        if now - held.request.starts_at < MINIMUM:
            raise PimRefusedError("ActiveDurationTooShort", "Minimum required is 5 minutes.")
        self._change(what, person, group, lambda: setattr(held, "ended_at", now))
        return PimRequest(PimId(f"pim-{next(self._numbers)}"), PimState.ENDED, "Revoked")

    async def cancel(self, token: PersonToken, pim: PimId) -> None:
        asked = self.asked.get(pim)
        if asked is None:
            raise PimRefusedError("ResourceNotFound", "The resource is not found.")
        if not asked.waits(self.clock.now()):
            raise PimRefusedError("InvalidRoleAssignmentRequest", "It cannot be canceled.")
        canceled = replace(
            asked.request, state=PimState.CANCELED, status="Canceled", starts_at=None, ends_at=None
        )
        self._change(
            "cancel", token.person, asked.terms.group, lambda: setattr(asked, "request", canceled)
        )

    async def review(self, token: PersonToken, pim: PimId, verdict: Verdict, reason: str) -> None:
        asked = self._reviewable(token, pim)
        if asked.request.state is not PimState.WAITING:
            raise PimRefusedError("Conflict", "The approval stage has already been completed.")
        if self.policies[asked.terms.group].approver_reason_required and not reason:
            raise PimRefusedError(
                RULES_FAILED, "Policy rules failed.", rules=("JustificationRule",)
            )
        approve = verdict is Verdict.APPROVE
        done = partial(self.decide, pim, approve=approve, by=token.person.oid)
        self._change(verdict, token.person, asked.terms.group, done)

    async def reviewed(self, token: PersonToken, pim: PimId) -> Review | None:
        self._may_be_unreadable()
        self._reviewable(token, pim)
        return self.reviews.get(pim, Review(None))

    def _reviewable(self, token: PersonToken, pim: PimId) -> Asked:
        """What somebody may decide: named by the policy, and not their own."""
        asked = self.asked.get(pim)
        if asked is None:
            raise PimRefusedError("ResourceNotFound", "The resource is not found.")
        named = Principal("user", token.person.oid) in self.policies[asked.terms.group].approvers
        if not named or token.person == asked.person:
            raise PimRefusedError("UnauthorizedAccessException", "Not an approver.")
        return asked

    async def request(self, pim: PimId) -> PimRequest | None:
        self._may_be_unreadable()
        asked = self.asked.get(pim)
        return self._standing(asked) if asked else None

    async def find(
        self, person: PersonId, group: GroupId, reference: str, token: PersonToken | None
    ) -> PimRequest | None:
        self._may_be_unreadable()
        now = self.clock.now()
        for asked in self._of(person, group):
            scheduled = asked.in_force(now) or asked.request.state is PimState.SCHEDULED
            if asked.reference == reference and scheduled:
                return self._standing(asked)
        if token is None:
            return None
        if (claims := self.challenges(token.secret)) is not None:
            raise PimRefusedError("InvalidAuthenticationToken", "Challenged.", claims=claims)
        ours = [a for a in self._of(person, group) if a.reference == reference]
        return self._standing(ours[-1]) if ours else None

    async def held(self, person: PersonId) -> tuple[Held, ...]:
        self._may_be_unreadable()
        return tuple(held for held in self._in_force() if held.oid == person.oid)

    async def holders(self, group: GroupId) -> tuple[Held, ...]:
        self._may_be_unreadable()
        return tuple(held for held in self._in_force() if held.group == group)

    def _in_force(self) -> tuple[Held, ...]:
        now = self.clock.now()
        return tuple(
            Held(
                a.terms.group,
                a.request.starts_at,
                a.request.ends_at,
                not a.assigned,
                a.person.oid,
            )
            for a in self.asked.values()
            if a.in_force(now)
        )

    def _refuse_double(self, person: PersonId, terms: Terms) -> None:
        now, mine = self.clock.now(), list(self._of(person, terms.group))
        if any(a.request.state is PimState.WAITING for a in mine):
            raise PimRefusedError("PendingRoleAssignmentRequest", "There is a pending request.")
        if any(a.in_force(now) or a.waits(now) for a in mine):
            raise PimRefusedError("RoleAssignmentExists", "The assignment already exists.")

    def _refuse_activation(self, token: PersonToken, terms: Terms) -> None:
        if terms.group not in {e.group for e in self.eligible.get(token.person, ())}:
            raise PimRefusedError("RoleAssignmentDoesNotExist", "The assignment does not exist.")
        if terms.duration < SHORTEST:
            raise PimRefusedError("ActiveDurationTooShort", "Minimum required is 5 minutes.")
        self._refuse_by_policy(self.policies[terms.group], token, terms)

    def _refuse_by_policy(self, rules: PimRules, token: PersonToken, terms: Terms) -> None:
        failed = {
            "TicketingRule": rules.ticket_required and not terms.ticket,
            "ExpirationRule": terms.duration > (rules.max or timedelta.max),
        }
        if broken := tuple(name for name, is_broken in failed.items() if is_broken):
            raise PimRefusedError(RULES_FAILED, "Policy rules failed.", rules=broken)
        if rules.auth_context and token.secret not in self.stepped_up:
            claims = f'{{"access_token":{{"acrs":{{"essential":true, "value":"{rules.auth_context}"}}}}}}'
            code = ACRS_FAILED
            raise PimRefusedError(code, "More sign-in is needed.", claims=claims)

    def _granted(self, request: PimRequest, terms: Terms) -> PimRequest:
        now = self.clock.now()
        start = max(terms.starts_at or now, now)
        later = start > now
        return PimRequest(
            request.id,
            PimState.SCHEDULED if later else PimState.ACTIVE,
            "Granted" if later else "Provisioned",
            start,
            start + terms.duration,
        )

    def _standing(self, asked: Asked) -> PimRequest:
        """A scheduled request is provisioned at its start, and stays so, as in PIM."""
        starts = asked.request.starts_at
        if asked.request.state is PimState.SCHEDULED and starts and starts <= self.clock.now():
            asked.request = replace(asked.request, state=PimState.ACTIVE, status="Provisioned")
        return asked.request

    def _of(self, person: PersonId, group: GroupId) -> list[Asked]:
        return [a for a in self.asked.values() if (a.person, a.terms.group) == (person, group)]

    def _change(
        self, what: str, person: PersonId, group: GroupId, effect: Callable[[], None]
    ) -> None:
        failure = self.failures.popleft() if self.failures else None
        self.sent.append((what, person, group))
        happened = failure is None or (
            isinstance(failure, IntegrationError) and failure.outcome is not Outcome.DID_NOT
        )
        if happened:
            effect()
        if failure is not None:
            raise failure

    def _may_be_unreadable(self) -> None:
        if self.unreadable is not None:
            raise self.unreadable
