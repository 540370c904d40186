"""Whom to ask when those who were asked do not decide: named in the access file, written to by day."""

from collections.abc import Sequence
from datetime import datetime

from bot.domain.access import Access
from bot.domain.audit import Event, What
from bot.domain.decision import Asked, Invitation, human
from bot.domain.reminding import ESCALATE, morning
from bot.domain.request import Request
from bot.ports import DirectoryUser
from handlers.approvers import account_of, fit, principals
from handlers.context import World, catalog
from handlers.zones import zone_of


async def escalate(
    world: World, request: Request, invited: Sequence[Invitation], now: datetime
) -> tuple[Sequence[Invitation], datetime | None]:
    """Who is asked besides from now on, and when to look again."""
    access = (await catalog(world)).of_group(request.terms.group)
    if access is None or not access.escalate:
        return (), None
    at_once = await _cannot_decide(world, request, access, invited)
    due = min((i.invited_at for i in invited), default=request.asked_at) + ESCALATE
    if now < due and not at_once:
        return (), due
    found = [
        await _invitation(world, request, user, now)
        for user in await _others(world, request, access, invited)
    ]
    nights = {} if at_once else {one: await _night(world, one, now) for one in found}
    asked = [one for one in found if nights.get(one) is None]
    return asked, min((day for day in nights.values() if day is not None), default=None)


async def _cannot_decide(
    world: World, request: Request, access: Access, invited: Sequence[Invitation]
) -> bool:
    """Whether too few of those who were asked first can be reached at all."""
    aliases = (await catalog(world)).aliases
    reached = {
        human(i.person.oid, aliases) for i in invited if i.account and i.asked is Asked.FIRST
    }
    return len(reached) < (access.approvals_required if request.decided_here else 1)


async def _others(
    world: World, request: Request, access: Access, invited: Sequence[Invitation]
) -> list[DirectoryUser]:
    known = {one.person for one in invited}
    return [u for u in await fit(world, request, access.escalate) if u.person not in known]


async def _invitation(
    world: World, request: Request, user: DirectoryUser, now: datetime
) -> Invitation:
    """They decide where the file decides; where PIM does, only those whom its policy names."""
    decides = request.decided_here or await world.directory.is_any(
        user.person.oid, frozenset(await principals(world, request))
    )
    return Invitation(
        request.id,
        user.person,
        user.name or user.user_name,
        await account_of(world, user),
        now,
        asked=Asked.ESCALATED if decides else Asked.TOLD,
    )


async def _night(world: World, one: Invitation, now: datetime) -> datetime | None:
    return morning(now, await zone_of(world, one.account)) if one.account else None


def escalated(request: Request, asked: Sequence[Invitation]) -> Event:
    """As the record has it."""
    return Event(
        What.ESCALATED,
        actor=request.person,
        account=request.asker,
        request=request.id,
        data={
            how: ",".join(i.person.oid for i in asked if i.asked is how)
            for how in (Asked.ESCALATED, Asked.TOLD)
        },
    )
