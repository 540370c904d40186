"""Entra's directory: people, group memberships, and the enterprise apps groups are assigned to."""

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.domain.access import Principal
from bot.domain.ids import GroupId, PersonId
from bot.ports import Clock, DirectoryGroup, DirectoryUser, EnterpriseApp
from integrations.entra.cache import Remembered
from integrations.entra.graph import Graph
from integrations.entra.settings import GUID

Json = dict[str, Any]
IDENTITY_CENTER_TEMPLATE = "21ed01d2-ec13-4e9e-86c1-cd546719ebc4"
"""The gallery's "AWS IAM Identity Center"."""
SINGLE_ACCOUNT_TEMPLATE = "8b1025e4-1dd2-430b-a150-2ef79cd700f5"
"""The gallery's "AWS Single-Account Access"."""
_AWS = (IDENTITY_CENTER_TEMPLATE, SINGLE_ACCOUNT_TEMPLATE)
_GROUPS_PER_CHECK = 20
_USER_NAME = re.compile(r"[\w.+'#-]{1,64}@[\w.-]{1,255}")
_USERS_PER_CALL = 15
"""https://learn.microsoft.com/graph/filter-query-parameter: values of one `in`."""


@dataclass(frozen=True, slots=True)
class _Assigned:
    """An AWS gallery app, and the groups that are assigned to it with their names."""

    app: Json
    groups: tuple[tuple[GroupId, str], ...]


class EntraDirectory:
    """:class:`bot.ports.Directory` over Microsoft Graph."""

    def __init__(self, graph: Graph, clock: Clock, tenant: str) -> None:
        self._graph = graph
        self._asks = graph.asks
        self._tenant = tenant
        self._apps: Remembered[GroupId, EnterpriseApp] = Remembered(clock)
        self._aws: Remembered[str, tuple[_Assigned, ...]] = Remembered(clock)

    async def user(self, oid: str) -> DirectoryUser | None:
        """The user, read now; None when there is none. Never found by anything but an object id."""
        if not GUID.fullmatch(oid):
            return None
        found = await self._graph.read(self._asks.user(oid))
        return self._user(found) if found else None

    async def user_named(self, user_name: str) -> DirectoryUser | None:
        """The user of that user name (https://learn.microsoft.com/graph/api/user-get)."""
        if not _USER_NAME.fullmatch(user_name):
            return None
        found = await self._graph.read(self._asks.user(user_name))
        return self._user(found) if found else None

    async def people(self, oids: Sequence[str]) -> Mapping[str, DirectoryUser]:
        """Those of many users that there are, by object id; fifteen in a call."""
        wanted = [oid for oid in oids if GUID.fullmatch(oid)]
        chunks = [
            wanted[at : at + _USERS_PER_CALL] for at in range(0, len(wanted), _USERS_PER_CALL)
        ]
        answers = [await self._graph.read_all(self._asks.users(chunk)) for chunk in chunks]
        return {found["id"]: self._user(found) for answer in answers for found in answer}

    async def is_any(self, oid: str, principals: frozenset[Principal]) -> bool:
        """Whether the user is one of the principals, or a (transitive) member of one."""
        me = oid.casefold()
        if any(p.kind == "user" and p.id.casefold() == me for p in principals):
            return True
        if not GUID.fullmatch(oid):
            return False
        groups = sorted(p.id for p in principals if p.kind == "group")
        chunks = [
            groups[at : at + _GROUPS_PER_CHECK] for at in range(0, len(groups), _GROUPS_PER_CHECK)
        ]
        checks = [self._graph.read(self._asks.member_groups(oid, chunk)) for chunk in chunks]
        return any(answer and answer.get("value") for answer in await asyncio.gather(*checks))

    async def people_of(self, principals: Sequence[Principal]) -> tuple[DirectoryUser, ...]:
        """The users named, and those in the groups named, read now; each once, by name."""
        groups = [p.id for p in principals if p.kind == "group" and GUID.fullmatch(p.id)]
        named = [self.user(p.id) for p in principals if p.kind == "user"]
        read = self._graph.read_all
        users = await asyncio.gather(*named)
        lists = await asyncio.gather(*(read(self._asks.members(group)) for group in groups))
        everybody = [*filter(None, users), *(self._user(m) for one in lists for m in one)]
        return tuple(sorted({u.person: u for u in everybody}.values(), key=lambda u: u.name))

    async def app_of(self, group: GroupId) -> EnterpriseApp | None:
        """The app the group is assigned to, AWS's own first; five minutes old at most.

        Any other app than AWS's is found with Directory.Read.All only; without that permission
        it raises a permanent IntegrationError, because nothing is known.
        """
        return await self._apps.get(group, lambda: self._find_app(group))

    async def groups_of_aws_apps(self) -> tuple[DirectoryGroup, ...]:
        """Every group assigned to an AWS gallery app, by name; five minutes old at most."""
        names = {group: name for app in await self._aws_apps() for group, name in app.groups}
        groups = (DirectoryGroup(group, name) for group, name in names.items())
        return tuple(sorted(groups, key=lambda g: g.name))

    async def _find_app(self, group: GroupId) -> EnterpriseApp | None:
        for aws in await self._aws_apps():
            if group in dict(aws.groups):
                return await self._described(aws.app)
        assignments = await self._graph.read_all(self._asks.app_assignments(group))
        ids = {assignment["resourceId"] for assignment in assignments}
        found = await asyncio.gather(*(self._graph.read(self._asks.app(app)) for app in ids))
        apps = sorted((app for app in found if app), key=_name)
        return await self._described(apps[0]) if apps else None

    async def _described(self, app: Json) -> EnterpriseApp:
        jobs = await self._graph.read_all(self._asks.provisioning(app["id"]))
        return EnterpriseApp(
            id=app["id"],
            app_id=app["appId"],
            name=_name(app),
            template=app.get("applicationTemplateId") or "",
            provisioned=bool(jobs),
        )

    async def _aws_apps(self) -> tuple[_Assigned, ...]:
        return await self._aws.get("", self._find_aws_apps) or ()

    async def _find_aws_apps(self) -> tuple[_Assigned, ...]:
        """Asked of the apps, because asking the groups takes a permission to read everything."""
        read = self._graph.read_all
        lists = await asyncio.gather(*(read(self._asks.apps_of(t)) for t in _AWS))
        apps = [app for one in lists for app in sorted(one, key=_name)]
        assigned = await asyncio.gather(*(read(self._asks.assigned_to(app["id"])) for app in apps))
        return tuple(
            _Assigned(app, tuple(_groups(assignments)))
            for app, assignments in zip(apps, assigned, strict=True)
        )

    def _user(self, found: Json) -> DirectoryUser:
        return DirectoryUser(
            person=PersonId(self._tenant, found["id"]),
            name=found.get("displayName") or "",
            user_name=found.get("userPrincipalName") or "",
            mail=found.get("mail") or "",
            title=found.get("jobTitle") or "",
            # Both are missing when the bot may not read them: then nobody is taken for a member.
            enabled=found.get("accountEnabled") is True,
            guest=found.get("userType") != "Member",
            told=found.get("accountEnabled") is not None and bool(found.get("userType")),
        )


def _groups(assignments: Iterable[Json]) -> Iterable[tuple[GroupId, str]]:
    for found in assignments:
        if found.get("principalType") == "Group":
            yield GroupId(found["principalId"]), found.get("principalDisplayName") or ""


def _name(app: Json) -> str:
    return app.get("displayName") or ""
