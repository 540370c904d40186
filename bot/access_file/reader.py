"""The tables of an access file as a catalogue; whatever cannot be read is noted with its place."""

from collections.abc import Callable
from typing import Any, TypeVar

from bot.access_file import values
from bot.access_file.lines import Path
from bot.access_file.notes import Notes
from bot.access_file.sense import makes_sense
from bot.access_file.values import WrongError
from bot.domain.access import Access, Assurance, Authority, Catalog, Principal
from bot.domain.ids import GroupId

Table = dict[str, Any]
_Value = TypeVar("_Value")
_TOP = ("admins", "auditors", "aliases", "access")
_ACCESS = (
    *("name", "group", "authority", "assurance", "max"),
    *("notify", "members", "approval"),
)
_APPROVAL = ("approvers", "required", "escalate", "channel")
_HOMES = {
    **dict.fromkeys(_APPROVAL, "belongs under [access.approval]"),
    **dict.fromkeys(_ACCESS, "belongs under [[access]], above its [access.approval]"),
    **dict.fromkeys(_TOP, "belongs at the top of the file, above the first [[access]]"),
}
"""Where each key belongs: in TOML a key is part of the last table that was opened above it."""


class Reader:
    """Turns parsed TOML into values; every problem goes to the notes."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def catalog(self, data: Table, digest: str) -> Catalog:
        """The catalogue; meant to be used only when nothing was noted as a problem."""
        self._keys((), data, _TOP)
        entries = [
            self._table(("access", number), entry)
            for number, entry in enumerate(self._list((), "access", data))
        ]
        accesses = (self._access(("access", number), each) for number, each in enumerate(entries))
        catalog = Catalog(
            accesses=tuple(accesses),
            admins=frozenset(self._principals((), "admins", data)),
            auditors=frozenset(self._principals((), "auditors", data)),
            aliases=self._aliases(data),
            source=digest,
        )
        makes_sense(catalog, data, entries, self._notes)
        return catalog

    def _access(self, here: Path, entry: Table) -> Access:
        self._keys(here, entry, _ACCESS)
        approval = self._table((*here, "approval"), entry.get("approval", {}))
        self._keys((*here, "approval"), approval, _APPROVAL)
        return Access(
            name=self._value((*here, "name"), values.name, entry.get("name"), ""),
            group=self._value((*here, "group"), values.group, entry.get("group"), GroupId("")),
            authority=self._value(
                (*here, "authority"),
                values.authority,
                entry.get("authority", Authority.DELEGATED),
                Authority.DELEGATED,
            ),
            assurance=self._value(
                (*here, "assurance"),
                values.assurance,
                entry.get("assurance", Assurance.CHAT),
                Assurance.CHAT,
            ),
            max=self._value((*here, "max"), values.longest, entry.get("max"), None),
            notify=self._each((*here, "notify"), values.channel, self._list(here, "notify", entry)),
            members=self._principals(here, "members", entry),
            approvers=self._principals((*here, "approval"), "approvers", approval),
            approvals_required=self._value(
                (*here, "approval", "required"), values.count, approval.get("required", 1), 1
            ),
            escalate=self._principals((*here, "approval"), "escalate", approval),
            asked_in=self._value(
                (*here, "approval", "channel"), _channel, approval.get("channel", ""), ""
            ),
        )

    def _principals(self, here: Path, key: str, table: Table) -> tuple[Principal, ...]:
        return self._each((*here, key), values.principal, self._list(here, key, table))

    def _aliases(self, data: Table) -> tuple[frozenset[str], ...]:
        """The accounts of one human each: whom P2 holds to be one person must be beyond doubt."""
        found = []
        for number, accounts in enumerate(self._list((), "aliases", data)):
            here = ("aliases", number)
            if not isinstance(accounts, list):
                self._notes.problem(here, "each alias must be a list of a person's object ids")
                continue
            read = self._each(here, values.account, accounts)
            oids = frozenset(read)
            if len(oids) < 2 and len(read) == len(accounts):  # noqa: PLR2004  a pair
                self._notes.problem(here, "an alias needs two or more accounts of one person")
            found.append(oids)
        return tuple(found)

    def _each(
        self, here: Path, parse: Callable[[object], _Value], found: list[object]
    ) -> tuple[_Value, ...]:
        parsed = (
            self._value((*here, number), parse, value, None) for number, value in enumerate(found)
        )
        kept = tuple(value for value in parsed if value is not None)
        if len(set(kept)) < len(kept):
            self._notes.warning(here, f"{here[-1]} names something twice")
        return kept

    def _value(
        self, here: Path, parse: Callable[[Any], _Value], value: object, default: _Value
    ) -> _Value:
        try:
            return parse(value)
        except WrongError as wrong:
            self._notes.problem(here, str(wrong))
            return default

    def _table(self, here: Path, value: object) -> Table:
        if isinstance(value, dict):
            return value
        what = "[access.approval]" if here[-1] == "approval" else "each [[access]]"
        self._notes.problem(here, f"{what} must be a table")
        return {}

    def _list(self, here: Path, key: str, table: Table) -> list[Any]:
        value = table.get(key, [])
        if isinstance(value, list):
            return value
        written = "[[access]] needs two brackets" if key == "access" else f"{key} must be a list"
        self._notes.problem((*here, key), written)
        return []

    def _keys(self, here: Path, table: Table, known: tuple[str, ...]) -> None:
        for key in (key for key in table if key not in known):
            meant = values.nearest(key, known)
            if key in _HOMES:
                hint = f"it {_HOMES[key]}"
            elif meant:
                hint = f"did you mean {meant}?"
            else:
                hint = f"known are {', '.join(known)}"
            self._notes.problem((*here, key), f"unknown key {key!r}: {hint}")


def _channel(value: object) -> str:
    return "" if value == "" else values.channel(value)
