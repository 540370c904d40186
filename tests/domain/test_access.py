"""The catalogue: found by name whatever its letters' case, and the nearest name for a typo."""

from dataclasses import replace

from bot.domain.access import Catalog, Principal
from bot.domain.ids import GroupId
from tests.domain.samples import ACCESS, DEV

PROD = replace(ACCESS, name="Prod-Admin", group=GroupId("prod"))
CATALOG = Catalog((ACCESS, PROD))


def test_letter_case_is_no_part_of_a_name() -> None:
    assert CATALOG.named("DEV-poweruser") == ACCESS
    assert CATALOG.named("prod-admin") == PROD
    assert CATALOG.named("prod") is None


def test_spaces_may_stand_for_dashes_and_a_name_of_two_is_nobodys() -> None:
    assert CATALOG.named(" dev  PowerUser ") == ACCESS
    twice = Catalog((ACCESS, replace(PROD, name="Dev PowerUser")))
    assert twice.named("dev-poweruser") is None


def test_a_group_is_one_access() -> None:
    assert CATALOG.of_group(DEV) == ACCESS
    assert CATALOG.of_group(GroupId("other")) is None


def test_a_typo_has_a_nearest_name_and_nonsense_has_none() -> None:
    assert CATALOG.nearest("prd-admin") == PROD
    assert CATALOG.nearest("xyzzy") is None
    assert Catalog().nearest("dev-poweruser") is None


def test_admins_and_auditors_read_and_nobody_does_by_default() -> None:
    admin, auditor = Principal("group", "1"), Principal("user", "2")
    catalog = Catalog(admins=frozenset({admin}), auditors=frozenset({auditor}))

    assert catalog.readers == {admin, auditor}
    assert Catalog().readers == frozenset()
