"""What an Entra tenant holds: people, groups, applications, and PIM's eligibilities and schedules."""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from playground.entra.policy import Policy, Relationship
from playground.entra.refusals import GraphError
from playground.kernel.clock import WorldClock

AssignmentType = Literal["activated", "assigned"]
MemberType = Literal["direct", "group"]
ExpirationType = Literal["notSpecified", "noExpiration", "afterDateTime", "afterDuration"]
OnMembership = Callable[[str, str, bool, bool], None]
"""Told (group id, person's oid, present, pim); `pim` says that a PIM activation caused it."""


@dataclass(frozen=True, slots=True)
class User:
    """One person's directory object."""

    id: str
    upn: str
    name: str
    title: str
    employee_id: str
    guest: bool = False
    enabled: bool = True


@dataclass(slots=True)
class Group:
    """A security group; `people` are members put in by hand, each since when."""

    id: str
    name: str
    pim: bool = True
    dynamic: bool = False
    synced: bool = False
    role_assignable: bool = True
    people: dict[str, datetime] = field(default_factory=dict)
    groups: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class EnterpriseApp:
    """A service principal with single sign-on: which groups are assigned, and whether SCIM runs."""

    id: str
    app_id: str
    name: str
    template: str
    groups: tuple[str, ...]
    scim_job: str | None = None
    enabled: bool = True
    sso: str | None = "saml"
    identifier: str = ""
    reply_url: str = ""
    certificate_ends: datetime | None = None
    notified: tuple[str, ...] = ()
    scim_code: str = "Active"
    scim_ran_ago: timedelta = timedelta(0)
    claims_policy: str | None = None
    signed_in: bool = False


@dataclass(slots=True)
class Licences:
    """The one subscription of the tenant."""

    plan: str = "AAD_PREMIUM_P2"
    bought: int = 25
    used: int = 12
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Someone may activate a relationship to a group, until `end` or for ever."""

    id: str
    principal: str
    group: str
    access: Relationship
    start: datetime
    end: datetime | None
    created_using: str
    member_type: MemberType = "direct"


@dataclass(frozen=True, slots=True)
class Expiration:
    """How long a request asks for, as it was written."""

    type: ExpirationType
    duration: timedelta | None = None
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The body of one assignmentScheduleRequest."""

    action: str
    principal: str
    group: str
    access: Relationship = "member"
    justification: str | None = None
    ticket_number: str | None = None
    ticket_system: str | None = None
    custom_data: str | None = None
    validation_only: bool = False
    start: datetime | None = None
    expiration: Expiration | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person (`oid`) through an application, or the application itself."""

    app: str
    oid: str | None = None
    mfa: bool = False
    acrs: frozenset[str] = frozenset()
    cp1: bool = False


@dataclass(slots=True)
class Stage:
    """The one stage of a PIM for Groups approval."""

    id: str
    approvers: tuple[str, ...]
    approver_groups: tuple[str, ...]
    needs_justification: bool
    status: Literal["InProgress", "Completed", "Expired"] = "InProgress"
    result: Literal["NotReviewed", "Approved", "Denied"] = "NotReviewed"
    justification: str = ""
    reviewed_by: str | None = None
    reviewed: datetime | None = None


@dataclass(slots=True)
class Request:
    """One assignment schedule request and what became of it."""

    id: str
    order: Order
    created: datetime
    created_by: Actor
    status: str
    completed: datetime | None = None
    start: datetime | None = None
    target_schedule: str | None = None
    stage: Stage | None = None


@dataclass(slots=True)
class Schedule:
    """A membership in force, or (not `begun`) due to start."""

    id: str
    principal: str
    group: str
    access: Relationship
    type: AssignmentType
    start: datetime
    end: datetime | None
    created: datetime
    created_using: str | None = None
    eligibility: str | None = None
    begun: bool = True


@dataclass
class Tenant:
    """Everything a tenant remembers; :class:`playground.entra.pim.Pim` makes it move."""

    clock: WorldClock
    users: dict[str, User] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    apps: dict[str, EnterpriseApp] = field(default_factory=dict)
    eligibilities: dict[str, Eligibility] = field(default_factory=dict)
    policies: dict[tuple[str, Relationship], Policy] = field(default_factory=dict)
    requests: dict[str, Request] = field(default_factory=dict)
    schedules: dict[str, Schedule] = field(default_factory=dict)
    administrators: set[str] = field(default_factory=set)
    """People with a directory role that may manage every PIM group."""
    consent_missing: bool = False
    refusals: deque[GraphError] = field(default_factory=deque)
    """What the next changes that are sent to PIM over Graph are refused with."""
    granted: dict[str, frozenset[str]] = field(default_factory=dict)
    """Application permissions by application, where they are not those of the usual consent."""
    redirect_uris: set[str] = field(default_factory=set)
    licences: Licences = field(default_factory=Licences)
    clock_ahead: timedelta = timedelta(0)
    """By how much the Date of the sign-in endpoint is wrong, which looks like our clock being so."""
    consent_withdrawn: set[str] = field(default_factory=set)
    sign_in_refused: dict[str, int] = field(default_factory=dict)
    _listeners: list[OnMembership] = field(default_factory=list)

    def on_membership(self, listener: OnMembership) -> None:
        """Call `listener` whenever someone becomes or stops being a direct member of a group."""
        self._listeners.append(listener)

    def is_direct_member(self, group_id: str, oid: str) -> bool:
        """By hand or through PIM, right now."""
        return oid in self.direct_members(group_id)

    def direct_members(self, group_id: str) -> set[str]:
        """The people in a group itself: put in by hand or by PIM."""
        by_pim = {
            s.principal
            for s in self.schedules.values()
            if s.group == group_id and s.access == "member" and s.begun
        }
        return by_pim | self.groups[group_id].people.keys()

    def all_members(self, group_id: str) -> set[str]:
        """The people in a group or in any group within it."""
        return {oid for inner in self._within(group_id) for oid in self.direct_members(inner)}

    def groups_of(self, oid: str) -> set[str]:
        """Every group a person is in, directly or through another group."""
        return {group_id for group_id in self.groups if oid in self.all_members(group_id)}

    def add_member(self, group_id: str, oid: str) -> None:
        """Put a person in by hand."""
        with self.watching(group_id, oid, pim=False):
            self.groups[group_id].people.setdefault(oid, self.clock.now())

    def remove_member(self, group_id: str, oid: str) -> None:
        """Take out a person who was put in by hand."""
        with self.watching(group_id, oid, pim=False):
            self.groups[group_id].people.pop(oid, None)

    @contextmanager
    def watching(self, group_id: str, oid: str, *, pim: bool) -> Iterator[None]:
        """Tell the listeners if what happens inside changes whether the person is a member."""
        before = self.is_direct_member(group_id, oid)
        yield
        after = self.is_direct_member(group_id, oid)
        if before != after:
            for listener in self._listeners:
                listener(group_id, oid, after, pim)

    def _within(self, group_id: str) -> set[str]:
        found: set[str] = set()
        todo = [group_id]
        while todo:
            if (inner := todo.pop()) not in found:
                found.add(inner)
                todo.extend(self.groups[inner].groups)
        return found
