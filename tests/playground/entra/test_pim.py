"""The PIM engine's rules, without any network."""

from dataclasses import replace
from datetime import timedelta

import pytest

from playground.entra.pim import Pim
from playground.entra.refusals import GraphError
from playground.entra.state import Actor, Expiration, Order
from playground.kernel.clock import WorldClock
from tests.playground.entra.saying import (
    GRANTOR,
    activation,
    change_policy,
    ending,
    group,
    oid,
    person,
    skip,
)

ENGINEER = person("engineer")


def refusal(pim: Pim, order: Order, actor: Actor) -> GraphError:
    with pytest.raises(GraphError) as refused:
        pim.submit(order, actor)
    return refused.value


def is_member(pim: Pim, access: str = "dev-poweruser", key: str = "engineer") -> bool:
    return pim.tenant.is_direct_member(group(access), oid(key))


def test_an_eligible_person_activates_and_is_a_member_until_the_clock_says_otherwise(
    pim: Pim, clock: WorldClock
) -> None:
    changes: list[tuple[str, str, bool, bool]] = []
    pim.tenant.on_membership(lambda *change: changes.append(change))
    made = pim.submit(activation(), ENGINEER)
    assert (made.status, made.target_schedule) == (
        "Provisioned",
        f"{group('dev-poweruser')}_member_{made.id}",
    )
    assert is_member(pim)
    skip(clock, minutes=59)
    assert is_member(pim)
    skip(clock, minutes=2)
    assert not is_member(pim)
    place = (group("dev-poweruser"), oid("engineer"))
    assert changes == [(*place, True, True), (*place, False, True)]
    assert pim.submit(activation(), ENGINEER).status == "Provisioned"


def test_a_start_in_the_past_means_now_and_the_length_counts_from_it(
    pim: Pim, clock: WorldClock
) -> None:
    made = pim.submit(activation(start=clock.now() - timedelta(hours=3)), ENGINEER)
    schedule = pim.tenant.schedules[made.target_schedule or ""]
    assert schedule.end == schedule.start + timedelta(hours=1)
    assert schedule.end > clock.now()


def test_a_future_start_is_granted_now_and_provisioned_then(pim: Pim, clock: WorldClock) -> None:
    made = pim.submit(activation(start=clock.now() + timedelta(hours=2)), ENGINEER)
    assert made.status == "Granted"
    assert not is_member(pim)
    assert refusal(pim, activation(), ENGINEER).code == "RoleAssignmentExists"
    skip(clock, hours=2, minutes=1)
    assert made.status == "Provisioned"
    assert is_member(pim)
    skip(clock, hours=1)
    assert not is_member(pim)


def test_a_cancelled_future_start_never_starts(pim: Pim, clock: WorldClock) -> None:
    made = pim.submit(activation(start=clock.now() + timedelta(hours=2)), ENGINEER)
    pim.cancel(made.id, ENGINEER)
    skip(clock, hours=3)
    assert made.status == "Canceled"
    assert not is_member(pim)


def test_a_second_activation_is_refused_while_one_is_in_force(pim: Pim) -> None:
    pim.submit(activation(), ENGINEER)
    for order in (activation(), activation(validation_only=True)):
        refused = refusal(pim, order, ENGINEER)
        assert (refused.status, refused.code, refused.message) == (
            400,
            "RoleAssignmentExists",
            "The Role assignment already exists.",
        )


def test_a_standing_member_has_nothing_to_activate(pim: Pim) -> None:
    pim.tenant.add_member(group("dev-poweruser"), oid("engineer"))
    assert refusal(pim, activation(), ENGINEER).code == "RoleAssignmentExists"


def test_who_is_not_eligible_is_told_that_no_assignment_exists(pim: Pim) -> None:
    refused = refusal(pim, activation(key="outsider"), person("outsider"))
    assert (refused.code, refused.message) == (
        "RoleAssignmentDoesNotExist",
        "The Role assignment does not exist.",
    )


def test_a_principal_that_does_not_exist_is_not_found(pim: Pim) -> None:
    order = replace(activation(), action="adminAssign", principal="nobody")
    assert refusal(pim, order, GRANTOR).code == "SubjectNotFound"


def test_a_group_pim_does_not_know_is_not_found(pim: Pim) -> None:
    refused = refusal(pim, replace(activation(), group="nowhere"), ENGINEER)
    assert (refused.status, refused.code) == (404, "ResourceNotFound")


def test_every_failed_rule_is_reported_at_once(pim: Pim) -> None:
    long = Expiration("afterDuration", duration=timedelta(hours=5))
    order = activation("prod-admin", justification=" ", ticket_number=None, expiration=long)
    refused = refusal(pim, order, ENGINEER)
    assert refused.code == "RoleAssignmentRequestPolicyValidationFailed"
    assert refused.message == (
        'The following policy rules failed: ["JustificationRule","TicketingRule","ExpirationRule"]'
    )


@pytest.mark.parametrize("kind", ["noExpiration", "notSpecified"])
def test_an_activation_without_an_end_fails_the_expiration_rule(pim: Pim, kind: str) -> None:
    order = activation(expiration=Expiration(kind))  # type: ignore[arg-type]
    assert "ExpirationRule" in refusal(pim, order, ENGINEER).message


