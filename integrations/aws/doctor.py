"""What the doctor reads of AWS: Identity Center itself, a person in it, and what the bot may call."""

import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from bot.doctor.seen import AwsUser, Details, EntraUser, Instance, NotAllowedError
from bot.domain.aws import Opening
from bot.domain.ids import GroupId
from integrations.aws.calls import Calls, DeniedError, found, rows
from integrations.aws.identity_center import IdentityCenter
from integrations.aws.identity_store import first_scim_issuer

_Read = TypeVar("_Read")
_SERVICE = "sso.amazonaws.com"
_NOT_LATEST = "LATEST_PERMISSION_SET_NOT_PROVISIONED"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_NO_SET = "ps-0000000000000000"


class AwsDoctor:
    """:class:`bot.doctor.seen.AwsReading` over the bot's own adapter and credential."""

    def __init__(self, calls: Calls, center: IdentityCenter, region: str, seconds: float) -> None:
        self._calls = calls
        self._center = center
        self._region = region
        self._seconds = seconds

    async def identity(self) -> str:
        """https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html"""
        said = await self._calls.on("sts", self._region, lambda sts: sts.get_caller_identity())
        return str(said["Arn"])

    async def instances(self) -> tuple[Instance, ...]:
        """https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListInstances.html"""
        listed = await self._ask(
            "sso-admin",
            self._region,
            lambda sso: list(rows(sso, "list_instances", "Instances", RegionScope="ALL_REGIONS")),
        )
        return tuple(_instance(one, self._region) for one in listed)

    async def management(self) -> str:
        """https://docs.aws.amazon.com/organizations/latest/APIReference/API_DescribeOrganization.html"""
        said = await self._ask(
            "organizations",
            self._region,
            lambda client: client.describe_organization(),
        )
        return str(said["Organization"]["MasterAccountId"])

    async def trusted(self) -> bool:
        """https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAWSServiceAccessForOrganization.html"""
        enabled = await self._ask(
            "organizations",
            self._region,
            lambda client: list(
                rows(
                    client,
                    "list_aws_service_access_for_organization",
                    "EnabledServicePrincipals",
                )
            ),
        )
        return any(one["ServicePrincipal"] == _SERVICE for one in enabled)

    async def details(self, instance: Instance) -> Details:
        """https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_DescribeInstance.html"""
        said = await self._at_home(
            instance,
            lambda sso: sso.describe_instance(InstanceArn=instance.arn),
        )
        network = said.get("NetworkConfigurationDetails") or {}
        key = said.get("EncryptionConfigurationDetails") or {}
        return Details(
            permission_sets=said.get("PermissionSetsEnabled", True) is not False,
            endpoint_only=network.get("VpceAccessRequired") is True,
            own_key=key.get("KeyType") == "CUSTOMER_MANAGED_KEY",
        )

    async def scim_restricted(self, instance: Instance) -> bool:
        """https://docs.aws.amazon.com/singlesignon/latest/IdentityStoreAPIReference/API_DescribeIdentityStore.html"""
        said = await self._in_store(
            instance,
            lambda store: store.describe_identity_store(IdentityStoreId=instance.store),
        )
        return bool((said.get("NetworkConfiguration") or {}).get("ScimAllowSourceIps"))

    async def scim_issuer(self, instance: Instance) -> str:
        """Of the first group that has an id SCIM wrote."""
        issuer = await self._in_store(
            instance,
            lambda store: first_scim_issuer(store, instance.store),
        )
        return issuer or ""

    async def opened_by(self, group: str) -> tuple[Opening, ...] | None:
        """As the bot reads it."""
        entra = GroupId(group)
        if not await _allowed(self._center.group_known(entra)):
            return None
        return await _allowed(self._center.opened_by_group(entra))

    async def behind(self, instance: Instance) -> tuple[str, ...]:
        """https://docs.aws.amazon.com/singlesignon/latest/APIReference/API_ListAccountsForProvisionedPermissionSet.html"""
        return await self._at_home(
            instance,
            lambda sso: tuple(_behind(sso, instance.arn, time.monotonic() + self._seconds)),
        )

    async def user(self, instance: Instance, person: EntraUser) -> AwsUser | None:
        """By user name as the bot does, else by what else could be theirs."""
        issuer = await self.scim_issuer(instance)
        ways: dict[str, Mapping[str, Any]] = {
            "user name": _attribute("userName", person.user_name),
            "mail address": _attribute("emails.value", person.mail or person.user_name),
        }
        if issuer:
            ways["external id"] = {"ExternalId": {"Issuer": issuer, "Id": person.oid}}
        return await self._in_store(
            instance,
            lambda store: _user(store, instance.store, ways),
        )

    async def standing(self, user_name: str) -> tuple[Opening, ...]:
        """As the bot reads it."""
        own = await _allowed(self._center.opened_by_user(user_name, through_groups=False))
        return own or ()

    async def may(self, action: str, instance: Instance) -> bool:
        """Any answer but a denial shows that the action is allowed."""
        try:
            await self._calls.on(*_TRIES[action](instance))
        except DeniedError:
            return False
        return True

    async def _at_home(self, instance: Instance, work: Callable[[Any], _Read]) -> _Read:
        return await self._ask("sso-admin", instance.region, work)

    async def _in_store(self, instance: Instance, work: Callable[[Any], _Read]) -> _Read:
        return await self._ask("identitystore", instance.region, work)

    async def _ask(self, service: str, region: str, work: Callable[[Any], _Read]) -> _Read:
        return await _allowed(self._calls.on(service, region, work))


