"""AWS that was not configured: it is never asked, and knows nothing."""

from bot.domain.aws import Opening, Portal
from bot.domain.ids import GroupId


class AbsentAws:
    """The Aws port without an AWS behind it."""

    asked = False

    async def portal(self) -> Portal | None:
        """No portal."""
        return None

    async def group_known(self, group: GroupId) -> bool:  # noqa: ARG002
        """Not known."""
        return False

    async def opened_by_group(self, group: GroupId) -> tuple[Opening, ...] | None:  # noqa: ARG002
        """Not known."""
        return None

    async def opened_by_user(
        self,
        user_name: str,  # noqa: ARG002
        *,
        through_groups: bool,  # noqa: ARG002
    ) -> tuple[Opening, ...] | None:
        """Not known."""
        return None

    async def uses_permission_sets(self) -> bool:
        """As most organisations do."""
        return True

    async def user_known(self, user_name: str) -> bool:  # noqa: ARG002
        """Not known."""
        return False

    async def has_membership(self, user_name: str, group: GroupId) -> bool:  # noqa: ARG002
        """Not seen."""
        return False

    async def close(self) -> None:
        """Nothing to close."""
