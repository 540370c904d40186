"""What differs between two catalogues, so that whoever changed the file sees that it was heard."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum

from bot.domain.access import Access, Catalog


class How(StrEnum):
    """What became of an access, or of a list at the top of the file."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Change:
    """`name` is an access, or `admins`, `auditors`, `aliases`; `fields` is what is different in it."""

    name: str
    how: How
    fields: tuple[str, ...] = ()


def changes(before: Catalog, after: Catalog) -> tuple[Change, ...]:
    """Every access that is different, one change each; then the lists at the top of the file."""
    return (*_accesses(before, after), *_lists(before, after))


def _accesses(before: Catalog, after: Catalog) -> Iterator[Change]:
    old = {access.name: access for access in before.accesses}
    new = {access.name: access for access in after.accesses}
    for name in [*old, *(name for name in new if name not in old)]:
        if name not in new:
            yield Change(name, How.REMOVED)
        elif name not in old:
            yield Change(name, How.ADDED)
        elif old[name] != new[name]:
            yield Change(name, How.CHANGED, _different(old[name], new[name]))


def _different(old: Access, new: Access) -> tuple[str, ...]:
    names = (one.name for one in fields(Access))
    return tuple(name for name in names if getattr(old, name) != getattr(new, name))


def _lists(before: Catalog, after: Catalog) -> Iterator[Change]:
    for name in ("admins", "auditors", "aliases"):
        if getattr(before, name) != getattr(after, name):
            yield Change(name, How.CHANGED)
