"""What the channels of an access are told: one message for each request, edited as it goes on."""

from collections.abc import Sequence
from datetime import datetime

from bot.cards import Card
from bot.domain.ids import Channel, Chat, RequestId
from bot.domain.request import Request, State
from bot.messaging import About
from bot.store import Job, JobKind, NewJob, Transaction
from bot.wording.notices import is_news, notice_card
from bot.wording.receipts import with_receipt
from handlers.channels import asking, is_shared, notified, topic
from handlers.context import NAMES_LAST, World
from handlers.matters import asker_of
from handlers.postings import Audience, Wanted, bring_all


async def announce(world: World, request_id: RequestId) -> None:
    """Cause the notices, each as work of its own: a channel that is gone holds up nothing else."""
    async with world.store.begin() as tx:
        request = await tx.request(request_id)
        for channel in notified(world, request.terms.group) if request else ():
            if request is not None and not await _reads_more(world, tx, request, channel):
                await tx.add_job(_work(request_id, channel, world.clock.now()))


async def _reads_more(world: World, tx: Transaction, request: Request, channel: Channel) -> bool:
    """Whether the channel has, or gets, the card that asks for the approval: a notice says less."""
    if channel != asking(world, request.terms.group):
        return False
    posting = await tx.posting(request.id, topic(channel))
    stands = posting is not None and posting.posted is not None
    return stands or request.state is State.AWAITING_APPROVAL


def _work(request: str, channel: Channel, at: datetime) -> NewJob:
    key = f"{JobKind.NOTICE}:{request}:{channel.chat}:{channel.id}"
    return NewJob(JobKind.NOTICE, request, at, key, {"chat": channel.chat, "channel": channel.id})


async def show(world: World, job: Job) -> None:
    """Bring the notice in one channel to how the request stands."""
    channel = Channel(Chat(job.payload["chat"]), job.payload["channel"])
    again = await _bring(world, job, channel)
    async with world.store.begin(done=job) as tx:
        for at in again:
            await tx.add_job(_work(job.subject, channel, at))


async def _bring(world: World, job: Job, channel: Channel) -> Sequence[datetime]:
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
        activation = await tx.activation_of(RequestId(job.subject))
        receipt = await tx.receipt(request) if request else None
    if request is None or await is_shared(world, channel):
        return ()
    notice = notice_card(request, activation, await _name(world, request))
    card = with_receipt(notice, receipt)
    about = About(request.id, f"{JobKind.NOTICE}:{channel.chat}:{channel.id}")
    audience = Audience(channel, request.asked_at, job, _as_it_is)
    return await bring_all(world, audience, [Wanted(about, card, is_news(request))])


async def _name(world: World, request: Request) -> str:
    """What the person is called where they asked; plain text, which calls nobody."""
    asker = request.asker
    if asker.chat not in world.messengers and request.person is not None:
        name, _ = await asker_of(world, request.person)
        return name
    messenger = world.chat(asker.chat)
    profile = await world.memory.of(
        ("profile", asker), NAMES_LAST, lambda: messenger.profile(asker)
    )
    return profile.name


async def _as_it_is(card: Card) -> Card:
    return card
