"""Asking: judge the wish, fix its terms, and either send it on, wait for a sign-in, or refuse."""

import asyncio
from datetime import datetime

from bot.domain.access import Access, Assurance, Authority
from bot.domain.audit import Event, What
from bot.domain.ids import PersonId, new_request_id
from bot.domain.policy import (
    Eligibility,
    NotEligible,
    Terms,
    Wish,
    entitled,
    judge,
    longest,
)
from bot.domain.refusals import (
    AccountDisabled,
    AlreadyActive,
    AlreadyOpen,
    BadWish,
    NotHere,
    RefusedError,
    UnknownAccess,
)
from bot.domain.request import PATIENCE, SIGN_IN_WAIT, Request, State
from bot.intents import Activate, Proceed
from bot.ports import DirectoryUser
from bot.store import ConflictError, Job, JobKind, NewJob, Transaction
from handlers.context import World, catalog
from handlers.tokens import likely
from handlers.who import Actor


async def activate(world: World, actor: Actor, intent: Activate, job: Job) -> None:
    """Make the request, with everything it causes, in one transaction. Raises RefusedError."""
    wish = Wish(intent.duration, intent.reason, intent.ticket, intent.starts_at)
    access = await _find_access(world, intent.access, wish)
    terms = await _terms(world, actor, access, wish)
    if actor.person is not None:
        await _refuse_double(world, actor.person, terms)
    ready = actor.person is not None and await likely(
        world, actor.person, Proceed(new_request_id())
    )
    await _make(world, actor, terms, ready=ready, job=job)


async def _find_access(world: World, name: str, wish: Wish) -> Access:
    """The access of that name, if it can be activated here. Raises RefusedError."""
    everything = await catalog(world)
    access = everything.named(name)
    if access is None:
        near = everything.nearest(name)
        raise RefusedError(UnknownAccess(name, near.name if near else "", wish))
    if missing := _not_yet(access):
        raise RefusedError(NotHere(access, missing))
    return access


def _not_yet(access: Access) -> str:
    """What an access demands that is not built: better refused than granted with less."""
    if access.authority is not Authority.DELEGATED:
        return "a decision made in the chat (authority = application)"
    if access.assurance is not Assurance.CHAT:
        return f"more than a chat (assurance = {access.assurance})"
    return ""


async def _terms(world: World, actor: Actor, access: Access, wish: Wish) -> Terms:
    """The terms, when nothing speaks against them: policy and eligibility in one round trip."""
    rules, eligible = await asyncio.gather(
        world.pim.rules(access.group), _standing(world, actor.person)
    )
    now = world.clock.now()
    found = judge(wish, access, rules, now)
    problems = found.problems
    if eligible is not None:
        problems += entitled(found.terms, eligible, now)
    if problems:
        raise RefusedError(BadWish(found.terms, problems, longest(access, rules)))
    return found.terms


async def _standing(world: World, person: PersonId | None) -> tuple[Eligibility, ...] | None:
    """What a known person may activate; None for somebody not linked yet (read after the sign-in)."""
    if person is None:
        return None
    user, eligible = await read_person(world, person)
    if not may_act(user):
        raise RefusedError(AccountDisabled())
    return eligible


async def read_person(
    world: World, person: PersonId
) -> tuple[DirectoryUser | None, tuple[Eligibility, ...]]:
    """The account and its eligibilities, read now, in one round trip."""
    return await asyncio.gather(world.directory.user(person.oid), world.pim.eligibilities(person))


def may_act(user: DirectoryUser | None) -> bool:
    """Whether an Entra account is one that may ask for anything."""
    return user is not None and user.enabled and not user.guest


async def _refuse_double(world: World, person: PersonId, terms: Terms) -> None:
    async with world.store.begin() as tx:
        active = await tx.active_in(person, terms.group)
        waiting = await tx.open_requests(person)
    if active is not None:
        raise RefusedError(AlreadyActive(active))
    for request in waiting:
        if request.terms.group == terms.group:
            raise RefusedError(AlreadyOpen(request))


async def _make(world: World, actor: Actor, terms: Terms, *, ready: bool, job: Job) -> None:
    now = world.clock.now()
    request = Request(
        id=new_request_id(),
        asker=actor.account,
        terms=terms,
        state=State.ACTIVATING if ready else State.AWAITING_SIGN_IN,
        asked_at=now,
        expires_at=now + (PATIENCE if ready else SIGN_IN_WAIT),
        person=actor.person,
    )
    try:
        async with world.store.begin(done=job) as tx:
            await tx.add_request(request)
            tx.record(_asked(request))
            await next_steps(tx, request, now)
    except ConflictError:
        await _refuse_open(world, request)


async def _refuse_open(world: World, request: Request) -> None:
    """Somebody (the same person, twice at once) was faster: say which request is open."""
    async with world.store.begin() as tx:
        for other in await tx.open_requests_of(request.asker):
            if other.terms.group == request.terms.group:
                raise RefusedError(AlreadyOpen(other))
    raise ConflictError


async def show(tx: Transaction, request: Request, now: datetime) -> None:
    """Bring the request's messages up to date."""
    await tx.add_job(NewJob(JobKind.CARD, request.id, now))


async def next_steps(tx: Transaction, request: Request, now: datetime) -> None:
    """The work a request's state demands; jobs have keys, so that saying it again is safe."""
    await show(tx, request, now)
    match request.state:
        case State.ACTIVATING | State.UNKNOWN:
            kind = JobKind.FOLLOW if request.pim else JobKind.ACTIVATE
            await tx.add_job(NewJob(kind, request.id, now))
        case State.AWAITING_SIGN_IN:
            await tx.add_job(NewJob(JobKind.LAPSE, request.id, request.expires_at))
        case State.AWAITING_APPROVAL | State.SCHEDULED:
            await tx.add_job(NewJob(JobKind.FOLLOW, request.id, now))
        case _:
            pass


def _asked(request: Request) -> Event:
    terms = request.terms
    return event(
        request,
        What.ASKED,
        access=terms.access,
        group=terms.group,
        minutes=str(int(terms.duration.total_seconds()) // 60),
        reason=terms.reason,
        ticket=terms.ticket,
    )


def event(request: Request, what: What, **data: str) -> Event:
    """An event about a request, with its terms' digest, so that any change of them would show."""
    return Event(
        what,
        actor=request.person,
        account=request.asker,
        request=request.id,
        data={"terms": request.terms.digest, "state": request.state, **data},
    )


async def why_not(world: World, person: PersonId, terms: Terms) -> str:
    """Why somebody who has just signed in may not have what they asked for before, or nothing."""
    user, eligible = await read_person(world, person)
    if not may_act(user):
        return "account_disabled"
    problems = entitled(terms, eligible, world.clock.now())
    if not problems:
        return ""
    return "not_eligible" if isinstance(problems[0], NotEligible) else "eligibility_ends"
