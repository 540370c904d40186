"""What PIM's answer makes of a request, and following it until it is final."""

from datetime import datetime, timedelta

from bot.domain.activation import Activation, End
from bot.domain.audit import Event, What
from bot.domain.ids import RequestId, new_activation_id
from bot.domain.request import OPEN, Request, State
from bot.ports import PimRequest, PimState
from bot.store import Job, JobKind, NewJob, Transaction
from handlers.context import World
from handlers.steps import event, next_steps
from handlers.worker import LaterError

SOON = timedelta(minutes=10)
"""How long before its end an activation is said to end soon."""
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
    state = State.ACTIVATING
    if answer.state is PimState.WAITING:
        state = State.AWAITING_APPROVAL
    elif answer.state is PimState.SCHEDULED and request.terms.starts_at:
        state = State.SCHEDULED
    if request.pim == answer.id and request.state is state:
        return request
    after = request.accepted(answer.id, state, now)
    what = What.PENDING if state is State.AWAITING_APPROVAL else What.SCHEDULED
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
    over = _over_already(activation, answer, now)
    if over:
        await end(tx, activation, *over)
    else:
        await _watch(tx, activation, now)
    return after


def _over_already(
    activation: Activation, answer: PimRequest, now: datetime
) -> tuple[End, datetime] | None:
    """Whether it was over before we heard of it (an answer found late): how, and when."""
    if answer.state is PimState.ENDED:
        return End.ELSEWHERE, now
    return (End.EXPIRED, activation.ends_at) if activation.ends_at <= now else None


async def _close_older(tx: Transaction, activation: Activation, now: datetime) -> None:
    """PIM holds one at a time: an older one that we think active was ended beside the bot."""
    older = await tx.active_in(activation.person, activation.group)
    if older is not None:
        await end(tx, older, End.ELSEWHERE, now)


async def _watch(tx: Transaction, activation: Activation, now: datetime) -> None:
    assert activation.request is not None  # noqa: S101  ours always has its request
    await tx.add_job(NewJob(JobKind.WATCH_AWS, activation.id, now))
    await tx.add_job(NewJob(JobKind.END, activation.id, activation.ends_at))


async def end(tx: Transaction, activation: Activation, how: End, at: datetime) -> Activation:
    """Write down that an activation is over, and cause what follows from it."""
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
    if activation.request is not None:
        await tx.add_job(NewJob(JobKind.CARD, activation.request, at))
    await tx.add_job(NewJob(JobKind.WATCH_AWS, activation.id, at))
    return over


async def follow(world: World, job: Job) -> None:
    """Ask PIM, by its id, what has become of a request that was not final."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    if request is None or request.state not in OPEN or request.pim is None:
        async with world.store.begin(done=job):
            return
    answer = await world.pim.request(request.pim)
    now = world.clock.now()
    later = LaterError(now + _gap(now - (request.tried_at or request.asked_at)))
    if answer is None:
        raise later
    if _unchanged(request, answer):
        raise later
    await settle(world, request.id, answer, job)


def _unchanged(request: Request, answer: PimRequest) -> bool:
    """Whether PIM says what we know already."""
    match answer.state:
        case PimState.WAITING:
            return request.state is State.AWAITING_APPROVAL
        case PimState.SCHEDULED | PimState.IN_PROGRESS | PimState.UNKNOWN:
            return request.state in {State.SCHEDULED, State.ACTIVATING}
        case _:
            return False


def _gap(age: timedelta) -> timedelta:
    """Often at first, then once a minute: PIM sends no notifications of requests."""
    for limit, gap in ((10, 2), (60, 5), (300, 15)):
        if age < timedelta(seconds=limit):
            return timedelta(seconds=gap)
    return timedelta(minutes=1)
