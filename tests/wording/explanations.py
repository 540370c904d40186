"""Explanations of every kind, to be said."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from bot.domain.access import Assurance, Authority, Principal
from bot.domain.aws import Opens
from bot.domain.policy import (
    Eligibility,
    EligibilityEndsFirst,
    MayNotAsk,
    NotEligible,
    PimRules,
    Problem,
    ReasonMissing,
    Terms,
    TicketMissing,
    TooShort,
)
from bot.domain.refusals import Missing
from bot.domain.request import State
from bot.ports import DirectoryUser, Held
from bot.wording.explain import Explanation
from tests.domain.samples import ACCESS, ANN, DEV, HOUR, NOON, a_request

APPROVERS = (Principal("user", "u-1"), Principal("user", "u-2"), Principal("group", "g-1"))
DEMANDING = PimRules(
    8 * HOUR,
    reason_required=True,
    ticket_required=True,
    mfa_required=True,
    auth_context="c1",
    approval_required=True,
    approvers=APPROVERS,
)
SHORT = timedelta(minutes=2)


def explanations(terms: Terms, person: str, opened: list[Opens]) -> Iterator[Explanation]:
    """One that is fine, and each thing that can be different in it."""
    user = DirectoryUser(ANN, person, person, person)
    access = replace(ACCESS, name=terms.access)
    fine = Explanation(
        access=access,
        source="0123456789abcdef",
        user=user,
        may_act=True,
        rules=PimRules(8 * HOUR),
        terms=terms,
        problems=(),
        eligibilities=(Eligibility(DEV),),
        held=(),
        opens=opened[0],
    )
    yield fine
    yield replace(fine, mine=True, source="directory")
    for opens in opened:
        yield replace(fine, opens=opens)
    yield replace(fine, user=None, may_act=False)
    yield replace(fine, user=replace(user, enabled=False), may_act=False)
    yield replace(fine, user=replace(user, guest=True), may_act=False)
    yield replace(fine, rules=DEMANDING, names={APPROVERS[0]: person}, problems=_to_say())
    for mine in (True, False):
        own = frozenset(APPROVERS[:1])
        yield replace(fine, rules=DEMANDING, own=own, names={APPROVERS[0]: person}, mine=mine)
    yield replace(fine, rules=replace(DEMANDING, approvers=()))
    yield replace(fine, rules=PimRules(), access=replace(access, max=4 * HOUR))
    yield replace(fine, rules=PimRules())
    yield replace(fine, eligibilities=(), problems=(NotEligible(),))
    for left in (SHORT, 10 * SHORT):
        ends = NOON + left
        yield replace(
            fine,
            eligibilities=(Eligibility(DEV, ends),),
            problems=(EligibilityEndsFirst(ends, left),),
        )
    yield replace(fine, problems=(TooShort(SHORT),))
    for ends_at in (None, NOON):
        for activated in (True, False):
            yield replace(fine, held=(Held(DEV, NOON, ends_at, activated),))
    yield replace(fine, open=a_request(State.AWAITING_APPROVAL, terms=terms))
    dual = replace(
        access,
        authority=Authority.APPLICATION,
        members=APPROVERS[:1],
        approvers=APPROVERS,
        notify=("slack:C0PROD",),
        escalate=APPROVERS[:1],
        asked_in="slack:C0ASKED",
    )
    for missing in (Missing.AUTHORITY, Missing.PROOF):
        yield replace(fine, missing=missing, problems=(MayNotAsk(),), eligibilities=(), access=dual)
    yield replace(fine, access=dual, held=(Held(DEV, NOON, None, activated=False),))
    confirm = replace(access, assurance=Assurance.CONFIRM)
    yield replace(fine, access=confirm)
    portal = replace(access, assurance=Assurance.PORTAL)
    yield replace(fine, missing=Missing.ASSURANCE, access=portal)


def _to_say() -> tuple[Problem, ...]:
    return (ReasonMissing(), TicketMissing())
