"""A word in between: when an answer takes long that is said once, and it goes on by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from bot.ports import IntegrationError
from bot.wording import failures
from handlers.context import World
from handlers.reply import Reply, answer

SLOW = timedelta(seconds=5)
"""Real seconds without an answer before that is said."""
SHORTEST = 1.0
"""Seconds a later try is given, so that one that succeeds at once is not called slow."""
_log = structlog.get_logger()


@asynccontextmanager
async def saying_so(world: World, reply: Reply, key: str, since: datetime) -> AsyncIterator[None]:
    """While the block takes long, say so, once for all tries of what `key` names.

    Only where it can be said privately: a message of its own would notify, and change nothing.
    """
    waited = (world.clock.now() - since).total_seconds()
    seconds = max(SHORTEST, SLOW.total_seconds() - waited)
    timer = asyncio.create_task(_after(seconds, world, reply, key))
    try:
        yield
    finally:
        timer.cancel()
        await asyncio.wait([timer])


async def _after(seconds: float, world: World, reply: Reply, key: str) -> None:
    await asyncio.sleep(seconds)
    await say_so(world, reply, key)


async def say_so(world: World, reply: Reply, key: str) -> None:
    """Say it, unless that was said before; nothing depends on its arriving."""
    if not reply.reply_to:
        return
    try:
        async with world.store.begin() as tx:
            first = await tx.first_time(f"slow:{key}")
    except IntegrationError as failed:
        _log.warning("not_said", system=failed.system)
        return
    if first:
        await answer(world, reply, failures.slow())
