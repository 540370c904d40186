"""Approvals in the PIM engine: one stage, first decision wins, twenty-four hours."""

from datetime import timedelta

import pytest

from playground.entra.pim import Pim
from playground.entra.refusals import GraphError
from playground.entra.state import Actor, Request
from playground.kernel.clock import WorldClock
from tests.playground.entra.saying import activation, change_policy, group, oid, person, skip

ENGINEER, APPROVER = person("engineer"), person("approver")


@pytest.fixture
def waiting(pim: Pim) -> Request:
    made = pim.submit(activation("prod-admin"), ENGINEER)
    assert made.status == "PendingApproval"
    return made


def decide(pim: Pim, request: Request, actor: Actor, *, approve: bool = True) -> None:
    pim.decide(request.id, request.id, actor, approve=approve, justification="known work")


def refusal(pim: Pim, request: Request, actor: Actor) -> GraphError:
    with pytest.raises(GraphError) as refused:
        decide(pim, request, actor)
    return refused.value


def is_member(pim: Pim) -> bool:
    return pim.tenant.is_direct_member(group("prod-admin"), oid("engineer"))


def test_approval_starts_the_activation_and_its_length(
    pim: Pim, waiting: Request, clock: WorldClock
) -> None:
    skip(clock, hours=3)
    assert not is_member(pim)
    decide(pim, waiting, APPROVER)
    assert waiting.status == "Provisioned"
    assert is_member(pim)
    schedule = pim.tenant.schedules[waiting.target_schedule or ""]
    assert (schedule.end or clock.now()) - clock.now() > timedelta(minutes=59)


def test_denial_grants_nothing(pim: Pim, waiting: Request) -> None:
    decide(pim, waiting, APPROVER, approve=False)
    assert waiting.status == "Denied"
    assert waiting.stage
    assert (waiting.stage.result, waiting.stage.reviewed_by) == ("Denied", oid("approver"))
    assert not is_member(pim)


def test_the_first_decision_wins(pim: Pim, waiting: Request) -> None:
    decide(pim, waiting, APPROVER, approve=False)
    assert refusal(pim, waiting, person("teams-approver")).status == 409
    assert waiting.status == "Denied"


def test_only_the_policys_approvers_decide(pim: Pim, waiting: Request) -> None:
    for actor in (person("outsider"), person("admin"), ENGINEER):
        assert refusal(pim, waiting, actor).status == 403


def test_nobody_decides_their_own_request(pim: Pim) -> None:
    made = pim.submit(activation("prod-admin", key="approver"), APPROVER)
    assert refusal(pim, made, APPROVER).status == 403
    decide(pim, made, person("teams-approver"))
    assert made.status == "Provisioned"


def test_approvers_may_be_a_group(pim: Pim) -> None:
    club = group("prod-readonly")
    change_policy(pim, "prod-admin", approvers=(), approver_groups=(club,))
    made = pim.submit(activation("prod-admin"), ENGINEER)
    assert refusal(pim, made, person("outsider")).status == 403
    pim.tenant.add_member(club, oid("outsider"))
    decide(pim, made, person("outsider"))
    assert made.status == "Provisioned"


def test_an_approver_must_give_a_reason_when_the_policy_says_so(pim: Pim) -> None:
    change_policy(pim, "prod-admin", approver_justification=True)
    waiting = pim.submit(activation("prod-admin"), ENGINEER)
    with pytest.raises(GraphError, match="JustificationRule"):
        pim.decide(waiting.id, waiting.id, APPROVER, approve=True, justification=" ")
    assert waiting.status == "PendingApproval"


def test_nobody_answers_for_a_day_and_the_request_times_out(
    pim: Pim, waiting: Request, clock: WorldClock
) -> None:
    skip(clock, hours=24, minutes=1)
    assert waiting.status == "TimedOut"
    assert waiting.stage
    assert waiting.stage.status == "Expired"
    assert refusal(pim, waiting, APPROVER).status == 409


def test_a_second_request_waits_behind_the_first(pim: Pim, waiting: Request) -> None:
    with pytest.raises(GraphError) as refused:
        pim.submit(activation("prod-admin"), ENGINEER)
    assert refused.value.code == "PendingRoleAssignmentRequest"
    pim.cancel(waiting.id, ENGINEER)
    assert waiting.status == "Canceled"
    assert refusal(pim, waiting, APPROVER).status == 409
    assert pim.submit(activation("prod-admin"), ENGINEER).status == "PendingApproval"


def test_only_the_requester_or_an_administrator_cancels(pim: Pim, waiting: Request) -> None:
    with pytest.raises(GraphError) as refused:
        pim.cancel(waiting.id, APPROVER)
    assert refused.value.status == 403
    pim.tenant.administrators.add(oid("admin"))
    pim.cancel(waiting.id, person("admin"))
    assert waiting.status == "Canceled"


def test_approval_fails_when_the_eligibility_is_gone(pim: Pim, waiting: Request) -> None:
    pim.end_eligibility(oid("engineer"), group("prod-admin"))
    decide(pim, waiting, APPROVER)
    assert waiting.status == "Failed"
    assert not is_member(pim)
