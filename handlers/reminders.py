"""Reminding the approvers of a request that nobody has decided, each in their own daytime."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.decision import Asked, Decision, Invitation, human
from bot.domain.ids import RequestId
from bot.domain.reminding import AFTER, due, following, morning
from bot.domain.request import Request, State
from bot.store import Job, JobKind, NewJob
from handlers.context import World, catalog
from handlers.escalation import escalate, escalated
from handlers.matters import deciding
from handlers.steps import show
from handlers.zones import zone_of


async def remind(world: World, job: Job) -> None:
    """Note who is to be reminded now, which their cards follow, and when to come back."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
        invited = await tx.invitations(RequestId(job.subject))
        decisions = [d for d in await tx.decisions(RequestId(job.subject)) if d.holds]
    now = world.clock.now()
    if request is None or not _waits(request, decisions):
        async with world.store.begin(done=job):
            return
    left = _left(invited, decisions, (await catalog(world)).aliases)
    looked = [await _looked_at(world, one, now) for one in left]
    asked, later = await escalate(world, request, invited, now)
    again = [at for at in (*(at for _, at in looked), later) if at is not None]
    async with world.store.begin(done=job) as tx:
        for after in (*(one for one, _ in looked), *asked):
            await tx.save_invitation(after)
        if asked:
            tx.record(escalated(request, asked))
            await show(tx, request, now)
            again.append(now + AFTER[0])
        if looked:
            await tx.add_job(NewJob(JobKind.APPROVER_CARDS, job.subject, now))
        if again:
            await tx.add_job(NewJob(JobKind.REMIND, job.subject, min(again)))


def _waits(request: Request, decisions: Sequence[Decision]) -> bool:
    undecided = deciding(request, decisions) is None
    return request.state is State.AWAITING_APPROVAL and undecided


def _left(
    invited: Sequence[Invitation],
    decisions: Sequence[Decision],
    aliases: tuple[frozenset[str], ...],
) -> list[Invitation]:
    """Who can be reached and has something to decide yet, with none of their accounts."""
    voted = {one.human for one in decisions}
    return [
        one
        for one in invited
        if one.account
        and one.asked is not Asked.TOLD
        and human(one.person.oid, aliases) not in voted
    ]


async def _looked_at(
    world: World, one: Invitation, now: datetime
) -> tuple[Invitation, datetime | None]:
    """The invitation with the reminders there should be by now, and when to look at it again."""
    if due(one.invited_at, now) <= one.reminders:
        return one, following(one.invited_at, one.reminders)
    assert one.account is not None  # noqa: S101  the others are not reminded here
    if (day := morning(now, await zone_of(world, one.account))) is not None:
        return one, day
    after = replace(one, reminders=due(one.invited_at, now))
    return after, following(after.invited_at, after.reminders)
