"""Who is in the world and what there is to ask for, as the first line of JSON and the page show it."""

from typing import Any

from playground.cast import ACCESS, PEOPLE, Access, Person


def people_ids() -> dict[str, dict[str, str | None]]:
    """Everybody's ids by key: the Entra object, the Slack user, the Teams user; None: has none."""
    return {
        one.key: {"oid": one.oid if one.entra else None, "slack": one.slack, "teams": one.teams}
        for one in PEOPLE.values()
    }


def access_ids() -> dict[str, dict[str, str]]:
    """Each access's Entra group by name."""
    return {one.name: {"group": one.group} for one in ACCESS.values()}


def people_shown() -> list[dict[str, Any]]:
    """Everybody, with what a page says about them."""
    ids = people_ids()
    return [{**_person(one), **ids[one.key]} for one in PEOPLE.values()]


def access_shown() -> list[dict[str, Any]]:
    """Every access, with its set-up, its PIM policy and what it opens."""
    return [_access(one) for one in ACCESS.values()]


def _person(one: Person) -> dict[str, Any]:
    return {
        "key": one.key,
        "name": one.name,
        "title": one.title,
        "upn": one.upn if one.entra else None,
        "guest": one.guest,
        "stranger": one.stranger,
        "eligible": [access.name for access in ACCESS.values() if one.key in access.eligible],
        "approves": [access.name for access in ACCESS.values() if one.key in access.approvers],
    }


def _access(one: Access) -> dict[str, Any]:
    return {
        "name": one.name,
        "group": one.group,
        "setup": one.setup,
        "max": one.max,
        "rules": list(one.rules),
        "approvers": list(one.approvers),
        "eligible": list(one.eligible),
        "opens": [
            {
                "account": opens.account,
                "account_name": opens.account_name,
                "permission_set": opens.permission_set,
                "session": opens.session,
            }
            for opens in one.opens
        ],
    }
