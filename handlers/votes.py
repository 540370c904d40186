"""Deciding here (authority `application`): each human has one vote, a no beats every yes."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.audit import What
from bot.domain.decision import Decision, Verdict, human
from bot.domain.refusals import Locked, NotWaiting, RefusedError, VotedAlready
from bot.domain.request import Request, State
from bot.store import Job, Transaction
from handlers.context import World, catalog
from handlers.proof import confirms
from handlers.steps import event, next_steps, verdict_event

VOTED_DOWN = "voted_down"


async def vote(world: World, request: Request, decision: Decision, job: Job) -> None:
    """Count it at once, and what comes of it, in one transaction. Raises RefusedError.

    However many vote at once, each sees those before: the request's version is the gate.
    """
    access = (await catalog(world)).of_group(request.terms.group)
    required = access.approvals_required if access else 1
    now, counted = world.clock.now(), decision.counted()
    async with world.store.begin(done=job) as tx:
        if (lock := await tx.lock(decision.person)) is not None:
            raise RefusedError(Locked(lock.locked_at))
        current = await tx.request(request.id) or request
        before = await refuse_late(tx, current, counted.verdict, now)
        refuse_twice(current, before, counted)
        yeses = [d for d in [*before, counted] if d.verdict is Verdict.APPROVE]
        after = _outcome(current, counted, enough=len(yeses) >= required, now=now)
        await tx.save_request(after)
        await tx.save_decision(counted)
        tx.record(verdict_event(What.VERDICT_COUNTED, after, counted))
        if after.state is State.DENIED:
            tx.record(event(after, What.DENIED, why=after.why))
        elif after.state is State.AWAITING_CONFIRMATION:
            tx.record(event(after, What.STILL_NEEDED))
        await next_steps(tx, after, now)


async def refuse_late(
    tx: Transaction, request: Request, verdict: Verdict, now: datetime
) -> Sequence[Decision]:
    """The votes so far, while the request waits for more, or for a no. Raises RefusedError."""
    votes = [d for d in await tx.decisions(request.id) if d.holds]
    waits = request.state is State.AWAITING_APPROVAL
    if not (waits or (verdict is Verdict.DENY and request.deniable)) or now >= request.expires_at:
        raise RefusedError(NotWaiting(request, votes[-1] if votes else None))
    return votes


def refuse_twice(request: Request, votes: Sequence[Decision], one: Decision) -> None:
    """A second yes of the same human is none; a no after the own yes counts. Raises RefusedError."""
    mine = next((d for d in votes if d.human == one.human), None)
    if mine is not None and one.verdict is Verdict.APPROVE:
        raise RefusedError(VotedAlready(request, mine))


def _outcome(request: Request, vote: Decision, *, enough: bool, now: datetime) -> Request:
    if vote.verdict is Verdict.DENY:
        return request.ended(State.DENIED, VOTED_DOWN)
    return request.approved(now) if enough else request.touched()


async def voters(world: World, request: Request) -> frozenset[str]:
    """The humans whose yes counts now: each once, and never the asker, by whichever account.

    Where a fresh sign-in is asked for by now, only what was given with one.
    """
    aliases = (await catalog(world)).aliases
    async with world.store.begin() as tx:
        votes = [d for d in await tx.decisions(request.id) if d.holds]
    if confirms(world, request.terms.group):
        votes = [d for d in votes if d.proved_at]
    yeses = {human(d.person.oid, aliases) for d in votes if d.verdict is Verdict.APPROVE}
    asker = {human(request.person.oid, aliases)} if request.person else set()
    return frozenset(yeses - asker)
