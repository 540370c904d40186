"""The sweeper: no promise hangs on a single job row, and what nobody needs any more is forgotten."""

import asyncio
from datetime import timedelta

import structlog

from bot.store import JobKind, NewJob
from handlers.context import World
from handlers.steps import next_steps

MOST = 100
MOST_AT_ONCE = 1000
"""Deliveries forgotten in one transaction."""
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
            await tx.add_job(NewJob(JobKind.END, activation.id, now))
            await tx.add_job(NewJob(JobKind.WATCH_AWS, activation.id, now))
    await _forget(world)
    if requests or activations:
        _log.warning("work_was_missing", requests=len(requests), activations=len(activations))


async def _forget(world: World) -> None:
    """In portions: after a flood there are many, and nobody shall wait to be noted meanwhile."""
    forgotten = MOST_AT_ONCE
    while forgotten == MOST_AT_ONCE:
        async with world.store.begin() as tx:
            await tx.forget_sign_ins(world.clock.now() - REMEMBERED)
            forgotten = await tx.forget_deliveries(MOST_AT_ONCE)
        await asyncio.sleep(0)
