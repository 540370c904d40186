"""Asking: judge the wish, fix its terms, and either send it on, wait for a sign-in, or refuse."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.domain.access import Access, Assurance, Authority
from bot.domain.audit import Event, What
from bot.domain.ids import PersonId, new_request_id
from bot.domain.policy import (
    Eligibility,
    MayNotAsk,
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
from bot.domain.text import visible
from bot.intents import Activate, Proceed
from bot.ports import DirectoryUser, Held
from bot.store import ConflictError, Job, Transaction
from handlers.context import World, access_of, catalog
from handlers.held import note
from handlers.standing import PARTED, leaver
from handlers.steps import event, next_steps
from handlers.taking_back import void
from handlers.tokens import likely
from handlers.who import Actor, gone, may_act, same_person


async def activate(world: World, actor: Actor, intent: Activate, job: Job) -> None:
    """Make the request, with everything it causes, in one transaction. Raises RefusedError."""
    wish = Wish(intent.duration, visible(intent.reason), visible(intent.ticket), intent.starts_at)
    access, policy = await _find_access(world, intent.access, wish)
    rules, standing, held = await asyncio.gather(
        world.pim.rules(access.group), _standing(world, actor, access), _held(world, actor)
    )
    if missing := unproven(access, rules):
        raise RefusedError(NotHere(access, missing))
    if actor.link is not None and standing is None:
        actor = await _unlinked(world, actor)
    terms = _terms(world, access, rules, wish, standing)
    if actor.person is not None:
        await refuse_double(world, actor.person, terms, held)
    confirms = access.assurance is Assurance.CONFIRM
    if access.authority is Authority.APPLICATION:
        request = _put_to_vote(actor, terms, world.clock.now(), ready=not confirms)
        await _make(world, request, policy, job)
        return
    ready = (
        not confirms
        and actor.person is not None
        and await likely(world, actor.person, Proceed(new_request_id()))
    )
    request = _request(actor, terms, world.clock.now(), ready=ready)
    claims = rules.claims if ready else rules.sign_in_claims
    await _make(world, replace(request, claims=claims), policy, job)


async def _find_access(world: World, name: str, wish: Wish) -> tuple[Access, str]:
    """The access of that name, if it can be activated here, and whose word that is.

    Raises RefusedError.
    """
    everything = await catalog(world)
    access = everything.named(name)
    if access is None:
        near = everything.nearest(name)
        raise RefusedError(UnknownAccess(name, near.name if near else "", wish))
    if missing := not_yet(access, grants=world.grantor is not None):
        raise RefusedError(NotHere(access, missing))
    return access, everything.source


def not_yet(access: Access, *, grants: bool) -> Missing | None:
    """What an access demands that is not there: better refused than granted with less.

    `grants`: there is a grantor.
    """
    if access.authority is Authority.APPLICATION and not grants:
        return Missing.AUTHORITY
    return Missing.ASSURANCE if access.assurance is Assurance.PORTAL else None


def unproven(access: Access, rules: PimRules) -> Missing | None:
    """What PIM asks of a sign-in that nobody would check where an application assigns."""
    delegated = access.authority is Authority.DELEGATED
    return Missing.PROOF if not delegated and rules.sign_in_claims else None


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
        problems += entitled(found.terms, standing, now, access.authority)
    if problems:
        raise RefusedError(BadWish(found.terms, problems, longest(access, rules)))
    return found.terms


async def _standing(world: World, actor: Actor, access: Access) -> tuple[Eligibility, ...] | None:
    """What a known person may activate; None for somebody who is not, or no longer, known."""
    if actor.person is None:
        return None
    user, eligible = await read_person(world, actor.person, access)
    if user is None or not may_act(user):
        if gone(user):
            await leaver(world, actor.person)
        raise RefusedError(AccountDisabled())
    return eligible if same_person(actor.profile, user) else None


async def _unlinked(world: World, actor: Actor) -> Actor:
    """The directory no longer says that the two accounts are one person's: the link is void."""
    assert actor.person is not None  # noqa: S101  only a link can be void
    await void(world, [actor.account], actor.person, PARTED)
    return replace(actor, link=None)


