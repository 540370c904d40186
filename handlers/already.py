"""What a person has without activating: said before they ask, and while they wait."""

import asyncio

from bot.domain.access import Access, Authority
from bot.domain.activation import Activation
from bot.domain.aws import NOTHING, Already
from bot.domain.ids import GroupId, PersonId
from bot.ports import IntegrationError
from handlers.context import World
from handlers.held import lately
from handlers.opens import what_opens

LOOK_SECONDS = 1.5
"""Nobody waits longer for a hint, whatever Entra and AWS do."""


async def already(world: World, access: Access, person: PersonId, user_name: str) -> Already:
    """What is known of it within a moment; what could not be looked at is not claimed."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            member, opens = await asyncio.gather(
                is_member(world, person, access.group), what_opens(world, access, user_name)
            )
    except TimeoutError:
        return NOTHING
    return Already(member, opens.standing)


async def is_member(world: World, person: PersonId, group: GroupId) -> bool:
    """Whether Entra has them in the group by an assignment; False when it does not answer."""
    try:
        held = await lately(world, person)
    except IntegrationError:
        return False
    return any(h.group == group and not h.activated for h in held)


async def is_member_beside(world: World, activation: Activation) -> bool:
    """The same, beside an activation; an assignment of the grantor's own is nothing beside it."""
    if activation.authority is Authority.APPLICATION:
        return False
    return await is_member(world, activation.person, activation.group)
