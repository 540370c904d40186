"""Asking: judge the wish, fix its terms, and either send it on, wait for a sign-in, or refuse."""

import asyncio
from dataclasses import replace

from bot.domain.access import Access, Assurance, Authority
from bot.domain.audit import Event, What
from bot.domain.ids import PersonId, new_request_id
from bot.domain.policy import (
    Eligibility,
    NotEligible,
    PimRules,
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
    Missing,
    NotHere,
    RefusedError,
    UnknownAccess,
)
from bot.domain.request import PATIENCE, SIGN_IN_WAIT, Request, State
from bot.intents import Activate, Proceed
from bot.ports import DirectoryUser
from bot.store import ConflictError, Job
from handlers.context import World, catalog
from handlers.held import still_active
from handlers.steps import event, next_steps
from handlers.tokens import likely
from handlers.who import Actor, same_person


async def activate(world: World, actor: Actor, intent: Activate, job: Job) -> None:
    """Make the request, with everything it causes, in one transaction. Raises RefusedError."""
    wish = Wish(intent.duration, intent.reason, intent.ticket, intent.starts_at)
    access = await _find_access(world, intent.access, wish)
    rules, standing = await asyncio.gather(world.pim.rules(access.group), _standing(world, actor))
    if actor.link is not None and standing is None:
        actor = await _unlinked(world, actor)
    terms = _terms(world, access, rules, wish, standing)
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
    if missing := not_yet(access):
        raise RefusedError(NotHere(access, missing))
    return access


def not_yet(access: Access) -> Missing | None:
    """What an access demands that is not built: better refused than granted with less."""
    if access.authority is not Authority.DELEGATED:
        return Missing.AUTHORITY
    if access.assurance is not Assurance.CHAT:
        return Missing.ASSURANCE
    if access.approvers:
        return Missing.APPROVERS
    return None


def _terms(
    world: World,
    access: Access,
    rules: PimRules,
    wish: Wish,
    standing: tuple[Eligibility, ...] | None,
) -> Terms:
    """The terms, when neither policy nor eligibility speaks against them. Raises RefusedError."""
    now = world.clock.now()
    found = judge(wish, access, rules, now)
    problems = found.problems
    if standing is not None:
        problems += entitled(found.terms, standing, now)
    if problems:
        raise RefusedError(BadWish(found.terms, problems, longest(access, rules)))
    return found.terms


async def _standing(world: World, actor: Actor) -> tuple[Eligibility, ...] | None:
    """What a known person may activate; None for somebody who is not, or no longer, known."""
    if actor.person is None:
        return None
    user, eligible = await read_person(world, actor.person)
    if user is None or not may_act(user):
        raise RefusedError(AccountDisabled())
    return eligible if same_person(actor.profile, user) else None


async def _unlinked(world: World, actor: Actor) -> Actor:
    """The directory no longer says that the two accounts are one person's: the link is void."""
    assert actor.person is not None  # noqa: S101  only a link can be void
    async with world.store.begin() as tx:
        await tx.drop_link(actor.account)
        await tx.drop_token(actor.person)
        data = {"why": "accounts do not agree"}
        tx.record(Event(What.UNLINKED, actor=actor.person, account=actor.account, data=data))
    world.tokens.forget(actor.person)
    return replace(actor, link=None)


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
    if active is not None and active in await still_active(world, person):
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


async def why_not(world: World, person: PersonId, terms: Terms) -> str:
    """Why somebody who has just signed in may not have what they asked for before, or nothing."""
    user, eligible = await read_person(world, person)
    if not may_act(user):
        return "account_disabled"
    problems = entitled(terms, eligible, world.clock.now())
    if not problems:
        return ""
    return "not_eligible" if isinstance(problems[0], NotEligible) else "eligibility_ends"
