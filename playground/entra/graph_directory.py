"""Graph's calls for people and groups."""

from dataclasses import dataclass
from typing import Any

from aiohttp import web

from playground.entra.answers import body_of, listed, single
from playground.entra.callers import directory_caller, person
from playground.entra.directory_shapes import (
    USER_DEFAULT,
    assignment_shape,
    group_shape,
    user_shape,
)
from playground.entra.pim_bodies import read_ids
from playground.entra.refusals import no_such_object
from playground.entra.state import Group, Tenant, User

Json = dict[str, Any]
USER_READ = ("User.ReadBasic.All", "User.Read.All", "Directory.Read.All")
GROUP_READ = ("GroupMember.Read.All", "Group.Read.All", "Directory.Read.All")
USER_TYPE, GROUP_TYPE = "#microsoft.graph.user", "#microsoft.graph.group"


@dataclass
class DirectoryCalls:
    """The handlers."""

    tenant: Tenant

    def routes(self) -> list[web.RouteDef]:
        """Every route of this part of Graph."""
        group = "/v1.0/groups/{id}"
        return [
            web.get("/v1.0/me", self.me),
            web.get("/v1.0/users", self.users),
            web.get("/v1.0/users/{id}", self.user),
            *(
                route
                for whose in ("/v1.0/users/{id}", "/v1.0/me")
                for route in (
                    web.post(f"{whose}/checkMemberGroups", self.check_member_groups),
                    web.post(f"{whose}/getMemberGroups", self.get_member_groups),
                    web.get(f"{whose}/transitiveMemberOf", self.transitive_member_of),
                    web.get(
                        f"{whose}/transitiveMemberOf/microsoft.graph.group",
                        self.transitive_member_of,
                    ),
                )
            ),
            web.get("/v1.0/groups", self.groups),
            web.get(group, self.group),
            web.get(f"{group}/members", self.members),
            web.get(f"{group}/transitiveMembers", self.transitive_members),
            web.get(f"{group}/members/microsoft.graph.user", self.members),
            # The SDK writes the type cast with the metadata's alias for the namespace.
            *(
                web.get(f"{group}/transitiveMembers/{cast}.user", self.transitive_members)
                for cast in ("microsoft.graph", "graph")
            ),
            web.get(f"{group}/appRoleAssignments", self.app_role_assignments),
            web.post("/v1.0/directoryObjects/getByIds", self.get_by_ids),
        ]

    async def me(self, request: web.Request) -> web.Response:
        """The person who calls."""
        oid = person(directory_caller(request, "User.Read", *USER_READ))
        return single(request, user_shape(self.tenant.users[oid]), USER_DEFAULT)

    async def users(self, request: web.Request) -> web.Response:
        """People, usually filtered by mail or user name."""
        directory_caller(request, *USER_READ)
        return listed(request, map(user_shape, self.tenant.users.values()), USER_DEFAULT)

    async def user(self, request: web.Request) -> web.Response:
        """One person by object id or user name."""
        directory_caller(request, *USER_READ)
        return single(request, user_shape(self._user(request)), USER_DEFAULT)

    async def check_member_groups(self, request: web.Request) -> web.Response:
        """Which of up to twenty groups a person is in, nested ones included."""
        directory_caller(request, *GROUP_READ)
        mine = self.tenant.groups_of(self._user(request).id)
        asked = read_ids(await body_of(request), "groupIds", 20)
        return web.json_response({"value": [group for group in asked if group in mine]})

    async def get_member_groups(self, request: web.Request) -> web.Response:
        """Every group a person is in, nested ones included."""
        directory_caller(request, *GROUP_READ)
        return web.json_response({"value": sorted(self.tenant.groups_of(self._user(request).id))})

    async def transitive_member_of(self, request: web.Request) -> web.Response:
        """The same, as groups."""
        directory_caller(request, *GROUP_READ)
        found = sorted(self.tenant.groups_of(self._user(request).id))
        return listed(request, [_typed_group(self.tenant.groups[group]) for group in found])

    async def groups(self, request: web.Request) -> web.Response:
        """Groups, usually filtered by id."""
        directory_caller(request, *GROUP_READ)
        return listed(request, map(group_shape, self.tenant.groups.values()))

    async def group(self, request: web.Request) -> web.Response:
        """One group."""
        directory_caller(request, *GROUP_READ)
        return single(request, group_shape(self._group(request)))

    async def members(self, request: web.Request) -> web.Response:
        """The people and the groups directly in a group."""
        directory_caller(request, *GROUP_READ)
        group = self._group(request)
        found = _people(request, self._users(self.tenant.direct_members(group.id)))
        if not request.path.endswith("/microsoft.graph.user"):
            found += [_typed_group(self.tenant.groups[g]) for g in sorted(group.groups)]
        return listed(request, found)

    async def transitive_members(self, request: web.Request) -> web.Response:
        """The people in a group or in any group within it."""
        directory_caller(request, *GROUP_READ)
        found = self.tenant.all_members(self._group(request).id)
        return listed(request, _people(request, self._users(found)))

    async def app_role_assignments(self, request: web.Request) -> web.Response:
        """The applications a group is assigned to; reading GroupMember is not enough for it."""
        directory_caller(request, "Directory.Read.All")
        group = self._group(request)
        apps = [app for app in self.tenant.apps.values() if group.id in app.groups]
        return listed(request, [assignment_shape(self.tenant, app, group.id) for app in apps])

    async def get_by_ids(self, request: web.Request) -> web.Response:
        """Up to a thousand people and groups by id; unknown ids are left out."""
        directory_caller(request, *USER_READ)
        directory_caller(request, *GROUP_READ)
        ids = set(read_ids(body := await body_of(request), "ids", 1000, also=("types",)))
        types = set(body.get("types") or ("user", "group"))
        people = _people(request, self._users(ids)) if "user" in types else []
        groups = ids & self.tenant.groups.keys() if "group" in types else set()
        found = [*people, *(_typed_group(self.tenant.groups[g]) for g in sorted(groups))]
        return web.json_response({"value": found})

    def _users(self, ids: set[str]) -> list[User]:
        return [user for oid, user in sorted(self.tenant.users.items()) if oid in ids]

    def _user(self, request: web.Request) -> User:
        name = request.match_info.get("id")
        if name is None:
            name = person(directory_caller(request, "User.Read", *USER_READ))
        for user in self.tenant.users.values():
            if name.casefold() in (user.id, user.upn.casefold()):
                return user
        raise no_such_object(name)

    def _group(self, request: web.Request) -> Group:
        group_id = request.match_info["id"]
        if group_id not in self.tenant.groups:
            raise no_such_object(group_id)
        return self.tenant.groups[group_id]


def _people(request: web.Request, users: list[User]) -> list[Json]:
    """Users among other objects: with $select it chooses, without it the usual properties show."""
    shapes = [{"@odata.type": USER_TYPE, **user_shape(user)} for user in users]
    if "$select" in request.query:
        return shapes
    shown = ("@odata.type", *USER_DEFAULT)
    return [{name: shape[name] for name in shown} for shape in shapes]


def _typed_group(group: Group) -> Json:
    return {"@odata.type": GROUP_TYPE, **group_shape(group)}
