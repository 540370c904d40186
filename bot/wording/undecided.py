"""Why a decision was not taken."""

from typing import assert_never

from bot.cards import Button, Card, Line, Said
from bot.domain.decision import Decision
from bot.domain.policy import LONGEST_REASON
from bot.domain.refusals import (
    AskerLocked,
    DecisionReasonMissing,
    NotAnApprover,
    NothingToConfirm,
    NothingToDecide,
    NotWaiting,
    OtherTerms,
    OwnRequest,
    VotedAlready,
)
from bot.domain.request import Request
from bot.intents import AskReason, Pending, Status
from bot.wording.decided import by
from bot.wording.unchanged import card, said

MOST_TYPED = 2000
"""What fits on a card of what was typed in vain."""
Undecided = (
    NothingToDecide
    | NotWaiting
    | OwnRequest
    | AskerLocked
    | VotedAlready
    | NothingToConfirm
    | NotAnApprover
    | OtherTerms
    | DecisionReasonMissing
)


def undecided(refusal: Undecided) -> Card:  # noqa: C901  a case each
    """A decision that was not taken, and why."""
    match refusal:
        case NothingToDecide(named):
            text = f"There is no request {named} that waits for a decision."
            return card("Nothing to decide", text, Button("Pending", Pending()))
        case NotWaiting(request, decision):
            return _not_waiting(request, decision)
        case OwnRequest(request):
            text = (
                f"{request.id} is your own request. Nobody decides their own, with any account; "
                "somebody else has to."
            )
            return card("Not your own request", text)
        case AskerLocked(request):
            text = (
                f"An admin of this bot has locked out whoever asks for {request.id}, so I take no "
                "approval of it. You can deny it."
            )
            return card("Not while its asker is locked out", text)
        case VotedAlready(request, decision):
            line: Line = (
                Said(decision.name),
                f" approved {request.id} before. Each human counts once, with whichever account; "
                "somebody else has to approve it too.",
            )
            return said("You approved it already", line)
        case NothingToConfirm(request):
            text = f"{request.id} does not wait for your answer: it is {request.state}."
            return card("Nothing to confirm", text, Button("Status", Status()))
        case NotAnApprover(request):
            text = f"The PIM policy of {request.terms.access} does not name you as an approver."
            if request.decided_here:
                text = f"The access file does not name you among those who decide {request.terms.access}."
            return card("You do not decide this one", text)
        case OtherTerms(request):
            text = f"That card is not what {request.id} asks for. Look at what waits now."
            return card("That card is out of date", text, Button("Pending", Pending()))
        case DecisionReasonMissing(request, verdict, typed):
            button = Button("Say Why…", AskReason(request.id, verdict, request.terms.digest))
            if not typed:
                return card("A reason is needed", f"To {verdict} it, please say why.", button)
            text = f"It must be at most {LONGEST_REASON} characters long. You wrote: "
            return said("That reason is too long", (text, Said(typed[:MOST_TYPED])), button)
    assert_never(refusal)


def _not_waiting(request: Request, decision: Decision | None) -> Card:
    if decision is not None and decision.under_way:
        line: Line = (
            *by(decision),
            f" ({request.id}), and I am telling Entra. If nothing comes of ",
        )
        return said("Being decided already", (*line, "it, its card says so and you can decide."))
    text = f"{request.id} no longer waits for a decision: it is {request.state}."
    return said("Decided already", (text, *((" ", *by(decision), ".") if decision else ())))
