"""A request's messages, brought to what they should show now: posted once, then edited in place."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.cards import Card
from bot.domain.activation import Activation
from bot.domain.aws import Setup
from bot.domain.ids import RequestId
from bot.domain.request import Request, State
from bot.intents import Proceed
from bot.ports import MessageGoneError, Posted
from bot.store import Job, JobKind, NewJob, Posting
from bot.wording.ready import ending_card, ready_card
from bot.wording.requests import View, needs_sign_in_again, request_card, sign_in_card
from handlers.context import World, catalog
from handlers.opens import what_opens
from handlers.settle import SOON
from handlers.sign_in_links import mint

MAIN, SIGN_IN, DENIED, READY, ENDING = "main", "sign-in", "denied", "ready", "ending"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A message that should be there. `due`: it may be posted; else it is only kept up to date."""

    topic: str
    card: Card
    due: bool


async def show(world: World, job: Job) -> None:
    """Post and edit until every message of the request shows how it stands."""
    view = await _view(world, RequestId(job.subject))
    if view is not None:
        async with world.store.begin() as tx:
            followed = await tx.posting(view.request.id, MAIN) is not None
        for wanted in _wanted(world, view, followed=followed):
            await _bring(world, view.request, wanted)
    async with world.store.begin(done=job) as tx:
        if (again := _again_at(world, view)) is not None and view is not None:
            await tx.add_job(NewJob(JobKind.CARD, view.request.id, again))


def _again_at(world: World, view: View | None) -> datetime | None:
    """When time alone changes what the messages should be: shortly before the end."""
    activation = view.activation if view else None
    if activation is None or not activation.active or not _is_long(activation):
        return None
    soon = activation.ends_at - SOON
    return soon if soon > world.clock.now() else None


def _is_long(activation: Activation) -> bool:
    return activation.ends_at - activation.started_at > 2 * SOON


async def _view(world: World, request_id: RequestId) -> View | None:
    async with world.store.begin() as tx:
        request = await tx.request(request_id)
        if request is None:
            return None
        activation = await tx.activation_of(request_id)
        names = await tx.user_names([request.person]) if request.person else {}
    view = View(request, activation, sign_in_url="sign-in")
    if activation is None or request.person is None:
        return view
    access = (await catalog(world)).of_group(request.terms.group)
    if access is None:
        return view
    return replace(view, opens=await what_opens(world, access, names.get(request.person, "")))


def _wanted(world: World, view: View, *, followed: bool) -> list[Wanted]:
    """The messages there should be: a function of the state alone.

    `followed`: the main card is there already. An edit of it notifies nobody, so a sign-in that
    becomes necessary later is asked for in a message of its own.
    """
    request, activation, opens = view.request, view.activation, view.opens
    wanted = [
        Wanted(MAIN, request_card(view), due=True),
        Wanted(SIGN_IN, sign_in_card(view), due=followed and needs_sign_in_again(request)),
        Wanted(DENIED, request_card(view), due=followed and request.state is State.DENIED),
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
    return [
        *wanted,
        Wanted(READY, ready_card(request, activation, opens), due=lasts and known and opened),
        Wanted(
            ENDING,
            ending_card(request, activation),
            due=lasts and _is_long(activation) and left <= SOON,
        ),
    ]


async def _bring(world: World, request: Request, wanted: Wanted) -> None:
    shown = hashlib.sha256(repr(wanted.card).encode()).hexdigest()[:32]
    async with world.store.begin() as tx:
        posting = await tx.posting(request.id, wanted.topic)
    if (posting is None and not wanted.due) or (posting is not None and posting.shown == shown):
        return
    card = await _with_link(world, request, wanted.card)
    posted = await _put(world, request, card, posting)
    async with world.store.begin() as tx:
        await tx.save_posting(Posting(request.id, wanted.topic, posted, shown))


async def _with_link(world: World, request: Request, card: Card) -> Card:
    """A card with a sign-in button gets a fresh link; only its digest is kept."""
    if not any(button.url == "sign-in" for button in card.buttons):
        return card
    url = await mint(world, request.asker, Proceed(request.id), request.claims, request.expires_at)
    return replace(
        card,
        buttons=tuple(replace(b, url=url) if b.url == "sign-in" else b for b in card.buttons),
    )


async def _put(world: World, request: Request, card: Card, posting: Posting | None) -> Posted:
    messenger = world.messengers[request.asker.chat]
    if posting is not None:
        try:
            await messenger.update(posting.posted, card)
        except MessageGoneError:
            pass  # somebody deleted it; what it says is still owed
        else:
            return posting.posted
    return await messenger.post(request.asker, card)
