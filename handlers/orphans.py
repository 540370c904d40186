"""What Entra holds although nobody asked for it here: looked for every few minutes, told of once.

Somebody may act beside the bot: in Entra's portal, as an administrator, or with a stolen credential.
What was activated so is taken over as well, and followed to its end like any other.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.cards import Card
from bot.domain.access import Access, Catalog
from bot.domain.audit import Event, What
from bot.domain.ids import Channel, GroupId, PersonId
from bot.messaging import About, To
from bot.metrics import ORPHANS
from bot.ports import Held, IntegrationError
from bot.store import Job, JobKind, NewJob
from bot.wording.orphans import orphan_card
from handlers.channels import is_shared, notified
from handlers.context import World, catalog
from handlers.held import LAG, look
from handlers.matters import asker_of
from handlers.postings import Audience, Wanted, bring_all

EVERY = timedelta(minutes=5)
LATELY = timedelta(days=1)
"""A membership without an end is one that somebody has just given, or how the group was meant to be."""
MOST_ADMINS = 20

_log = structlog.get_logger()


async def begin(world: World) -> None:
    """Have the rounds begin, unless they have already."""
    async with world.store.begin() as tx:
        await tx.add_job(_round(world))


def _round(world: World) -> NewJob:
    return NewJob(JobKind.RECONCILE, "entra", world.clock.now() + EVERY)


async def reconcile(world: World, job: Job) -> None:
    """One round. What cannot be read now, the next one may."""
    try:
        offered = await catalog(world)
    except IntegrationError as failed:
        _log.warning("not_reconciled", system=failed.system)
    else:
        await _Round(world, offered).go()
    async with world.store.begin(done=job) as tx:
        await tx.add_job(_round(world))


@dataclass(frozen=True, slots=True)
class _Found:
    """A membership that may be an orphan."""

    access: Access
    held: Held

    @property
    def id(self) -> str:
        held = self.held
        return f"{held.group}:{held.oid}:{held.starts_at.isoformat() if held.starts_at else ''}"


@dataclass(frozen=True, slots=True)
class _Round:
    world: World
    offered: Catalog

    async def go(self) -> None:
        """Entra first, then what we know: what is asked for meanwhile is known by then."""
        held = [one for access in self.offered.accesses for one in await self._held(access)]
        async with self.world.store.begin() as tx:
            accounted = await tx.accounted()
            known = await tx.known_orphans([one.id for one in held])
        for one in held:
            if (one.held.oid, one.held.group) not in accounted and one.id not in known:
                await self._suspect(one)

    async def _held(self, access: Access) -> list[_Found]:
        try:
            found = await self.world.pim.holders(access.group)
        except IntegrationError as failed:
            _log.warning("not_reconciled", access=access.name, system=failed.system)
            return []
        now = self.world.clock.now()
        return [_Found(access, one) for one in found if _is_meant(one, now)]

    async def _suspect(self, found: _Found) -> None:
        """Look again, at this one alone: it may be over, or ours and just answered."""
        try:
            is_one = await self._is_orphan(found)
        except IntegrationError as failed:
            _log.warning("not_reconciled", access=found.access.name, system=failed.system)
            return
        if is_one:
            await self._note(found)

    async def _is_orphan(self, found: _Found) -> bool:
        person = PersonId(self.world.tenant, found.held.oid)
        group: GroupId = found.held.group
        if found.held.activated:
            looked = await look(self.world, person)
            adopted = [a for a in looked.active if a.group == group and a.request is None]
            return bool(adopted)
        async with self.world.store.begin() as tx:
            over = await tx.ended_since(person, self.world.clock.now() - LAG)
            return all(a.group != group for a in over)

    async def _note(self, found: _Found) -> None:
        held, now = found.held, self.world.clock.now()
        payload = {
            "access": found.access.name,
            "group": held.group,
            "oid": held.oid,
            "how": "activated" if held.activated else "assigned",
            "starts": held.starts_at.isoformat() if held.starts_at else "",
            "ends": held.ends_at.isoformat() if held.ends_at else "",
        }
        async with self.world.store.begin() as tx:
            if not await tx.note_orphan(found.id, now):
                return
            tx.record(Event(What.ORPHAN, data=payload))
            await tx.add_job(NewJob(JobKind.ORPHAN, found.id, now, payload=payload))
        ORPHANS.labels(found.access.name).inc()
        _log.warning("orphan_found", **payload)


def _is_meant(one: Held, now: datetime) -> bool:
    """Standing memberships are the doctor's concern, unless somebody has just given them."""
    return one.ends_at is not None or (one.starts_at is not None and now - one.starts_at < LATELY)


# --- telling -------------------------------------------------------------------------------------


async def tell(world: World, job: Job) -> None:
    """Tell the channels that are told of the access, or else the admins; each once."""
    access, group = job.payload["access"], GroupId(job.payload["group"])
    name, _ = await asker_of(world, PersonId(world.tenant, job.payload["oid"]))
    card = orphan_card(
        access,
        name,
        _moment(job.payload["starts"]),
        _moment(job.payload["ends"]),
        activated=job.payload["how"] == "activated",
    )
    told = await _bring_each(world, job, notified(world, group), card)
    told = told or await _bring_each(world, job, await _admins(world), card)
    if not told:
        _log.error("orphan_told_nobody", access=access, orphan=job.subject)
    again = min((at for some in told for at in some), default=None)
    async with world.store.begin(done=job) as tx:
        if again is not None:
            await tx.add_job(NewJob(JobKind.ORPHAN, job.subject, again, payload=job.payload))


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


async def _bring_each(
    world: World, job: Job, everybody: Sequence[To], card: Card
) -> list[Sequence[datetime]]:
    looks = [await _bring(world, job, to, card) for to in everybody]
    return [again for again in looks if again is not None]


async def _bring(world: World, job: Job, to: To, card: Card) -> Sequence[datetime] | None:
    """When to look again for one that was lost; None where nothing can be posted.

    Raises IntegrationError when it may work later.
    """
    where = to.id if isinstance(to, Channel) else to.user
    about = About(job.subject, f"{JobKind.ORPHAN}:{to.chat}:{where}")
    audience = Audience(to, job.created_at, job, _as_it_is)
    try:
        if isinstance(to, Channel) and await is_shared(world, to):
            return None
        return await bring_all(world, audience, [Wanted(about, card, due=True)])
    except IntegrationError as failed:
        if not failed.permanent:
            raise
        _log.error("orphan_not_told", chat=to.chat, to=where, error=failed.detail)
        return None


async def _admins(world: World) -> Sequence[To]:
    """Those of the access file, where each is written to; who is not linked cannot be."""
    offered = await catalog(world)
    users = await world.directory.people_of(sorted(offered.admins, key=str))
    async with world.store.begin() as tx:
        linked = [await tx.accounts(user.person) for user in users[:MOST_ADMINS]]
    there = ([one for one in accounts if one.chat in world.messengers] for accounts in linked)
    return [accounts[0] for accounts in there if accounts]


async def _as_it_is(card: Card) -> Card:
    return card
