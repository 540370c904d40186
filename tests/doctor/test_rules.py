"""Verdicts over what was seen, without any system."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.doctor import needs
from bot.doctor.findings import Finding, Verdict, fail, ok, unknown, warn, worst
from bot.doctor.rules import apps, aws, entra, grantor, groups, settings, slack
from bot.doctor.seen import Blind
from bot.domain.policy import PimRules
from bot.wording.doctor import said
from tests.doctor import everything as every

OK, WARN, FAIL, UNKNOWN = Verdict.OK, Verdict.WARN, Verdict.FAIL, Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("found", "comes_to"),
    [
        ((), OK),
        ((ok("a"), warn("b", "x")), WARN),
        ((ok("a"), warn("b", "x"), unknown("c", "x")), UNKNOWN),
        ((unknown("c", "x"), fail("d", "x"), ok("a")), FAIL),
    ],
)
def test_a_problem_outweighs_what_is_unknown_and_that_a_warning(
    found: Sequence[Finding], comes_to: Verdict
) -> None:
    assert worst(found) is comes_to


@pytest.mark.parametrize("blind", every.BLIND)
def test_what_could_not_be_seen_is_never_fine(blind: Blind) -> None:
    verdict = WARN if blind is every.DENIED else UNKNOWN  # the former is for the doctor alone
    for found in (
        settings.clock(blind),
        entra.consent(blind, frozenset()),
        entra.redirect_uri(blind, ""),
        entra.licence(blind),
        apps.provisioning(every.APP, blind, every.NOW),
        apps.name_id(every.APP, blind),
        groups.group("a", blind),
        groups.policy("a", blind),
        groups.eligible("a", blind),
        groups.assigned("a", blind),
        aws.organization(blind),
        aws.permission_sets(blind),
        aws.network(blind),
        aws.scim_network(blind),
        aws.up_to_date(blind),
        aws.action("a", blind),
    ):
        assert found.verdict is verdict, found
    assert aws.identity_source(blind, blind).verdict is UNKNOWN
    for found in (
        *slack.slack(every.TOLD, blind, None)[:2],
        *entra.standing(blind),
        *grantor.standing(blind, []),
        aws.identity(blind),
        aws.chosen(blind, "1")[0],
        aws.chosen((every.INSTANCE,), blind)[0],
    ):
        assert found.verdict in {UNKNOWN, FAIL}, found


def test_every_missing_permission_is_named_with_what_breaks() -> None:
    found = entra.missing(frozenset())

    assert found.verdict is FAIL
    for role, breaks in (needs.GRAPH_ROLES | needs.INSTEAD).items():
        assert role in found.facts["missing"]
        assert breaks in found.facts["breaks"]


def test_the_three_narrower_permissions_do_in_place_of_the_wide_one() -> None:
    narrow = every.ROLES - {needs.EVERYTHING} | needs.INSTEAD.keys()

    assert entra.missing(narrow).verdict is OK
    assert entra.excess(narrow) == ok("entra.excess")


@pytest.mark.parametrize(
    "role",
    [
        "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup",
        "PrivilegedAssignmentSchedule.Remove.AzureADGroup",
        "PrivilegedEligibilitySchedule.ReadWrite.AzureADGroup",
        "RoleManagementPolicy.ReadWrite.AzureADGroup",
        "RoleManagement.ReadWrite.Directory",
        "PrivilegedAccess.ReadWrite.AzureADGroup",
        "AppRoleAssignment.ReadWrite.All",
        "GroupMember.ReadWrite.All",
    ],
)
def test_what_can_put_anybody_anywhere_is_called_tier_0(role: str) -> None:
    assert needs.is_tier_0(role)
    assert entra.excess(every.ROLES | {role}).what == "tier_0"


@pytest.mark.parametrize("role", ["RoleManagement.Read.Directory", "Mail.Read", "Sites.Read.All"])
def test_reading_more_than_is_needed_fails_too(role: str) -> None:
    found = entra.excess(every.ROLES | {role})

    assert (found.verdict, found.what, found.facts["more"]) == (FAIL, "more", role)


@pytest.mark.parametrize("role", sorted(needs.OPTIONAL_ROLES))
def test_what_only_the_doctor_reads_is_allowed_and_named(role: str) -> None:
    found = entra.excess(every.ROLES | {role})

    assert (found.verdict, found.facts["optional"]) == (OK, role)


def test_a_slack_scope_says_what_breaks_without_it() -> None:
    for scope, breaks in needs.SLACK_SCOPES.items():
        found = slack.scopes(every.SCOPES - {scope})
        verdict = WARN if scope in needs.SPARED_SCOPES else FAIL
        assert (found.verdict, found.facts["missing"]) == (verdict, scope)
        assert breaks in found.facts["breaks"]


def test_a_scope_that_breaks_something_is_not_spared_beside_one_that_does_not() -> None:
    assert slack.scopes(every.SCOPES - {"im:history", "im:write"}).verdict is FAIL


@pytest.mark.parametrize(
    ("host", "verdict"),
    [
        ("bot.example.com", OK),
        ("10.1.2.3", OK),
        ("[2001:db8::1]", OK),
        ("bot", WARN),
        ("localhost", FAIL),
        ("127.0.0.1", FAIL),
        ("0.0.0.0", FAIL),  # noqa: S104
    ],
)
def test_an_address_only_this_machine_reaches_is_none(host: str, verdict: Verdict) -> None:
    told = replace(every.TOLD, public_url=f"https://{host}:8443")

    assert settings.public_url(told).verdict is verdict


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [(59, OK), (-59, OK), (60, WARN), (-299, WARN), (300, FAIL), (-300, FAIL)],
)
def test_the_clock_may_be_off_a_little(seconds: int, verdict: Verdict) -> None:
    assert settings.clock(timedelta(seconds=seconds)).verdict is verdict


def test_a_session_is_measured_against_the_policy_before_the_hour() -> None:
    long = replace(every.OPENING, session=timedelta(hours=2))

    assert groups.sessions("a", (long,), PimRules(max=timedelta(hours=1))).what == "outlives"
    assert groups.sessions("a", (long,), PimRules(max=timedelta(hours=2))).what == "long"


@pytest.mark.parametrize(
    "url", ["https://console.aws.amazon.com.evil.example/", "http://console.aws.amazon.com/", "x"]
)
def test_a_relay_state_elsewhere_is_no_console(url: str) -> None:
    found = groups.sessions("a", (replace(every.OPENING, relay_state=url),), None)

    assert found.what == "relay_state"


@pytest.mark.parametrize("host", ["signin.aws.amazon.com", "signin.aws", "sso.signin.aws"])
def test_each_of_aws_sign_in_hosts_is_accepted_in_its_region_only(host: str) -> None:
    place = f"https://eu-west-1.{host}/platform/saml"
    app = replace(every.APP, identifiers=(f"{place}/d-1",), reply_urls=(f"{place}/acs/t",))
    elsewhere = replace(every.INSTANCE, region="us-east-1")

    assert apps.identifier(app, every.CENTER).verdict is OK
    assert apps.reply_url(app, every.CENTER).verdict is OK
    assert apps.identifier(app, replace(every.CENTER, instance=elsewhere)).verdict is FAIL
    assert apps.reply_url(app, replace(every.CENTER, instance=elsewhere)).verdict is FAIL


@pytest.mark.parametrize(
    ("keys", "kept", "verdict", "what", "words"),
    [
        (("k1",), {}, OK, "fine", "0 are kept, all under the key k1."),
        (("k1",), {"k1": 3}, OK, "fine", "3 are kept"),
        (
            ("k2", "k1"),
            {"k2": 3},
            OK,
            "sealed_anew",
            "none is left under k1, which can be taken out",
        ),
        (("k2", "k1"), {"k2": 3, "k1": 2}, WARN, "under_way", "a former key (k1): 2."),
        (("k2",), {"k2": 3, "k1": 2}, WARN, "lost", "(kept under k1): 2."),
        ((), {"k1": 2}, WARN, "lost", "(kept under k1): 2."),
        ((), {}, WARN, "none", "TOKEN_KEYS is missing"),
    ],
)
def test_how_many_tokens_are_kept_under_which_key_is_said(
    keys: tuple[str, ...], kept: dict[str, int], verdict: Verdict, what: str, words: str
) -> None:
    found = settings.token_keys(replace(every.TOLD, token_keys=keys), kept)

    assert (found.verdict, found.what) == (verdict, what)
    assert words in said(found)
