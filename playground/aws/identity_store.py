"""The identity store: moto's, plus external ids, states, times and the refusals it leaves out.

https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/welcome.html
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from moto.identitystore.exceptions import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from moto.identitystore.models import IdentityStoreBackend, IdentityStoreData
from moto.identitystore.responses import IdentityStoreResponse

from playground.aws.names import MANAGEMENT, REGION, SCIM_ISSUER, STORE_ARN, STORE_ID
from playground.cast import Person, entra_id

DIRECTORY = "playground.aws.directory"
"""WSGI environ key under which a request finds the directory of its own simulator."""

MOST_GROUPS = 100
"""IsMemberInGroups takes at most this many groups."""


class Directory(IdentityStoreBackend):
    """The users, groups and memberships of the one identity store."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        super().__init__(REGION, MANAGEMENT)
        self.rows: IdentityStoreData = IdentityStoreData()
        self.identity_stores = {STORE_ID: self.rows}
        self.external_ids: dict[str, str] = {}
        self.disabled: set[str] = set()
        """UserIds that an administrator disabled."""
        self.scim_ips: list[str] = []
        """The only addresses SCIM requests may come from; empty: any."""
        self._created: dict[str, float] = {}
        self._now = now

    def add_user(self, person: Person) -> str:
        """A user as an administrator or SCIM makes it; answers the UserId, fixed per person."""
        given, _, family = person.name.partition(" ")
        made, _ = self.create_user(
            STORE_ID,
            person.upn,
            {"GivenName": given, "FamilyName": family},
            person.name,
            nick_name="",
            profile_url="",
            emails=[{"Value": person.upn, "Type": "work", "Primary": True}],
            addresses=[],
            phone_numbers=[],
            user_type="",
            title=person.title,
            preferred_language="",
            locale="",
            timezone="",
        )
        user_id = entra_id(f"aws:user:{person.key}")
        self.rows.users[user_id] = self.rows.users.pop(made)._replace(UserId=user_id)
        self._created[user_id] = self._now().timestamp()
        return user_id

    def add_group(self, name: str, external_id: str) -> str:
        """A group as SCIM makes it; answers the GroupId, fixed per name."""
        made, _ = self.create_group(STORE_ID, name, "")
        group_id = entra_id(f"aws:group:{name}")
        self.rows.groups[group_id] = self.rows.groups.pop(made)._replace(GroupId=group_id)
        self._created[group_id] = self._now().timestamp()
        self.external_ids[group_id] = external_id
        return group_id

    def forget_group(self, group_id: str) -> None:
        """As though SCIM had never brought the group; its assignments stay, as in AWS."""
        del self.rows.groups[group_id]
        self.external_ids.pop(group_id)
        memberships = self.rows.group_memberships
        for key in [k for k, row in memberships.items() if row["GroupId"] == group_id]:
            del memberships[key]

    def with_external_id(self, external_id: str, among: Iterable[str]) -> str | None:
        """Which of these users or groups SCIM made for this Entra object, or None."""
        return next((one for one in among if self.external_ids.get(one) == external_id), None)

    def groups_of(self, user_id: str) -> set[str]:
        """The GroupIds that a user is a member of."""
        return {
            row["GroupId"]
            for row in self.rows.group_memberships.values()
            if row["MemberId"]["UserId"] == user_id
        }

    def about(self, object_id: str) -> dict[str, Any]:
        """What moto's answers about a user or group leave out."""
        external = self.external_ids.get(object_id)
        created = self._created.get(object_id)
        return {
            "ExternalIds": [{"Issuer": SCIM_ISSUER, "Id": external}] if external else [],
            "CreatedAt": created,
            "UpdatedAt": created,
        }

    def create_group_membership(
        self, identity_store_id: str, group_id: str, member_id: dict[str, str]
    ) -> tuple[str, str]:
        """moto's, refusing a second one and remembering when."""
        if group_id in self.groups_of(member_id["UserId"]):
            raise ConflictException(
                message="Member and Group relationship already exists.",
                reason="UNIQUENESS_CONSTRAINT_VIOLATION",
            )
        made, store_id = super().create_group_membership(identity_store_id, group_id, member_id)
        now = self._now().timestamp()
        self.rows.group_memberships[made] |= {"CreatedAt": now, "UpdatedAt": now}
        return made, store_id

    def get_user_id(
        self, identity_store_id: str, alternate_identifier: dict[str, Any]
    ) -> tuple[str, str]:
        """By external id, by user name without regard to case, or as moto does."""
        if external := alternate_identifier.get("ExternalId"):
            return self._found(external, self.rows.users, "USER"), identity_store_id
        unique = alternate_identifier["UniqueAttribute"]
        if str(unique["AttributePath"]).lower() == "username":
            name = str(unique["AttributeValue"]).lower()
            for user in self.rows.users.values():
                if user.UserName.lower() == name:
                    return user.UserId, identity_store_id
        return super().get_user_id(identity_store_id, alternate_identifier)

    def get_group_id(
        self, identity_store_id: str, alternate_identifier: dict[str, Any]
    ) -> tuple[str, str]:
        """By external id, or by display name as moto does."""
        if external := alternate_identifier.get("ExternalId"):
            return self._found(external, self.rows.groups, "GROUP"), identity_store_id
        return super().get_group_id(identity_store_id, alternate_identifier)

    def is_member_in_groups(
        self, identity_store_id: str, member_id: dict[str, str], group_ids: list[str]
    ) -> list[dict[str, Any]]:
        """moto's, for a user that exists and no more groups than AWS takes."""
        if member_id["UserId"] not in self.rows.users:
            raise ResourceNotFoundException(message="USER not found.", resource_type="USER")
        if len(group_ids) > MOST_GROUPS:
            raise ValidationException(message=f"At most {MOST_GROUPS} group ids.")
        return super().is_member_in_groups(identity_store_id, member_id, group_ids)

    def _found(self, external: dict[str, str], among: Iterable[str], kind: str) -> str:
        found = self.with_external_id(external["Id"], among)
        if found is None or external["Issuer"] != SCIM_ISSUER:
            raise ResourceNotFoundException(message=f"{kind} not found.", resource_type=kind)
        return found


