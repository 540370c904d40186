"""What Entra really holds for a person: what was ended beside the bot is noticed, and written down."""

from collections.abc import Sequence

from bot.domain.activation import Activation, End
from bot.domain.ids import PersonId
from bot.ports import Held
from handlers.context import World
from handlers.settle import end


async def still_active(world: World, person: PersonId) -> Sequence[Activation]:
    """The activations we know of that Entra holds now; the others are closed as ended elsewhere.

    One younger than five minutes cannot have been ended, and Entra's lists may lag: it counts.
    """
    async with world.store.begin() as tx:
        known = await tx.active(person)
    if not known:
        return ()
    held = await world.pim.held(person)
    now = world.clock.now()
    gone = [a for a in known if now > a.may_end_from and not _holds(held, a)]
    for activation in gone:
        async with world.store.begin() as tx:
            await end(tx, activation, End.ELSEWHERE, min(now, activation.ends_at))
    return [a for a in known if a not in gone]


def _holds(held: Sequence[Held], activation: Activation) -> bool:
    return any(h.group == activation.group and h.activated for h in held)
