"""What the control interface does to the tenant and sees of it."""

from pathlib import Path
from typing import Any

import pytest

from playground.cast import PEOPLE
from playground.entra.facade import HELP, Entra
from playground.entra.world import ADMINS
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from tests.playground.entra.saying import group, oid, skip

AT_DEV = {"who": "engineer", "access": "dev-poweruser"}
AT_PROD = {"who": "engineer", "access": "prod-admin", "ticket": "INC-1"}


@pytest.fixture
def entra(clock: WorldClock, tmp_path: Path) -> Entra:
    """These need no network."""
    return Entra(clock, Wire(clock), tmp_path)


def test_the_world_starts_with_nobody_active(entra: Entra) -> None:
    shown = entra.shown()
    assert (shown["activations"], shown["requests"]) == ([], [])
    assert shown["groups"][ADMINS] == {
        "name": "aws-access-admins",
        "members": [oid("admin")],
        "eligible": [],
    }
    assert shown["groups"][group("prod-dual-control")]["eligible"] == []
    assert shown["policies"][group("prod-admin")]["max"] == "PT4H"
    assert shown["policies"][group("prod-admin")]["ticket"]
    assert not shown["policies"][group("prod-readonly")]["justification"]


def test_a_person_activates_and_deactivates_in_the_portal(entra: Entra, clock: WorldClock) -> None:
    entra.operate("policy", {"access": "dev-poweruser", "mfa": True})
    made = entra.operate("activate", AT_DEV | {"duration": "PT30M"})
    (active,) = entra.shown()["activations"]
    assert (active["oid"], active["type"], active["request"]) == (
        oid("engineer"),
        "activated",
        made["id"],
    )
    early = entra.operate("deactivate", AT_DEV)
    assert early["refused"]["code"] == "ActiveDurationTooShort"
    skip(clock, minutes=6)
    assert entra.operate("deactivate", AT_DEV)["status"] == "Revoked"
    assert entra.shown()["activations"] == []


def test_approvers_decide_in_the_portal(entra: Entra) -> None:
    for op, status in (("deny", "Denied"), ("approve", "Provisioned")):
        assert entra.operate("activate", AT_PROD)["status"] == "PendingApproval"
        decision = {"who": "approver", "access": "prod-admin"}
        assert entra.operate(op, decision)["status"] == status


def test_which_of_several_requests_is_meant_must_be_said(entra: Entra) -> None:
    entra.operate("activate", AT_PROD)
    entra.operate("activate", AT_PROD | {"who": "approver"})
    decision = {"who": "teams-approver", "access": "prod-admin"}
    with pytest.raises(ValueError, match="2 requests wait"):
        entra.operate("approve", decision)
    assert entra.operate("approve", decision | {"for": "approver"})["principalId"] == oid(
        "approver"
    )


def test_policies_change(entra: Entra) -> None:
    change = {
        "access": "dev-poweruser",
        "max": "PT2H",
        "justification": False,
        "ticket": True,
        "acrs": "c1",
        "approvers": ["admin"],
        "approver_justification": False,
    }
    entra.operate("policy", change)
    shown = entra.shown()["policies"][group("dev-poweruser")]
    assert shown | {k: v for k, v in change.items() if k in shown and k != "approvers"} == shown
    assert (shown["approval"], shown["approvers"]) == (True, [oid("admin")])
    entra.operate("policy", {"access": "dev-poweruser", "approvers": []})
    assert not entra.shown()["policies"][group("dev-poweruser")]["approval"]
    with pytest.raises(ValueError, match="MfaAndAcrsConflict"):
        entra.operate("policy", {"access": "dev-poweruser", "mfa": True})


def test_membership_and_eligibility_come_and_go(entra: Entra) -> None:
    changes: list[tuple[str, bool, bool]] = []
    entra.on_membership(lambda _, who, present, pim: changes.append((who, present, pim)))
    where = {"oid": oid("outsider"), "group": group("dev-poweruser")}
    for op in ("eligible", "member", "remove_member"):
        assert entra.operate(op, where) == {}
    assert entra.operate("eligible", where)["refused"]["code"] == "RoleAssignmentExists"
    assert entra.operate("ineligible", where) == {}
    assert changes == [(oid("outsider"), True, False), (oid("outsider"), False, False)]
    entra.operate("member", {"who": "outsider", "group": "aws-access-admins"})
    assert oid("outsider") in entra.shown()["groups"][ADMINS]["members"]