def test_less_than_five_minutes_is_too_short_to_ask_for(pim: Pim) -> None:
    short = Expiration("afterDuration", duration=timedelta(minutes=4))
    assert refusal(pim, activation(expiration=short), ENGINEER).code == "ActiveDurationTooShort"


def test_an_end_before_the_start_is_an_invalid_schedule(pim: Pim, clock: WorldClock) -> None:
    past = Expiration("afterDateTime", end=clock.now() - timedelta(hours=1))
    refused = refusal(pim, activation(expiration=past), ENGINEER)
    assert refused.code == "InvalidRoleAssignmentRequestSchedule"


def test_multi_factor_is_a_policy_rule_that_a_stronger_sign_in_satisfies(pim: Pim) -> None:
    change_policy(pim, "dev-poweruser", mfa=True)
    assert '["MfaRule"]' in refusal(pim, activation(), ENGINEER).message
    assert pim.submit(activation(), person("engineer", mfa=True)).status == "Provisioned"


def test_an_authentication_context_needs_both_the_claim_and_the_cp1_capability(pim: Pim) -> None:
    change_policy(pim, "dev-poweruser", acrs="c1")
    claim = frozenset({"c1"})
    for actor in (ENGINEER, person("engineer", acrs=claim), person("engineer", cp1=True)):
        refused = refusal(pim, activation(), actor)
        assert refused.code == "RoleAssignmentRequestAcrsValidationFailed"
        assert refused.message == (
            "&claims=%7B%22access_token%22%3A%7B%22acrs%22%3A%7B%22essential%22%3Atrue"
            "%2C%20%22value%22%3A%22c1%22%7D%7D%7D"
        )
    strong = person("engineer", acrs=claim, cp1=True)
    assert pim.submit(activation(), strong).status == "Provisioned"


def test_a_validation_changes_nothing(pim: Pim) -> None:
    made = pim.submit(activation(validation_only=True), ENGINEER)
    assert made.order.validation_only
    assert not pim.tenant.requests
    assert not is_member(pim)


def test_nobody_activates_for_somebody_else_and_no_application_activates_at_all(pim: Pim) -> None:
    for actor in (person("approver"), GRANTOR):
        refused = refusal(pim, activation(), actor)
        assert (refused.status, refused.code) == (403, "UnauthorizedAccessException")


def test_deactivating_waits_for_five_minutes(pim: Pim, clock: WorldClock) -> None:
    made = pim.submit(activation(), ENGINEER)
    skip(clock, minutes=4, seconds=30)
    refused = refusal(pim, ending(), ENGINEER)
    assert (refused.code, refused.message) == (
        "ActiveDurationTooShort",
        "The Active duration is too short. Miniumum Required is 5 minutes.",
    )
    skip(clock, minutes=1)
    ended = pim.submit(ending(), ENGINEER)
    assert (ended.status, ended.target_schedule) == ("Revoked", made.target_schedule)
    assert not is_member(pim)
    assert refusal(pim, ending(), ENGINEER).code == "RoleAssignmentDoesNotExist"


def test_nobody_deactivates_what_an_administrator_assigned(pim: Pim, clock: WorldClock) -> None:
    pim.submit(replace(activation(), action="adminAssign"), GRANTOR)
    skip(clock, minutes=10)
    assert refusal(pim, ending(), ENGINEER).code == "RoleAssignmentDoesNotExist"
    removed = pim.submit(replace(ending(), action="adminRemove"), GRANTOR)
    assert removed.status == "Revoked"
    assert not is_member(pim)


def test_an_assignment_by_an_application_is_not_an_activation(pim: Pim, clock: WorldClock) -> None:
    changes: list[tuple[str, str, bool, bool]] = []
    pim.tenant.on_membership(lambda *change: changes.append(change))
    order = replace(activation("prod-dual-control"), action="adminAssign")
    made = pim.submit(order, GRANTOR)
    assert pim.tenant.schedules[made.target_schedule or ""].type == "assigned"
    skip(clock, hours=2)
    assert [(present, by_pim) for _, _, present, by_pim in changes] == [
        (True, False),
        (False, False),
    ]


def test_an_assignment_answers_to_the_administrators_rules(pim: Pim) -> None:
    endless = replace(
        activation("prod-dual-control"),
        action="adminAssign",
        justification=None,
        expiration=Expiration("noExpiration"),
    )
    assert '["JustificationRule","ExpirationRule"]' in refusal(pim, endless, GRANTOR).message
    change_policy(pim, "prod-dual-control", admin_mfa=True)
    order = replace(activation("prod-dual-control"), action="adminAssign")
    assert '["MfaRule"]' in refusal(pim, order, GRANTOR).message


def test_taking_eligibility_away_ends_what_was_activated_from_it(pim: Pim) -> None:
    pim.submit(activation(), ENGINEER)
    pim.end_eligibility(oid("engineer"), group("dev-poweruser"))
    assert not is_member(pim)


def test_an_eligibility_can_end_by_the_clock(pim: Pim, clock: WorldClock) -> None:
    until = clock.now() + timedelta(hours=1)
    pim.make_eligible(oid("outsider"), group("dev-poweruser"), until)
    skip(clock, hours=2)
    order = activation(key="outsider")
    assert refusal(pim, order, person("outsider")).code == "RoleAssignmentDoesNotExist"
