"""Messages: deliveries that came in, so that none counts twice, and postings that went out."""

import secrets

from sqlalchemy import bindparam, delete, select

from bot.store import Posting
from integrations.database import rows, tables
from integrations.database.columns import real_now
from integrations.database.inserts import per_dialect, put
from integrations.database.unit import Unit

KEPT = 24 * 3600.0
"""Seconds a delivery is remembered: Slack redelivers for about an hour, a signature lasts 5 min.

https://docs.slack.dev/apis/events-api/#retries
"""
_EACH = 500
"""One in so many deliveries sweeps out the old ones."""

_p = tables.posting.c
_NOTE = per_dialect(
    lambda insert: (
        insert(tables.delivery)
        .values(key=bindparam("delivery"), received_at=real_now())
        .on_conflict_do_nothing()
    )
)
_SWEEP = delete(tables.delivery).where(tables.delivery.c.received_at < real_now(-KEPT))
_POSTING = select(tables.posting).where(
    _p.subject == bindparam("subject"), _p.topic == bindparam("topic")
)
_PUT_POSTING = put(tables.posting)


class MessageRows:
    """The part of a transaction about deliveries and postings."""

    _unit: Unit

    async def first_time(self, delivery: str) -> bool:
        """Whether it was not noted before."""
        if secrets.randbelow(_EACH) == 0:
            await self._unit.write(_SWEEP)
        return await self._unit.write(_NOTE, delivery=delivery) == 1

    async def posting(self, subject: str, topic: str) -> Posting | None:
        """Where the message of this topic stands."""
        return await self._unit.one(_POSTING, rows.posting_of, subject=subject, topic=topic)

    async def save_posting(self, posting: Posting) -> None:
        """Replaces the former one."""
        await self._unit.write(_PUT_POSTING, **rows.posting_values(posting))
