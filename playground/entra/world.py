"""The tenant of the playground's world: its people, groups, policies and applications."""

from datetime import timedelta

from playground.cast import ACCESS, PEOPLE, Access, Setup, entra_id
from playground.entra.pim import Pim
from playground.entra.policy import Policy
from playground.entra.state import EnterpriseApp, Group, Tenant, User
from playground.entra.times import parse_duration
from playground.kernel.clock import WorldClock

IDENTITY_CENTER_TEMPLATE = "21ed01d2-ec13-4e9e-86c1-cd546719ebc4"
SINGLE_ACCOUNT_TEMPLATE = "8b1025e4-1dd2-430b-a150-2ef79cd700f5"
CUSTOM_APP_TEMPLATE = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
"""The gallery's template for any SAML application of one's own."""

ADMINS = entra_id("group:aws-access-admins")


def tenant_of_the_world(clock: WorldClock) -> Tenant:
    """The tenant as every run starts: everyone hired, eligible as the cast says, nobody active."""
    tenant = Tenant(clock)
    pim = Pim(tenant)
    for number, person in enumerate(PEOPLE.values(), start=1001):
        if person.entra:
            tenant.users[person.oid] = User(
                person.oid, person.upn, person.name, person.title, f"E{number}", person.guest
            )
    for access in ACCESS.values():
        tenant.groups[access.group] = Group(access.group, access.name)
        for policy in _policies(access):
            tenant.policies[policy.group, policy.access] = policy
        for key in access.eligible:
            pim.make_eligible(PEOPLE[key].oid, access.group)
    tenant.groups[ADMINS] = Group(ADMINS, "aws-access-admins", pim=False)
    tenant.add_member(ADMINS, PEOPLE["admin"].oid)
    tenant.apps = {app.id: app for app in _apps()}
    return tenant


def _policies(access: Access) -> tuple[Policy, Policy]:
    member = Policy(
        group=access.group,
        max=parse_duration(access.max),
        justification="Justification" in access.rules,
        ticket="Ticketing" in access.rules,
        mfa="MultiFactorAuthentication" in access.rules,
        approval=bool(access.approvers),
        approvers=tuple(PEOPLE[key].oid for key in access.approvers),
    )
    return member, Policy(group=access.group, access="owner", max=timedelta(hours=8))


def _apps() -> tuple[EnterpriseApp, ...]:
    return (
        _app(
            "AWS IAM Identity Center", IDENTITY_CENTER_TEMPLATE, "identity-center-scim", scim=True
        ),
        _app("AWS IAM Identity Center (sign-in only)", IDENTITY_CENTER_TEMPLATE, "identity-center"),
        _app("AWS Single-Account Access", SINGLE_ACCOUNT_TEMPLATE, "single-account"),
        _app("Payroll", CUSTOM_APP_TEMPLATE, "saml"),
    )


def _app(name: str, template: str, setup: Setup, *, scim: bool = False) -> EnterpriseApp:
    return EnterpriseApp(
        id=entra_id(f"sp:{name}"),
        app_id=entra_id(f"app:{name}"),
        name=name,
        template=template,
        groups=tuple(access.group for access in ACCESS.values() if access.setup == setup),
        scim_job=f"AWSSingleSignOn.{entra_id(f'job:{name}')}" if scim else None,
    )
