"""The world's access file: what `ACCESS_FILE` names, restricts and routes in the playground."""

import json
from collections.abc import Mapping, Sequence

from playground.cast import ACCESS, PEOPLE
from playground.entra.world import ADMINS

DUAL_CONTROL = "prod-dual-control"
MAY_ASK = ("engineer", "approver")
CONTROLLERS = ("controller-one", "controller-two", "admin")
REQUIRED = 2
NOTIFIED = {
    "prod-readonly": ("slack:C0PROD", "slack:C0PARTNERS", "teams:19:prod@thread.tacv2"),
}
"""Channels that the demo's file names; the partners' is shared with others, so it is told nothing."""


def render(notified: Mapping[str, Sequence[str]] | None = None) -> str:
    """The file as TOML. Ids are the fixed ones of the world; every access has its own table.

    `notified`: the channels that are told of an access, by its name; none when left out.
    """
    tables = (_access(name, (notified or {}).get(name, ())) for name in ACCESS)
    return "\n".join((_head(), *tables))


def _head() -> str:
    engineer, admin_account = PEOPLE["engineer"].oid, PEOPLE["engineer-admin"].oid
    return f"""\
# The playground's accesses, by the ids of its simulated Entra.
admins   = ["group:{ADMINS}"]
auditors = ["group:{ADMINS}"]
aliases  = [["{engineer}", "{admin_account}"]]
"""


def _access(name: str, notified: Sequence[str]) -> str:
    lines = ["[[access]]", f'name      = "{name}"', f'group     = "{ACCESS[name].group}"']
    if notified:
        lines.append(f"notify    = {json.dumps(list(notified))}")
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
