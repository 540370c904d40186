"""People: which chat account is whom, their sealed tokens, and the sign-ins under way."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, case, delete, func, select, update

from bot.domain.ids import ChatAccount, PersonId
from bot.ports import KeptToken
from bot.store import ConflictError, LinkRow, LockRow, SignInRow
from integrations.database import rows, tables
from integrations.database.inserts import insert_new, put
from integrations.database.unit import Unit

_l = tables.link.c
_p = tables.person.c
_r = tables.request.c
_t = tables.kept_token.c
_s = tables.sign_in.c
_k = tables.person_lock.c
_n = tables.notified.c

_THIS_ACCOUNT = (
    _l.chat == bindparam("chat"),
    _l.team == bindparam("team"),
    _l.chat_user == bindparam("chat_user"),
)
_LINK = select(tables.link).where(*_THIS_ACCOUNT)
_PUT_LINK = put(tables.link)
_DROP_LINK = delete(tables.link).where(*_THIS_ACCOUNT)
_last_asked = (
    select(func.max(_r.asked_at))
    .where(_r.chat == _l.chat, _r.team == _l.team, _r.chat_user == _l.chat_user)
    .scalar_subquery()
)
_used_at = func.coalesce(_l.used_at, _l.linked_at)
_ACCOUNTS = (
    select(tables.link)
    .outerjoin(
        tables.notified,
        and_(
            _n.tenant == _l.tenant,
            _n.oid == _l.oid,
            _n.chat == _l.chat,
            _n.team == _l.team,
            _n.chat_user == _l.chat_user,
        ),
    )
    .where(_l.tenant == bindparam("tenant"), _l.oid == bindparam("oid"))
    .order_by(_n.oid.is_(None), case((_last_asked > _used_at, _last_asked), else_=_used_at).desc())
)
_CHOOSE = put(tables.notified)
_CHOOSE_NONE = delete(tables.notified).where(
    _n.tenant == bindparam("tenant"), _n.oid == bindparam("oid")
)
_USED = (
    update(tables.link)
    .where(
        _l.chat == bindparam("of_chat"),
        _l.team == bindparam("of_team"),
        _l.chat_user == bindparam("of_user"),
    )
    .values(used_at=bindparam("at"))
)
_NAMED = (
    select(tables.person)
    # SQLite uses no index for pairs; a pair that was not meant is dropped below.
    .where(_p.tenant.in_(bindparam("tenants", expanding=True)))
    .where(_p.oid.in_(bindparam("oids", expanding=True)))
)
_PUT_PERSON = put(tables.person)
_TOKEN = select(tables.kept_token).where(
    _t.tenant == bindparam("tenant"), _t.oid == bindparam("oid")
)
_PUT_TOKEN = put(tables.kept_token)
_DROP_TOKEN = delete(tables.kept_token).where(
    _t.tenant == bindparam("tenant"), _t.oid == bindparam("oid")
)
_THIS_TOKEN = (
    _t.tenant == bindparam("of_tenant"),
    _t.oid == bindparam("of_oid"),
    _t.sealed == bindparam("seen"),
)
_SWAP_TOKEN = update(tables.kept_token).where(*_THIS_TOKEN)
_DROP_THIS_TOKEN = delete(tables.kept_token).where(*_THIS_TOKEN)
_UNDER = (
    select(tables.kept_token)
    .where(_t.key_id.in_(bindparam("keys", expanding=True)))
    .order_by(_t.tenant, _t.oid)
    .limit(bindparam("most"))
)
_BY_KEY = select(_t.key_id, func.count().label("kept")).group_by(_t.key_id)
_LOCK = select(tables.person_lock).where(
    _k.tenant == bindparam("tenant"), _k.oid == bindparam("oid")
)
_PUT_LOCK = put(tables.person_lock)
_DROP_LOCK = delete(tables.person_lock).where(
    _k.tenant == bindparam("tenant"), _k.oid == bindparam("oid")
)
_DROP_SIGN_INS = delete(tables.sign_in).where(
    _s.chat == bindparam("chat"),
    _s.team == bindparam("team"),
    _s.chat_user == bindparam("chat_user"),
    _s.used_at.is_(None),
)
_ADD_SIGN_IN = insert_new(tables.sign_in)
_SIGN_IN = select(tables.sign_in).where(_s.key == bindparam("key"))
_SIGN_IN_BY_STATE = select(tables.sign_in).where(_s.state_key == bindparam("state_key"))
_SAVE_SIGN_IN = update(tables.sign_in).where(_s.key == bindparam("this"), _s.used_at.is_(None))
_SIGN_IN_FIXED = {"key", "chat", "team", "chat_user", "created_at"}


async def tokens_by_key(unit: Unit) -> Mapping[str, int]:
    """How many tokens are kept under each key."""
    return dict(await unit.all(_BY_KEY, rows.counted_of))


class PeopleRows:
    """The part of a transaction about links and tokens."""

    _unit: Unit

    async def link(self, account: ChatAccount) -> LinkRow | None:
        """Who the account is."""
        return await self._unit.one(_LINK, rows.link_of, **rows.account_values(account))

    async def accounts(self, person: PersonId) -> Sequence[ChatAccount]:
        """The person's: the one they have chosen, then the one they last used (or linked)."""
        return await self._unit.all(_ACCOUNTS, rows.account_of, **rows.person_values(person))

    async def save_link(self, row: LinkRow) -> None:
        """Replaces the account's former link, and what the person is called."""
        await self._unit.write(_PUT_LINK, **rows.link_values(row))
        named = {**rows.person_values(row.person), "user_name": row.user_name}
        await self._unit.write(_PUT_PERSON, **named)

    async def choose_account(self, person: PersonId, account: ChatAccount | None) -> None:
        """Replaces what they had chosen; None is none."""
        whose = rows.person_values(person)
        if account is None:
            await self._unit.write(_CHOOSE_NONE, **whose)
        else:
            await self._unit.write(_CHOOSE, **whose, **rows.account_values(account))

    async def note_used(self, account: ChatAccount, at: datetime) -> None:
        """They went over to this account then."""
        of = {"of_chat": account.chat.value, "of_team": account.team, "of_user": account.user}
        await self._unit.write(_USED, **of, at=at)

    async def drop_link(self, account: ChatAccount) -> None:
        """Nothing happens where there is none."""
        await self._unit.write(_DROP_LINK, **rows.account_values(account))

    async def user_names(self, people: Sequence[PersonId]) -> Mapping[PersonId, str]:
        """As last linked; people who never were are not in it."""
        if not people:
            return {}
        tenants, oids = {person.tenant for person in people}, {person.oid for person in people}
        lists = {"tenants": list(tenants), "oids": list(oids)}
        named = dict(await self._unit.all(_NAMED, rows.named_of, **lists))
        return {person: named[person] for person in people if person in named}

    async def kept_token(self, person: PersonId) -> KeptToken | None:
        """The person's."""
        return await self._unit.one(_TOKEN, rows.token_of, **rows.person_values(person))

    async def keep_token(self, token: KeptToken) -> None:
        """Replaces the former one."""
        await self._unit.write(_PUT_TOKEN, **rows.token_values(token))

    async def drop_token(self, person: PersonId) -> None:
        """Nothing happens where there is none."""
        await self._unit.write(_DROP_TOKEN, **rows.person_values(person))

    async def swap_token(self, seen: KeptToken, new: KeptToken | None) -> bool:
        """Replace (or, with None, delete) the token only if it still is the one that was seen."""
        this = {"of_tenant": seen.person.tenant, "of_oid": seen.person.oid, "seen": seen.sealed}
        if new is None:
            return await self._unit.write(_DROP_THIS_TOKEN, **this) == 1
        values = {"key_id": new.key_id, "sealed": new.sealed}
        return await self._unit.write(_SWAP_TOKEN, **this, **values) == 1

    async def tokens_under(self, keys: Sequence[str], most: int) -> Sequence[KeptToken]:
        """Kept tokens that are sealed under one of these keys."""
        return await self._unit.all(_UNDER, rows.token_of, keys=list(keys), most=most)

    async def tokens_by_key(self) -> Mapping[str, int]:
        """How many tokens are kept under each key."""
        return await tokens_by_key(self._unit)

    async def lock(self, person: PersonId) -> LockRow | None:
        """The person's."""
        return await self._unit.one(_LOCK, rows.lock_of, **rows.person_values(person))

    async def save_lock(self, row: LockRow) -> None:
        """Replaces the former one."""
        await self._unit.write(_PUT_LOCK, **rows.lock_values(row))

    async def drop_lock(self, person: PersonId) -> None:
        """Nothing happens where there is none."""
        await self._unit.write(_DROP_LOCK, **rows.person_values(person))


