"""What AWS has of an activation, and whether Entra has ended it: looked at until nothing is left."""

from datetime import datetime, timedelta

from bot.domain.access import Access
from bot.domain.activation import Activation, End
from bot.domain.audit import Event, What
from bot.domain.aws import Opens, Setup
from bot.domain.ids import ActivationId
from bot.ports import IntegrationError
from bot.store import Job, JobKind, NewJob
from handlers.context import World, catalog
from handlers.opens import what_opens
from handlers.settle import end
from handlers.worker import LaterError

LATE = timedelta(minutes=45)
"""After this SCIM will not bring a membership any more whose activation has ended."""
LOOKED_AT = timedelta(days=1)
"""How long after the end AWS is looked at; who is still a member then is so for another reason."""


async def watch_aws(world: World, job: Job) -> None:
    """Look whether AWS has the membership; after the end, whether it has lost it."""
    activation, user_name = await _load(world, job)
    access = (await catalog(world)).of_group(activation.group) if activation else None
    if activation is None or access is None or activation.aws_gone_at is not None:
        await _done(world, job)
        return
    opens = await what_opens(world, access, user_name)
    if opens.setup is Setup.UNKNOWN or (opens.setup is Setup.SCIM and not user_name):
        await _cannot_look(world, activation, job)
        return
    if opens.setup is not Setup.SCIM or not opens.complete:
        await _show_and_done(world, activation, job)
        return
    has_it = await world.aws.has_membership(user_name, activation.group)
    await _note(world, activation, job, has_it=has_it)


async def _load(world: World, job: Job) -> tuple[Activation | None, str]:
    async with world.store.begin() as tx:
        activation = await tx.activation(ActivationId(job.subject))
        if activation is None:
            return None, ""
        names = await tx.user_names([activation.person])
    return activation, names.get(activation.person, "")


async def _done(world: World, job: Job) -> None:
    async with world.store.begin(done=job):
        pass


async def _show_and_done(world: World, activation: Activation, job: Job) -> None:
    """Nothing to see in AWS for this set-up; the messages may now be able to say what it is."""
    async with world.store.begin(done=job) as tx:
        if activation.request is not None:
            await tx.add_job(NewJob(JobKind.CARD, activation.request, world.clock.now()))


async def _cannot_look(world: World, activation: Activation, job: Job) -> None:
    """What it opens cannot be read, or nobody is linked who it could be in AWS: later, for a while."""
    now = world.clock.now()
    if not activation.active and now > _ended(activation) + LATE:
        await _done(world, job)
        return
    raise LaterError(now + timedelta(minutes=1))


async def _note(world: World, activation: Activation, job: Job, *, has_it: bool) -> None:
    now = world.clock.now()
    if activation.active and has_it:
        await _write(world, activation.seen_in_aws(now), What.AWS_SEEN, job)
    elif not activation.active and not has_it and _cannot_come(activation, now):
        await _write(world, activation.gone_from_aws(now), What.AWS_GONE, job)
    elif not activation.active and now > _ended(activation) + LOOKED_AT:
        await _done(world, job)
    else:
        raise LaterError(now + _gap(activation, now - activation.started_at))


def _cannot_come(activation: Activation, now: datetime) -> bool:
    """Whether AWS, which has no membership now, cannot get one late."""
    return activation.aws_seen_at is not None or now > _ended(activation) + LATE


def _ended(activation: Activation) -> datetime:
    return activation.ended_at or activation.ends_at


async def _write(world: World, after: Activation, what: What, job: Job) -> None:
    async with world.store.begin(done=job) as tx:
        await tx.save_activation(after)
        tx.record(
            Event(
                what,
                actor=after.person,
                request=after.request,
                data={"activation": after.id, "access": after.access},
            )
        )
        if after.request is not None:
            await tx.add_job(NewJob(JobKind.CARD, after.request, world.clock.now()))


def _gap(activation: Activation, age: timedelta) -> timedelta:
    """AWS allows 20 look-ups a second for everybody; 15 s each leaves room for 300 people."""
    if not activation.active:
        return timedelta(minutes=1)
    for minutes, seconds in ((5, 15), (15, 30), (60, 60)):
        if age < timedelta(minutes=minutes):
            return timedelta(seconds=seconds)
    return timedelta(minutes=5)


async def check_end(world: World, job: Job) -> None:
    """At the end of an activation: see that Entra has ended it, and write that down."""
    activation, _ = await _load(world, job)
    if activation is None or not activation.active:
        await _done(world, job)
        return
    held = await world.pim.held(activation.person)
    ends = [h.ends_at for h in held if h.group == activation.group and h.activated]
    now = world.clock.now()
    if not ends:
        async with world.store.begin(done=job) as tx:
            await end(tx, activation, End.EXPIRED, min(now, activation.ends_at))
        return
    latest = max((e for e in ends if e is not None), default=None)
    if latest is None or latest <= now:
        raise LaterError(now + timedelta(seconds=10))
    async with world.store.begin(done=job) as tx:
        await tx.save_activation(activation.prolonged(latest))
        await tx.add_job(NewJob(JobKind.END, activation.id, latest))
        if activation.request is not None:
            await tx.add_job(NewJob(JobKind.CARD, activation.request, now))


async def recheck(
    world: World, activation: Activation, access: Access, user_name: str
) -> tuple[Opens, bool | None]:
    """Look again, now, for somebody who asked; None where it cannot be looked up."""
    world.memory.forget(("opens", access.group, user_name))
    opens = await what_opens(world, access, user_name)
    if opens.setup is not Setup.SCIM or not opens.complete:
        return opens, None
    try:
        return opens, await world.aws.has_membership(user_name, activation.group)
    except IntegrationError:
        return opens, None
