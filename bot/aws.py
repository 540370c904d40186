"""What the product needs of AWS; every method may raise :class:`bot.ports.IntegrationError`."""

from typing import Protocol

from bot.domain.aws import Opening, Portal
from bot.domain.ids import GroupId


class Aws(Protocol):
    """IAM Identity Center, read only."""

    @property
    def asked(self) -> bool:
        """Whether AWS is asked at all; without, no answer below says anything."""

    async def portal(self) -> Portal | None:
        """The access portal; None when Identity Center is not enabled or AWS is not configured."""
        ...

    async def group_known(self, group: GroupId) -> bool:
        """Whether provisioning has brought the Entra group to the identity store (by ExternalId)."""
        ...

    async def opened_by_group(self, group: GroupId) -> tuple[Opening, ...] | None:
        """What the Entra group opens; None when provisioning has not brought the group to AWS."""
        ...

    async def opened_by_user(
        self, user_name: str, *, through_groups: bool
    ) -> tuple[Opening, ...] | None:
        """What is assigned to the user, and to AWS's groups of the user; None for no such user."""
        ...

    async def uses_permission_sets(self) -> bool:
        """Whether permission sets are enabled; else account access manager gives IAM roles."""
        ...

    async def user_known(self, user_name: str) -> bool:
        """Whether AWS has a user of that name, made by provisioning or by hand."""
        ...

    async def has_membership(self, user_name: str, group: GroupId) -> bool:
        """Whether AWS has the user in the group now; False while either is unknown to AWS."""
        ...
