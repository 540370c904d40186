"""What only some may do: asked of the directory now, as for any other right."""

import asyncio

from bot.domain.access import Principal
from bot.domain.ids import PersonId
from handlers.context import World
from handlers.who import Actor, may_act, same_person


async def is_one_of(
    world: World, actor: Actor, person: PersonId, principals: frozenset[Principal]
) -> bool:
    """Whether the actor, who is linked to `person`, is one of these people and may act."""
    if not principals:
        return False
    user, named = await asyncio.gather(
        world.directory.user(person.oid), world.directory.is_any(person.oid, principals)
    )
    return named and user is not None and may_act(user) and same_person(actor.profile, user)
