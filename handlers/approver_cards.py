"""The cards of a request's approvers, brought to what they should show; one who cannot be written to
keeps nobody else's card back.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.cards import Card
from bot.domain.decision import Asked, Decision, Invitation, human
from bot.domain.ids import Channel, PersonId, RequestId
from bot.messaging import About, UnreachableError
from bot.metrics import APPROVERS_NOT_REACHED
from bot.ports import IntegrationError
from bot.store import Job, JobKind, NewJob
from bot.wording.approvals import Matter, approver_card, card_for, reminder_card
from handlers.channels import asking, is_shared, topic
from handlers.context import World, catalog
from handlers.matters import matter_of
from handlers.postings import Audience, Wanted, bring_all
from handlers.steps import show as show_request

_log = structlog.get_logger()


async def show(world: World, job: Job) -> None:
    """Post and edit until every approver's card shows how the request stands."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
        invited = await tx.invitations(RequestId(job.subject))
    again: list[datetime] = []
    if request is not None and invited:
        matter = await matter_of(world, request, invited)
        asked = await _Channel(world, job, matter).asks()
        again = [*asked.again, *await _bring_each(world, job, matter, invited, asked)]
        again += await _bring_back(world, job, matter)
    async with world.store.begin(done=job) as tx:
        if again:
            await tx.add_job(NewJob(JobKind.APPROVER_CARDS, job.subject, min(again)))


@dataclass(frozen=True, slots=True)
class Told:
    """What has become of the card in a channel: it stands there, and has to be looked for again."""

    stands: bool = False
    again: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class _Channel:
    """The card in the channel in which approvals are asked; who may decide may click it there."""

    world: World
    job: Job
    matter: Matter

    async def asks(self) -> Told:
        """Bring it; where that cannot be, each approver is written to at once."""
        channel = asking(self.world, self.matter.request.terms.group)
        if channel is None:
            return Told()
        about = About(self.matter.request.id, topic(channel))
        stood = await self._stands(about)
        try:
            if not stood and await is_shared(self.world, channel):
                return Told()
            again = await self._brought(channel, about)
        except IntegrationError as failed:
            if not failed.permanent:
                raise
            _log.error("approvals_channel_not_reached", channel=channel.id, error=failed.detail)
            return Told(stood)
        if not stood:
            await self._tell_asker()
        return Told(stands=True, again=again)

    async def _stands(self, about: About) -> bool:
        async with self.world.store.begin() as tx:
            posting = await tx.posting(about.subject, about.topic)
        return posting is not None and posting.posted is not None

    async def _brought(self, channel: Channel, about: About) -> Sequence[datetime]:
        wanted = Wanted(about, approver_card(self.matter, ""), self.matter.waits)
        audience = Audience(channel, self.matter.request.asked_at, self.job, _as_it_is)
        return await bring_all(self.world, audience, [wanted])

    async def _tell_asker(self) -> None:
        async with self.world.store.begin() as tx:
            await show_request(tx, self.matter.request, self.world.clock.now())


async def _bring_each(
    world: World, job: Job, matter: Matter, invited: Sequence[Invitation], asked: Told
) -> list[datetime]:
    """Bring each; when lost ones have to be looked for again. Raises IntegrationError.

    Whom nothing reaches is left out: the others decide, and Entra writes an e-mail of its own.
    """
    failed: IntegrationError | None = None
    again: list[datetime] = []
    for one in [i for i in invited if i.account is not None]:
        try:
            again += await _bring(world, job, matter, one, asked)
        except UnreachableError as gone:
            await _not_reached(world, matter, one)
            APPROVERS_NOT_REACHED.inc()
            _log.error(
                "approver_not_reached",
                request=matter.request.id,
                person=one.person.oid,
                error=gone.detail,
            )
        except IntegrationError as this:
            failed = this
    if failed is not None:
        raise failed
    return again


async def _not_reached(world: World, matter: Matter, one: Invitation) -> None:
    """The asker reads it, and where the file names others to ask, they may be asked at once."""
    now = world.clock.now()
    async with world.store.begin() as tx:
        await tx.save_invitation(replace(one, account=None))
        await show_request(tx, matter.request, now)
        await tx.add_job(NewJob(JobKind.REMIND, matter.request.id, now))


async def _bring(
    world: World, job: Job, matter: Matter, one: Invitation, asked: Told
) -> Sequence[datetime]:
    """The first card, and one for each reminder: an edit would notify nobody.

    Whoever is asked in a channel gets no first card, but is reminded.
    """
    assert one.account is not None  # noqa: S101  the others have been left out
    waits = matter.waits
    about = About(matter.request.id, _topic(one.person))
    first = waits and not (asked.stands and one.asked is Asked.FIRST)
    reader = human(one.person.oid, (await catalog(world)).aliases)
    wanted = [Wanted(about, card_for(matter, one.asked, reader), first)]
    reminder = reminder_card(matter, reader)
    for number in range(1, one.reminders + 1):
        about = About(matter.request.id, _topic(one.person, number))
        wanted.append(Wanted(about, reminder, waits and number == one.reminders))
    to = await world.within_reach(one.account, one.person)
    audience = Audience(to, one.invited_at, job, _as_it_is)
    return await bring_all(world, audience, wanted)


async def _bring_back(world: World, job: Job, matter: Matter) -> list[datetime]:
    """Who decided in another chat than the one with their card, by typing it, has it there as well.

    The others have theirs by now: whom it does not reach is left out. Raises IntegrationError.
    """
    decided = [*matter.votes, *([matter.decision] if matter.decision else [])]
    again: list[datetime] = []
    for one in [d for d in decided if d.account.chat in world.messengers]:
        if await _reads_it(world, matter, one):
            continue
        about = About(matter.request.id, f"decided:{one.person.oid}")
        wanted = Wanted(about, approver_card(matter, one.human), due=True)
        try:
            audience = Audience(one.account, one.at, job, _as_it_is)
            again += await bring_all(world, audience, [wanted])
        except IntegrationError as failed:
            if not failed.permanent:
                raise
            _log.error("decider_not_reached", request=about.subject, error=failed.detail)
    return again


async def _reads_it(world: World, matter: Matter, decision: Decision) -> bool:
    """Whether a card of this request stands for them in the chat in which they decided."""
    channel = asking(world, matter.request.terms.group)
    topics = [_topic(decision.person), _topic(decision.person, 1)]
    topics += [topic(channel)] if channel else []
    async with world.store.begin() as tx:
        found = [await tx.posting(matter.request.id, each) for each in topics]
    chats = {one.posted.chat for one in found if one and one.posted}
    return decision.account.chat in chats


def _topic(person: PersonId, reminder: int = 0) -> str:
    return f"approver:{person.oid}" + (f":{reminder}" if reminder else "")


async def _as_it_is(card: Card) -> Card:
    return card
