"""The bodies that are sent, the guard before them, and what PIM's words mean."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.ids import GroupId
from bot.domain.policy import LONGEST_REASON, PimRules, Terms
from bot.ports import PimState
from integrations.entra import pim_wire as wire
from integrations.entra.policy import rules_of
from tests.entra.world import person

NOON = datetime(2026, 3, 2, 12, 0, 0, 987654, tzinfo=UTC)
GROUP = GroupId("49d354c7-1346-52cb-b502-e9912757b6f6")
HOUR = timedelta(hours=1)
WHO = person("engineer")
GRANTING = (wire.ACTIVATE, wire.ASSIGN)


def body(terms: Terms, action: str = wire.ACTIVATE) -> dict[str, Any]:
    return wire.granting(action, WHO, terms, "R-7K3Q9FHM", NOON)


def terms(**changed: Any) -> Terms:
    known: dict[str, Any] = {"access": "dev", "group": GROUP, "duration": HOUR, "reason": "hotfix"}
    return Terms(**(known | changed))


def test_an_activation_is_written_as_documented() -> None:
    assert body(terms(ticket="INC-42")) == {
        "accessId": "member",
        "principalId": WHO.oid,
        "groupId": GROUP,
        "action": "selfActivate",
        "justification": "INC-42: hotfix [R-7K3Q9FHM]",
        "ticketInfo": {"ticketNumber": "INC-42", "ticketSystem": "as given in chat"},
        "scheduleInfo": {
            "startDateTime": "2026-03-02T12:00:00Z",
            "expiration": {"type": "afterDuration", "duration": "PT1H"},
        },
    }


def test_without_a_ticket_none_is_sent() -> None:
    assert "ticketInfo" not in body(terms())


def test_without_a_reason_the_reference_stands_alone() -> None:
    assert body(terms(reason=""))["justification"] == "[R-7K3Q9FHM]"


def test_a_later_start_is_written_in_utc() -> None:
    tomorrow = datetime(2026, 3, 3, 9, tzinfo=timezone(timedelta(hours=2)))

    assert (
        body(terms(starts_at=tomorrow))["scheduleInfo"]["startDateTime"] == "2026-03-03T07:00:00Z"
    )


@given(reason=st.text(max_size=LONGEST_REASON), ticket=st.text(max_size=64))
def test_the_reference_is_always_whole_and_the_text_never_too_long(
    reason: str, ticket: str
) -> None:
    text = wire.justification(reason, ticket, "R-7K3Q9FHM")

    assert len(text) <= wire.LONGEST_JUSTIFICATION
    assert text.endswith("[R-7K3Q9FHM]")


@given(minutes=st.integers(1, 60 * 24 * 30), action=st.sampled_from(GRANTING))
def test_every_grant_passes_the_guard_for_exactly_its_own_length(minutes: int, action: str) -> None:
    length = timedelta(minutes=minutes)
    grant = body(terms(duration=length), action)

    wire.guard(grant, length, action)
    with pytest.raises(wire.UnboundedGrantError):
        wire.guard(grant, length - timedelta(seconds=1), action)


def unsafe_bodies(action: str) -> Iterator[dict[str, Any]]:
    good = body(terms(), action)
    yield {}
    for other in {*GRANTING, wire.REMOVE, wire.DEACTIVATE, "adminUpdate"} - {action}:
        yield good | {"action": other}
    yield good | {"accessId": "owner"}
    for name in ("scheduleInfo", "action", "accessId"):
        yield {key: value for key, value in good.items() if key != name}
    for expiration in (
        {},
        {"type": "noExpiration"},
        {"type": "noExpiration", "duration": "PT1H"},
        {"type": "afterDateTime", "endDateTime": "2026-03-02T13:00:00Z"},
        {"type": "afterDuration"},
        {"type": "afterDuration", "duration": None},
        {"type": "afterDuration", "duration": ""},
        {"type": "afterDuration", "duration": "PT0S"},
        {"type": "afterDuration", "duration": "P1M"},
        {"type": "afterDuration", "duration": "PT61M"},
        {"type": "afterDuration", "duration": "1:00:00"},
        {"type": "afterDuration", "duration": "PT1H", "endDateTime": "2027-01-01T00:00:00Z"},
    ):
        yield good | {"scheduleInfo": good["scheduleInfo"] | {"expiration": expiration}}


@pytest.mark.parametrize("action", GRANTING)
def test_the_guard_lets_nothing_else_out(action: str) -> None:
    for unsafe in unsafe_bodies(action):
        with pytest.raises(wire.UnboundedGrantError):
            wire.guard(unsafe, HOUR, action)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("Provisioned", PimState.ACTIVE),
        ("Granted", PimState.SCHEDULED),
        ("ScheduleCreated", PimState.SCHEDULED),
        ("Accepted", PimState.SCHEDULED),
        ("PendingApproval", PimState.WAITING),
        ("PendingAdminDecision", PimState.WAITING),
        ("PendingEvaluation", PimState.WAITING),
        ("PendingProvisioning", PimState.IN_PROGRESS),
        ("PendingScheduleCreation", PimState.IN_PROGRESS),
        ("PendingApprovalProvisioning", PimState.IN_PROGRESS),
        ("PendingExternalProvisioning", PimState.IN_PROGRESS),
        ("ProvisioningStarted", PimState.IN_PROGRESS),
        ("AdminApproved", PimState.IN_PROGRESS),
        ("Revoked", PimState.ENDED),
        ("PendingRevocation", PimState.ENDED),
        ("Denied", PimState.DENIED),
        ("AdminDenied", PimState.DENIED),
        ("Canceled", PimState.CANCELED),
        ("Failed", PimState.FAILED),
        ("FailedAsResourceIsLocked", PimState.FAILED),
        ("Invalid", PimState.FAILED),
        ("TimedOut", PimState.FAILED),
        ("SomethingNew", PimState.UNKNOWN),
        ("", PimState.UNKNOWN),
    ],
)
def test_every_status_folds_whatever_its_case(status: str, state: PimState) -> None:
    for said in (status, status.upper()):
        request = wire.request_of({"id": "1", "status": said})
        assert request.state is state
        assert request.status == (said if state is PimState.UNKNOWN else status)


def test_a_word_that_nobody_knows_is_kept_as_it_is_and_not_for_ever() -> None:
    request = wire.request_of({"id": "1", "status": "x" * 1000})

    assert request.status == "x" * wire.LONGEST_STATUS


@pytest.mark.parametrize(
    ("role", "members"), [("member", True), ("Member", True), ("owner", False), (None, False)]
)
def test_the_owners_policy_is_not_the_members(role: str | None, *, members: bool) -> None:
    assert wire.is_of_members({"roleDefinitionId": role}) is members


def test_a_request_has_no_times_before_it_is_granted() -> None:
    info = {"startDateTime": "2026-03-02T12:00:00Z", "expiration": {"duration": "PT1H"}}

    waiting = wire.request_of({"id": "1", "status": "PendingApproval", "scheduleInfo": info})
    granted = wire.request_of({"id": "1", "status": "provisioned", "scheduleInfo": info})

    assert (waiting.starts_at, waiting.ends_at) == (None, None)
    assert granted.ends_at == datetime(2026, 3, 2, 13, tzinfo=UTC)


@pytest.mark.parametrize("info", [None, {}, {"startDateTime": None, "expiration": None}])
def test_a_grant_without_a_schedule_has_no_times(info: dict[str, Any] | None) -> None:
    request = wire.request_of({"id": "1", "status": "Provisioned", "scheduleInfo": info})

    assert (request.state, request.starts_at, request.ends_at) == (PimState.ACTIVE, None, None)


def test_instances_are_read_whatever_their_case_and_ownerships_left_out() -> None:
    one = {
        "groupId": GROUP,
        "accessId": "Member",
        "startDateTime": "2026-03-02T12:00:00.3404527Z",
        "endDateTime": "9999-12-31T23:59:59.9999999Z",
        "assignmentType": "Activated",
    }

    [held] = wire.held_of([one, one | {"accessId": "owner"}])
    [eligible] = wire.eligibilities_of([one, one | {"accessId": "owner"}])

    assert held.starts_at == datetime(2026, 3, 2, 12, 0, 0, 340452, tzinfo=UTC)
    assert (held.ends_at, held.activated) == (None, True)
    assert (eligible.group, eligible.ends_at) == (GROUP, None)


def test_a_policy_is_read_from_the_rules_of_the_end_user() -> None:
    rules = rules_of(
        [
            {"id": "Expiration_Admin_Assignment", "maximumDuration": "P15D"},
            {"id": "Expiration_EndUser_Assignment", "maximumDuration": "PT1H30M"},
            {
                "id": "Enablement_EndUser_Assignment",
                "enabledRules": ["MultiFactorAuthentication", "Ticketing"],
            },
            {
                "id": "Approval_EndUser_Assignment",
                "setting": {
                    "isApprovalRequired": True,
                    "approvalStages": [
                        {"primaryApprovers": [{"userId": "u"}, {"groupId": "g"}, {"other": 1}]}
                    ],
                },
            },
            {
                "id": "AuthenticationContext_EndUser_Assignment",
                "isEnabled": True,
                "claimValue": "c1",
            },
        ]
    )

    assert rules.max == timedelta(minutes=90)
    assert (rules.mfa_required, rules.ticket_required, rules.reason_required) == (True, True, False)
    assert rules.auth_context == "c1"
    assert rules.approval_required
    assert [(p.kind, p.id) for p in rules.approvers] == [("user", "u"), ("group", "g")]


@pytest.mark.parametrize("text", ["PT0S", "P6M", "", None])
def test_a_maximum_that_says_nothing_is_none(text: str | None) -> None:
    assert rules_of([{"id": "Expiration_EndUser_Assignment", "maximumDuration": text}]).max is None


def test_what_a_policy_switches_off_is_not_asked_for() -> None:
    off: list[dict[str, Any]] = [
        {
            "id": "AuthenticationContext_EndUser_Assignment",
            "isEnabled": False,
            "claimValue": "c1",
        },
        {
            "id": "Approval_EndUser_Assignment",
            "setting": {
                "isApprovalRequired": False,
                "approvalStages": [{"primaryApprovers": [{"userId": "u"}]}],
            },
        },
        {"id": "Enablement_EndUser_Assignment", "enabledRules": None},
    ]

    assert rules_of(off) == PimRules()
