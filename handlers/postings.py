"""One message brought to what it should show: noted before it is sent, found again when lost.

What becomes of a post whose answer is lost, or during which the process is killed, nobody tells.
So that it is begun is written down first; then it is looked for in the chat before anything is
posted again, and once more a while later, since it may turn up late.
"""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from bot.cards import Card
from bot.messaging import About, MessageGoneError, Messenger, Posted, To, UnreachableError
from bot.ports import IntegrationError, Outcome
from bot.store import Job, Posting
from bot.wording.requests import posted_twice
from handlers.context import World

SETTLING = timedelta(minutes=1)
"""How long after a post was begun its message may still turn up."""

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that should be there. `due`: it may be posted; else it is only kept up to date."""

    about: About
    card: Card
    due: bool


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom messages are for, and since when there can be any.

    `finish` puts into a card what is made anew for each sending. `job` is the work that brings them.
    """

    to: To
    since: datetime
    job: Job
    finish: Callable[[Card], Awaitable[Card]]


def fingerprint(card: Card) -> str:
    """What is kept of what a message shows."""
    return hashlib.sha256(repr(card).encode()).hexdigest()[:32]


async def bring_all(
    world: World, audience: Audience, wanted: Sequence[Wanted]
) -> Sequence[datetime]:
    """Post and edit until each is as it should be; when lost ones have to be looked for again.

    One that the chat refuses does not keep the others back. Raises IntegrationError,
    UnreachableError as soon as it is certain that nothing reaches them.
    """
    looks, refused = [], None
    for one in wanted:
        try:
            looks.append(await _Message(world, audience, one).bring())
        except IntegrationError as failed:
            if not failed.permanent or isinstance(failed, UnreachableError):
                raise
            refused = failed
    if refused is not None:
        raise refused
    return [at for at in looks if at is not None]


@dataclass(frozen=True, slots=True)
class _Message:
    """One message on its way to what is wanted."""

    world: World
    audience: Audience
    wanted: Wanted

    async def bring(self) -> datetime | None:
        posting = await self._noted()
        if self._must_look(posting):
            posting = await self._look(posting)
        shown = fingerprint(self.wanted.card)
        owed = self.wanted.due if posting.posted is None else posting.shown != shown
        if owed:
            posting = await self._send(posting, shown)
        return posting.begun_at + SETTLING if posting.begun_at else None

    async def _noted(self) -> Posting:
        about = self.wanted.about
        async with self.world.store.begin() as tx:
            posting = await tx.posting(about.subject, about.topic)
        if posting is None or (posting.posted and posting.posted.chat is not self.audience.to.chat):
            # What stands in a chat that is not configured any more, nobody can change.
            return Posting(about.subject, about.topic)
        return posting

    async def _note(self, posting: Posting) -> Posting:
        async with self.world.store.begin() as tx:
            await tx.save_posting(posting)
        return posting

    async def _begin(self, posting: Posting) -> Posting:
        """Note what is about to be sent, while this is our work: who was stopped has an old card."""
        async with self.world.store.begin() as tx:
            await tx.must_hold(self.audience.job)
            await tx.save_posting(posting)
        return posting

    @property
    def _messenger(self) -> Messenger:
        return self.world.chat(self.audience.to.chat)

    # --- looking for what was lost -----------------------------------------------------------

    def _must_look(self, posting: Posting) -> bool:
        begun = posting.begun_at
        return begun is not None and (posting.posted is None or self._settled(begun))

    def _settled(self, begun: datetime) -> bool:
        return self.world.clock.now() >= begun + SETTLING

    async def _look(self, posting: Posting) -> Posting:
        """Follow one of those that stand, take away the others."""
        found = await self._messenger.find(self.audience.to, posting.about, self.audience.since)
        kept = posting.posted or next(iter(found), None)
        for other in found:
            if other != kept:
                await self._retire(other)
        if posting.posted is None and kept is not None:
            _log.info("lost_message_found", subject=posting.subject, topic=posting.topic)
        settled = posting.begun_at is not None and self._settled(posting.begun_at)
        begun_at = None if settled else posting.begun_at
        return await self._note(replace(posting, posted=kept, begun_at=begun_at))

    async def _retire(self, other: Posted) -> None:
        """Nobody will follow it: it goes, or says at least nothing that can become false."""
        if await self._messenger.retract(other):
            return
        _log.warning("message_stays", subject=self.wanted.about.subject, message=other.message)
        with suppress(MessageGoneError):
            await self._messenger.update(other, posted_twice())

    # --- sending -----------------------------------------------------------------------------

    async def _send(self, posting: Posting, shown: str) -> Posting:
        card = await self.audience.finish(self.wanted.card)
        stands = posting.posted
        if stands is not None:
            # Should the answer be lost, it may show either card: neither may pass for shown.
            posting = await self._begin(replace(posting, shown=""))
            try:
                await self._messenger.update(stands, card, posting.about)
            except MessageGoneError:
                posting = replace(posting, posted=None)  # what it says is still owed
            else:
                return await self._shown(posting, shown)
        return await self._post(posting, card, shown)

    async def _shown(self, before: Posting, shown: str) -> Posting:
        """Note what it shows, unless another process has brought it somewhere meanwhile.

        One of the two was stopped, and has lost this work: what it sent may have come last. So
        neither card passes for shown, and it is brought anew, whoever of them knows of it.
        """
        about, now = before.about, self.world.clock.now()
        async with self.world.store.begin() as tx:
            other = await tx.posting(about.subject, about.topic)
            if other == before:
                after = replace(before, shown=shown)
            else:
                _log.info("brought_by_two", subject=about.subject, topic=about.topic)
                after = replace(other or before, shown="")
                await tx.add_job(self.audience.job.again(now))
            await tx.save_posting(after)
        return after

    async def _post(self, posting: Posting, card: Card, shown: str) -> Posting:
        begun = await self._begin(replace(posting, shown="", begun_at=self.world.clock.now()))
        try:
            posted = await self._messenger.post(self.audience.to, card, posting.about)
        except IntegrationError as failed:
            if failed.outcome is Outcome.DID_NOT:
                await self._note(posting)
            raise
        doubt = None if posting.begun_at is None else begun.begun_at
        return await self._settle(replace(begun, posted=posted, shown=shown, begun_at=doubt))

    async def _settle(self, ours: Posting) -> Posting:
        """Note where it stands, unless another process did this work meanwhile."""
        async with self.world.store.begin() as tx:
            other = await tx.posting(ours.subject, ours.topic)
            if other is None or other.posted is None:
                await tx.save_posting(ours)
                return ours
        assert ours.posted is not None  # noqa: S101  it has just been posted
        await self._retire(ours.posted)
        return other