class SignInRows:
    """The part of a transaction about sign-in links."""

    _unit: Unit

    async def add_sign_in(self, row: SignInRow) -> None:
        """Raises ConflictError for a key that is there already."""
        if not await self._unit.write(_ADD_SIGN_IN, **rows.sign_in_values(row)):
            raise ConflictError

    async def sign_in(self, key: str) -> SignInRow | None:
        """By the digest of the secret in the link."""
        return await self._unit.one(_SIGN_IN, rows.sign_in_of, key=key)

    async def sign_in_by_state(self, state_key: str) -> SignInRow | None:
        """By the digest of the state that Entra gives back."""
        return await self._unit.one(_SIGN_IN_BY_STATE, rows.sign_in_of, state_key=state_key)

    async def save_sign_in(self, row: SignInRow) -> None:
        """Raises ConflictError when it was used meanwhile."""
        values = rows.sign_in_values(row)
        moved = {name: value for name, value in values.items() if name not in _SIGN_IN_FIXED}
        if not await self._unit.write(_SAVE_SIGN_IN, this=row.key, **moved):
            raise ConflictError

    async def drop_sign_ins(self, account: ChatAccount) -> None:
        """Every link of this account that was not used yet."""
        await self._unit.write(_DROP_SIGN_INS, **rows.account_values(account))
