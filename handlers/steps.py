"""What a request's state causes: its messages, its work, and its lines in the record."""

from datetime import datetime

from bot.domain.activation import Activation
from bot.domain.audit import Event, What
from bot.domain.decision import Decision
from bot.domain.ids import ChatAccount, PersonId
from bot.domain.refusals import RefusedError
from bot.domain.request import Request, State
from bot.intents import Intent, encode
from bot.store import JobKind, NewJob, Transaction
from handlers.proof import told
from handlers.reply import Reply
from handlers.who import Actor


def event(request: Request, what: What, **data: str) -> Event:
    """An event about a request, with its terms' digest, so that any change of them would show."""
    return Event(
        what,
        actor=request.person,
        account=request.asker,
        request=request.id,
        data={"terms": request.terms.digest, "state": request.state, **data},
    )


def verdict_event(what: What, request: Request, decision: Decision, **data: str) -> Event:
    """An event about a decision, by whom and about which terms."""
    return Event(
        what,
        actor=decision.person,
        account=decision.account,
        request=request.id,
        data={
            "terms": request.terms.digest,
            "verdict": decision.verdict,
            "reason": decision.reason,
            **told(decision.proved_at),
            **data,
        },
    )


def asked_to_sign_in(actor: Actor, request: Request, intent: Intent) -> Event:
    """An event about a click that counts only once its sign-in says whose it is."""
    return Event(
        What.SIGN_IN_NEEDED,
        actor=actor.person,
        account=actor.account,
        request=request.id,
        data={"terms": request.terms.digest, "intent": encode(intent)},
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


async def show_activation(tx: Transaction, activation: Activation, now: datetime) -> None:
    """Bring up to date what shows an activation: its request's messages, or its person's tabs alone."""
    if activation.request is not None:
        await tx.add_job(NewJob(JobKind.CARD, activation.request, now))
        return
    for account in (await tx.accounts(activation.person))[:1]:
        await draw_homes(tx, now, account, activation.person)


async def draw_homes(
    tx: Transaction, now: datetime, account: ChatAccount, person: PersonId | None = None
) -> None:
    """Draw the tabs anew that somebody has ever opened, on this and all their other accounts."""
    accounts = {account, *(await tx.accounts(person) if person else ())}
    for one in sorted(accounts, key=name_of_account):
        if await tx.home(one) is not None:
            await tx.add_job(
                NewJob(JobKind.HOME, name_of_account(one), now, payload=Reply(one).payload)
            )


def name_of_account(account: ChatAccount) -> str:
    """What work about an account is named after."""
    return f"{account.chat}:{account.team}:{account.user}"


async def next_steps(tx: Transaction, request: Request, now: datetime) -> None:
    """The work a request's state demands; jobs have keys, so that saying it again is safe."""
    await show(tx, request, now)
    match request.state:
        case State.ACTIVATING | State.UNKNOWN:
            kind = JobKind.FOLLOW if request.pim else JobKind.ACTIVATE
            await tx.add_job(NewJob(kind, request.id, now))
        case State.AWAITING_SIGN_IN | State.AWAITING_CONFIRMATION:
            await tx.add_job(NewJob(JobKind.LAPSE, request.id, request.expires_at))
        case State.AWAITING_APPROVAL:
            await tx.add_job(NewJob(JobKind.INVITE, request.id, now))
            if request.decided_here:
                await tx.add_job(NewJob(JobKind.LAPSE, request.id, request.expires_at))
            else:
                await tx.add_job(NewJob(JobKind.FOLLOW, request.id, now))
        case State.SCHEDULED:
            await tx.add_job(NewJob(JobKind.FOLLOW, request.id, now))
        case _:
            pass
