"""Links into AWS, and how long a role session lasts."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.aws import Opening, Opens, Portal, Setup
from tests.domain.samples import HOUR

PORTAL = Portal("https://d-1234567890.awsapps.com/start", "eu-central-1")
OPENING = Opening("111111111111", "dev", "PowerUserAccess", HOUR)


def test_a_shortcut_leads_to_one_account_and_permission_set() -> None:
    assert PORTAL.shortcut(OPENING) == (
        "https://d-1234567890.awsapps.com/start/#/console"
        "?account_id=111111111111&role_name=PowerUserAccess"
    )


@given(st.text(), st.text(min_size=1))
def test_no_name_and_no_account_can_break_out_of_a_shortcut(name: str, account: str) -> None:
    opening = Opening(account, "dev", name, HOUR)

    link = PORTAL.shortcut(opening)

    fragment = urlsplit(link).fragment
    asked = parse_qs(fragment.partition("?")[2], keep_blank_values=True, strict_parsing=True)
    assert link.isascii()
    assert asked == {
        "account_id": [account],
        "role_name": [name],
    }


def opens_at(relay: str | None) -> Opening:
    return replace(OPENING, relay_state=relay)


@given(st.text())
def test_a_page_of_the_console_is_passed_on_whole(rest: str) -> None:
    relay = f"https://console.aws.amazon.com/{quote(rest)}"

    fragment = urlsplit(PORTAL.shortcut(opens_at(relay))).fragment

    assert parse_qs(fragment.partition("?")[2])["destination"] == [relay]


@pytest.mark.parametrize(
    "relay",
    [
        None,
        "",
        "http://console.aws.amazon.com/",
        "https://console.aws.amazon.com.evil.example/",
        "https://evil-console.aws.amazon.com.example/",
        "https://notconsole.aws.amazon.com/",
        "https://somebody@console.aws.amazon.com/",
        "https://console.aws.amazon.com:8443/",
        "https://console.aws.amazon.com:no/",
        "https://[broken",
        "javascript:alert(1)",
    ],
)
def test_no_other_relay_state_is_a_link(relay: str | None) -> None:
    assert opens_at(relay).destination is None
    assert "destination" not in PORTAL.shortcut(opens_at(relay))


@pytest.mark.parametrize(
    "relay",
    [
        "https://console.aws.amazon.com/cloudwatch/home",
        "https://eu-west-1.console.aws.amazon.com/ec2",
        "https://console.amazonaws.cn/s3",
        "https://console.amazonaws-us-gov.com/",
    ],
)
def test_pages_of_the_consoles_are(relay: str) -> None:
    assert opens_at(relay).destination == relay


def test_what_is_assigned_to_group_and_person_is_there_without_activating() -> None:
    other = replace(OPENING, account="222222222222")
    mine = replace(OPENING, account_name="", session=8 * HOUR)

    opens = Opens(Setup.SCIM, "AWS", "", PORTAL, (OPENING, other), (mine,))

    assert opens.standing == (OPENING,)


def test_the_longest_role_session_counts_and_awss_longest_when_none_is_known() -> None:
    eight = Opening("222222222222", "prod", "Admin", timedelta(hours=8))

    assert Opens(Setup.SCIM, "AWS", "", PORTAL, (OPENING, eight)).longest_session == 8 * HOUR
    assert Opens(Setup.SAML, "Payroll", "").longest_session == 12 * HOUR
