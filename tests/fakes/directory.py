"""A tenant's directory in memory: the Directory port for tests that are about something else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.access import Principal
from bot.domain.ids import GroupId
from bot.ports import DirectoryGroup, DirectoryUser, EnterpriseApp, IntegrationError


@dataclass
class FakeDirectory:
    """What the tenant has, as plain data; set `failure` to make every question fail.

    `members` are the people of a group, nested ones included. `offered` are the groups
    assigned to AWS's own apps.
    """

    users: dict[str, DirectoryUser] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    apps: dict[GroupId, EnterpriseApp] = field(default_factory=dict)
    offered: list[DirectoryGroup] = field(default_factory=list)
    failure: IntegrationError | None = None
    lists: list[tuple[str, ...]] = field(default_factory=list)

    def hire(self, user: DirectoryUser) -> None:
        """Somebody is in the directory from now on, or has changed."""
        self.users[user.person.oid] = user

    async def user(self, oid: str) -> DirectoryUser | None:
        self._may_fail()
        return self.users.get(oid)

    async def user_named(self, user_name: str) -> DirectoryUser | None:
        self._may_fail()
        names = {user.user_name: user for user in self.users.values()}
        return names.get(user_name)

    async def people(self, oids: Sequence[str]) -> Mapping[str, DirectoryUser]:
        self._may_fail()
        self.lists.append(tuple(oids))
        return {oid: self.users[oid] for oid in oids if oid in self.users}

    async def is_any(self, oid: str, principals: frozenset[Principal]) -> bool:
        self._may_fail()
        if Principal("user", oid) in principals:
            return True
        groups = (p.id for p in principals if p.kind == "group")
        return any(oid in self.members.get(group, ()) for group in groups)

    async def people_of(self, principals: Sequence[Principal]) -> tuple[DirectoryUser, ...]:
        self._may_fail()
        named = {p.id for p in principals if p.kind == "user"}
        named |= {m for p in principals if p.kind == "group" for m in self.members.get(p.id, ())}
        found = (self.users[oid] for oid in named if oid in self.users)
        return tuple(sorted(found, key=lambda user: user.name))

    async def app_of(self, group: GroupId) -> EnterpriseApp | None:
        self._may_fail()
        return self.apps.get(group)

    async def groups_of_aws_apps(self) -> tuple[DirectoryGroup, ...]:
        self._may_fail()
        return tuple(sorted(self.offered, key=lambda g: g.name))

    def _may_fail(self) -> None:
        if self.failure is not None:
            raise self.failure
