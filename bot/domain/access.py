"""What there is to ask for: named accesses, each one PIM group, and who administers the bot."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from bot.domain.ids import GroupId


class Authority(StrEnum):
    """Whose credential grants."""

    DELEGATED = "delegated"
    """The person's own token activates their own PIM eligibility."""
    APPLICATION = "application"
    """A separate grantor assigns, after a decision made in the bot."""


class Assurance(StrEnum):
    """How surely the bot must know who is asking or deciding."""

    CHAT = "chat"
    CONFIRM = "confirm"
    PORTAL = "portal"


@dataclass(frozen=True, slots=True, order=True)
class Principal:
    """Somebody named in a rule: one user or a group, by Entra object id."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Access:
    """One thing to ask for. `max` never widens what PIM allows.

    `escalate` are asked when nobody decides; `asked_in` is the channel in which approvals are asked.
    """

    name: str
    group: GroupId
    authority: Authority = Authority.DELEGATED
    assurance: Assurance = Assurance.CHAT
    max: timedelta | None = None
    notify: tuple[str, ...] = ()
    members: tuple[Principal, ...] = ()
    approvers: tuple[Principal, ...] = ()
    approvals_required: int = 1
    escalate: tuple[Principal, ...] = ()
    asked_in: str = ""


@dataclass(frozen=True, slots=True)
class Catalog:
    """Everything that can be asked for, and who may read other people's decisions.

    `source` is the digest of the access file, or `directory` when Entra was asked.
    """

    accesses: tuple[Access, ...] = ()
    admins: frozenset[Principal] = frozenset()
    auditors: frozenset[Principal] = frozenset()
    aliases: tuple[frozenset[str], ...] = field(default=())
    source: str = "directory"

    def named(self, name: str) -> Access | None:
        """The one access of that name; letter case and spaces (for dashes) do not matter."""
        found = [a for a in self.accesses if same_name(a.name, name)]
        return found[0] if len(found) == 1 else None

    def of_group(self, group: GroupId) -> Access | None:
        """The access that is this group."""
        return next((a for a in self.accesses if a.group == group), None)

    def nearest(self, name: str) -> Access | None:
        """The access somebody who typed `name` most likely meant."""
        return self.named(nearest_name(name, [a.name for a in self.accesses]))

    @property
    def readers(self) -> frozenset[Principal]:
        """Who may read everybody's decisions."""
        return self.admins | self.auditors


def same_name(one: str, other: str) -> bool:
    """Whether two names are the same as people type them."""
    return _plain(one) == _plain(other)


def nearest_name(typed: str, names: Iterable[str]) -> str:
    """The name that reads most like what was typed; empty when none does."""
    by_plain = {_plain(name): name for name in names}
    close = difflib.get_close_matches(_plain(typed), by_plain, n=1, cutoff=0.6)
    return by_plain[close[0]] if close else ""


def _plain(name: str) -> str:
    return "-".join(name.casefold().split())
