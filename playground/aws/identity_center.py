"""IAM Identity Center: moto's, with one instance in one Region and assignments that provision.

https://docs.aws.amazon.com/singlesignon/latest/APIReference/welcome.html
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.ssoadmin.exceptions import ConflictException, ResourceNotFoundException
from moto.ssoadmin.models import PermissionSet, SSOAdminBackend
from moto.ssoadmin.responses import SSOAdminResponse
from moto.ssoadmin.utils import PAGINATION_MODEL
from moto.utilities.paginator import paginate

from playground.aws.names import (
    DELEGATED,
    INSTANCE_ARN,
    INSTANCE_ID,
    MANAGEMENT,
    REGION,
    STORE_ARN,
    STORE_ID,
)

CENTER = "playground.aws.center"
"""WSGI environ key under which a request finds the instance of its own simulator."""

SHORTEST_SESSION = "PT1H"
"""What AWS gives a permission set that names no session duration."""

PROVISIONED_PAGES = {
    name: {
        "input_token": "next_token",
        "limit_key": "max_results",
        "limit_default": 100,
        "unique_attribute": "value",
    }
    for name in ("accounts_of", "permission_sets_of")
}


@dataclass
class State:
    """How the one instance is set up; `gone`: there is none."""

    gone: bool = False
    active: bool = True
    organization: bool = True
    permission_sets: bool = True
    own_key: bool = False
    endpoint_only: bool = False


class Center(SSOAdminBackend):
    """The permission sets and account assignments of the one organisation instance."""

    def __init__(self, groups_of: Callable[[str], set[str]]) -> None:
        super().__init__(REGION, MANAGEMENT)
        (instance,) = self.instances
        instance.instance_arn = INSTANCE_ARN
        instance.identity_store_id = STORE_ID
        self._groups_of = groups_of
        self.state = State()
        self.behind: set[str] = set()
        """ARNs of permission sets of which some account has an older version."""

    def described(self) -> dict[str, Any]:
        """The instance as ListInstances shows it."""
        (instance,) = self.instances
        shown = instance.to_json() | {"IdentityStoreArn": STORE_ARN, "PrimaryRegion": REGION}
        if not self.state.organization:
            shown["OwnerAccountId"] = DELEGATED
        if not self.state.active:
            shown |= {"Status": "CREATE_FAILED", "StatusReason": "The simulator was told so."}
        return shown

    def create_permission_set(self, *args: Any, **kwargs: Any) -> dict[str, Any]:  # noqa: ANN401
        """As moto does, with AWS's ARN shape and default session; a name that is taken is refused."""
        if any(one.name == kwargs["name"] for one in self.permission_sets):
            raise ConflictException(f"PermissionSet with name {kwargs['name']} already exists.")
        super().create_permission_set(*args, **kwargs)
        made: PermissionSet = self.permission_sets[-1]
        fixed = hashlib.sha256(made.name.encode()).hexdigest()[:16]
        made.permission_set_arn = f"arn:aws:sso:::permissionSet/{INSTANCE_ID}/ps-{fixed}"
        if not str(made.session_duration).startswith("PT"):
            made.session_duration = SHORTEST_SESSION
        return made.to_json(include_creation_date=True)

    @paginate(PAGINATION_MODEL)
    def list_account_assignments_for_principal(
        self,
        filter_: dict[str, Any],
        instance_arn: str,
        principal_id: str,
        principal_type: str,
    ) -> list[dict[str, str]]:
        """The principal's own rows and, for a user, those of the groups the user is in."""
        principals = {(principal_type, principal_id)}
        if principal_type == "USER":
            principals |= {("GROUP", group) for group in self._groups_of(principal_id)}
        account = filter_.get("AccountId")
        return [
            {
                "AccountId": one.target_id,
                "PermissionSetArn": one.permission_set_arn,
                "PrincipalId": one.principal_id,
                "PrincipalType": one.principal_type,
            }
            for one in self.account_assignments
            if (one.principal_type, one.principal_id) in principals
            and one.instance_arn == instance_arn
            and account in (None, one.target_id)
        ]

    @paginate(PROVISIONED_PAGES)
    def accounts_of(self, permission_set_arn: str) -> list[str]:
        """The accounts in which a permission set is provisioned: those with an assignment."""
        return sorted(
            {
                one.target_id
                for one in self.account_assignments
                if one.permission_set_arn == permission_set_arn
            }
        )

    @paginate(PROVISIONED_PAGES)
    def permission_sets_of(self, account_id: str) -> list[str]:
        """The permission sets that are provisioned in an account."""
        return sorted(
            {
                one.permission_set_arn
                for one in self.account_assignments
                if one.target_id == account_id
            }
        )


class IdentityCenter(SSOAdminResponse):
    """The operations, answered from the instance of the simulator that was called."""

    @property
    def _center(self) -> Center:
        center: Center = self.normalized_request.environ[CENTER]
        return center

    @property
    def ssoadmin_backend(self) -> Center:
        """The instance, for its own ARN in its own Region."""
        asked = self._get_param("InstanceArn")
        if self.region != REGION or asked != INSTANCE_ARN:
            raise ResourceNotFoundException(f"No instance {asked} in {self.region}.")
        return self._center

    def list_instances(self) -> str:
        """The instance, in its own Region or when all Regions are asked for."""
        everywhere = self._get_param("RegionScope") == "ALL_REGIONS"
        seen = (self.region == REGION or everywhere) and not self._center.state.gone
        return json.dumps({"Instances": [self._center.described()] if seen else []})

    def describe_instance(self) -> str:
        """The instance with what only this call tells."""
        state = self._center.state
        return json.dumps(
            self.ssoadmin_backend.described()
            | {
                "Regions": [self._region()],
                "PermissionSetsEnabled": state.permission_sets,
                "EncryptionConfigurationDetails": {
                    "KeyType": "CUSTOMER_MANAGED_KEY" if state.own_key else "AWS_OWNED_KMS_KEY",
                    "EncryptionStatus": "ENABLED",
                },
                "NetworkConfigurationDetails": {"VpceAccessRequired": state.endpoint_only},
            }
        )

    def list_regions(self) -> str:
        """The one Region."""
        _ = self.ssoadmin_backend
        return json.dumps({"Regions": [self._region()]})

    def list_accounts_for_provisioned_permission_set(self) -> str:
        """From the assignments: in AWS an assignment provisions."""
        arn = self._get_param("PermissionSetArn")
        late = self._get_param("ProvisioningStatus") == "LATEST_PERMISSION_SET_NOT_PROVISIONED"
        if late and arn not in self._center.behind:
            return json.dumps({"AccountIds": []})
        accounts, following = self.ssoadmin_backend.accounts_of(
            permission_set_arn=arn, **self._page()
        )
        return json.dumps({"AccountIds": accounts, "NextToken": following})

    def list_permission_sets_provisioned_to_account(self) -> str:
        """From the assignments of the account that was asked for."""
        arns, following = self.ssoadmin_backend.permission_sets_of(
            account_id=self._get_param("AccountId"), **self._page()
        )
        return json.dumps({"PermissionSets": arns, "NextToken": following})

    def _page(self) -> dict[str, Any]:
        return {
            "max_results": self._get_int_param("MaxResults"),
            "next_token": self._get_param("NextToken"),
        }

    @staticmethod
    def _region() -> dict[str, Any]:
        return {"RegionName": REGION, "Status": "ACTIVE", "IsPrimaryRegion": True}
