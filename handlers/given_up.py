"""What meets a bug of ours each time is parked: whoever asked for it is told, and the log has why."""

import secrets

import structlog

from bot.intents import Intent
from bot.store import Job
from bot.wording import failures
from handlers.context import World
from handlers.reply import Reply, answer

_log = structlog.get_logger()


async def tell(world: World, job: Job, intent: Intent, bug: Exception) -> None:
    """Say so with a reference by which the log is searched."""
    reference = secrets.token_hex(4)
    _log.error("intent_given_up", reference=reference, job=job.id, error=type(bug).__name__)
    await answer(world, Reply.of(job), failures.given_up(intent, reference, job.attempts))
