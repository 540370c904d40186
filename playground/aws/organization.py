"""AWS Organizations: moto's, with the world's accounts under their fixed ids.

https://docs.aws.amazon.com/organizations/latest/APIReference/Welcome.html
"""

from datetime import UTC, datetime, timedelta

from moto.organizations.models import (
    FakeDelegatedAdministrator,
    OrganizationsBackend,
)
from moto.organizations.responses import OrganizationsResponse

from playground.aws.names import DELEGATED, MANAGEMENT
from playground.cast import DOMAIN

ORGANIZATION = "playground.aws.organization"
"""WSGI environ key under which a request finds the organisation of its own simulator."""

SERVICE = "sso.amazonaws.com"
FOUNDED = datetime(2024, 1, 15, 9, 0, tzinfo=UTC)


class Organization(OrganizationsBackend):
    """The management account and its member accounts."""

    def __init__(self, members: dict[str, str]) -> None:
        super().__init__("aws", MANAGEMENT)
        self.create_organization("us-east-1")
        (management,) = self.accounts
        management.name = "management"
        for account_id, name in members.items():
            self.create_account(AccountName=name, Email=f"aws-{name}@{DOMAIN}")
            self.accounts[-1].id = account_id
        for order, account in enumerate(self.accounts):
            # moto pages by the joining time, so no two may be equal.
            account.create_time = (FOUNDED + timedelta(days=order)).replace(tzinfo=None)
        self.enable_aws_service_access(ServicePrincipal=SERVICE)
        delegate = FakeDelegatedAdministrator(self.get_account_by_id(DELEGATED))
        # moto's list of services that allow a delegate lacks this one.
        delegate.services[SERVICE] = {
            "ServicePrincipal": SERVICE,
            "DelegationEnabledDate": FOUNDED.timestamp(),
        }
        self.admins.append(delegate)


class Organizations(OrganizationsResponse):
    """The operations, answered from the organisation of the simulator that was called."""

    @property
    def organizations_backend(self) -> OrganizationsBackend:
        """The world's organisation."""
        organization: Organization = self.normalized_request.environ[ORGANIZATION]
        return organization
