"""What a request's state causes: its messages, its work, and its lines in the record."""

from datetime import datetime

from bot.domain.audit import Event, What
from bot.domain.ids import ChatAccount
from bot.domain.refusals import RefusedError
from bot.domain.request import Request, State
from bot.intents import Intent, encode
from bot.store import JobKind, NewJob, Transaction


def event(request: Request, what: What, **data: str) -> Event:
    """An event about a request, with its terms' digest, so that any change of them would show."""
    return Event(
        what,
        actor=request.person,
        account=request.asker,
        request=request.id,
        data={"terms": request.terms.digest, "state": request.state, **data},
    )


async def note_refusal(
    tx: Transaction, account: ChatAccount, intent: Intent, no: RefusedError
) -> None:
    """The product said no: that is a decision too."""
    link = await tx.link(account)
    tx.record(
        Event(
            What.REFUSED,
            actor=link.person if link else None,
            account=account,
            data={"intent": encode(intent), "why": type(no.refusal).__name__},
        )
    )


async def show(tx: Transaction, request: Request, now: datetime) -> None:
    """Bring the request's messages up to date."""
    await tx.add_job(NewJob(JobKind.CARD, request.id, now))


async def next_steps(tx: Transaction, request: Request, now: datetime) -> None:
    """The work a request's state demands; jobs have keys, so that saying it again is safe."""
    await show(tx, request, now)
    match request.state:
        case State.ACTIVATING | State.UNKNOWN:
            kind = JobKind.FOLLOW if request.pim else JobKind.ACTIVATE
            await tx.add_job(NewJob(kind, request.id, now))
        case State.AWAITING_SIGN_IN:
            await tx.add_job(NewJob(JobKind.LAPSE, request.id, request.expires_at))
        case State.AWAITING_APPROVAL | State.SCHEDULED:
            await tx.add_job(NewJob(JobKind.FOLLOW, request.id, now))
        case _:
            pass
