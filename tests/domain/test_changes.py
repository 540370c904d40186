"""What differs between two catalogues."""

from dataclasses import replace
from datetime import timedelta

from bot.domain.access import Access, Catalog, Principal
from bot.domain.changes import Change, How, changes
from bot.domain.ids import GroupId

DEV, PROD = Access("dev", GroupId("g1")), Access("prod", GroupId("g2"))
BEFORE = Catalog((DEV, PROD), source="before")


def test_the_same_catalogue_from_another_file_has_not_changed() -> None:
    assert changes(BEFORE, replace(BEFORE, source="after")) == ()


def test_each_access_that_differs_is_one_change() -> None:
    shorter = replace(DEV, max=timedelta(hours=1), notify=("slack:C0X",))
    after = replace(BEFORE, accesses=(shorter, replace(PROD, name="production")))

    assert changes(BEFORE, after) == (
        Change("dev", How.CHANGED, ("max", "notify")),
        Change("prod", How.REMOVED),
        Change("production", How.ADDED),
    )


def test_who_administers_and_who_is_one_person_are_changes_too() -> None:
    somebody = frozenset({Principal("user", "u")})
    after = replace(BEFORE, admins=somebody, aliases=(frozenset({"a", "b"}),))

    assert changes(BEFORE, after) == (Change("admins", How.CHANGED), Change("aliases", How.CHANGED))
