"""What a principal opens: its account assignments, with names, session lengths and relay states.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountAssignmentsForPrincipal.html
"""

import asyncio
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from bot.domain.aws import Opening
from bot.domain.durations import parse_iso
from bot.ports import IntegrationError
from integrations.aws.calls import SYSTEM, found, rows
from integrations.aws.home import Home, Instance
from integrations.aws.remembered import Remembered

Kind = Literal["USER", "GROUP"]


@dataclass(frozen=True, slots=True)
class PermissionSet:
    """What one is in an account, for how long at a time, and where one arrives."""

    name: str
    session: timedelta
    relay_state: str | None


class Assignments:
    """Assignments are read each time; permission sets and account names are remembered."""

    def __init__(self, home: Home, seconds: float, monotonic: Callable[[], float]) -> None:
        self._home = home
        self._sets: Remembered[str, PermissionSet] = Remembered(self._describe, seconds, monotonic)
        self._accounts: Remembered[str, dict[str, str]] = Remembered(
            self._list_accounts, seconds, monotonic
        )

    async def of_group(self, group_id: str) -> tuple[Opening, ...]:
        """What is assigned to a group, by account and permission set."""
        return await self._of("GROUP", group_id, {"GROUP"})

    async def of_user(self, user_id: str, *, through_groups: bool) -> tuple[Opening, ...]:
        """What is assigned to a user, and to the groups the user is in."""
        kinds = {"USER", "GROUP"} if through_groups else {"USER"}
        return await self._of("USER", user_id, kinds)

    async def _of(self, kind: Kind, principal: str, kinds: Collection[str]) -> tuple[Opening, ...]:
        assigned = await self._home.center(
            lambda sso, instance: _assigned(sso, instance, kind, principal)
        )
        return await self._named(pair for of, *pair in assigned or () if of in kinds)

    async def _named(self, assigned: Iterable[Sequence[str]]) -> tuple[Opening, ...]:
        pairs = sorted({(account, arn) for account, arn in assigned})
        if not pairs:
            return ()
        names = await self._accounts.get("") or {}
        sets = await asyncio.gather(*(self._sets.get(arn) for _, arn in pairs))
        openings = (
            Opening(account, names.get(account, account), one.name, one.session, one.relay_state)
            for (account, _), one in zip(pairs, sets, strict=True)
            # A permission set may have been deleted since the assignments were read.
            if one is not None
        )
        return tuple(sorted(openings, key=lambda o: (o.account_name, o.account, o.permission_set)))

    async def _describe(self, arn: str) -> PermissionSet | None:
        answer = await self._home.center(
            lambda sso, instance: found(
                sso, "describe_permission_set", InstanceArn=instance.arn, PermissionSetArn=arn
            )
        )
        return _permission_set(answer["PermissionSet"]) if answer else None

    async def _list_accounts(self, _: str) -> dict[str, str]:
        listed = await self._home.organization(
            lambda client: list(rows(client, "list_accounts", "Accounts"))
        )
        return {one["Id"]: one["Name"] for one in listed}


def _assigned(
    sso: Any,  # noqa: ANN401
    instance: Instance,
    kind: Kind,
    principal: str,
) -> list[tuple[str, str, str]]:
    """(principal's kind, account id, permission set ARN) of every row.

    For a user AWS also answers the rows of the groups the user is in.
    """
    return [
        (row["PrincipalType"], row["AccountId"], row["PermissionSetArn"])
        for row in rows(
            sso,
            "list_account_assignments_for_principal",
            "AccountAssignments",
            InstanceArn=instance.arn,
            PrincipalType=kind,
            PrincipalId=principal,
        )
    ]


def _permission_set(said: dict[str, Any]) -> PermissionSet:
    try:
        session = parse_iso(said["SessionDuration"])
    except ValueError as odd:
        raise IntegrationError(SYSTEM, f"permission set {said['Name']}: {odd}") from odd
    return PermissionSet(said["Name"], session, said.get("RelayState") or None)