async def _allowed(reading: Awaitable[_Read]) -> _Read:
    try:
        return await reading
    except DeniedError as denied:
        raise NotAllowedError(denied.action) from denied


def _instance(said: Mapping[str, Any], region: str) -> Instance:
    return Instance(
        arn=said["InstanceArn"],
        store=said["IdentityStoreId"],
        owner=said["OwnerAccountId"],
        status=said["Status"],
        reason=said.get("StatusReason") or "",
        region=said.get("PrimaryRegion") or region,
    )


def _behind(sso: Any, arn: str, until: float) -> list[str]:  # noqa: ANN401
    """Names of the permission sets with an account that has an older version.

    A thread cannot be cancelled, so this one looks at the time itself.
    """
    late = []
    for one in rows(sso, "list_permission_sets", "PermissionSets", InstanceArn=arn):
        if time.monotonic() > until:
            raise TimeoutError
        accounts = rows(
            sso,
            "list_accounts_for_provisioned_permission_set",
            "AccountIds",
            InstanceArn=arn,
            PermissionSetArn=one,
            ProvisioningStatus=_NOT_LATEST,
        )
        if any(True for _ in accounts):
            told = sso.describe_permission_set(InstanceArn=arn, PermissionSetArn=one)
            late.append(str(told["PermissionSet"]["Name"]))
    return late


def _attribute(path: str, value: str) -> Mapping[str, Any]:
    return {"UniqueAttribute": {"AttributePath": path, "AttributeValue": value}}


def _user(store: Any, store_id: str, ways: Mapping[str, Mapping[str, Any]]) -> AwsUser | None:  # noqa: ANN401
    for way, identifier in ways.items():
        known = found(
            store, "get_user_id", IdentityStoreId=store_id, AlternateIdentifier=identifier
        )
        user = known and found(
            store, "describe_user", IdentityStoreId=store_id, UserId=known["UserId"]
        )
        if user:
            name = user.get("Name") or {}
            needed = {
                "the first name": name.get("GivenName"),
                "the last name": name.get("FamilyName"),
                "the display name": user.get("DisplayName"),
            }
            return AwsUser(
                name=user["UserName"],
                found_by=way,
                enabled=user.get("UserStatus", "ENABLED") == "ENABLED",
                lacks=tuple(what for what, value in needed.items() if not value),
            )
    return None


def _try(
    service: str, operation: str, **parameters: Callable[[Instance], object]
) -> Callable[[Instance], tuple[str, str, Callable[[Any], object]]]:
    """One call of an operation in the home Region; that an id is unknown is an answer too."""

    def made(instance: Instance) -> tuple[str, str, Callable[[Any], object]]:
        given = {name: value(instance) for name, value in parameters.items()}
        if not given:
            return service, instance.region, lambda client: getattr(client, operation)()
        return service, instance.region, lambda client: found(client, operation, **given)

    return made


def _set(instance: Instance) -> str:
    return f"arn:aws:sso:::permissionSet/{instance.arn.rpartition('/')[2]}/{_NO_SET}"


_TRIES = {
    "sso:ListInstances": _try("sso-admin", "list_instances"),
    "sso:ListAccountAssignmentsForPrincipal": _try(
        "sso-admin",
        "list_account_assignments_for_principal",
        InstanceArn=lambda at: at.arn,
        PrincipalType=lambda _: "GROUP",
        PrincipalId=lambda _: _NOBODY,
    ),
    "sso:DescribePermissionSet": _try(
        "sso-admin",
        "describe_permission_set",
        InstanceArn=lambda at: at.arn,
        PermissionSetArn=_set,
    ),
    "sso:DescribeInstance": _try("sso-admin", "describe_instance", InstanceArn=lambda at: at.arn),
    "organizations:DescribeOrganization": _try("organizations", "describe_organization"),
    "organizations:ListAccounts": _try("organizations", "list_accounts"),
    "identitystore:ListGroups": _try(
        "identitystore", "list_groups", IdentityStoreId=lambda at: at.store
    ),
    "identitystore:GetGroupId": _try(
        "identitystore",
        "get_group_id",
        IdentityStoreId=lambda at: at.store,
        AlternateIdentifier=lambda _: _attribute("displayName", "nobody"),
    ),
    "identitystore:GetUserId": _try(
        "identitystore",
        "get_user_id",
        IdentityStoreId=lambda at: at.store,
        AlternateIdentifier=lambda _: _attribute("userName", "nobody"),
    ),
    "identitystore:IsMemberInGroups": _try(
        "identitystore",
        "is_member_in_groups",
        IdentityStoreId=lambda at: at.store,
        MemberId=lambda _: {"UserId": _NOBODY},
        GroupIds=lambda _: [_NOBODY],
    ),
}
"""Every action of the bot's own policy, each with a call of it that changes nothing."""
