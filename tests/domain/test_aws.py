"""Links into AWS, and how long a role session lasts."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

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
def test_no_name_and_no_relay_state_can_break_out_of_a_shortcut(name: str, relay: str) -> None:
    opening = Opening("111111111111", "dev", name, HOUR, relay)

    link = PORTAL.shortcut(opening)

    fragment = urlsplit(link).fragment
    asked = parse_qs(fragment.partition("?")[2], keep_blank_values=True, strict_parsing=True)
    assert link.isascii()
    assert asked == {
        "account_id": ["111111111111"],
        "role_name": [name],
        "destination": [relay],
    }


def test_the_longest_role_session_counts_and_awss_hour_when_none_is_known() -> None:
    eight = Opening("222222222222", "prod", "Admin", timedelta(hours=8))

    assert Opens(Setup.SCIM, "AWS", "", PORTAL, (OPENING, eight)).longest_session == 8 * HOUR
    assert Opens(Setup.SAML, "Payroll", "").longest_session == HOUR
