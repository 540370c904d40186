"""Taking a request back while nothing has been granted."""

from bot.domain.audit import What
from bot.domain.ids import RequestId
from bot.domain.refusals import CannotWithdraw, NothingToWithdraw, RefusedError, WhichOne
from bot.domain.request import WITHDRAWABLE, Request, State
from bot.intents import Withdraw
from bot.ports import PimRefusedError, SignInNeededError
from bot.store import Job, JobKind, NewJob
from bot.wording import answers, pim
from handlers.activate import event, show
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.tokens import token_for
from handlers.who import Actor


async def withdraw(world: World, actor: Actor, intent: Withdraw, job: Job) -> None:
    """Withdraw at once what PIM has not seen; else cause its cancelling. Raises RefusedError."""
    request = await _which(world, actor, intent.request)
    if request.state not in WITHDRAWABLE:
        raise RefusedError(CannotWithdraw(request))
    if request.state is State.AWAITING_SIGN_IN:
        await _over(world, request, job)
        return
    async with world.store.begin(done=job) as tx:
        payload = Reply.of(job).payload
        now = world.clock.now()
        await tx.add_job(NewJob(JobKind.CANCEL, request.id, now, payload=payload))
    await answer(world, Reply.of(job), answers.withdrawn(request))


async def _which(world: World, actor: Actor, named: RequestId | None) -> Request:
    async with world.store.begin() as tx:
        mine = {r.id: r for r in await tx.open_requests_of(actor.account)}
        if actor.person is not None:
            mine |= {r.id: r for r in await tx.open_requests(actor.person)}
    if named is not None:
        if named not in mine:
            raise RefusedError(NothingToWithdraw(named))
        return mine[named]
    if not mine:
        raise RefusedError(NothingToWithdraw())
    if len(mine) > 1:
        raise RefusedError(WhichOne("withdraw", tuple(mine)))
    return next(iter(mine.values()))


async def _over(world: World, request: Request, job: Job) -> None:
    over = request.withdrawn()
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
        url = await mint(world, Reply.of(job).account, Withdraw(request.id), needed.claims)
        await _drop(world, job)
        what = "Entra cancels this as you, so it needs your sign-in. It still waits there."
        await answer(world, Reply.of(job), answers.sign_in_first(url, what))
    except PimRefusedError as refused:
        await _drop(world, job)
        card = answers.not_withdrawn(request, pim.sentence(refused.code))
        await answer(world, Reply.of(job), card)
    else:
        await _over(world, request, job)


async def _drop(world: World, job: Job) -> None:
    async with world.store.begin(done=job):
        pass


async def lapse(world: World, job: Job) -> None:
    """A request whose person did not sign in in time is over."""
    async with world.store.begin(done=job) as tx:
        request = await tx.request(RequestId(job.subject))
        if request is None or request.state is not State.AWAITING_SIGN_IN:
            return
        now = world.clock.now()
        if now < request.expires_at:
            await tx.add_job(NewJob(JobKind.LAPSE, request.id, request.expires_at))
            return
        over = request.ended(State.LAPSED, "not_signed_in")
        await tx.save_request(over)
        tx.record(event(over, What.LAPSED, why="not_signed_in"))
        await show(tx, over, now)
