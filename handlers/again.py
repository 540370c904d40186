"""Asking once more for what was asked for before: the terms are repeated, the reason never is."""

import asyncio

from bot.domain.policy import PimRules
from bot.domain.request import Request
from bot.intents import Activate, Again, OpenForm
from bot.ports import IntegrationError
from bot.store import LinkRow, RequestFilter
from handlers.context import World, catalog

RULES_SECONDS = 1.0
"""A form must be opened within the chat's three seconds; without the rules by then, it is opened."""


async def meant(world: World, link: LinkRow, intent: Again) -> Activate | OpenForm | None:
    """What `intent` comes to now; None when there is nothing to repeat.

    The form is for what a person still has to say: a required reason (never the last one again),
    a required ticket, or whatever is required while Entra does not tell.
    """
    last = await _last(world, link, intent)
    if last is None:
        return None
    access, length = last.terms.access, intent.duration or last.terms.duration
    ticket = intent.ticket or last.terms.ticket
    if not intent.reason:
        rules = await _rules(world, last)
        if rules is None or rules.reason_required or (rules.ticket_required and not ticket):
            return OpenForm(access, length, ticket)
    return Activate(access, length, ticket=ticket, reason=intent.reason)


async def _last(world: World, link: LinkRow, intent: Again) -> Request | None:
    """The request that is meant, when it is this person's."""
    async with world.store.begin() as tx:
        if intent.request is None:
            found = await tx.requests(RequestFilter(link.person, limit=1))
            return found[0] if found else None
        request = await tx.request(intent.request)
    if request is None or (request.person or link.person) != link.person:
        return None
    return request if request.person or request.asker == link.account else None


async def _rules(world: World, last: Request) -> PimRules | None:
    try:
        async with asyncio.timeout(RULES_SECONDS):
            access = (await catalog(world)).named(last.terms.access)
            return await world.pim.rules(access.group) if access else None
    except (IntegrationError, TimeoutError):
        return None
