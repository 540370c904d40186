"""Messages: deliveries that came in, so that none counts twice; what went out, and where it can."""

from sqlalchemy import bindparam, delete, select

from bot.domain.ids import Chat, ChatAccount
from bot.store import HomeRow, Place, Posting
from integrations.database import rows, tables
from integrations.database.columns import real_now
from integrations.database.inserts import per_dialect, put
from integrations.database.unit import Unit

KEPT = 24 * 3600.0
"""Seconds a delivery is remembered: Slack redelivers for about an hour, a signature lasts 5 min.

https://docs.slack.dev/apis/events-api/#retries
"""
_p = tables.posting.c
_NOTE = per_dialect(
    lambda insert: (
        insert(tables.delivery)
        .values(key=bindparam("delivery"), received_at=real_now())
        .on_conflict_do_nothing()
    )
)
_d = tables.delivery.c
_OLD = (
    select(_d.key)
    .where(_d.received_at < real_now(-KEPT))
    .order_by(_d.received_at)
    .limit(bindparam("most"))
)
_FORGET = delete(tables.delivery).where(_d.key.in_(_OLD))
_POSTING = select(tables.posting).where(
    _p.subject == bindparam("subject"), _p.topic == bindparam("topic")
)
_PUT_POSTING = put(tables.posting)
_h = tables.home.c
_HOME = select(tables.home).where(
    _h.chat == bindparam("chat"),
    _h.team == bindparam("team"),
    _h.chat_user == bindparam("chat_user"),
)
_PUT_HOME = put(tables.home)


_q = tables.place.c
_PLACES = select(tables.place).where(_q.chat == bindparam("chat"))
_PLACE = _PLACES.where(_q.key == bindparam("key"))
_PLACE_OF = _PLACES.where(_q.oid == bindparam("oid")).order_by(_q.key).limit(1)
_PLACE_AT = _PLACES.where(_q.conversation == bindparam("conversation")).limit(1)
_PUT_PLACE = put(tables.place)
_DROP_PLACE = delete(tables.place).where(_q.chat == bindparam("chat"), _q.key == bindparam("key"))


class MessageRows:
    """The part of a transaction about deliveries and postings."""

    _unit: Unit

    async def first_time(self, delivery: str) -> bool:
        """Whether it was not noted before."""
        return await self._unit.write(_NOTE, delivery=delivery) == 1

    async def forget_deliveries(self, most: int) -> int:
        """Forget the oldest of those that cannot come again; how many."""
        return await self._unit.write(_FORGET, most=most)

    async def posting(self, subject: str, topic: str) -> Posting | None:
        """Where the message of this topic stands."""
        return await self._unit.one(_POSTING, rows.posting_of, subject=subject, topic=topic)

    async def save_posting(self, posting: Posting) -> None:
        """Replaces the former one."""
        await self._unit.write(_PUT_POSTING, **rows.posting_values(posting))

    async def home(self, account: ChatAccount) -> HomeRow | None:
        """None for somebody who has never opened it."""
        return await self._unit.one(_HOME, rows.home_of, **rows.account_values(account))

    async def save_home(self, row: HomeRow) -> None:
        """Replaces the former one."""
        await self._unit.write(_PUT_HOME, **rows.home_values(row))


class PlaceRows:
    """The part of a transaction about where a chat lets the bot write."""

    _unit: Unit

    async def place(self, chat: Chat, key: str) -> Place | None:
        """By an account's user, or a channel's id."""
        return await self._unit.one(_PLACE, rows.place_of, chat=chat.value, key=key)

    async def place_of(self, chat: Chat, oid: str) -> Place | None:
        """By whose account it is."""
        return await self._unit.one(_PLACE_OF, rows.place_of, chat=chat.value, oid=oid)

    async def place_at(self, chat: Chat, conversation: str) -> Place | None:
        """By the conversation."""
        where = {"chat": chat.value, "conversation": conversation}
        return await self._unit.one(_PLACE_AT, rows.place_of, **where)

    async def save_place(self, place: Place) -> None:
        """Replaces the former one."""
        await self._unit.write(_PUT_PLACE, **rows.place_values(place))

    async def drop_place(self, chat: Chat, key: str) -> None:
        """Nothing happens where there is none."""
        await self._unit.write(_DROP_PLACE, chat=chat.value, key=key)
