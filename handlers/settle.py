"""What PIM's answer makes of a request, and following it until it is final."""

from datetime import datetime, timedelta

from bot.domain.activation import Activation, End
from bot.domain.audit import Event, What
from bot.domain.ids import RequestId, new_activation_id
from bot.domain.request import OPEN, Request, State
from bot.ports import PimRequest, PimState
from bot.store import Job, JobKind, NewJob, Transaction
from handlers.context import World
from handlers.steps import event, next_steps, show_activation
from handlers.worker import LaterError

SOON = timedelta(minutes=10)
"""How long before its end an activation is said to end soon."""
LOOK = timedelta(minutes=5)
"""How often Entra is asked what a person holds, while they hold anything that we know of."""
UNKNOWN_WORD = "unknown_status"
"""Why an outcome is unknown: PIM says a word of the request (after the colon) that nobody knows."""
UNSETTLED = "unsettled"
"""Why a request is given up of which PIM never said, in words that are known, what became."""
SELDOM_FROM = timedelta(hours=1)
"""From when on PIM is asked more seldom about what it does not explain."""
_ENDS = {
    PimState.DENIED: (State.DENIED, What.DENIED),
    PimState.CANCELED: (State.WITHDRAWN, What.WITHDRAWN),
    PimState.FAILED: (State.FAILED, What.FAILED),
}


async def settle(world: World, request_id: RequestId, answer: PimRequest, job: Job) -> None:
    """Bring the request to what PIM says of it, in one transaction with all that this causes."""
    now = world.clock.now()
    async with world.store.begin(done=job) as tx:
        request = await tx.request(request_id)
        if request is None or request.state not in OPEN:
            return
        await next_steps(tx, await _apply(tx, request, answer, now), now)


async def _apply(tx: Transaction, request: Request, answer: PimRequest, now: datetime) -> Request:
    if answer.state in {PimState.ACTIVE, PimState.ENDED}:
        return await _granted(tx, request, answer, now)
    if answer.state in _ENDS:
        state, what = _ENDS[answer.state]
        if answer.status == "TimedOut":
            state, what = State.LAPSED, What.LAPSED
        after = request.ended(state, answer.status)
        tx.record(event(after, what, why=answer.status, pim=answer.id))
        await tx.save_request(after)
        return after
    return await _waiting(tx, request, answer, now)


async def _waiting(tx: Transaction, request: Request, answer: PimRequest, now: datetime) -> Request:
    """Not final: written down when it is news, and followed by its id."""
    state, what, why = State.ACTIVATING, What.SCHEDULED, ""
    if answer.state is PimState.WAITING:
        state, what = State.AWAITING_APPROVAL, What.PENDING
        # That nobody can decide it is found out here; PIM goes on saying no more than that it waits.
        why = request.why if request.state is state else ""
    elif answer.state is PimState.UNKNOWN:
        state, what, why = State.UNKNOWN, What.UNKNOWN, f"{UNKNOWN_WORD}:{answer.status}"
    elif answer.state is PimState.SCHEDULED and request.terms.starts_at:
        state = State.SCHEDULED
    if (request.pim, request.state, request.why) == (answer.id, state, why):
        return request
    after = request.accepted(answer.id, state, now, why)
    tx.record(event(after, what, pim=answer.id, status=answer.status))
    await tx.save_request(after)
    return after


async def _granted(tx: Transaction, request: Request, answer: PimRequest, now: datetime) -> Request:
    assert request.person is not None  # noqa: S101  nothing is granted to nobody
    started = answer.starts_at or now
    activation = Activation(
        id=new_activation_id(),
        request=request.id,
        person=request.person,
        group=request.terms.group,
        access=request.terms.access,
        started_at=started,
        ends_at=answer.ends_at or started + request.terms.duration,
        authority=request.authority,
    )
    after = request.accepted(answer.id, State.GRANTED, now)
    await _close_older(tx, activation, now)
    await tx.save_request(after)
    await tx.add_activation(activation)
    tx.record(
        event(
            after,
            What.GRANTED,
            pim=answer.id,
            activation=activation.id,
            starts=activation.started_at.isoformat(),
            ends=activation.ends_at.isoformat(),
        )
    )
    if answer.state is PimState.ENDED:  # over before we heard of it
        await end(tx, activation, End.ELSEWHERE, now)
    else:
        # Also where its time is over, by a clock that may be wrong: Entra is looked at then.
        await watch(tx, activation, now)
    return after


