"""What the file can say, and each value that cannot be used, with its line."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot import access_file
from bot.access_file import AccessFileError
from bot.domain.access import Access, Assurance, Authority, Principal
from bot.domain.ids import GroupId
from tests.access_file.files import GROUP, ONE, OTHER, File

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
notify    = ["slack:C0PROD", "teams:19:abc@thread.tacv2"]

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


def test_everything_the_file_can_say_is_read(file: File) -> None:
    found = file.read(EVERYTHING).catalog

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
            notify=("slack:C0PROD", "teams:19:abc@thread.tacv2"),
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
    assert found == access_file.read(str(file.path))


def test_another_file_has_another_fingerprint(file: File) -> None:
    empty = file.read("").catalog

    assert empty.accesses == ()
    assert file.read(ONE).catalog.source != empty.source
    assert len(empty.source) == 16


def test_a_byte_order_mark_in_front_is_no_problem(file: File) -> None:
    assert file.read(b"\xef\xbb\xbf" + ONE.encode()).catalog.named("dev")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("admin = []", "1: Unknown key 'admin': did you mean admins?"),
        ("\nxyzzy = 1", "2: Unknown key 'xyzzy': known are admins, auditors, aliases, access."),
        (ONE + "maximum = '4h'", "4: access dev: unknown key 'maximum': did you mean max?"),
        (ONE + "admins = []", "4: access dev: unknown key 'admins': it belongs at the top of the"),
        (ONE + "approvers = []", "unknown key 'approvers': it belongs under [access.approval]."),
        ("group = 'x'", "1: Unknown key 'group': it belongs under [[access]], above its"),
        (f"[[access]]\ngroup = '{GROUP}'", "1: access 1: name must be letters"),
        (f"[[access]]\nname = 'dev ops'\ngroup = '{GROUP}'", "2: access dev ops: name must be"),
        (f"[[access]]\nname = 7\ngroup = '{GROUP}'", "2: access 1: name must be letters"),
        (
            "[[access]]\nname = 'dev'\ngroup = 'dev'",
            "3: access dev: group must be an Entra group's object id, not 'dev': a GUID has 36 "
            "characters, this has 3.",
        ),
        (
            "[[access]]\nname = 'dev'",
            "1: access dev: group must be an Entra group's object id, and",
        ),
        ("[[access]]\nname = 'dev'\ngroup = ''", "object id, not ''."),
        (
            ONE.replace("DDDDDDDD", "DDDDDDDG"),
            "3: access dev: group must be an Entra group's object",
        ),
        (ONE.replace("DDDDDDDD", "DDDDDDDG"), ": 'G' is in no GUID."),
        (ONE.replace("DDDDDDDD-d", "DDDDDDDDd-"), ": the dashes of a GUID stand elsewhere."),
        (
            ONE + "authority = 'aplication'",
            "4: access dev: authority must be one of delegated, application, not 'aplication'; did "
            "you mean application?",
        ),
        (ONE + "authority = 1", "authority must be one of delegated, application, not 1."),
        (ONE + "assurance = 'none'", "assurance must be one of chat, confirm, portal, not 'none'."),
        (ONE + "max = 'long'", "4: access dev: max must be a length of time"),
        (ONE + "max = 4", 'max must be a length of time such as "4h" or "1h30m", not 4.'),
        (ONE + "max = 'PT0S'", "max is less than the 5 min that PIM takes at least."),
        (ONE + "max = '25h'", "max is 25 h, but PIM activates nothing beyond 24 h."),
        (ONE + "max = 'PT10M30S'", "max must be whole minutes."),
        (ONE + "max = 'P9999999999999D'", "max must be a length of time"),
        (ONE + "max = '" + "x" * 99 + "'", "xxx…."),
        (ONE + "notify = ['slack:#prod']", "4: access dev: a channel must be slack:<channel id"),
        (ONE + "notify = ['teams:prod']", "4: access dev: a channel must be slack:<channel id"),
        (ONE + "notify = [\n'slack:C0PROD',\n7]", "6: access dev: a channel must be slack:"),
        (ONE + "notify = 'slack:C0PROD'", "4: access dev: notify must be a list."),
        (f"admins = ['{GROUP}']", "1: admins: an entry must be group:<object id> or user:<obj"),
        (f"admins = ['users:{GROUP}']", "did you mean user:?"),
        ("admins = ['group:dev']", "after group: must stand an object id, not 'dev': a GUID"),
        (
            "admins = [7]",
            "1: admins: an entry must be group:<object id> or user:<object id>, not 7.",
        ),
        ("auditors = [\n'role:everybody']", "2: auditors: an entry must be group:<object id>"),
        ("admins = 'group:x'", "1: Admins must be a list."),
        ("access = 'dev'", "1: [[access]] needs two brackets."),
        ("[access]\nname = 'dev'", "1: [[access]] needs two brackets."),
        ("aliases = ['x']", "1: aliases: each alias must be a list of a person's object ids."),
        (f"aliases = [['{OTHER}', 'y']]", "1: aliases: an alias must be a user's object id, not"),
        (f"aliases = [['{OTHER}']]", "1: aliases: an alias needs two or more accounts of one"),
        (f"aliases = [['{OTHER}', '{OTHER.upper()}']]", "an alias needs two or more accounts"),
        (ONE + ONE.replace(GROUP, OTHER), "5: access dev: the access on line 2 has the same name,"),
        (ONE + ONE.replace('"dev"', '"DEV"').replace(GROUP, OTHER), "5: access DEV: the access on"),
        (
            ONE + ONE.replace('"dev"', '"x"'),
            "6: access x: the access on line 3 has the same group.",
        ),
    ],
)
def test_each_problem_is_named_with_its_line(file: File, text: str, problem: str) -> None:
    [found] = file.problems(text)

    assert problem in found


def test_every_problem_is_told_at_once_in_the_order_of_the_file(file: File) -> None:
    text = "[[access]]\nname = ''\nmax = 'x'\n[[access]]\nauthority = 'x'\n[extra]"

    assert [found.split(":")[0] for found in file.problems(text)] == [
        *("1", "2", "3"),
        *("4", "4", "5"),
        "6",
    ]


def test_what_is_no_table_at_all_is_said_before_what_it_lacks(file: File) -> None:
    assert file.problems("access = ['dev']")[0] == "1: access 1: each [[access]] must be a table."
    assert "4: access dev: [access.approval] must be a table." in file.problems(
        ONE + "approval = 2"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("\n[[access", "2: this is not TOML: "),
        ('name = "dev"\nname = "dev"', "2: this is not TOML: Cannot overwrite a value."),
        ("x = '''\n\n", "3: this is not TOML: "),
        (b"# \n\xff\xfe", "2: this is not UTF-8."),
        ("x = " + "[" * 9999, "1: brackets within brackets, too many to read."),
        ("x = " + "1" * 9999, "1: this is not TOML: Exceeds the limit"),
    ],
)
def test_a_file_that_is_no_toml_is_one_problem(file: File, text: str | bytes, problem: str) -> None:
    [found] = file.problems(text)

    assert found.startswith(problem)


@pytest.mark.parametrize(
    ("name", "why"), [("missing", "No such file"), ("a\0b", "this is no path")]
)
def test_a_file_that_cannot_be_read_is_one_problem(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(AccessFileError, match=f"cannot be read: {why}"):
        access_file.examine(str(tmp_path / name))
