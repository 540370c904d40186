"""Every card and form that approvers can get, and every refusal of theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from bot.cards import Card, Form
from bot.domain.access import Access, Assurance, Authority
from bot.domain.activation import End
from bot.domain.aws import Opens
from bot.domain.decision import Asked, Decision, Invitation, Verdict
from bot.domain.ids import RequestId
from bot.domain.refusals import (
    AskerLocked,
    DecisionReasonMissing,
    Missing,
    NotAnApprover,
    NotDecidedHere,
    NotHere,
    NothingToConfirm,
    NothingToDecide,
    NotWaiting,
    OtherTerms,
    OwnRequest,
    Refusal,
    VotedAlready,
)
from bot.domain.request import Request, State
from bot.intents import AskReason, encode
from bot.wording import approvals, forms
from bot.wording.approvals import Asker, Matter
from bot.wording.requests import View, request_card
from tests.domain.samples import ANN, BEN, NOON, an_activation

CODES = (
    "settled",
    "unsure",
    "Conflict",
    "locked",
    "asker_locked",
    "UnauthorizedAccessException",
    "no_permission",
    "sign_in",
    "still_challenged",
    "Odd",
)


def decisions(request: Request, name: str, reason: str) -> Iterator[Decision | None]:
    """Nobody's, and everybody's in every standing."""
    yield None
    for verdict in Verdict:
        for why in ("", reason):
            one = Decision(request.id, BEN.oid, BEN, request.asker, name, verdict, why, NOON)
            yield from (one, one.sent(), one.counted())


def matters(request: Request, name: str, reason: str) -> Iterator[Matter]:
    """A request as its approvers see it, with all that can be known of it or not."""
    asker = Asker(name, "Engineer", (request, request))
    for decision in decisions(request, name, reason):
        yield Matter(request, asker, decision=decision)
    for activation in (an_activation(), an_activation().over(End.EXPIRED, NOON)):
        yield Matter(request, asker, activation=activation)
    yield Matter(request, Asker(name), reason_required=True, confirms=True)
    for ours, decision, cast in votes(request, name, reason):
        yield Matter(ours, asker, decision=decision, votes=cast, required=2)


def votes(
    request: Request, name: str, reason: str
) -> Iterator[tuple[Request, Decision | None, tuple[Decision, ...]]]:
    """The same request, decided here: with as many yeses as there can be, and with a no."""
    ours = replace(request, authority=Authority.APPLICATION)
    yes = Decision(ours.id, BEN.oid, BEN, ours.asker, name, Verdict.APPROVE, "", NOON).counted()
    no = replace(yes, verdict=Verdict.DENY, reason=reason)
    for cast in ((), (yes,), (yes, replace(yes, human="another", reason=reason))):
        yield ours, None, cast
        yield ours, no, cast


def approver_cards(
    requests: Sequence[Request], opened: Sequence[Opens | None], name: str, reason: str
) -> Iterator[Card]:
    """Everything an approver can be shown."""
    for request in requests:
        for matter in matters(request, name, reason):
            for reader in (ANN.oid, BEN.oid):
                yield approvals.approver_card(matter, reader)
                yield approvals.reminder_card(matter, reader)
            yield approvals.approver_card(matter, "")
    yield from _besides_cards(requests, name)
    waiting = next(r for r in requests if r.state is State.AWAITING_APPROVAL)
    for opens in opened:
        yield approvals.approver_card(Matter(waiting, Asker(name), opens), BEN.oid)
    for decision in filter(None, decisions(waiting, name, reason)):
        for code in CODES:
            yield approvals.not_counted(waiting, decision.void(code))
        yield approvals.not_counted(waiting, decision.void("Conflict"), name)
    yield approvals.pending(())
    yield approvals.pending((), more=3)
    several = [replace(waiting, id=RequestId(f"R-2222222{n}")) for n in range(2, 9)]
    yield approvals.pending(tuple(Matter(request, Asker(name)) for request in several))


def _besides_cards(requests: Sequence[Request], name: str) -> Iterator[Card]:
    """What those read to whom it was escalated."""
    for how, request in product(Asked, requests):
        for who in ((), (name, name)):
            yield approvals.card_for(Matter(request, Asker(name), deciders=who), how, BEN.oid)


def asker_cards(requests: Sequence[Request], name: str, reason: str) -> Iterator[Card]:
    """What the asker reads of it."""
    for state in (
        State.AWAITING_APPROVAL,
        State.AWAITING_CONFIRMATION,
        State.DENIED,
        State.GRANTED,
    ):
        request = next(r for r in requests if r.state is state)
        invited = Invitation(request.id, BEN, name, request.asker, NOON)
        nowhere = replace(invited, account=None)
        yield from _besides(request, invited)
        for decision in decisions(request, name, reason):
            for who in ((), (invited,), (nowhere,), (invited, nowhere)):
                yield request_card(View(request, an_activation(), invited=who, decision=decision))
                for ours, no, cast in votes(request, name, reason):
                    view = View(
                        ours, an_activation(), invited=who, decision=no, votes=cast, required=2
                    )
                    yield request_card(view)


def _besides(request: Request, invited: Invitation) -> Iterator[Card]:
    """It was escalated, or asked for in a channel."""
    for how, ours in product(Asked, Authority):
        more = replace(invited, asked=how)
        many = (invited,) * 12
        for who in ((more,), (invited, more), (replace(more, account=None),), many):
            for in_channel in (True, False):
                one = replace(request, authority=ours)
                yield request_card(View(one, invited=who, in_channel=in_channel))


def refusals(requests: Sequence[Request], name: str, reason: str) -> Iterator[Refusal]:
    """Every way in which a decision is not taken."""
    yield NothingToDecide("R-22222222")
    for request in requests:
        yield OwnRequest(request)
        yield NotAnApprover(request)
        yield AskerLocked(request)
        yield OtherTerms(request)
        yield NothingToConfirm(request)
        for ours, no, _ in votes(request, name, reason):
            yield NotAnApprover(ours)
            if no:
                yield VotedAlready(ours, no)
        for verdict in Verdict:
            yield DecisionReasonMissing(request, verdict)
            yield DecisionReasonMissing(request, verdict, reason * 100)
        for decision in decisions(request, name, reason):
            yield NotWaiting(request, decision)


def reason_forms(request: Request, name: str, reason: str) -> Iterator[Form]:
    """The form that asks why."""
    matter = next(matters(request, name, reason))
    for verdict in Verdict:
        intent = AskReason(request.id, verdict, request.terms.digest)
        title = approvals.reason_title(request.id, verdict)
        for known in (matter, None):
            yield approvals.reason_form(encode(intent), title, verdict, known)
        yield forms.loading_form(title)
        for why in (approvals.waits_no_more(), approvals.cannot_ask()):
            yield forms.closed_form(why, title)


def not_here(access: Access) -> Iterator[Refusal]:
    """Everything that an access can ask for in vain."""
    for missing in Missing:
        yield NotHere(_asking(access, missing), missing)
        yield NotDecidedHere(_asking(access, missing), missing)


def _asking(access: Access, missing: Missing) -> Access:
    match missing:
        case Missing.AUTHORITY | Missing.PROOF:
            return replace(access, authority=Authority.APPLICATION)
        case Missing.ASSURANCE:
            return replace(access, assurance=Assurance.PORTAL)
