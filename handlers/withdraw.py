"""Taking a request back while nothing has been granted."""

from bot.domain.audit import What
from bot.domain.ids import RequestId
from bot.domain.refusals import CannotWithdraw, NothingToWithdraw, RefusedError, WhichOne
from bot.domain.request import WITHDRAWABLE, Request, State
from bot.intents import Withdraw
from bot.ports import PimRefusedError, PimRequest, PimState, SignInNeededError
from bot.store import Job, JobKind, NewJob
from bot.wording import answers, pim
from bot.wording.refusals import refused
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.settle import settle
from handlers.sign_in_links import mint
from handlers.steps import event, show
from handlers.tokens import token_for, wants_more
from handlers.who import Actor
from handlers.worker import LaterError

_NOT_DONE = {
    State.AWAITING_SIGN_IN: "not_signed_in",
    State.AWAITING_APPROVAL: "not_decided",
    State.AWAITING_CONFIRMATION: "not_confirmed",
}


async def withdraw(world: World, actor: Actor, intent: Withdraw, job: Job) -> None:
    """Withdraw at once what PIM has not seen; else cause its cancelling. Raises RefusedError."""
    request = await _which(world, actor, intent.request)
    if request.state not in WITHDRAWABLE:
        raise RefusedError(CannotWithdraw(request))
    if request.state is State.AWAITING_SIGN_IN or request.decided_here:
        await _give_up(world, request, job)
        return
    # Said first: the cancelling may be done, and told of, as soon as it is committed.
    await answer(world, Reply.of(job), answers.withdrawn(request))
    async with world.store.begin(done=job) as tx:
        payload = Reply.of(job).payload
        now = world.clock.now()
        await tx.add_job(NewJob(JobKind.CANCEL, request.id, now, payload=payload))


async def _which(world: World, actor: Actor, named: RequestId | None) -> Request:
    async with world.store.begin() as tx:
        asked = await tx.open_requests_of(actor.account)
        known = await tx.open_requests(actor.person) if actor.person else ()
    # What this account asked for while it was somebody else's is theirs, not this person's.
    mine = {r.id: r for r in (*asked, *known) if r.person in {None, actor.person}}
    if named is not None:
        if named not in mine:
            raise RefusedError(NothingToWithdraw(named))
        return mine[named]
    if not mine:
        raise RefusedError(NothingToWithdraw())
    if len(mine) > 1:
        raise RefusedError(WhichOne("withdraw", tuple(mine)))
    return next(iter(mine.values()))


async def _give_up(world: World, request: Request, job: Job) -> None:
    """Nothing was sent; or it was and the answer got lost, and then it is looked for once more."""
    found = await _effect(world, request)
    if found is None:
        await _over(world, request, job, "unconfirmed" if request.tried_at else "")
        return
    await settle(world, request.id, found, job)
    async with world.store.begin() as tx:
        after = await tx.request(request.id)
    await answer(world, Reply.of(job), refused(CannotWithdraw(after or request)))


async def _effect(world: World, request: Request) -> PimRequest | None:
    """What a try whose answer was lost has left at PIM, as far as that shows without a token."""
    if request.tried_at is None or request.person is None:
        return None
    return await world.pim.find(request.person, request.terms.group, request.id, None)


async def _over(world: World, request: Request, job: Job, why: str = "") -> None:
    over = request.withdrawn(why)
    async with world.store.begin(done=job) as tx:
        await tx.save_request(over)
        tx.record(event(over, What.WITHDRAWN))
        await show(tx, over, world.clock.now())
    await answer(world, Reply.of(job), answers.withdrawn(over))


async def cancel(world: World, job: Job) -> None:
    """Cancel in PIM, with the person's own token, what waits there."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    if request is None or request.state not in WITHDRAWABLE or not request.person:
        await _drop(world, job)
        return
    try:
        token = await token_for(world, request.person, Withdraw(request.id))
        if request.pim is not None:
            await world.pim.cancel(token, request.pim)
    except SignInNeededError as needed:
        await _sign_in_first(world, request, job, needed.claims)
    except PimRefusedError as no:
        if wants_more(no):
            world.tokens.forget(request.person)
            await _sign_in_first(world, request, job, no.claims)
        else:
            await _not_cancelled(world, request, job, no)
    else:
        await _over(world, request, job)
        world.tokens.spent(request.person, Withdraw(request.id))


async def _sign_in_first(world: World, request: Request, job: Job, claims: str) -> None:
    url = await mint(world, Reply.of(job).account, Withdraw(request.id), claims)
    await _drop(world, job)
    await answer(world, Reply.of(job), answers.sign_in_first(url, answers.CANCEL))


async def _not_cancelled(world: World, request: Request, job: Job, no: PimRefusedError) -> None:
    """PIM cancels only what waits: it was decided meanwhile, or an earlier try has cancelled it."""
    found = await world.pim.request(request.pim) if request.pim else None
    if found is not None and found.state is PimState.CANCELED:
        await _over(world, request, job)
        return
    await _drop(world, job)
    waits = found is not None and found.state in {PimState.WAITING, PimState.SCHEDULED}
    why = pim.sentence(no.code if waits else "decided_meanwhile")
    await answer(world, Reply.of(job), answers.not_withdrawn(request, why))


async def _drop(world: World, job: Job) -> None:
    async with world.store.begin(done=job):
        pass


async def lapse(world: World, job: Job) -> None:
    """A request that nobody did in time what it waited for is over."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    if request is None or not request.lapses_here:
        await _drop(world, job)
        return
    now = world.clock.now()
    if now < request.expires_at:
        raise LaterError(request.expires_at)
    found = await _effect(world, request)
    if found is not None:
        await settle(world, request.id, found, job)
        return
    why = "unconfirmed" if request.tried_at else _NOT_DONE[request.state]
    over = request.ended(State.LAPSED, why)
    async with world.store.begin(done=job) as tx:
        await tx.save_request(over)
        tx.record(event(over, What.LAPSED, why=why))
        await show(tx, over, now)
