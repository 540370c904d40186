"""The form that asks for the reason of a decision, and the list of what waits for one."""

import asyncio
from collections.abc import Mapping

from bot.cards import Card, FieldErrors, Form
from bot.domain.decision import Asked, Verdict, human
from bot.domain.ids import PersonId, RequestId
from bot.domain.refusals import RefusedError
from bot.domain.request import Request, State
from bot.intents import AskReason, Decide, Pending, encode
from bot.ports import IntegrationError
from bot.store import LinkRow
from bot.wording import answers, approvals, forms, refusals
from bot.wording.approvals import Matter
from handlers.approvers import decider
from handlers.arrivals import Arrival
from handlers.context import World, catalog
from handlers.matters import knows_of, matter_of, waiting_for
from handlers.sign_in_links import mint
from handlers.who import Actor, check

MOST_LISTED = 10
"""Each is looked at in Entra; the oldest come first."""


async def open_form(world: World, arrival: Arrival, intent: AskReason) -> None:
    """Show the form at once, then what it is about, to those who may know.

    Whether they may decide is asked on submission.
    """
    messenger = world.chat(arrival.account.chat)
    title = approvals.reason_title(intent.request, intent.verdict)
    shown = await messenger.open_form(arrival.trigger, forms.loading_form(title))
    await messenger.redraw_form(shown, await _form(world, arrival, intent, title))


async def _form(world: World, arrival: Arrival, intent: AskReason, title: str) -> Form:
    try:
        actor = await check(world, arrival.account)
        async with world.store.begin() as tx:
            request = await tx.request(intent.request)
        if request is None or not _takes(request, intent.verdict):
            return forms.closed_form(approvals.waits_no_more(), title)
        matter = await _readable(world, actor, request)
    except IntegrationError:
        return forms.closed_form(approvals.cannot_ask(), title)
    except RefusedError as no:
        return forms.closed_form(refusals.refused(no.refusal).title, title)
    return approvals.reason_form(encode(intent), title, intent.verdict, matter)


async def _readable(world: World, actor: Actor, request: Request) -> Matter | None:
    """What the form says; None for somebody of whom it is not known yet who they are.

    A request's id can be sent from anywhere. Raises RefusedError for who has no say in it.
    """
    if not await knows_of(world, request, actor.account, actor.person):
        if actor.person is None:
            return None
        await decider(world, actor.person, request)
    return await matter_of(world, request)


async def view(world: World, link: LinkRow | None, request_id: RequestId) -> Card | None:
    """The card of a channel as one who may decide it sees it, or its asker; None for anybody else.

    It only shows, and only what they may read anyway, since a request's id can be sent from
    anywhere: whoever presses something on it is looked at as ever.
    """
    async with world.store.begin() as tx:
        request = await tx.request(request_id)
        invited = await tx.invitations(request_id)
    if request is None or request.person is None or request.state is not State.AWAITING_APPROVAL:
        return None
    aliases = (await catalog(world)).aliases
    reader = human(link.person.oid, aliases) if link else ""
    deciders = {human(i.person.oid, aliases) for i in invited if i.asked is not Asked.TOLD}
    asker = human(request.person.oid, aliases)
    if reader not in {asker, *deciders}:
        return None
    matter = await matter_of(world, request, invited)
    return approvals.view_card(matter, reader, asker=reader == asker)


def _takes(request: Request, verdict: Verdict) -> bool:
    waits = request.state is State.AWAITING_APPROVAL
    return waits or (verdict is Verdict.DENY and request.deniable)


def read(intent: AskReason, values: Mapping[str, str]) -> Decide | FieldErrors:
    """The submitted form as the decision it is, or what is missing."""
    reason = values.get(approvals.REASON, "").strip()
    if not reason:
        return FieldErrors({approvals.REASON: approvals.reason_missing()})
    return Decide(intent.request, intent.verdict, intent.terms, reason)


async def pending(world: World, actor: Actor) -> Card:
    """What waits for this person's decision."""
    if actor.link is None:
        return answers.sign_in_first(await mint(world, actor.account, Pending()), answers.WHO)
    person, waiting = actor.link.person, await waiting_for(world, actor.link.person)
    oldest = waiting[:MOST_LISTED]
    may = await asyncio.gather(*(_may_still_decide(world, person, r) for r in oldest))
    mine = [request for request, is_mine in zip(oldest, may, strict=True) if is_mine]
    matters = await asyncio.gather(*(matter_of(world, request) for request in mine))
    return approvals.pending(tuple(matters), more=len(waiting) - len(oldest))


async def _may_still_decide(world: World, person: PersonId, request: Request) -> bool:
    """Whoever was asked and decides no more has no business reading it either."""
    mine = human(person.oid, (await catalog(world)).aliases)
    async with world.store.begin() as tx:
        decided = {d.human for d in await tx.decisions(request.id) if d.holds}
    try:
        await decider(world, person, request)
    except RefusedError:
        return False
    return mine not in decided
