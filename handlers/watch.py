"""What AWS has of an activation, and whether Entra has ended it: looked at until nothing is left."""

import asyncio
from collections.abc import Awaitable
from datetime import datetime, timedelta

from bot.domain.access import Access
from bot.domain.activation import Activation
from bot.domain.audit import Event, What
from bot.domain.aws import Gap, Looked, Opens, Setup
from bot.domain.ids import ActivationId
from bot.ports import IntegrationError
from bot.store import Job
from handlers.context import World, access_of
from handlers.held import SKEW, is_it, look
from handlers.opens import forget, what_opens
from handlers.settle import LOOK
from handlers.steps import show_activation
from handlers.worker import LaterError

MENDED_LATER = frozenset({Gap.DENIED, Gap.NO_CENTER})
LATE = timedelta(minutes=45)
"""After this SCIM will not bring a membership any more whose activation has ended."""
LOOKED_AT = timedelta(days=1)
"""How long after the end AWS is looked at; who is still a member then is so for another reason."""


async def watch_aws(world: World, job: Job) -> None:
    """Look whether AWS has the membership; after the end, whether it has lost it."""
    activation, user_name = await _load(world, job)
    if activation is None or activation.aws_gone_at is not None:
        await _done(world, job)
        return
    access = await access_of(world, activation.group, activation.access)
    opens = await what_opens(world, access, user_name)
    if _may_be_seen_later(opens, user_name):
        await _cannot_look(world, activation, job)
        return
    if opens.setup is not Setup.SCIM or not opens.complete:
        await _show_and_done(world, activation, job)
        return
    try:
        has_it = await world.aws.has_membership(user_name, activation.group)
    except IntegrationError as failed:
        if failed.permanent:
            forget(world, access, user_name)
            await _say_why(world, activation)
        raise
    await _note(world, activation, job, has_it=has_it)


async def _say_why(world: World, activation: Activation) -> None:
    """What could be looked at before is refused now: the messages say what is lacking."""
    async with world.store.begin() as tx:
        await show_activation(tx, activation, world.clock.now())


def _may_be_seen_later(opens: Opens, user_name: str) -> bool:
    """Whether looking makes sense only once something else is mended or known."""
    if opens.setup is Setup.UNKNOWN:
        return True
    return opens.setup is Setup.SCIM and (opens.gap in MENDED_LATER or not user_name)


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
        await show_activation(tx, activation, world.clock.now())


async def _cannot_look(world: World, activation: Activation, job: Job) -> None:
    """AWS cannot be read, or nobody is linked who it could be there: later, for a while."""
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
        await show_activation(tx, after, world.clock.now())


def _gap(activation: Activation, age: timedelta) -> timedelta:
    """AWS allows 20 look-ups a second for everybody; 15 s each leaves room for 300 people."""
    if not activation.active:
        return timedelta(minutes=1)
    for minutes, seconds in ((5, 15), (15, 30), (60, 60)):
        if age < timedelta(minutes=minutes):
            return timedelta(seconds=seconds)
    return timedelta(minutes=5)


async def check_end(world: World, job: Job) -> None:
    """While an activation lives, see that Entra still holds it; at its end, that it does no more.

    Entra tells all that a person holds at once, so their oldest activation looks for the others.
    """
    activation, _ = await _load(world, job)
    if activation is None or not activation.active:
        await _done(world, job)
        return
    async with world.store.begin() as tx:
        [oldest, *_] = await tx.active(activation.person)
    if oldest.id != activation.id and world.clock.now() < activation.ends_at:
        raise LaterError(activation.ends_at)
    await look(world, activation.person)
    after, _ = await _load(world, job)
    if after is not None and after.active:
        raise LaterError(_next_look(after, world.clock.now()))
    await _done(world, job)


def _next_look(activation: Activation, now: datetime) -> datetime:
    """Every five minutes, and at the end; not just before it, when PIM's clock may be ahead."""
    if timedelta(0) <= now - activation.ends_at < LOOK:
        return now + timedelta(seconds=10)
    at_end = now < activation.ends_at < now + LOOK + SKEW
    return activation.ends_at if at_end else now + LOOK


async def recheck(
    world: World, activation: Activation, access: Access, user_name: str
) -> tuple[Opens, Looked]:
    """Look at every step of the way again, now, for somebody who asked."""
    forget(world, access, user_name)
    opens, entra = await asyncio.gather(
        what_opens(world, access, user_name), _told(_in_entra(world, activation))
    )
    if not opens.complete or opens.setup not in {Setup.SCIM, Setup.MANUAL}:
        return opens, Looked(entra)
    user = await _told(world.aws.user_known(user_name))
    if opens.setup is Setup.MANUAL:
        return opens, Looked(entra, user)
    group, member = await asyncio.gather(
        _told(world.aws.group_known(activation.group)),
        _told(world.aws.has_membership(user_name, activation.group)),
    )
    return opens, Looked(entra, user, group, member)


async def _in_entra(world: World, activation: Activation) -> bool:
    held = await world.pim.held(activation.person)
    return any(is_it(one, activation) for one in held)


async def _told(asked: Awaitable[bool]) -> bool | None:
    try:
        return await asked
    except IntegrationError:
        return None
