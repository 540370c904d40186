"""Identity Center: whether it is there, in the organisation, and what the bot may call of it."""

import json
from collections.abc import Sequence

from bot.doctor.findings import Finding, fail, names, ok, unknown, warn
from bot.doctor.rules.sight import blocked, unseen, useless
from bot.doctor.seen import Blind, Details, Instance, Why

IDENTITY, INSTANCE, REGION = "aws.identity", "aws.instance", "aws.region"
ACTIVE = "ACTIVE"


def identity(arn: str | Blind) -> Finding:
    """Whose credential boto3 found."""
    return useless(IDENTITY, arn) if isinstance(arn, Blind) else ok(IDENTITY, arn=arn)


def chosen(
    instances: Sequence[Instance] | Blind, management: str | Blind
) -> tuple[Finding, Instance | None]:
    """The organisation's own instance; None when there is none that can be used."""
    if isinstance(instances, Blind):
        return _not_found(instances), None
    if not instances:
        return fail(INSTANCE, "none"), None
    if isinstance(management, Blind):
        return _not_found(management), None
    own = next((one for one in instances if one.owner == management), None)
    if own is None:
        owners = names(one.owner for one in instances)
        return fail(INSTANCE, "account", owners=owners, management=management), None
    if own.status != ACTIVE:
        facts = {"status": own.status, "reason": own.reason or "AWS does not say why"}
        return fail(INSTANCE, "not_active", **facts), None
    return ok(INSTANCE, store=own.store, region=own.region), own


def region(instance: Instance, configured: str) -> Finding:
    """Whether AWS_REGION is where Identity Center lives; the bot finds it from elsewhere too."""
    if configured != instance.region:
        return warn(REGION, "other", configured=configured, home=instance.region)
    return ok(REGION, home=instance.region)


def no_region() -> Finding:
    """Without AWS_REGION the bot never asks AWS."""
    return warn(REGION, "none")


def organization(trusted: bool | Blind) -> Finding:  # noqa: FBT001
    """Whether Identity Center may reach into the organisation's accounts."""
    check = "aws.organization"
    if isinstance(trusted, Blind):
        return unseen(check, trusted)
    return ok(check) if trusted else fail(check, "not_trusted")


def permission_sets(details: Details | Blind) -> Finding:
    """Whether access is given by permission sets, the only way the bot can read."""
    check = "aws.permission_sets"
    if isinstance(details, Blind):
        return unseen(check, details)
    return ok(check) if details.permission_sets else fail(check, "off")


def network(details: Details | Blind) -> Finding:
    """Whether calls from outside a VPC are refused, and whose key encrypts."""
    check = "aws.network"
    if isinstance(details, Blind):
        return unseen(check, details)
    if details.endpoint_only:
        return warn(check, "endpoint_only")
    return ok(check, "own_key") if details.own_key else ok(check)


def scim_network(restricted: bool | Blind) -> Finding:  # noqa: FBT001
    """Whether Entra's addresses must be on a list."""
    check = "scim.network"
    if isinstance(restricted, Blind):
        return unseen(check, restricted)
    return warn(check, "restricted") if restricted else ok(check)


def identity_source(issuer: str | Blind, signed_in: bool | Blind) -> Finding:  # noqa: FBT001
    """AWS has no call for it, so only evidence counts."""
    check = "aws.identity_source"
    if isinstance(issuer, str) and issuer:
        return ok(check, "scim", issuer=issuer)
    if signed_in is True:
        return ok(check, "signed_in")
    return unknown(check, "no_evidence")


def up_to_date(behind: Sequence[str] | Blind) -> Finding:
    """Whether every account has the latest version of the permission sets."""
    check = "aws.provisioned"
    if isinstance(behind, Blind):
        return unseen(check, behind)
    return warn(check, "behind", sets=names(behind)) if behind else ok(check)


def action(name: str, allowed: bool | Blind) -> Finding:  # noqa: FBT001
    """One action of the bot's own policy, tried once."""
    check = "aws.action"
    if isinstance(allowed, Blind):
        return unseen(check, allowed, name)
    return ok(check, subject=name) if allowed else fail(check, "denied", name, snippet=_allow(name))


def without_instance() -> tuple[Finding, ...]:
    """What cannot be told while there is no instance."""
    checks = (REGION, "aws.permission_sets", "aws.network", "scim.network", "aws.identity_source")
    return tuple(blocked(check, INSTANCE) for check in (*checks, "aws.provisioned"))


def _not_found(blind: Blind) -> Finding:
    """Without these two calls the bot finds nothing, so a denial is no mere gap in the examination."""
    if blind.why is Why.DENIED:
        return fail(INSTANCE, "denied", action=blind.detail, snippet=_allow(blind.detail))
    return unseen(INSTANCE, blind)


def _allow(action: str) -> str:
    """A statement for the bot's policy."""
    return json.dumps({"Effect": "Allow", "Action": action, "Resource": "*"})
