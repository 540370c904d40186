"""Who decides a request, how each of them is reached, and telling them that it waits."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace

from bot.domain.access import Authority, Catalog, Principal
from bot.domain.audit import Event, What
from bot.domain.decision import Asked, Invitation, human
from bot.domain.ids import ChatAccount, PersonId, RequestId
from bot.domain.policy import PimRules
from bot.domain.refusals import AccountDisabled, NotAnApprover, RefusedError
from bot.domain.reminding import AFTER
from bot.domain.request import Request, State
from bot.ports import DirectoryUser, IntegrationError
from bot.store import Job, JobKind, NewJob
from handlers.context import World, catalog
from handlers.steps import show
from handlers.who import may_act

NOBODY = "nobody_decides"
TOO_FEW = "too_few_decide"
MOST_INVITED = 50
"""A group of hundreds is not written to: whoever is left out can still say `pending` or decide."""


async def principals(world: World, request: Request) -> Sequence[Principal]:
    """Those who decide about it: named by the group's PIM policy, or by the access file.

    Of the file, those to whom it was escalated only from then on.
    """
    if not request.decided_here:
        # Not as they were some minutes ago: perhaps it was them that made it wait.
        return (await world.pim.rules(request.terms.group, fresh=True)).approvers
    access = (await catalog(world)).of_group(request.terms.group)
    if access is None or access.authority is not Authority.APPLICATION:
        return ()
    async with world.store.begin() as tx:
        asked = {i.asked for i in await tx.invitations(request.id)} if access.escalate else set()
    return (*access.approvers, *(access.escalate if Asked.ESCALATED in asked else ()))


async def decider(
    world: World, person: PersonId, request: Request
) -> tuple[DirectoryUser, PimRules]:
    """Somebody who may decide it, and PIM's rules, as both are now. Raises RefusedError.

    Nothing here is remembered from before: what cannot be read now is no right (promise P3).
    """
    rules = await world.pim.rules(request.terms.group, fresh=True)
    user = await world.directory.user(person.oid)
    if user is None or not may_act(user):
        raise RefusedError(AccountDisabled())
    named = await principals(world, request)
    if not await world.directory.is_any(person.oid, frozenset(named)):
        raise RefusedError(NotAnApprover(request))
    return user, rules


async def invite(world: World, job: Job) -> None:
    """Find out who may decide and write down where they are asked to; their cards follow from it."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    if request is None or request.state is not State.AWAITING_APPROVAL:
        async with world.store.begin(done=job):
            return
    people, everything = await _deciders(world, request), await catalog(world)
    accounts = await asyncio.gather(*(account_of(world, user) for user in people))
    access = everything.of_group(request.terms.group)
    others = access.escalate if access else ()
    why = await _nobody(world, request, people, everything)
    now = world.clock.now()
    async with world.store.begin(done=job) as tx:
        known = {i.person: i for i in await tx.invitations(request.id)}
        for user, account in zip(people, accounts, strict=True):
            if user.person not in known:
                await tx.save_invitation(
                    Invitation(request.id, user.person, user.name or user.user_name, account, now)
                )
        if not known:
            tx.record(_invited(request, people, accounts))
            # Where there are others to ask, it is looked at once whether these can be reached.
            first = now if others else now + AFTER[0]
            await tx.add_job(NewJob(JobKind.REMIND, request.id, first))
        if why:
            request = replace(request, why=why, version=request.version + 1)
            await tx.save_request(request)
        await show(tx, request, now)


async def _nobody(
    world: World, request: Request, people: Sequence[DirectoryUser], everything: Catalog
) -> str:
    """Why it cannot be decided at all, unless that was said before."""
    access = everything.of_group(request.terms.group)
    if not request.decided_here or access is None:
        return "" if people or request.why else NOBODY
    others = await fit(world, request, access.escalate)
    humans = {human(user.person.oid, everything.aliases) for user in (*people, *others)}
    return "" if len(humans) >= access.approvals_required or request.why else TOO_FEW


async def _deciders(world: World, request: Request) -> Sequence[DirectoryUser]:
    """The people who may decide it now: members in good standing, and never the asker's own."""
    return (await fit(world, request, await principals(world, request)))[:MOST_INVITED]


async def fit(
    world: World, request: Request, named: Sequence[Principal]
) -> Sequence[DirectoryUser]:
    """Those of whom an access file or a policy names who may act, and are not the asker."""
    aliases = (await catalog(world)).aliases
    asker = human(request.person.oid, aliases) if request.person else ""
    return [
        user
        for user in await world.directory.people_of(named)
        if may_act(user) and human(user.person.oid, aliases) != asker
    ]


async def account_of(world: World, user: DirectoryUser) -> ChatAccount | None:
    """Where they are written to: the account they linked, else the one with their address.

    An address is enough to tell somebody; to decide they have to sign in.
    """
    async with world.store.begin() as tx:
        linked = await tx.accounts(user.person)
    for account in linked:
        if account.chat in world.messengers:
            return account
    for messenger in world.messengers.values():
        try:
            found = await messenger.account_of(user)
        except IntegrationError as failed:
            if not failed.permanent:
                raise
            continue  # the app may not look people up: they have Entra's own e-mail
        if found is not None:
            return found
    return None


def _invited(
    request: Request, people: Iterable[DirectoryUser], accounts: Iterable[ChatAccount | None]
) -> Event:
    reached = [account is not None for account in accounts]
    return Event(
        What.INVITED,
        actor=request.person,
        account=request.asker,
        request=request.id,
        data={
            "approvers": ",".join(user.person.oid for user in people),
            "reached": str(sum(reached)),
        },
    )
