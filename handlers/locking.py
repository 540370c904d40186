"""Locking somebody out of the bot, for admins: no token, no request and no link of theirs is left."""

import re
from dataclasses import dataclass

from bot.domain.audit import Event, What
from bot.domain.ids import PersonId
from bot.domain.refusals import NotAnAdmin, NotLocked, NotYourself, RefusedError, WhoIsThat
from bot.intents import Lock, Unlock
from bot.ports import Held, IntegrationError
from bot.store import Job, LockRow
from bot.wording import locks
from handlers.context import World, catalog
from handlers.held import is_it
from handlers.reading import whose
from handlers.reply import Reply, answer
from handlers.rights import is_one_of
from handlers.steps import draw_homes, show, verdict_event
from handlers.taking_back import TakenBack, take_back
from handlers.who import Actor

LOCKED = "locked"
_OID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z")


async def lock(world: World, actor: Actor, admin: PersonId, intent: Lock, job: Job) -> None:
    """Lock, then clear out what is there. Safe to be run again. Raises RefusedError.

    The lock comes first, so that nothing new gets in while the rest is taken back.
    """
    whom = await _whom(world, actor, admin, intent.person)
    for person in whom:
        await _set(world, actor, admin, person, intent.reason)
    cleared = [await _clear(world, person) for person in whom]
    async with world.store.begin(done=job):
        pass
    await answer(world, Reply.of(job), locks.locked(await _told(world, whom, cleared)))


async def unlock(world: World, actor: Actor, admin: PersonId, intent: Unlock, job: Job) -> None:
    """Take the lock away; what was dropped stays dropped. Raises RefusedError."""
    whom = await _whom(world, actor, admin, intent.person)
    async with world.store.begin(done=job) as tx:
        locked = [person for person in whom if await tx.lock(person) is not None]
        if not locked:
            raise RefusedError(NotLocked())
        for person in locked:
            await tx.drop_lock(person)
            tx.record(_event(What.UNLOCKED, actor, admin, person))
            for account in await tx.accounts(person):
                await draw_homes(tx, world.clock.now(), account)
        names = await tx.user_names(locked)
    name = next((names[person] for person in locked if person in names), locked[0].oid)
    await answer(world, Reply.of(job), locks.unlocked(name))


async def _whom(world: World, actor: Actor, admin: PersonId, named: str) -> tuple[PersonId, ...]:
    """Every Entra account of the human who is named. Raises RefusedError where that may not be."""
    everything = await catalog(world)
    if not await is_one_of(world, actor, admin, everything.admins):
        raise RefusedError(NotAnAdmin())
    person = await _named(world, actor, named)
    if person is None:
        raise RefusedError(WhoIsThat())
    same = next((oids for oids in everything.aliases if person.oid in oids), frozenset())
    oids = {person.oid, *same}
    if admin.oid in oids:
        raise RefusedError(NotYourself())
    return (person, *(PersonId(person.tenant, oid) for oid in sorted(oids - {person.oid})))


async def _named(world: World, actor: Actor, named: str) -> PersonId | None:
    """By a mentioned chat account, or by an Entra object id."""
    if _OID.match(named.casefold()):
        user = await world.directory.user(named.casefold())
        return user.person if user else None
    async with world.store.begin() as tx:
        return await whose(tx, actor, named)


async def _set(world: World, actor: Actor, admin: PersonId, person: PersonId, reason: str) -> None:
    async with world.store.begin() as tx:
        if await tx.lock(person) is None:
            await tx.save_lock(LockRow(person, world.clock.now(), admin, reason))
            tx.record(_event(What.LOCKED, actor, admin, person, reason=reason))
        for account in await tx.accounts(person):
            await tx.drop_sign_ins(account)
            await draw_homes(tx, world.clock.now(), account)


def _event(what: What, actor: Actor, admin: PersonId, person: PersonId, **data: str) -> Event:
    return Event(what, actor=admin, account=actor.account, data={"person": person.oid, **data})


@dataclass(frozen=True, slots=True)
class _Cleared:
    """What became of one account's: `held` is None when Entra did not say."""

    taken: TakenBack
    held: tuple[Held, ...] | None


async def _void_votes(world: World, person: PersonId) -> None:
    """A yes of theirs that has had no effect yet counts no more: somebody else has to give it."""
    now = world.clock.now()
    async with world.store.begin() as tx:
        for vote in await tx.open_votes(person):
            request, after = await tx.request(vote.request), vote.void(LOCKED)
            assert request is not None  # noqa: S101  no request is ever deleted
            await tx.save_request(request.touched())
            await tx.save_decision(after)
            tx.record(verdict_event(What.VERDICT_VOID, request, after, why=LOCKED))
            await show(tx, request, now)


async def _clear(world: World, person: PersonId) -> _Cleared:
    await _void_votes(world, person)
    async with world.store.begin() as tx:
        accounts = await tx.accounts(person)
    taken = await take_back(world, accounts, person, LOCKED)
    async with world.store.begin() as tx:
        await tx.drop_token(person)
    world.tokens.forget(person)
    try:
        held = await world.pim.held(person)
    except IntegrationError:
        return _Cleared(taken, None)
    async with world.store.begin() as tx:
        known = await tx.active(person)
    return _Cleared(
        taken,
        tuple(one for one in held if one.activated or any(is_it(one, ours) for ours in known)),
    )


async def _told(
    world: World, whom: tuple[PersonId, ...], cleared: list[_Cleared]
) -> locks.LockedOut:
    everything = await catalog(world)
    async with world.store.begin() as tx:
        names = await tx.user_names(whom)
        ours = [activation for person in whom for activation in await tx.active(person)]
    live = [one for each in cleared for one in each.held or ()]
    known = [(one.group, one.ends_at) for one in live]
    if any(each.held is None for each in cleared):
        known = [(one.group, one.ends_at) for one in ours]
    named = [(everything.of_group(group), group, end) for group, end in known]
    return locks.LockedOut(
        names=tuple(names.get(person, person.oid) for person in whom),
        withdrawn=tuple(r for each in cleared for r in each.taken.withdrawn),
        waiting=tuple(r for each in cleared for r in each.taken.waiting),
        live=tuple((access.name if access else group, end) for access, group, end in named),
        sure=all(each.held is not None for each in cleared),
    )
