"""What Entra really holds for a person: what is done beside the bot is noticed, and written down."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.access import Access, Authority, Catalog
from bot.domain.activation import MINIMUM, Activation, End
from bot.domain.audit import Event, What
from bot.domain.ids import PersonId, new_activation_id
from bot.ports import Held, IntegrationError
from bot.store import ConflictError, JobKind, NewJob, Transaction
from handlers.context import World, catalog
from handlers.settle import end, watch
from handlers.steps import show_activation

LAG = MINIMUM
"""How long Entra's lists may lag behind: what began, or ended, less long ago is not judged by them."""
LATELY = timedelta(minutes=10)
"""Longer than the watch's round: a hint costs no look of its own while something is active."""
SKEW = timedelta(minutes=1)
"""How far PIM's clock may be from ours: an end that early, and a change that small, are none."""


@dataclass(frozen=True, slots=True)
class Looked:
    """`active`: what Entra holds, as far as is known; `gone`: what was noticed just now to be over.

    `sure`: Entra was asked just now.
    """

    active: Sequence[Activation]
    gone: Sequence[Activation] = ()
    sure: bool = True


async def look(world: World, person: PersonId) -> Looked:
    """Ask Entra what the person holds, and write down what was done beside the bot."""
    world.memory.forget(_key(person))
    return await note(world, person, await lately(world, person))


async def lately(world: World, person: PersonId) -> Sequence[Held]:
    """What Entra was found to hold a moment ago: for hints, never for a decision."""
    return await world.memory.of(_key(person), LATELY, lambda: world.pim.held(person))


def _key(person: PersonId) -> tuple[str, PersonId]:
    return ("held", person)


async def look_or_known(world: World, person: PersonId) -> Looked:
    """The same, or what was last known while Entra does not answer."""
    try:
        return await look(world, person)
    except IntegrationError:
        async with world.store.begin() as tx:
            return Looked(await tx.active(person), sure=False)


async def note(world: World, person: PersonId, held: Sequence[Held]) -> Looked:
    """Write down what differs between what Entra was just found to hold and what we knew.

    What Entra no longer has is closed, what it has at other times is changed, and what was
    activated without us is adopted, if it is something that can be asked for here.
    """
    async with world.store.begin() as tx:
        known = {a.group for a in await tx.active(person)}
    beside = any(one.activated and one.group not in known for one in held)
    offered = await catalog(world) if beside else Catalog()
    now = world.clock.now()
    try:
        async with world.store.begin() as tx:
            looked = await _compared(tx, person, held, now)
            groups = {a.group for a in looked.active}
            others = [
                one for one in held if one.activated and one.group not in groups and _runs(one, now)
            ]
            adopted = await _adopted(tx, person, others, offered, now)
    except ConflictError:  # somebody else has noticed it at the same moment
        async with world.store.begin() as tx:
            return Looked(await tx.active(person))
    return replace(looked, active=[*looked.active, *adopted])


async def _compared(
    tx: Transaction, person: PersonId, held: Sequence[Held], now: datetime
) -> Looked:
    """What we know of, as Entra has it; the lists are not believed of what is young."""
    active, gone = [], []
    for activation in await tx.active(person):
        found = _of(held, activation)
        if now <= activation.may_end_from or (found and not _differs(found, activation, now)):
            active.append(activation)
        elif found is not None:
            active.append(await _changed(tx, activation, found, now))
        else:
            gone.append(await _closed(tx, activation, now))
    return Looked(active, gone)


def is_it(one: Held, activation: Activation) -> bool:
    """Whether what Entra holds can be this: the grantor assigns, people activate."""
    delegated = activation.authority is Authority.DELEGATED
    return one.group == activation.group and one.activated is delegated


def _of(held: Sequence[Held], activation: Activation) -> Held | None:
    """What is held of it; of several, what ends last."""
    mine = [one for one in held if is_it(one, activation)]
    endless = [one for one in mine if one.ends_at is None]
    return endless[0] if endless else max(mine, key=_ends, default=None)


def _ends(one: Held) -> datetime:
    assert one.ends_at is not None  # noqa: S101  what has no end was taken first
    return one.ends_at


def _runs(one: Held, now: datetime) -> bool:
    return one.ends_at is not None and one.ends_at > now


def _differs(found: Held, activation: Activation, now: datetime) -> bool:
    return _runs(found, now) and abs(_ends(found) - activation.ends_at) > SKEW


async def _closed(tx: Transaction, activation: Activation, now: datetime) -> Activation:
    """Entra holds it no more: we asked for that, its time is over, or it was ended beside us."""
    how = End.EXPIRED if now >= activation.ends_at - SKEW else activation.how_gone
    return await end(tx, activation, how, min(now, activation.ends_at))


async def _changed(
    tx: Transaction, activation: Activation, found: Held, now: datetime
) -> Activation:
    """Entra holds it until another time than we knew, and perhaps since another."""
    changed = activation.changed(found.starts_at or activation.started_at, _ends(found), now)
    await tx.save_activation(changed)
    tx.record(_event(What.CHANGED, changed))
    await tx.add_job(NewJob(JobKind.END, changed.id, now))
    await show_activation(tx, changed, now)
    return changed


async def _adopted(
    tx: Transaction, person: PersonId, others: Sequence[Held], offered: Catalog, now: datetime
) -> list[Activation]:
    """What was activated without us; not what an open request of ours may have done."""
    if not others:
        return []
    asked = {request.terms.group for request in await tx.open_requests(person)}
    over = await tx.ended_since(person, now - LAG)
    adopted = []
    for one in others:
        access = offered.of_group(one.group)
        if access is not None and one.group not in asked and not _lags(one, over):
            adopted.append(await _adopt(tx, person, access, one, now))
    return adopted


async def _adopt(
    tx: Transaction, person: PersonId, access: Access, one: Held, now: datetime
) -> Activation:
    made = Activation(
        id=new_activation_id(),
        request=None,
        person=person,
        group=one.group,
        access=access.name,
        started_at=one.starts_at or now,
        ends_at=_ends(one),
    )
    await tx.add_activation(made)
    tx.record(_event(What.ADOPTED, made))
    await watch(tx, made, now)
    await show_activation(tx, made, now)
    return made


def _lags(one: Held, over: Sequence[Activation]) -> bool:
    """Whether it is one that has ended lately, and that Entra's lists still show."""
    return any(
        a.group == one.group
        and (one.starts_at is None or one.starts_at <= (a.ended_at or a.ends_at))
        for a in over
    )


def _event(what: What, activation: Activation) -> Event:
    return Event(
        what,
        actor=activation.person,
        request=activation.request,
        data={
            "activation": activation.id,
            "access": activation.access,
            "group": activation.group,
            "starts": activation.started_at.isoformat(),
            "ends": activation.ends_at.isoformat(),
        },
    )
