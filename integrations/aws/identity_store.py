"""Who Entra's users and groups are in the identity store, and whether one is in the other.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/welcome.html
"""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.domain.ids import GroupId
from integrations.aws.calls import found, rows
from integrations.aws.home import Home
from integrations.aws.remembered import Remembered

SCIM_ISSUERS = "https://scim.aws.com/"
"""What the issuer of an external id begins with when SCIM wrote it."""


class IdentityStore:
    """Reads ids by what Entra knows; ids that were found are remembered."""

    def __init__(self, home: Home, seconds: float, monotonic: Callable[[], float]) -> None:
        self._home = home
        self._issuer: Remembered[str, str] = Remembered(self._find_issuer, seconds, monotonic)
        self._groups: Remembered[GroupId, str] = Remembered(self._find_group, seconds, monotonic)
        self._users: Remembered[str, str] = Remembered(self._find_user, seconds, monotonic)

    async def group_id(self, group: GroupId) -> str | None:
        """The group that SCIM made for an Entra group; its name may change, its external id not."""
        return await self._groups.get(group)

    async def user_id(self, user_name: str) -> str | None:
        """The user of that name, made by SCIM or by hand."""
        return await self._users.get(user_name)

    async def is_member(self, user_name: str, group: GroupId) -> bool:
        """Whether the user is in the group now: one call once both ids are known."""
        user_id, group_id = await asyncio.gather(self.user_id(user_name), self.group_id(group))
        if user_id is None or group_id is None:
            return False
        answer = await self._home.store(
            lambda store, instance: found(
                store,
                "is_member_in_groups",
                IdentityStoreId=instance.store,
                MemberId={"UserId": user_id},
                GroupIds=[group_id],
            )
        )
        if answer is None:
            # Either was deleted since; made anew it has another id.
            self._users.forget(user_name)
            self._groups.forget(group)
            return False
        return any(row["MembershipExists"] for row in answer["Results"])

    async def _find_issuer(self, _: str) -> str | None:
        return await self._home.store(lambda store, at: first_scim_issuer(store, at.store))

    async def _find_group(self, group: GroupId) -> str | None:
        issuer = await self._issuer.get("")
        if issuer is None:
            return None
        identifier = {"ExternalId": {"Issuer": issuer, "Id": group}}
        answer = await self._home.store(
            lambda store, instance: found(
                store,
                "get_group_id",
                IdentityStoreId=instance.store,
                AlternateIdentifier=identifier,
            )
        )
        return str(answer["GroupId"]) if answer else None

    async def _find_user(self, user_name: str) -> str | None:
        unique = {"AttributePath": "userName", "AttributeValue": user_name}
        answer = await self._home.store(
            lambda store, instance: found(
                store,
                "get_user_id",
                IdentityStoreId=instance.store,
                AlternateIdentifier={"UniqueAttribute": unique},
            )
        )
        return str(answer["UserId"]) if answer else None


def first_scim_issuer(store: Any, store_id: str) -> str | None:  # noqa: ANN401
    """The issuer that GetGroupId wants beside an external id; only a group that SCIM made tells it.

    None when there is no such group: then SCIM has brought no group at all.
    """
    return next(
        (
            str(external["Issuer"])
            for group in rows(store, "list_groups", "Groups", IdentityStoreId=store_id)
            for external in group.get("ExternalIds", ())
            if external["Issuer"].startswith(SCIM_ISSUERS)
        ),
        None,
    )