async def _close_older(tx: Transaction, activation: Activation, now: datetime) -> None:
    """PIM holds one at a time: an older one that we think active was ended beside the bot."""
    older = await tx.active_in(activation.person, activation.group)
    if older is not None:
        await end(tx, older, End.ELSEWHERE, now)


async def watch(tx: Transaction, activation: Activation, now: datetime) -> None:
    """Cause what an activation that lives needs: looking at it in AWS, and in Entra."""
    await tx.add_job(NewJob(JobKind.WATCH_AWS, activation.id, now))
    await tx.add_job(NewJob(JobKind.END, activation.id, min(now + LOOK, activation.ends_at)))


async def end(tx: Transaction, activation: Activation, how: End, at: datetime) -> Activation:
    """Write down that an activation is over, and cause what follows from it.

    One of a person's activations looks at Entra for all of them: the next oldest takes over.
    """
    over = activation.over(how, at)
    await tx.save_activation(over)
    tx.record(
        Event(
            What.ENDED,
            actor=activation.person,
            request=activation.request,
            data={"activation": activation.id, "how": how, "access": activation.access},
        )
    )
    await show_activation(tx, over, at)
    await tx.add_job(NewJob(JobKind.WATCH_AWS, activation.id, at))
    for other in (await tx.active(activation.person))[:1]:
        await tx.add_job(NewJob(JobKind.END, other.id, min(at + LOOK, other.ends_at)))
    return over


async def follow(world: World, job: Job) -> None:
    """Ask PIM, by its id, what has become of a request that was not final."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    if request is None or request.state not in OPEN or request.pim is None:
        async with world.store.begin(done=job):
            return
    answer = await world.pim.request(request.pim)
    if answer is not None and not _unchanged(request, answer):
        await settle(world, request.id, answer, job)
        return
    now = world.clock.now()
    stuck = answer is None or answer.state is PimState.UNKNOWN
    if stuck and now > request.hopeless_at:
        await _give_up(world, request, job)
        return
    raise LaterError(now + _gap(now - (request.tried_at or request.asked_at), stuck=stuck))


async def _give_up(world: World, request: Request, job: Job) -> None:
    """PIM never says what became of it, and nothing can come of it any more: others may be asked."""
    over = request.ended(State.FAILED, UNSETTLED)
    async with world.store.begin(done=job) as tx:
        await tx.save_request(over)
        tx.record(event(over, What.FAILED, why=UNSETTLED))
        await next_steps(tx, over, world.clock.now())


def _unchanged(request: Request, answer: PimRequest) -> bool:
    """Whether PIM says what we know already."""
    match answer.state:
        case PimState.WAITING:
            return request.state is State.AWAITING_APPROVAL
        case PimState.SCHEDULED | PimState.IN_PROGRESS:
            return request.state in {State.SCHEDULED, State.ACTIVATING}
        case PimState.UNKNOWN:
            return request.why == f"{UNKNOWN_WORD}:{answer.status}"
        case _:
            return False


def _gap(age: timedelta, *, stuck: bool) -> timedelta:
    """Often at first, then once a minute: PIM sends no notifications of requests.

    More seldom where PIM says nothing that can be understood (`stuck`).
    """
    for limit, gap in ((10, 2), (60, 5), (300, 15)):
        if age < timedelta(seconds=limit):
            return timedelta(seconds=gap)
    return timedelta(minutes=10) if stuck and age > SELDOM_FROM else timedelta(minutes=1)
