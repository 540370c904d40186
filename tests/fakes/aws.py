"""An Identity Center in memory: the Aws port for tests that are about something else."""

from dataclasses import dataclass, field
from itertools import chain

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
    provisioned: set[str] = field(default_factory=set)
    """Users who are in no group and have nothing assigned."""
    failure: IntegrationError | None = None
    asked: bool = True
    permission_sets: bool = True

    async def portal(self) -> Portal | None:
        self._may_fail()
        return self.known_portal

    async def group_known(self, group: GroupId) -> bool:
        self._may_fail()
        return group in self.groups

    async def opened_by_group(self, group: GroupId) -> tuple[Opening, ...] | None:
        self._may_fail()
        return self.groups.get(group)

    async def opened_by_user(
        self, user_name: str, *, through_groups: bool
    ) -> tuple[Opening, ...] | None:
        self._may_fail()
        own = self.users.get(user_name)
        if own is None or not through_groups:
            return own
        inherited = [self.groups.get(g, ()) for name, g in self.memberships if name == user_name]
        return tuple(sorted({*own, *chain(*inherited)}, key=_by_account))

    async def uses_permission_sets(self) -> bool:
        self._may_fail()
        return self.permission_sets

    async def user_known(self, user_name: str) -> bool:
        self._may_fail()
        named = {name for name, _ in self.memberships} | {*self.users} | self.provisioned
        return user_name in named

    async def has_membership(self, user_name: str, group: GroupId) -> bool:
        self._may_fail()
        return (user_name, group) in self.memberships

    def _may_fail(self) -> None:
        if self.failure is not None:
            raise self.failure


def _by_account(opening: Opening) -> tuple[str, str, str]:
    return opening.account_name, opening.account, opening.permission_set
