"""The person that `--user` names: the same in Entra and AWS, and without standing access."""

from collections.abc import Sequence

from bot.doctor.findings import Finding, fail, names, ok, warn
from bot.doctor.rules.sight import unseen
from bot.doctor.seen import AwsUser, Blind, EntraUser
from bot.domain.aws import Opening

ENTRA, AWS, STANDING = "user.entra", "user.aws", "user.standing"


def in_entra(name: str, seen: EntraUser | Blind | None) -> Finding:
    """Whether the account is there and enabled."""
    if isinstance(seen, Blind):
        return unseen(ENTRA, seen, name)
    if seen is None:
        return fail(ENTRA, "gone", name)
    return ok(ENTRA, subject=name) if seen.enabled else fail(ENTRA, "disabled", name)


def in_aws(person: EntraUser, seen: AwsUser | Blind | None) -> Finding:
    """Whether AWS knows the person by the name that Entra sends it."""
    name = person.user_name
    if isinstance(seen, Blind):
        return unseen(AWS, seen, name)
    if seen is None:
        return fail(AWS, "gone", name)
    if seen.found_by != "user name":
        return fail(AWS, "other_name", name, found=seen.name, by=seen.found_by)
    if not seen.enabled:
        return fail(AWS, "disabled", name)
    if seen.lacks:
        return warn(AWS, "incomplete", name, lacks=names(seen.lacks))
    return ok(AWS, subject=name)


def standing(person: EntraUser, openings: Sequence[Opening] | Blind) -> Finding:
    """Whether the person has in AWS already what an activation would give."""
    name = person.user_name
    if isinstance(openings, Blind):
        return unseen(STANDING, openings, name)
    if openings:
        rows = names(f"{o.permission_set} in {o.account_name}" for o in openings)
        return warn(STANDING, "direct", name, rows=rows)
    return ok(STANDING, subject=name)