async def read_person(
    world: World, person: PersonId, access: Access
) -> tuple[DirectoryUser | None, tuple[Eligibility, ...]]:
    """The account and what entitles it to ask for an access, read now, in one round trip."""
    return await asyncio.gather(
        world.directory.user(person.oid), eligibilities(world, person, access)
    )


async def eligibilities(world: World, person: PersonId, access: Access) -> tuple[Eligibility, ...]:
    """What entitles somebody to ask for it: PIM's eligibilities, or the access file's word."""
    if access.authority is Authority.DELEGATED:
        return await world.pim.eligibilities(person)
    named = await world.directory.is_any(person.oid, frozenset(access.members))
    return (Eligibility(access.group),) if named else ()


async def _held(world: World, actor: Actor) -> Sequence[Held]:
    return await world.pim.held(actor.person) if actor.person else ()


async def refuse_double(
    world: World, person: PersonId, terms: Terms, held: Sequence[Held] | None = None
) -> None:
    """Raises RefusedError when they have it, or have asked for it, already.

    `held` is what Entra was found to hold just now; without it, Entra is asked.
    """
    looked = await note(world, person, await world.pim.held(person) if held is None else held)
    for activation in looked.active:
        if activation.group == terms.group:
            raise RefusedError(AlreadyActive(activation))
    async with world.store.begin() as tx:
        waiting = await tx.open_requests(person)
    for request in waiting:
        if request.terms.group == terms.group:
            raise RefusedError(AlreadyOpen(request))


def _request(actor: Actor, terms: Terms, now: datetime, *, ready: bool) -> Request:
    """A new request: sent at once where a token is at hand, else waiting for its person."""
    return Request(
        id=new_request_id(),
        asker=actor.account,
        terms=terms,
        state=State.ACTIVATING if ready else State.AWAITING_SIGN_IN,
        asked_at=now,
        expires_at=now + (PATIENCE if ready else SIGN_IN_WAIT),
        person=actor.person,
    )


def _put_to_vote(actor: Actor, terms: Terms, now: datetime, *, ready: bool) -> Request:
    """A new request that is decided here: at once where its person is known, else after a sign-in."""
    request = replace(_request(actor, terms, now, ready=False), authority=Authority.APPLICATION)
    if actor.person is None or not ready:
        return request
    return replace(request.carried_on(now), version=request.version)


async def _make(world: World, request: Request, policy: str, job: Job) -> None:
    try:
        async with world.store.begin(done=job) as tx:
            await tx.add_request(request)
            tx.record(_asked(request, policy))
            note_pending(tx, request)
            await next_steps(tx, request, world.clock.now())
    except ConflictError:
        await _refuse_open(world, request)


async def _refuse_open(world: World, request: Request) -> None:
    """Somebody (the same person, twice at once) was faster: say which request is open."""
    async with world.store.begin() as tx:
        for other in await tx.open_requests_of(request.asker):
            if other.terms.group == request.terms.group:
                raise RefusedError(AlreadyOpen(other))
    raise ConflictError


def _asked(request: Request, policy: str) -> Event:
    terms = request.terms
    return event(
        request,
        What.ASKED,
        policy=policy,
        access=terms.access,
        group=terms.group,
        minutes=str(int(terms.duration.total_seconds()) // 60),
        reason=terms.reason,
        ticket=terms.ticket,
    )


def note_pending(tx: Transaction, request: Request) -> None:
    """Record that it waits for those who decide it here, if it does."""
    if request.state is State.AWAITING_APPROVAL:
        tx.record(event(request, What.PENDING))


async def why_not(world: World, person: PersonId, request: Request) -> str:
    """Why somebody may no longer have what they asked for before, or nothing."""
    terms = request.terms
    access = await access_of(world, terms.group, terms.access)
    if access.authority is not request.authority:
        return "authority_changed"
    user, eligible = await read_person(world, person, access)
    if not may_act(user):
        return "account_disabled"
    match entitled(terms, eligible, world.clock.now(), request.authority):
        case ():
            return ""
        case (NotEligible(), *_):
            return "not_eligible"
        case (MayNotAsk(), *_):
            return "may_not_ask"
        case _:
            return "eligibility_ends"