def test_a_disabled_account_is_enabled_again(entra: Entra) -> None:
    entra.operate("disable", {"who": "engineer"})
    assert not entra.tenant.users[oid("engineer")].enabled
    entra.operate("enable", {"who": "engineer"})
    assert entra.tenant.users[oid("engineer")].enabled


@pytest.mark.parametrize(
    ("op", "args", "says"),
    [
        ("explode", {}, "no op 'explode'"),
        ("eligible", {}, '"who" must be given'),
        ("eligible", {"who": "nobody", "access": "dev-poweruser"}, "nobody in the tenant"),
        ("eligible", {"who": PEOPLE["stranger"].key, "access": "x"}, "nobody in the tenant"),
        ("eligible", {"who": "engineer", "access": "x"}, "no group or access 'x'"),
        ("eligible", {"who": "engineer", "group": ADMINS}, "PIM does not know"),
        ("activate", AT_DEV | {"hours": 3}, "does not take hours"),
        ("activate", AT_DEV | {"duration": "3h"}, "not a duration"),
        ("policy", {"access": "dev-poweruser", "mfa": "yes"}, "true or false"),
        ("policy", {"access": "dev-poweruser", "approvers": "admin"}, "list of people"),
        ("consent", {}, "true or false"),
        ("approve", {"who": "approver", "access": "prod-admin"}, "0 requests wait"),
    ],
)
def test_a_malformed_operation_says_what_is_wrong(
    entra: Entra, op: str, args: dict[str, Any], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        entra.operate(op, args)


def test_every_operation_is_explained(entra: Entra) -> None:
    for op in HELP:
        with pytest.raises(ValueError, match="Malformed operation"):
            entra.operate(op, {"surprise": 1})


def test_a_request_that_waits_is_cancelled_in_the_portal_by_whoever_made_it(entra: Entra) -> None:
    entra.operate("activate", AT_PROD)

    assert entra.operate("cancel", {"who": "engineer", "access": "prod-admin"})["status"] == (
        "Canceled"
    )
    with pytest.raises(ValueError, match="0 requests wait"):
        entra.operate("cancel", {"who": "engineer", "access": "prod-admin"})


def test_pim_can_be_made_to_say_any_word_of_a_request(entra: Entra) -> None:
    entra.operate("activate", AT_PROD)

    told = entra.operate("status", AT_DEV | {"access": "prod-admin", "word": "PendingMoonPhase"})

    assert told["status"] == "PendingMoonPhase"
    with pytest.raises(ValueError, match="no request"):
        entra.operate("status", AT_DEV | {"word": "Failed"})


@pytest.mark.parametrize(
    ("op", "args", "why"),
    [
        ("refuse", {"code": "NoSuchCode"}, "there is no refusal"),
        ("refuse", {"code": "RoleNotFound", "rules": ["NoSuchRule"]}, "must be a list of"),
        ("refuse", {"code": "RoleNotFound", "wrapped": "yes"}, "true or false"),
        ("eligible", AT_DEV | {"relationship": "guest"}, "member or owner"),
        ("eligible", AT_DEV | {"through_group": "yes"}, "true or false"),
    ],
)
def test_what_cannot_be_provoked_is_malformed(
    entra: Entra, op: str, args: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValueError, match=why):
        entra.operate(op, args)


def test_who_may_become_an_owner_is_not_among_those_who_may_become_a_member(entra: Entra) -> None:
    at = {"who": "outsider", "access": "prod-readonly"}

    entra.operate("eligible", at | {"relationship": "owner"})

    assert oid("outsider") not in entra.shown()["groups"][group("prod-readonly")]["eligible"]
    assert entra.operate("activate", at)["refused"]["code"] == "RoleAssignmentDoesNotExist"
