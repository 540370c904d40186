"""What there is to ask for: named accesses, each one PIM group, and who administers the bot."""

import difflib
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
    """One thing to ask for. `max` never widens what PIM allows."""

    name: str
    group: GroupId
    authority: Authority = Authority.DELEGATED
    assurance: Assurance = Assurance.CHAT
    max: timedelta | None = None
    notify: tuple[str, ...] = ()
    members: tuple[Principal, ...] = ()
    approvers: tuple[Principal, ...] = ()
    approvals_required: int = 1


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
        """The access of that name; letter case is not part of a name."""
        wanted = name.casefold()
        return next((a for a in self.accesses if a.name.casefold() == wanted), None)

    def of_group(self, group: GroupId) -> Access | None:
        """The access that is this group."""
        return next((a for a in self.accesses if a.group == group), None)

    def nearest(self, name: str) -> Access | None:
        """The access somebody who typed `name` most likely meant."""
        by_name = {a.name.casefold(): a for a in self.accesses}
        close = difflib.get_close_matches(name.casefold(), by_name, n=1, cutoff=0.6)
        return by_name[close[0]] if close else None

    @property
    def readers(self) -> frozenset[Principal]:
        """Who may read everybody's decisions."""
        return self.admins | self.auditors
