"""The sweeper: no promise hangs on a single job row, and what nobody needs any more is forgotten."""

from datetime import timedelta

import structlog

from bot.store import JobKind, NewJob
from handlers.context import World
from handlers.steps import next_steps

MOST = 100
REMEMBERED = timedelta(days=1)
"""How long an expired sign-in link can still explain itself."""

_log = structlog.get_logger()


async def sweep(world: World) -> None:
    """Give every row whose state demands work a job again, if it has lost it."""
    now = world.clock.now()
    async with world.store.begin() as tx:
        requests = await tx.left_requests(MOST)
        activations = await tx.left_activations(MOST)
        for request in requests:
            await next_steps(tx, request, now)
        for activation in activations:
            await tx.add_job(NewJob(JobKind.END, activation.id, activation.ends_at))
            await tx.add_job(NewJob(JobKind.WATCH_AWS, activation.id, now))
    async with world.store.begin() as tx:
        await tx.forget_sign_ins(now - REMEMBERED)
    if requests or activations:
        _log.warning("work_was_missing", requests=len(requests), activations=len(activations))
