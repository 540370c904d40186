"""The access file (access.toml) as a catalogue, or every problem in it with where it is."""

import hashlib
import re
import tomllib
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from bot.domain.access import Access, Assurance, Authority, Catalog, Principal
from bot.domain.durations import parse_iso, parse_typed
from bot.domain.ids import GroupId

_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}\Z")
_TOP = {"admins", "auditors", "aliases", "access"}
_ACCESS = {"name", "group", "authority", "assurance", "max", "notify", "members", "approval"}
_APPROVAL = {"approvers", "required"}
_Choice = TypeVar("_Choice", Authority, Assurance)


class AccessFileError(Exception):
    """The file cannot be used. `problems` has one sentence for each, with where it is."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


def read(path: str) -> Catalog:
    """The catalogue in the file. Raises AccessFileError; unknown keys are problems too."""
    raw = Path(path).read_bytes()
    try:
        data = tomllib.loads(raw.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise AccessFileError((f"{path}: {broken}",)) from broken
    return _Reader(path).catalog(data, hashlib.sha256(raw).hexdigest()[:16])


class _Reader:
    """Turns parsed TOML into values and remembers what is wrong with it."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._problems: list[str] = []

    def catalog(self, data: dict[str, Any], digest: str) -> Catalog:
        """The catalogue, or AccessFileError."""
        self._keys("the file", data, _TOP)
        entries = enumerate(self._list("the file", "access", data), 1)
        accesses = tuple(self._access(f"access {n}", entry) for n, entry in entries)
        self._unique(accesses)
        catalog = Catalog(
            accesses=accesses,
            admins=frozenset(self._principals("admins", self._list("the file", "admins", data))),
            auditors=frozenset(
                self._principals("auditors", self._list("the file", "auditors", data))
            ),
            aliases=tuple(map(self._alias, self._list("the file", "aliases", data))),
            source=digest,
        )
        if self._problems:
            raise AccessFileError(tuple(self._problems))
        return catalog

    def _access(self, where: str, found: object) -> Access:
        entry = self._table(where, found)
        self._keys(where, entry, _ACCESS)
        approval = self._table(f"{where}.approval", entry.get("approval", {}))
        self._keys(f"{where}.approval", approval, _APPROVAL)
        return Access(
            name=self._match(where, "name", entry, _NAME, "letters, digits, dots and dashes"),
            group=GroupId(self._match(where, "group", entry, _GUID, "an Entra group id").lower()),
            authority=self._one_of(where, "authority", entry, Authority.DELEGATED),
            assurance=self._one_of(where, "assurance", entry, Assurance.CHAT),
            max=self._length(where, entry.get("max")),
            notify=tuple(map(str, self._list(where, "notify", entry))),
            members=self._principals(f"{where}.members", self._list(where, "members", entry)),
            approvers=self._principals(
                f"{where}.approval.approvers",
                self._list(f"{where}.approval", "approvers", approval),
            ),
            approvals_required=self._count(f"{where}.approval", approval.get("required", 1)),
        )

    def _table(self, where: str, value: object) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self._say(where, "must be a table")
        return {}

    def _list(self, where: str, key: str, data: dict[str, Any]) -> list[Any]:
        value = data.get(key, [])
        if isinstance(value, list):
            return value
        self._say(where, f"{key} must be a list")
        return []

    def _count(self, where: str, value: object) -> int:
        if isinstance(value, int) and value is not True and value > 0:
            return value
        self._say(where, "required must be a number of people, at least 1")
        return 1

    def _alias(self, value: object) -> frozenset[str]:
        """The accounts of one human: whom P2 holds to be one person must be named beyond doubt."""
        oids = value if isinstance(value, list) else [value]
        if len(oids) < 2 or not all(_GUID.match(str(oid)) for oid in oids):  # noqa: PLR2004  a pair
            self._say("aliases", f"{value!r} must be a list of two or more object ids")
        return frozenset(str(oid).lower() for oid in oids)

    def _keys(self, where: str, data: dict[str, Any], known: set[str]) -> None:
        for key in sorted(set(data) - known):
            self._say(where, f"unknown key {key!r}; known are {', '.join(sorted(known))}")

    def _match(
        self, where: str, key: str, entry: dict[str, Any], form: re.Pattern[str], meant: str
    ) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not form.match(value):
            self._say(where, f"{key} must be {meant}")
            return ""
        return value

    def _one_of(self, where: str, key: str, entry: dict[str, Any], default: _Choice) -> _Choice:
        value = entry.get(key, default)
        try:
            return type(default)(value)
        except ValueError:
            self._say(where, f"{key} must be one of {', '.join(type(default))}")
            return default

    def _length(self, where: str, value: object) -> timedelta | None:
        if value is None:
            return None
        text = str(value)
        try:
            found = parse_typed(text) or parse_iso(text)
        except ValueError:
            found = None
        if not found:  # nothing at all would mean no limit
            self._say(where, "max must be a length of time such as 4h or 1h30m")
        return found

    def _principals(self, where: str, values: list[Any]) -> tuple[Principal, ...]:
        return tuple(p for value in values if (p := self._principal(where, value)))

    def _principal(self, where: str, value: object) -> Principal | None:
        kind, _, oid = str(value).partition(":")
        if kind not in {"group", "user"} or not _GUID.match(oid):
            self._say(where, f"{value!r} must be group:<id> or user:<object id>")
            return None
        return Principal(kind, oid.lower())

    def _unique(self, accesses: tuple[Access, ...]) -> None:
        for what, values in (
            ("name", [a.name.casefold() for a in accesses]),
            ("group", [str(a.group) for a in accesses]),
        ):
            for double in sorted({v for v in values if v and values.count(v) > 1}):
                self._say("access", f"two accesses have the {what} {double!r}")

    def _say(self, where: str, problem: str) -> None:
        self._problems.append(f"{self._path}: {where}: {problem}.")
