"""What the simulated organisation holds: accounts, permission sets, groups, users, assignments."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from playground.aws.identity_center import CENTER, SHORTEST_SESSION, Center
from playground.aws.identity_store import DIRECTORY, Directory
from playground.aws.names import INSTANCE_ARN, STORE_ID
from playground.aws.organization import ORGANIZATION, Organization
from playground.cast import ACCESS, PEOPLE, Opens
from playground.kernel.clock import WorldClock

SCIM_ACCESSES = tuple(a for a in ACCESS.values() if a.setup == "identity-center-scim")
MANUAL_ACCESSES = tuple(a for a in ACCESS.values() if a.setup == "identity-center")
PEOPLE_BY_OID = {p.oid: p for p in PEOPLE.values()}
SCIM_GROUPS = frozenset(a.group for a in SCIM_ACCESSES)
"""The Entra groups assigned to the enterprise application, hence in SCIM's scope."""


def permission_set_name(opens: Opens) -> str:
    """The name in AWS of what an access opens.

    A permission set has one session duration and its name is unique in the instance, so
    AdministratorAccess cannot last PT1H in "prod" and PT8H in "first". The one with AWS's default
    session keeps the plain name; a longer one says its hours: AdministratorAccess-8h.
    https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_CreatePermissionSet.html
    """
    if opens.session == SHORTEST_SESSION:
        return opens.permission_set
    return f"{opens.permission_set}-{opens.session.removeprefix('PT').lower()}"


class World:
    """The organisation behind one simulator, and the lock under which it is read and changed."""

    def __init__(self, clock: WorldClock) -> None:
        opened = [o for a in (*MANUAL_ACCESSES, *SCIM_ACCESSES) for o in a.opens]
        self.lock = threading.RLock()
        """moto is not thread-safe: one request or one SCIM write at a time."""
        self.denied: set[str] = set()
        """IAM actions that the bot was denied on top of what its policy leaves out."""
        self.directory = Directory(clock.now)
        self.center = Center(self.directory.groups_of)
        self.organization = Organization({o.account: o.account_name for o in opened})
        self._add_scim()
        self._add_manual()

    @property
    def environ(self) -> dict[str, Any]:
        """What a WSGI request needs to find this world."""
        return {
            DIRECTORY: self.directory,
            CENTER: self.center,
            ORGANIZATION: self.organization,
        }

    def provision(self, group: str, oid: str, *, present: bool) -> None:
        """SCIM writes that an Entra user is, or is no longer, a member of an Entra group."""
        with self.lock:
            group_id = self._group(group)
            if present:
                self._join(group_id, self._user(oid))
            else:
                self._leave(group_id, oid)

    def memberships(self) -> list[dict[str, Any]]:
        """Every group membership, in Entra's ids, with the AWS user name and since when."""
        with self.lock:
            return [
                {
                    "oid": self.directory.external_ids.get(row["MemberId"]["UserId"]),
                    "group": self.directory.external_ids.get(row["GroupId"]),
                    "user": self.directory.rows.users[row["MemberId"]["UserId"]].UserName,
                    "since": datetime.fromtimestamp(row["CreatedAt"], UTC).isoformat(),
                }
                for row in self.directory.rows.group_memberships.values()
            ]

    def users(self) -> list[dict[str, Any]]:
        """Every user: id, name, and the Entra object SCIM made it for (None: made by hand)."""
        with self.lock:
            return [
                {
                    "id": user.UserId,
                    "user": user.UserName,
                    "oid": self.directory.external_ids.get(user.UserId),
                }
                for user in self.directory.rows.users.values()
            ]

    def assignments(self) -> list[dict[str, Any]]:
        """Every account assignment, with names instead of ARNs."""
        with self.lock:
            return list(self._assignments())

    def _assignments(self) -> Iterator[dict[str, Any]]:
        sets = {one.permission_set_arn: one for one in self.center.permission_sets}
        accounts = {one.id: one.name for one in self.organization.accounts}
        users, groups = self.directory.rows.users, self.directory.rows.groups
        for row in self.center.account_assignments:
            opened = sets[row.permission_set_arn]
            to_group = row.principal_type == "GROUP"
            who = row.principal_id
            yield {
                "account": row.target_id,
                "account_name": accounts[row.target_id],
                "permission_set": opened.name,
                "session": opened.session_duration,
                "relay_state": opened.relay_state,
                "principal_type": row.principal_type,
                "principal": groups[who].DisplayName if to_group else users[who].UserName,
            }

    def _add_permission_set(self, opens: Opens) -> None:
        name = permission_set_name(opens)
        if any(one.name == name for one in self.center.permission_sets):
            return
        self.center.create_permission_set(
            name=name,
            description="",
            instance_arn=INSTANCE_ARN,
            session_duration=opens.session,
            relay_state=opens.relay_state,
            tags=[],
        )

    def _add_scim(self) -> None:
        for access in SCIM_ACCESSES:
            group_id = self.directory.add_group(access.name, access.group)
            self.assign(access.opens, "GROUP", group_id)
            for key in access.eligible:
                self._user(PEOPLE[key].oid)

    def _add_manual(self) -> None:
        for access in MANUAL_ACCESSES:
            for key in access.eligible:
                name = {"AttributePath": "userName", "AttributeValue": PEOPLE[key].upn}
                user_id, _ = self.directory.get_user_id(STORE_ID, {"UniqueAttribute": name})
                self.assign(access.opens, "USER", user_id)

    def assign(self, opened: tuple[Opens, ...], principal_type: str, principal: str) -> None:
        """Assign permission sets in accounts to a GROUP or a USER, by its id in the store."""
        for opens in opened:
            self._add_permission_set(opens)
        arns = {one.name: one.permission_set_arn for one in self.center.permission_sets}
        for opens in opened:
            self.center.create_account_assignment(
                INSTANCE_ARN,
                opens.account,
                "AWS_ACCOUNT",
                arns[permission_set_name(opens)],
                principal_type,
                principal,
            )

    def _group(self, external_id: str) -> str:
        found = self.directory.with_external_id(external_id, self.directory.rows.groups)
        if found is None:
            message = f"{external_id} is not a group that SCIM provisions"
            raise LookupError(message)
        return found

    def _user(self, oid: str) -> str:
        """The user SCIM made for an Entra object, made now when there is none.

        A person nobody assigned to the application arrives with their first activation.
        """
        found = self.directory.with_external_id(oid, self.directory.rows.users)
        if found is None:
            found = self.directory.add_user(PEOPLE_BY_OID[oid])
            self.directory.external_ids[found] = oid
        return found

    def _join(self, group_id: str, user_id: str) -> None:
        if group_id not in self.directory.groups_of(user_id):
            self.directory.create_group_membership(STORE_ID, group_id, {"UserId": user_id})

    def _leave(self, group_id: str, oid: str) -> None:
        rows = self.directory.rows
        user_id = self.directory.with_external_id(oid, rows.users)
        for key, row in tuple(rows.group_memberships.items()):
            if (row["GroupId"], row["MemberId"]["UserId"]) == (group_id, user_id):
                del rows.group_memberships[key]
