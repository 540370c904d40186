"""The tenant of the playground's world: its people, groups, policies and applications."""

from dataclasses import replace
from datetime import timedelta

from playground.aws.names import REGION, STORE_ID
from playground.cast import ACCESS, DOMAIN, PEOPLE, Access, Setup, entra_id
from playground.entra.pim import Pim
from playground.entra.policy import Policy
from playground.entra.state import EnterpriseApp, Group, Tenant, User
from playground.entra.times import parse_duration
from playground.kernel.clock import WorldClock

IDENTITY_CENTER_TEMPLATE = "21ed01d2-ec13-4e9e-86c1-cd546719ebc4"
SINGLE_ACCOUNT_TEMPLATE = "8b1025e4-1dd2-430b-a150-2ef79cd700f5"
CUSTOM_APP_TEMPLATE = "8adf8e6e-67b2-4cf2-a259-e3dc5476c621"
"""The gallery's template for any SAML application of one's own."""

CERTIFICATE = timedelta(days=3 * 365)
"""How long Entra's signing certificates are good for."""
SIGN_IN_HOSTS = {"identity-center-scim": "signin.aws.amazon.com", "identity-center": "signin.aws"}
"""Identity Center's sign-in host, old and new; an identifier is unique in a tenant.

https://docs.aws.amazon.com/singlesignon/latest/userguide/multi-region-workforce-access.html
"""

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
    ends = clock.now() + CERTIFICATE
    tenant.apps = {app.id: replace(app, certificate_ends=ends) for app in _apps()}
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
        approver_justification=False,  # a rule the world's policies do not have
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
    host = SIGN_IN_HOSTS.get(setup)
    place = f"{REGION}.{host}/platform/saml" if host else ""
    return EnterpriseApp(
        id=entra_id(f"sp:{name}"),
        app_id=entra_id(f"app:{name}"),
        name=name,
        template=template,
        notified=(f"entra@{DOMAIN}",),
        identifier=f"https://{place}/{STORE_ID}" if place else "",
        reply_url=f"https://{place}/acs/{STORE_ID}" if place else "",
        groups=tuple(access.group for access in ACCESS.values() if access.setup == setup),
        scim_job=f"AWSSingleSignOn.{entra_id(f'job:{name}')}" if scim else None,
    )
