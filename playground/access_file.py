"""The world's access file: what `ACCESS_FILE` names, restricts and routes in the playground."""

from playground.cast import ACCESS, PEOPLE
from playground.entra.world import ADMINS

DUAL_CONTROL = "prod-dual-control"
MAY_ASK = ("engineer", "approver")
CONTROLLERS = ("controller-one", "controller-two", "admin")
REQUIRED = 2


def render() -> str:
    """The file as TOML. Ids are the fixed ones of the world; every access has its own table."""
    tables = (_access(name) for name in ACCESS)
    return "\n".join((_head(), *tables))


def _head() -> str:
    engineer, admin_account = PEOPLE["engineer"].oid, PEOPLE["engineer-admin"].oid
    return f"""\
# The playground's accesses, by the ids of its simulated Entra.
admins   = ["group:{ADMINS}"]
auditors = ["group:{ADMINS}"]
aliases  = [["{engineer}", "{admin_account}"]]
"""


def _access(name: str) -> str:
    lines = ["[[access]]", f'name      = "{name}"', f'group     = "{ACCESS[name].group}"']
    if name == DUAL_CONTROL:
        lines += [
            'authority = "application"',
            f"members   = {_users(MAY_ASK)}",
            'max       = "1h"',
            "[access.approval]",
            f"approvers = {_users(CONTROLLERS)}",
            f"required  = {REQUIRED}",
        ]
    return "\n".join((*lines, ""))


def _users(keys: tuple[str, ...]) -> str:
    return "[" + ", ".join(f'"user:{PEOPLE[key].oid}"' for key in keys) + "]"
