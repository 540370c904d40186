"""The Aws port: what IAM Identity Center knows of an Entra group or of a user."""

import asyncio
import time
from collections.abc import Callable

from bot.domain.aws import Opening, Portal
from bot.domain.ids import GroupId
from integrations.aws.assignments import Assignments
from integrations.aws.calls import Calls
from integrations.aws.home import Home
from integrations.aws.identity_store import IdentityStore

SELDOM_SECONDS = 600.0
"""How long the instance, permission sets, account names and ids are remembered."""


class IdentityCenter:
    """Reads Identity Center with boto3. `region` is any Region of the organisation's partition."""

    asked = True

    def __init__(
        self, calls: Calls, region: str, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._calls = calls
        self._home = Home(calls, region, SELDOM_SECONDS, monotonic)
        self._store = IdentityStore(self._home, SELDOM_SECONDS, monotonic)
        self._assignments = Assignments(self._home, SELDOM_SECONDS, monotonic)

    async def portal(self) -> Portal | None:
        """The access portal under its first address, which follows from the identity store's id.

        https://docs.aws.amazon.com/singlesignon/latest/userguide/multi-region-workforce-access.html
        """
        instance = await self._home.instance()
        if instance is None:
            return None
        return Portal(f"https://{instance.store}.awsapps.com/start", instance.region)

    async def group_known(self, group: GroupId) -> bool:
        """Whether SCIM has brought the Entra group to the identity store."""
        return await self._store.group_id(group) is not None

    async def opened_by_group(self, group: GroupId) -> tuple[Opening, ...] | None:
        """What is assigned to the group; None when SCIM has not brought it."""
        group_id = await self._store.group_id(group)
        return await self._assignments.of_group(group_id) if group_id else None

    async def opened_by_user(
        self, user_name: str, *, through_groups: bool
    ) -> tuple[Opening, ...] | None:
        """What is assigned to the user, and to the user's groups; None for no such user."""
        user_id = await self._store.user_id(user_name)
        if user_id is None:
            return None
        return await self._assignments.of_user(user_id, through_groups=through_groups)

    async def uses_permission_sets(self) -> bool:
        """Whether the instance has permission sets: one that only assigns IAM roles has none.

        https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html
        """
        answer = await self._home.center(
            lambda sso, instance: sso.describe_instance(InstanceArn=instance.arn)
        )
        return bool((answer or {}).get("PermissionSetsEnabled", True))

    async def user_known(self, user_name: str) -> bool:
        """Whether the identity store has a user of that name."""
        return await self._store.user_id(user_name) is not None

    async def has_membership(self, user_name: str, group: GroupId) -> bool:
        """Whether the identity store has the user in the group now.

        True does not mean that the portal shows it yet: that may take up to an hour more.
        https://docs.aws.amazon.com/singlesignon/latest/userguide/authconcept.html
        """
        return await self._store.is_member(user_name, group)

    async def close(self) -> None:
        """Give back threads and connections."""
        await asyncio.to_thread(self._calls.close)
