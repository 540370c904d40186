"""What every Directory does: the fake and Microsoft Graph's."""

from bot.domain.access import Principal
from bot.domain.ids import GroupId, PersonId
from bot.ports import Directory, DirectoryGroup, DirectoryUser
from playground.cast import ACCESS, PEOPLE, TENANT_ID, entra_id

ADMINS = entra_id("group:aws-access-admins")
ADMIN, ENGINEER, GUEST = (PEOPLE[name] for name in ("admin", "engineer", "guest"))


class DirectoryContract:
    """Subclass it and provide the fixture `directory`, which has the playground's cast."""

    async def test_a_user_is_told_in_full(self, directory: Directory) -> None:
        assert await directory.user(ENGINEER.oid) == DirectoryUser(
            person=PersonId(TENANT_ID, ENGINEER.oid),
            name=ENGINEER.name,
            user_name=ENGINEER.upn,
            mail=ENGINEER.upn,
            title=ENGINEER.title,
        )

    async def test_a_guest_is_told_as_one(self, directory: Directory) -> None:
        found = await directory.user(GUEST.oid)

        assert found is not None
        assert found.guest

    async def test_many_users_are_told_at_once_and_those_there_are_not_left_out(
        self, directory: Directory
    ) -> None:
        everybody = [person.oid for person in PEOPLE.values()]
        cast = [oid for oid in everybody if await directory.user(oid) is not None]
        nobody = [entra_id(f"nobody-{n}") for n in range(40)]

        found = await directory.people([*nobody, ENGINEER.upn, *cast])

        assert set(found) == set(cast)
        assert found[ENGINEER.oid] == await directory.user(ENGINEER.oid)
        assert found[GUEST.oid].guest
        assert await directory.people([]) == {}

    async def test_there_is_no_user_by_an_unknown_id_nor_by_a_name(
        self, directory: Directory
    ) -> None:
        assert await directory.user(TENANT_ID) is None
        assert await directory.user(ENGINEER.upn) is None

    async def test_a_user_is_read_by_user_name_where_that_is_asked_for(
        self, directory: Directory
    ) -> None:
        known = await directory.user(ENGINEER.oid)

        assert await directory.user_named(ENGINEER.upn) == known
        assert await directory.user_named("nobody@example.com") is None
        assert await directory.user_named("../groups") is None

    async def test_one_is_oneself(self, directory: Directory) -> None:
        me = frozenset({Principal("user", ENGINEER.oid)})

        assert await directory.is_any(ENGINEER.oid, me)
        assert not await directory.is_any(ADMIN.oid, me)

    async def test_one_is_a_member_of_ones_groups_however_many_are_asked_for(
        self, directory: Directory
    ) -> None:
        others = {Principal("group", entra_id(f"other-{n}")) for n in range(45)}
        admins = frozenset(others | {Principal("group", ADMINS)})

        assert await directory.is_any(ADMIN.oid, admins)
        assert not await directory.is_any(ENGINEER.oid, admins)

    async def test_nobody_is_anyone_of_none(self, directory: Directory) -> None:
        assert not await directory.is_any(ADMIN.oid, frozenset())

    async def test_somebody_unknown_is_in_no_group(self, directory: Directory) -> None:
        admins = frozenset({Principal("group", ADMINS)})

        assert not await directory.is_any(TENANT_ID, admins)
        assert not await directory.is_any(ADMIN.upn, admins)

    async def test_the_app_says_which_set_up_a_group_opens(self, directory: Directory) -> None:
        found = {}
        for name in ("dev-poweruser", "seed-admin", "legacy-single", "payroll-app"):
            app = await directory.app_of(GroupId(ACCESS[name].group))
            assert app is not None
            found[name] = (app.template[:8], app.provisioned)

        assert found == {
            "dev-poweruser": ("21ed01d2", True),
            "seed-admin": ("21ed01d2", False),
            "legacy-single": ("8b1025e4", False),
            "payroll-app": ("8adf8e6e", False),
        }

    async def test_a_group_that_is_assigned_to_nothing_has_no_app(
        self, directory: Directory
    ) -> None:
        assert await directory.app_of(GroupId(ADMINS)) is None

    async def test_what_is_offered_is_every_group_of_an_aws_app_by_name(
        self, directory: Directory
    ) -> None:
        names = sorted(set(ACCESS) - {"payroll-app"})

        assert await directory.groups_of_aws_apps() == tuple(
            DirectoryGroup(GroupId(ACCESS[name].group), name) for name in names
        )

    async def test_the_people_of_some_principals_are_each_told_once(
        self, directory: Directory
    ) -> None:
        named = (
            Principal("user", ENGINEER.oid),
            Principal("group", ADMINS),
            Principal("user", ADMIN.oid),
            Principal("user", entra_id("nobody")),
        )

        found = await directory.people_of(named)

        assert [user.name for user in found] == sorted([ADMIN.name, ENGINEER.name])
        assert await directory.people_of(()) == ()
