"""The access file: a catalogue, or each problem with where it is."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.access_file import AccessFileError, read
from bot.domain.access import Access, Assurance, Authority, Principal
from bot.domain.ids import GroupId

GROUP = "DDDDDDDD-dddd-4ddd-8ddd-dddddddddddd"
OTHER = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
ONE = f'[[access]]\nname = "dev"\ngroup = "{GROUP}"\n'
EVERYTHING = f"""
admins   = ["group:{GROUP}"]
auditors = ["group:{OTHER}", "user:{OTHER}"]
aliases  = [["{GROUP}", "{OTHER}"]]

[[access]]
name      = "prod-admin"
group     = "{GROUP}"
authority = "delegated"
assurance = "confirm"
max       = "4h"
notify    = ["slack:C0PROD"]

[[access]]
name      = "prod-dual-control"
group     = "{OTHER}"
authority = "application"
max       = "PT1H"
members   = ["group:{GROUP}"]
[access.approval]
approvers = ["group:{GROUP}", "user:{OTHER}"]
required  = 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "access.toml"


def problems(file: Path, text: str | bytes) -> list[str]:
    """What is wrong with a file of this text, without the path each begins with."""
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(AccessFileError) as raised:
        read(str(file))
    assert str(raised.value) == "\n".join(raised.value.problems)
    assert all(problem.startswith(f"{file}: ") for problem in raised.value.problems)
    return [problem.removeprefix(f"{file}: ") for problem in raised.value.problems]


def test_everything_the_file_can_say_is_read(file: Path) -> None:
    file.write_text(EVERYTHING)

    found = read(str(file))

    group, other = GROUP.lower(), OTHER
    assert found.admins == {Principal("group", group)}
    assert found.auditors == {Principal("group", other), Principal("user", other)}
    assert found.aliases == (frozenset({group, other}),)
    assert found.accesses == (
        Access(
            "prod-admin",
            GroupId(group),
            assurance=Assurance.CONFIRM,
            max=timedelta(hours=4),
            notify=("slack:C0PROD",),
        ),
        Access(
            "prod-dual-control",
            GroupId(other),
            Authority.APPLICATION,
            max=timedelta(hours=1),
            members=(Principal("group", group),),
            approvers=(Principal("group", group), Principal("user", other)),
            approvals_required=2,
        ),
    )


def test_an_empty_file_offers_nothing_and_another_file_has_another_fingerprint(file: Path) -> None:
    file.write_text("")
    empty = read(str(file))
    file.write_text(ONE)

    assert empty.accesses == ()
    assert read(str(file)).source != empty.source
    assert len(empty.source) == 16


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("admin = []", "the file: unknown key 'admin'"),
        (ONE + "maximum = '4h'", "access 1: unknown key 'maximum'"),
        (ONE + "[access.approval]\nneeded = 2", "access 1.approval: unknown key 'needed'"),
        (f"[[access]]\ngroup = '{GROUP}'", "access 1: name must be letters"),
        (f"[[access]]\nname = 'dev ops'\ngroup = '{GROUP}'", "access 1: name must be letters"),
        (f"[[access]]\nname = 7\ngroup = '{GROUP}'", "access 1: name must be letters"),
        ("[[access]]\nname = 'dev'\ngroup = 'dev'", "access 1: group must be an Entra group id"),
        ("[[access]]\nname = 'dev'", "access 1: group must be an Entra group id"),
        (
            ONE + "authority = 'anybody'",
            "access 1: authority must be one of delegated, application",
        ),
        (ONE + "assurance = 'none'", "access 1: assurance must be one of chat, confirm, portal"),
        (ONE + "max = 'long'", "access 1: max must be a length of time"),
        (ONE + "max = 4", "access 1: max must be a length of time"),
        (ONE + "max = 'PT0S'", "access 1: max must be a length of time"),
        (ONE + f"members = ['{GROUP}']", f"access 1.members: '{GROUP}' must be group:<id>"),
        (ONE + "members = ['group:dev']", "access 1.members: 'group:dev' must be group:<id>"),
        (ONE + "members = [7]", "access 1.members: 7 must be group:<id>"),
        (
            ONE + "[access.approval]\napprovers = ['role:admin']",
            "access 1.approval.approvers: 'role:admin' must be group:<id>",
        ),
        ("admins = ['everybody']", "admins: 'everybody' must be group:<id>"),
        ("auditors = ['everybody']", "auditors: 'everybody' must be group:<id>"),
        (ONE + ONE.replace(GROUP, OTHER), "access: two accesses have the name 'dev'"),
        (ONE + ONE.replace('"dev"', '"DEV"').replace(GROUP, OTHER), "the name 'dev'"),
        (ONE + ONE.replace('"dev"', '"prod"'), f"two accesses have the group '{GROUP.lower()}'"),
        ("admins = 'group:x'", "admins must be a list"),
        ("access = 'dev'", "access must be a list"),
        (ONE + "approval = 'two'", "access 1.approval: must be a table"),
        (ONE + "notify = 'slack:C1'", "access 1: notify must be a list"),
        (ONE + "[access.approval]\nrequired = 'two'", "access 1.approval: required must be"),
        (ONE + "[access.approval]\nrequired = 0", "access 1.approval: required must be"),
        (ONE + "[access.approval]\nrequired = true", "access 1.approval: required must be"),
        ("aliases = ['x']", "aliases: 'x' must be a list of two or more object ids"),
        ("aliases = [['x', 'y']]", "must be a list of two or more object ids"),
        (f"aliases = [['{OTHER}']]", "must be a list of two or more object ids"),
    ],
)
def test_each_problem_is_named_with_its_place(file: Path, text: str, problem: str) -> None:
    [found] = problems(file, text)

    assert problem in found


def test_every_problem_is_told_at_once(file: Path) -> None:
    text = "boss = 1\n[[access]]\nname = ''\ngroup = ''\nmax = 'x'\n[[access]]\nauthority = 'x'"

    assert [found.split(":")[0] for found in problems(file, text)] == [
        "the file",
        "access 1",
        "access 1",
        "access 1",
        "access 2",
        "access 2",
        "access 2",
    ]


def test_what_is_no_table_at_all_is_said_before_what_it_lacks(file: Path) -> None:
    assert problems(file, "access = ['dev']")[0] == "access 1: must be a table."


@pytest.mark.parametrize("text", ["[[access", b"\xff\xfe", 'name = "dev"\nname = "dev"'])
def test_a_file_that_is_no_toml_is_one_problem(file: Path, text: str | bytes) -> None:
    assert len(problems(file, text)) == 1
