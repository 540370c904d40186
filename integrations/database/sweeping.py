"""What the sweeper asks for: rows whose state demands work that no job does, and rows to forget."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Exists, bindparam, delete, exists, false, func, select, update

from bot.domain.activation import Activation
from bot.domain.ids import ChatAccount, RequestId
from bot.domain.request import Request
from bot.store import JobKind, LinkRow
from integrations.database import rows, tables
from integrations.database.unit import Unit

_r, _a, _j = tables.request.c, tables.activation.c, tables.job.c
_l, _t = tables.link.c, tables.kept_token.c
_MOVES = (JobKind.ACTIVATE, JobKind.FOLLOW, JobKind.LAPSE, JobKind.CANCEL)


def _worked_on(subject: object, kinds: Sequence[JobKind]) -> Exists:
    return exists().where(
        _j.subject == subject, _j.kind.in_([kind.value for kind in kinds]), _j.dead == false()
    )


_LEFT_REQUESTS = (
    select(tables.request)
    .where(_r.is_open, ~_worked_on(_r.id, _MOVES))
    .order_by(_r.asked_at, _r.id)
    .limit(bindparam("most"))
)
_LEFT_ACTIVATIONS = (
    select(tables.activation)
    .where(_a.ended_at.is_(None), ~_worked_on(_a.id, (JobKind.END,)))
    .order_by(_a.started_at, _a.id)
    .limit(bindparam("most"))
)
_checked = func.coalesce(_l.checked_at, _l.linked_at)
_TO_CHECK = (
    select(tables.link)
    .join(tables.kept_token, (_t.tenant == _l.tenant) & (_t.oid == _l.oid))
    .where(_checked < bindparam("before"))
    .order_by(_checked, _l.chat, _l.team, _l.chat_user)
    .limit(bindparam("most"))
)
_CHECKED = (
    update(tables.link)
    .where(
        _l.chat == bindparam("of_chat"),
        _l.team == bindparam("of_team"),
        _l.chat_user == bindparam("of_user"),
    )
    .values(checked_at=bindparam("at"))
)
_UNTOLD = (
    select(tables.job.c.subject)
    .join(tables.request, _r.id == _j.subject)
    .where(
        _j.dead,
        _j.kind == JobKind.CARD.value,
        _r.chat == bindparam("chat"),
        _r.team == bindparam("team"),
        _r.chat_user == bindparam("chat_user"),
    )
    .order_by(_j.subject)
)
_OLD_SIGN_INS = delete(tables.sign_in).where(tables.sign_in.c.expires_at < bindparam("before"))


class SweepRows:
    """The part of a transaction that sweeps."""

    _unit: Unit

    async def left_requests(self, most: int) -> Sequence[Request]:
        """Open requests that no job will move."""
        return await self._unit.all(_LEFT_REQUESTS, rows.request_of, most=most)

    async def left_activations(self, most: int) -> Sequence[Activation]:
        """Running activations whose end no job will look at."""
        return await self._unit.all(_LEFT_ACTIVATIONS, rows.activation_of, most=most)

    async def untold(self, account: ChatAccount) -> Sequence[RequestId]:
        """What the account asked for whose cards were given up."""
        return await self._unit.all(
            _UNTOLD, lambda row: RequestId(row.subject), **rows.account_values(account)
        )

    async def forget_sign_ins(self, before: datetime) -> None:
        """Links that expired before then are forgotten."""
        await self._unit.write(_OLD_SIGN_INS, before=before)

    async def links_to_check(self, before: datetime, most: int) -> Sequence[LinkRow]:
        """Links of people with a kept token that were made, and not checked, since `before`."""
        return await self._unit.all(_TO_CHECK, rows.link_of, before=before, most=most)

    async def note_checked(self, accounts: Sequence[ChatAccount], at: datetime) -> None:
        """They were checked then."""
        values = (rows.account_values(account) for account in accounts)
        this = [
            {"of_chat": v["chat"], "of_team": v["team"], "of_user": v["chat_user"], "at": at}
            for v in values
        ]
        await self._unit.write_all(_CHECKED, this)
