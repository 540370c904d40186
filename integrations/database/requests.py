"""Requests and activations: the decisions, and what Entra holds because of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, select, text, update

from bot.domain.activation import Activation
from bot.domain.ids import ActivationId, ChatAccount, GroupId, PersonId, RequestId
from bot.domain.request import Request, State
from bot.store import ConflictError, RequestFilter
from integrations.database import rows, tables
from integrations.database.inserts import insert_new
from integrations.database.unit import Unit

_r = tables.request.c
_a = tables.activation.c

_REQUEST = select(tables.request).where(_r.id == bindparam("id"))
_OPEN = select(tables.request).where(_r.is_open).order_by(_r.asked_at, _r.id)
_OPEN_OF_PERSON = _OPEN.where(_r.tenant == bindparam("tenant"), _r.oid == bindparam("oid"))
_OPEN_OF_ACCOUNT = _OPEN.where(
    _r.chat == bindparam("chat"),
    _r.team == bindparam("team"),
    _r.chat_user == bindparam("chat_user"),
)
_ADD_REQUEST = insert_new(tables.request)
_SAVE_REQUEST = update(tables.request).where(
    _r.id == bindparam("this"), _r.version == bindparam("seen")
)
# The terms are not among them: what was asked for cannot be changed by any code path.
_REQUEST_MOVES = (
    *("tenant", "oid", "state", "is_open", "expires_at", "pim"),
    *("why", "claims", "tried_at", "proved_at", "challenges", "version"),
)

_ACTIVATION = select(tables.activation).where(_a.id == bindparam("id"))
_ACTIVATION_OF = select(tables.activation).where(_a.request_id == bindparam("request_id"))
_ACTIVATIONS_OF = select(tables.activation).where(
    _a.request_id.in_(bindparam("requests", expanding=True))
)
_ACTIVE = (
    select(tables.activation)
    .where(_a.tenant == bindparam("tenant"), _a.oid == bindparam("oid"), _a.ended_at.is_(None))
    .order_by(_a.started_at, _a.id)
)
_ACTIVE_IN = _ACTIVE.where(_a.group_id == bindparam("group_id"))
_ENDED_SINCE = (
    select(tables.activation)
    .where(
        _a.tenant == bindparam("tenant"),
        _a.oid == bindparam("oid"),
        _a.ended_at >= bindparam("since"),
    )
    .order_by(_a.ended_at.desc())
)
_ADD_ACTIVATION = insert_new(tables.activation)
_SAVE_ACTIVATION = update(tables.activation).where(
    _a.id == bindparam("this"), _a.version == bindparam("seen")
)
_ACTIVATION_FIXED = {"id", "request_id", "tenant", "oid", "group_id", "authority"}


class RequestRows:
    """The part of a transaction about requests."""

    _unit: Unit

    async def request(self, request: RequestId) -> Request | None:
        """The request of that id."""
        return await self._unit.one(_REQUEST, rows.request_of, id=request)

    async def add_request(self, request: Request) -> None:
        """Raises ConflictError when there is an open one for the same group already."""
        if not await self._unit.write(_ADD_REQUEST, **rows.request_values(request)):
            raise ConflictError

    async def save_request(self, request: Request) -> None:
        """Raises ConflictError when its version is not the one after the stored one."""
        values = rows.request_values(request)
        moved = {name: values[name] for name in _REQUEST_MOVES}
        seen = request.version - 1
        if not await self._unit.write_or_undo(_SAVE_REQUEST, this=request.id, seen=seen, **moved):
            raise ConflictError

    async def open_requests(self, person: PersonId) -> Sequence[Request]:
        """The person's, oldest first."""
        return await self._unit.all(_OPEN_OF_PERSON, rows.request_of, **rows.person_values(person))

    async def open_requests_of(self, account: ChatAccount) -> Sequence[Request]:
        """Asked from the account, oldest first."""
        return await self._unit.all(
            _OPEN_OF_ACCOUNT, rows.request_of, **rows.account_values(account)
        )

    async def requests(self, wanted: RequestFilter) -> Sequence[Request]:
        """Newest first."""
        return await self._unit.all(listing(wanted), rows.request_of)


class ActivationRows:
    """The part of a transaction about activations."""

    _unit: Unit

    async def activation(self, activation: ActivationId) -> Activation | None:
        """The activation of that id."""
        return await self._unit.one(_ACTIVATION, rows.activation_of, id=activation)

    async def activation_of(self, request: RequestId) -> Activation | None:
        """What came of the request."""
        return await self._unit.one(_ACTIVATION_OF, rows.activation_of, request_id=request)

    async def activations(self, requests: Sequence[RequestId]) -> Mapping[RequestId, Activation]:
        """What came of each request, where anything did."""
        if not requests:
            return {}
        found = await self._unit.all(_ACTIVATIONS_OF, rows.activation_of, requests=list(requests))
        return {made.request: made for made in found if made.request}

    async def beside(self, wanted: RequestFilter) -> Sequence[Activation]:
        """The last begun first."""
        if wanted.state not in {"", State.GRANTED}:
            return ()
        return await self._unit.all(listing_beside(wanted), rows.activation_of)

    async def add_activation(self, activation: Activation) -> None:
        """Raises ConflictError when the person has an active one, or the request one at all."""
        if not await self._unit.write(_ADD_ACTIVATION, **rows.activation_values(activation)):
            raise ConflictError

    async def save_activation(self, activation: Activation) -> None:
        """Raises ConflictError when its version is not the one after the stored one."""
        values = rows.activation_values(activation)
        moved = {name: value for name, value in values.items() if name not in _ACTIVATION_FIXED}
        seen = activation.version - 1
        if not await self._unit.write(_SAVE_ACTIVATION, this=activation.id, seen=seen, **moved):
            raise ConflictError

    async def active(self, person: PersonId) -> Sequence[Activation]:
        """The person's, oldest first."""
        return await self._unit.all(_ACTIVE, rows.activation_of, **rows.person_values(person))

    async def ended_since(self, person: PersonId, since: datetime) -> Sequence[Activation]:
        """The last ended first."""
        where = {**rows.person_values(person), "since": since}
        return await self._unit.all(_ENDED_SINCE, rows.activation_of, **where)

    async def active_in(self, person: PersonId, group: GroupId) -> Activation | None:
        """The person's of this group."""
        where = {**rows.person_values(person), "group_id": group}
        return await self._unit.one(_ACTIVE_IN, rows.activation_of, **where)


def listing(wanted: RequestFilter) -> Select[*tuple[object, ...]]:
    """The query of a filter; every combination is served by an index of the table."""
    query = select(tables.request)
    if wanted.person:
        query = query.where(_r.tenant == wanted.person.tenant, _r.oid == wanted.person.oid)
    if wanted.access:
        query = query.where(_r.access == wanted.access)
    if wanted.state:
        query = query.where(_r.state == wanted.state)
    if wanted.since:
        query = query.where(_r.asked_at >= wanted.since)
    return query.order_by(_r.asked_at.desc(), _r.id.desc()).limit(wanted.limit)


def listing_beside(wanted: RequestFilter) -> Select[*tuple[object, ...]]:
    """The same of what no request caused."""
    query = select(tables.activation).where(text(tables.NO_REQUEST))
    if wanted.person:
        query = query.where(_a.tenant == wanted.person.tenant, _a.oid == wanted.person.oid)
    if wanted.access:
        query = query.where(_a.access == wanted.access)
    if wanted.since:
        query = query.where(_a.started_at >= wanted.since)
    return query.order_by(_a.started_at.desc(), _a.id.desc()).limit(wanted.limit)
