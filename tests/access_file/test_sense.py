"""What contradicts itself, protects nobody, or lets nobody in; and what its writer should know."""

import pytest

from bot.access_file import AccessFileError
from tests.access_file.files import GROUP, ONE, OTHER, File


def user(letter: str) -> str:
    return f"user:{letter * 8}-{letter * 4}-4{letter * 3}-8{letter * 3}-{letter * 12}"


def oid(letter: str) -> str:
    return user(letter).removeprefix("user:")


def dual(members: str, approvers: str, required: int = 1, top: str = "") -> str:
    """An access with dual control; people are letters, `G` is a group."""
    named = [
        [f"group:{GROUP}" if one == "G" else user(one) for one in some]
        for some in (members, approvers)
    ]
    return (
        f"{top}\n{ONE}authority = 'application'\nmembers = {named[0]}\n"
        f"[access.approval]\napprovers = {named[1]}\nrequired = {required}\n"
    )


DOWN = '5: access dev: with authority = "application" nobody is eligible in PIM: while the bot is'


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ("[access.approval]\napprovers = []", "4: access dev: [access.approval] would be theatre"),
        ("[access.approval]", "4: access dev: [access.approval] would be theatre"),
        (
            "[access.approval]\nescalate = []\nrequired = 1",
            "4: access dev: [access.approval] would be theatre",
        ),
        ("members = []", "4: access dev: members would restrict nobody"),
        ("authority = 'delegated'\nmembers = []", "5: access dev: members would restrict nobody"),
    ],
)
def test_what_restricts_nobody_is_refused(file: File, more: str, problem: str) -> None:
    [found] = file.problems(ONE + more)

    assert found.startswith(problem)


def test_where_and_whom_to_ask_may_be_said_of_any_access(file: File) -> None:
    more = f"[access.approval]\nchannel = 'slack:C0PROD'\nescalate = ['group:{GROUP}']\n"

    [access] = file.read(ONE + more).catalog.accesses

    assert (access.asked_in, len(access.escalate)) == ("slack:C0PROD", 1)


def test_where_the_authority_is_misspelt_nothing_is_said_of_theatre(file: File) -> None:
    [found] = file.problems(ONE + "authority = 'aplication'\nmembers = []")

    assert "authority must be one of" in found


def test_the_application_needs_to_know_who_asks_and_who_decides(file: File) -> None:
    asks, decides = file.problems(ONE + "authority = 'application'")

    assert 'authority = "application" needs members: who may ask for it.' in asks
    assert "needs approvers under [access.approval]: who decides." in decides


def test_an_approval_that_is_no_table_has_no_approvers(file: File) -> None:
    text = ONE + f"authority = 'application'\nmembers = ['user:{OTHER}']\napproval = 1"

    assert len(file.problems(text)) == 2


def test_an_access_that_neither_bot_nor_portal_gives_is_refused(file: File) -> None:
    text = dual("a", "b").replace("authority", "assurance = 'portal'\nauthority")

    [found] = file.problems(text)

    assert found.startswith('5: access dev: assurance = "portal" lets nobody in')


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (dual("a", "bc", 3), "9: access dev: required is 3, but approvers names only 2 people"),
        (dual("a", "b", 2), "9: access dev: required is 2, but approvers names only one person"),
        (
            dual("a", "bc", 2, top=f"aliases = [['{oid('b')}', '{oid('c')}']]"),
            "9: access dev: required is 2, but approvers names only one person (accounts in alia",
        ),
        (dual("G", "b", 2), "9: access dev: required is 2, but approvers names only one person"),
        (dual("a", "a"), "8: access dev: nobody could ever be let in"),
        (dual("ab", "ab", 2), "8: access dev: nobody could ever be let in"),
        (
            dual("a", "b", top=f"aliases = [['{oid('a')}', '{oid('b')}']]"),
            "8: access dev: nobody could ever be let in",
        ),
    ],
)
def test_an_approval_that_can_never_be_given_is_refused(
    file: File, text: str, problem: str
) -> None:
    [found] = file.problems(text)

    assert found.startswith(problem)


@pytest.mark.parametrize(
    "text",
    [
        dual("a", "b"),
        dual("ab", "abc"),
        dual("G", "G", 2),
        dual("a", "aG", 2),
        dual("aG", "a"),
    ],
)
def test_where_somebody_can_be_let_in_only_the_way_in_is_warned_of(file: File, text: str) -> None:
    [found] = file.warnings(text)

    assert found.startswith(DOWN)


def test_who_of_several_can_never_be_let_in_is_named(file: File) -> None:
    _, found = file.warnings(dual("ab", "a"))

    assert found.startswith(f"8: access dev: {oid('a')} can never be let in")


def test_nothing_is_counted_where_a_name_could_not_be_read(file: File) -> None:
    text = dual("a", "b", 2).replace(user("b"), "user:b")

    [found] = file.problems(text)

    assert "after user: must stand an object id" in found


def test_one_account_is_in_one_list_of_aliases(file: File) -> None:
    text = f"aliases = [['{oid('a')}', '{oid('b')}'],\n['{oid('b')}', '{oid('c')}']]"

    [found] = file.problems(text)

    assert found.startswith("2: aliases: an account is also in the list on line 1")


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("", "1: No [[access]] is named: nothing can be asked for."),
        (
            ONE + "notify = ['slack:C0X', 'slack:C0X']",
            "4: access dev: notify names something twice.",
        ),
        (f"admins = ['user:{OTHER}', 'user:{OTHER.upper()}']\n{ONE}", "Admins names something"),
    ],
)
def test_what_may_be_meant_is_warned_of(file: File, text: str, warning: str) -> None:
    [found] = file.warnings(text)

    assert warning in found


def test_the_warnings_of_a_file_with_problems_are_told_too(file: File) -> None:
    with pytest.raises(AccessFileError) as raised:
        file.read(dual("a", "bb", 2))

    assert [w.split(": ", 1)[1] for w in raised.value.warnings] == [
        DOWN.split(": ", 1)[1] + " down there is no way in. Keep another one for emergencies.",
        "access dev: approvers names something twice.",
    ]


def test_people_who_are_apart_are_apart(file: File) -> None:
    text = f"aliases = [['{oid('a')}', '{oid('b')}'], ['{oid('c')}', '{oid('d')}']]\n{ONE}"

    assert len(file.read(text).catalog.aliases) == 2


@pytest.mark.parametrize("required", ["0", "-1", "'two'", "true", "1.5"])
def test_how_many_decide_is_a_number_of_people(file: File, required: str) -> None:
    [found] = file.problems(dual("a", "bc").replace("required = 1", f"required = {required}"))

    assert found.startswith("9: access dev: required must be a number of people, at least 1, not")
