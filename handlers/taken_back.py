"""After the access file has changed: who waits for what is offered no longer is told at once."""

from bot.domain.audit import What
from bot.domain.request import Request, State
from bot.store import ConflictError, RequestFilter
from handlers.context import World
from handlers.in_force import NoLongerOfferedError, in_force
from handlers.steps import event, next_steps

MOST = 10_000
"""More cannot wait at once; whoever were left out would be refused when they have signed in."""


async def take_back(world: World) -> None:
    """Refuse the requests that wait for somebody here, for what the new file does not offer."""
    async with world.store.begin() as tx:
        waiting = [
            request
            for state in (
                State.AWAITING_SIGN_IN,
                State.AWAITING_APPROVAL,
                State.AWAITING_CONFIRMATION,
            )
            for request in await tx.requests(RequestFilter(state=state, limit=MOST))
        ]
    for request in waiting:
        # One that was sent before waits in PIM, or for a token to look for its effect: that goes on.
        if request.tried_at is None:
            await _judge(world, request)


async def _judge(world: World, request: Request) -> None:
    try:
        await in_force(world, request)
    except NoLongerOfferedError as gone:
        await _refuse(world, request, gone.why)


async def _refuse(world: World, request: Request, why: str) -> None:
    over = request.ended(State.REFUSED, why)
    try:
        async with world.store.begin() as tx:
            await tx.save_request(over)
            tx.record(event(over, What.REFUSED, why=why))
            await next_steps(tx, over, world.clock.now())
    except ConflictError:
        pass  # somebody has just moved it, or another replica was first: it is looked at there
