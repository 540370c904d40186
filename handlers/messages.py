"""A request's messages, brought to what they should show now: posted once, then edited in place."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.cards import Card
from bot.domain.access import Access
from bot.domain.activation import Activation
from bot.domain.aws import Already, Setup
from bot.domain.ids import ChatAccount, PersonId, RequestId
from bot.domain.policy import ENDS_SOON, eligible_until
from bot.domain.request import OPEN, Request, State
from bot.intents import Proceed
from bot.messaging import About
from bot.ports import IntegrationError
from bot.store import Job, JobKind, NewJob, Transaction
from bot.wording.ready import ending_card, ready_card
from bot.wording.requests import View, needs_sign_in_again, request_card, sign_in_card, still_card
from handlers.already import already, is_member_beside
from handlers.channels import asking, topic
from handlers.context import NAMES_LAST, World, access_of
from handlers.matters import deciding, votes
from handlers.notices import announce
from handlers.opens import what_opens
from handlers.postings import Audience, Wanted, bring_all, fingerprint
from handlers.proof import confirms
from handlers.settle import SOON
from handlers.sign_in_links import mint
from handlers.steps import draw_homes

MAIN, SIGN_IN, STILL, DENIED, READY, ENDING = (
    *("main", "sign-in", "still"),
    *("denied", "ready", "ending"),
)


async def show(world: World, job: Job) -> None:
    """Post and edit until every message of the request shows how it stands.

    That its asker cannot be told is no reason for not telling the others.
    """
    await announce(world, RequestId(job.subject))
    view = await _view(world, RequestId(job.subject))
    again, refused = None, None
    try:
        again = await _bring(world, job, view) if view is not None else None
    except IntegrationError as failed:
        if not failed.permanent:
            raise
        refused = failed
    async with world.store.begin(done=None if refused else job) as tx:
        if view is not None:
            await draw_homes(tx, world.clock.now(), view.request.asker, view.request.person)
            if view.invited:
                now = world.clock.now()
                await tx.add_job(NewJob(JobKind.APPROVER_CARDS, job.subject, now))
        if again is not None:
            await tx.add_job(NewJob(JobKind.CARD, job.subject, again))
    if refused is not None:
        raise refused


async def _bring(world: World, job: Job, view: View) -> datetime | None:
    """Bring every message up to date; when to come back although nothing changes."""
    request = view.request
    async with world.store.begin() as tx:
        main = await tx.posting(request.id, MAIN)
    followed = main is not None and main.posted is not None
    news = followed and main is not None and main.shown != fingerprint(request_card(view))
    to = await world.within_reach(request.asker, request.person)
    audience = Audience(to, request.asked_at, job, partial(_with_link, world, request, to))
    again = await bring_all(world, audience, _wanted(world, view, followed=followed, news=news))
    return min([*again, *_moments(world, view.activation)], default=None)


def _moments(world: World, activation: Activation | None) -> list[datetime]:
    """When time alone changes what is shown: shortly before the end, and when AWS is late."""
    if activation is None or not activation.active:
        return []
    moments = [activation.ends_at - SOON] if _is_long(activation) else []
    if activation.aws_seen_at is None and activation.late_from < activation.ends_at:
        moments.append(activation.late_from)
    return [moment for moment in moments if moment > world.clock.now()]


def _is_long(activation: Activation) -> bool:
    return activation.ends_at - activation.started_at > 2 * SOON


async def _view(world: World, request_id: RequestId) -> View | None:
    async with world.store.begin() as tx:
        request = await tx.request(request_id)
        if request is None:
            return None
        activation = await tx.activation_of(request_id)
        names = await tx.user_names([request.person]) if request.person else {}
        invited = await tx.invitations(request_id)
        decisions = await tx.decisions(request_id) if invited else ()
        in_channel = await _asked_in_channel(world, tx, request)
        receipt = await tx.receipt(request)
    view = View(
        request,
        activation,
        sign_in_url="sign-in",
        invited=tuple(invited),
        decision=deciding(request, [d for d in decisions if d.holds]),
        votes=votes(request, [d for d in decisions if d.holds]),
        in_channel=in_channel,
        confirms=confirms(world, request.terms.group),
        receipt=receipt,
    )
    if request.decided_here:
        access = await access_of(world, request.terms.group, request.terms.access)
        view = replace(view, required=access.approvals_required)
    sent = request.decided_here and request.tried_at is not None
    if request.person is None or (activation is None and (request.state not in OPEN or sent)):
        return view  # what is held then may be what the grantor has just assigned
    user_name = names.get(request.person, "")
    if activation is None:
        access = Access(request.terms.access, request.terms.group)
        return replace(view, already=await already(world, access, request.person, user_name))
    if activation.active:
        view = replace(
            view, eligible_until=await _eligible_until(world, request.person, activation)
        )
    access = await access_of(world, request.terms.group, request.terms.access)
    return await _opened(world, view, activation, access, user_name)


async def _asked_in_channel(world: World, tx: Transaction, request: Request) -> bool:
    channel = asking(world, request.terms.group)
    posting = await tx.posting(request.id, topic(channel)) if channel else None
    return posting is not None and posting.posted is not None


async def _opened(
    world: World, view: View, activation: Activation, access: Access, user_name: str
) -> View:
    opens = await what_opens(world, access, user_name)
    member = await is_member_beside(world, activation)
    unseen = opens.setup is Setup.SCIM and activation.aws_seen_at is None
    return replace(
        view,
        opens=opens,
        already=Already(member, opens.standing),
        late=unseen and world.clock.now() >= activation.late_from,
    )


async def _eligible_until(
    world: World, person: PersonId, activation: Activation
) -> datetime | None:
    """When the person may activate it no more, if that is soon and Entra tells."""
    key = ("eligibilities", person)
    try:
        mine = await world.memory.of(key, NAMES_LAST, lambda: world.pim.eligibilities(person))
    except IntegrationError:
        return None
    until = eligible_until(activation.group, mine)
    return until if until and until - activation.ends_at <= ENDS_SOON else None


def _wanted(world: World, view: View, *, followed: bool, news: bool) -> list[Wanted]:
    """The messages there should be.

    `followed`: the main card is there already; `news`: and it shows something else yet. An edit
    of it notifies nobody, so a sign-in that becomes necessary later is asked for in a message of
    its own, and so is a denial told, unless the first message told it. It comes before the edit:
    whoever is interrupted between the two still owes it.
    """
    request, activation, opens = view.request, view.activation, view.opens
    if activation is not None and activation.active and activation.ends_at <= world.clock.now():
        return []  # whether it is over is being looked at: until then nothing new can be true

    def message(topic: str, card: Card, *, due: bool) -> Wanted:
        return Wanted(About(request.id, topic), card, due)

    main = request_card(view)
    wanted = [
        message(DENIED, main, due=news and request.state is State.DENIED),
        message(MAIN, main, due=True),
        message(SIGN_IN, sign_in_card(view), due=followed and needs_sign_in_again(request)),
        message(STILL, still_card(view), due=request.state is State.AWAITING_CONFIRMATION),
    ]
    if activation is None or opens is None:
        return wanted
    if opens.setup is Setup.UNKNOWN and activation.active:
        return wanted  # what was said of AWS and its links stays as long as nothing better is known
    known = opens.setup is not Setup.UNKNOWN
    watched = opens.setup is Setup.SCIM and opens.complete
    opened = activation.aws_seen_at is not None or not watched
    left = activation.ends_at - world.clock.now()
    lasts = activation.active and left > timedelta(0)
    soon = lasts and _is_long(activation) and left <= SOON
    return [
        *wanted,
        message(READY, ready_card(request, activation, opens), due=lasts and known and opened),
        message(ENDING, ending_card(request, activation, soon=left <= SOON), due=soon),
    ]


async def _with_link(world: World, request: Request, to: ChatAccount, card: Card) -> Card:
    """A card with a sign-in button gets a fresh link; only its digest is kept."""
    if not any(button.url == "sign-in" for button in card.buttons):
        return card
    url = await mint(world, to, Proceed(request.id), request.claims, request.expires_at)
    return replace(
        card,
        buttons=tuple(replace(b, url=url) if b.url == "sign-in" else b for b in card.buttons),
    )
