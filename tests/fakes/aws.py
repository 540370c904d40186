"""An Identity Center in memory: the Aws port for tests that are about something else."""

from dataclasses import dataclass, field

from bot.domain.aws import Opening, Portal
from bot.domain.ids import GroupId
from bot.ports import IntegrationError


@dataclass
class FakeAws:
    """What AWS knows, as plain data; set `failure` to make every question fail."""

    known_portal: Portal | None = None
    groups: dict[GroupId, tuple[Opening, ...]] = field(default_factory=dict)
    users: dict[str, tuple[Opening, ...]] = field(default_factory=dict)
    memberships: set[tuple[str, GroupId]] = field(default_factory=set)
    failure: IntegrationError | None = None
    asked: bool = True

    async def portal(self) -> Portal | None:
        self._may_fail()
        return self.known_portal

    async def group_known(self, group: GroupId) -> bool:
        self._may_fail()
        return group in self.groups

    async def opened_by_group(self, group: GroupId) -> tuple[Opening, ...]:
        self._may_fail()
        return self.groups.get(group, ())

    async def opened_by_user(self, user_name: str) -> tuple[Opening, ...]:
        self._may_fail()
        return self.users.get(user_name, ())

    async def has_membership(self, user_name: str, group: GroupId) -> bool:
        self._may_fail()
        return (user_name, group) in self.memberships

    def _may_fail(self) -> None:
        if self.failure is not None:
            raise self.failure
