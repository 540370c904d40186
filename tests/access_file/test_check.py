"""What `aws-access check` prints of the access file, and how it ends."""

import pytest
from click.testing import CliRunner, Result

from bot.__main__ import main
from bot.access_file import AccessFileError
from tests.access_file.files import GROUP, ONE, OTHER, File

SETTINGS = {
    "PUBLIC_URL": "https://bot.example.com",
    "SLACK_BOT_TOKEN": "xoxb-1",
    "SLACK_APP_TOKEN": "xapp-1",
    "AZURE_TENANT_ID": OTHER,
    "AZURE_CLIENT_ID": OTHER,
}
EVERYTHING = f"""
admins  = ["group:{GROUP}"]
aliases = [["{GROUP}", "{OTHER}"]]
{ONE}max = "4h"
notify = ["slack:C0PROD"]
[[access]]
name = "dual"
group = "{OTHER}"
authority = "application"
assurance = "confirm"
members = ["group:{OTHER}"]
[access.approval]
approvers = ["group:{OTHER}"]
"""


def check(file: File | None) -> Result:
    given = {"ACCESS_FILE": str(file.path) if file else ""}
    return CliRunner().invoke(main, ["check"], env={**SETTINGS, **given})


def test_it_says_what_it_understands(file: File) -> None:
    source = file.read(EVERYTHING).catalog.source

    told = check(file)

    assert told.exit_code == 0
    assert f"{file.path} ({source}): 2 accesses." in told.stdout
    for line in (
        *("dev", f"  group     {GROUP.lower()}", "  decides   the group's PIM policy"),
        "  authority delegated: people activate it as themselves, and the group's PIM policy decid",
        "  assurance chat: the linked chat account is enough",
        "  maximum   4 h, and never more than PIM's own",
        "  may ask   whoever is eligible for it in PIM",
        "  notifies  slack:C0PROD",
        *("dual", "  maximum   PIM's own", f"  may ask   group:{OTHER}"),
        "  assurance confirm: each time, to ask and to decide, with a sign-in at Entra from the last",
        f"  decides   1 of group:{OTHER}",
        "  not yet   refused: it asks for a grantor that assigns it",
        f"admins      group:{GROUP.lower()}",
        "auditors    nobody",
        "aliases     1 person with several accounts",
    ):
        assert any(one.startswith(line) for one in told.stdout.splitlines()), line


def test_warnings_are_printed_and_are_no_failure(file: File) -> None:
    warnings = file.read(EVERYTHING).warnings

    told = check(file)

    assert told.exit_code == 0
    assert told.stderr.splitlines() == [f"Warning: {one}" for one in warnings]


def test_problems_are_all_printed_and_end_it(file: File) -> None:
    with pytest.raises(AccessFileError) as wrong:
        file.read(EVERYTHING.replace("4h", "4 weeks").replace("admins ", "bosses "))

    told = check(file)

    assert told.exit_code == 2
    assert told.stdout == ""
    problems = list(wrong.value.problems)
    assert told.stderr.splitlines()[: len(problems)] == problems
    assert [line.split(":")[0] for line in told.stderr.splitlines()[len(problems) :]] == ["Warning"]


def test_an_access_for_the_portal_alone_is_said_to_be_one(file: File) -> None:
    file.read(f"{ONE}assurance = 'portal'")

    assert "  assurance portal: only in Entra's portal, never by a click" in check(file).stdout


def test_where_approvers_are_asked_and_who_is_asked_after_them_is_said(file: File) -> None:
    more = f"[access.approval]\nchannel = 'slack:C0PROD'\nescalate = ['group:{GROUP}']\n"
    file.read(ONE + more)

    told = check(file).stdout.splitlines()

    assert "  asks in   slack:C0PROD, and each approver when nobody decides there" in told
    assert f"  then asks group:{GROUP.lower()}, after 6 h" in told


def test_without_a_file_it_says_what_that_means() -> None:
    assert "every group of the AWS apps is offered, and nobody is admin" in check(None).stdout