class IdentityStore(IdentityStoreResponse):
    """The operations, answered from the directory of the simulator that was called."""

    @property
    def identitystore_backend(self) -> Directory:
        """The directory, for its own id in its own Region."""
        directory: Directory = self.normalized_request.environ[DIRECTORY]
        if self.region != REGION or self._get_param("IdentityStoreId") != STORE_ID:
            raise ResourceNotFoundException(
                message="IDENTITY_STORE not found.", resource_type="IDENTITY_STORE"
            )
        return directory

    def describe_identity_store(self) -> str:
        """The identity store with its network restrictions."""
        ips = self.identitystore_backend.scim_ips
        network = {"VpceAccessRequired": False, **({"ScimAllowSourceIps": ips} if ips else {})}
        return json.dumps(
            {
                "IdentityStoreId": STORE_ID,
                "IdentityStoreArn": STORE_ARN,
                "NetworkConfiguration": network,
            }
        )

    def describe_user(self) -> str:
        """The answer of moto and what it leaves out."""
        return json.dumps(self._user(json.loads(super().describe_user())))

    def list_users(self) -> str:
        """The answer of moto and what it leaves out."""
        page = json.loads(super().list_users())
        return json.dumps(page | {"Users": [self._user(row) for row in page["Users"]]})

    def describe_group(self) -> str:
        """The answer of moto and what it leaves out."""
        return json.dumps(self._group(json.loads(super().describe_group())))

    def list_groups(self) -> str:
        """The answer of moto and what it leaves out."""
        page = json.loads(super().list_groups())
        return json.dumps(page | {"Groups": [self._group(row) for row in page["Groups"]]})

    def _user(self, row: dict[str, Any]) -> dict[str, Any]:
        arn = f"arn:aws:identitystore:::user/{row['UserId']}"
        disabled = row["UserId"] in self.identitystore_backend.disabled
        more = {"UserArn": arn, "UserStatus": "DISABLED" if disabled else "ENABLED"}
        return row | more | self.identitystore_backend.about(row["UserId"])

    def _group(self, row: dict[str, Any]) -> dict[str, Any]:
        arn = f"arn:aws:identitystore:::group/{row['GroupId']}"
        return row | {"GroupArn": arn} | self.identitystore_backend.about(row["GroupId"])
