"""SCIM: what lands in minutes, what waits for the cycle, and how it is steered."""

from datetime import timedelta

import pytest

from playground.aws.facade import Aws
from playground.cast import ACCESS, PEOPLE
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire

DEV = ACCESS["dev-poweruser"].group
READ = ACCESS["prod-readonly"].group
SEED = ACCESS["seed-admin"].group
ENGINEER = PEOPLE["engineer"].oid


@pytest.fixture
def simulated(clock: WorldClock) -> Aws:
    return Aws(clock, Wire(clock))


def members(aws: Aws) -> set[tuple[str, str]]:
    return {(row["group"], row["oid"]) for row in aws.shown()["memberships"]}


def skip(clock: WorldClock, minutes: float) -> None:
    clock.step_to(clock.now() + timedelta(minutes=minutes))


def activate(aws: Aws, oid: str = ENGINEER, group: str = DEV) -> None:
    aws.scim.membership(group, oid, present=True, pim=True)


def end(aws: Aws, oid: str = ENGINEER, group: str = DEV) -> None:
    aws.scim.membership(group, oid, present=False, pim=True)


def test_an_activation_lands_after_four_minutes(simulated: Aws, clock: WorldClock) -> None:
    activate(simulated)
    skip(clock, 3.9)
    assert members(simulated) == set()

    skip(clock, 0.2)

    assert members(simulated) == {(DEV, ENGINEER)}
    (row,) = simulated.shown()["memberships"]
    assert row["user"] == "engineer@playground.example"


def test_an_end_reaches_aws_with_the_next_cycle_only(simulated: Aws, clock: WorldClock) -> None:
    activate(simulated)
    skip(clock, 5)
    end(simulated)
    skip(clock, 34)
    assert members(simulated) == {(DEV, ENGINEER)}

    skip(clock, 2)

    assert members(simulated) == set()


def test_a_membership_made_beside_pim_waits_for_the_cycle(
    simulated: Aws, clock: WorldClock
) -> None:
    simulated.scim.membership(DEV, ENGINEER, present=True, pim=False)
    skip(clock, 39)
    assert members(simulated) == set()

    skip(clock, 2)

    assert members(simulated) == {(DEV, ENGINEER)}


def test_an_activation_that_ended_before_it_landed_never_lands(
    simulated: Aws, clock: WorldClock
) -> None:
    activate(simulated)
    skip(clock, 1)
    end(simulated)

    skip(clock, 60)

    assert members(simulated) == set()


def test_the_sixth_activation_within_ten_seconds_falls_to_the_cycle(
    simulated: Aws, clock: WorldClock
) -> None:
    people = [p.oid for p in PEOPLE.values() if p.entra][:6]
    for oid in people:
        activate(simulated, oid)
    skip(clock, 5)
    assert members(simulated) == {(DEV, oid) for oid in people[:5]}

    skip(clock, 36)

    assert members(simulated) == {(DEV, oid) for oid in people}


def test_the_burst_is_free_again_after_ten_seconds(simulated: Aws, clock: WorldClock) -> None:
    people = [p.oid for p in PEOPLE.values() if p.entra][:6]
    for oid in people[:5]:
        activate(simulated, oid)
    skip(clock, 0.2)
    activate(simulated, people[5])

    skip(clock, 5)

    assert len(members(simulated)) == 6


def test_someone_new_to_the_application_becomes_a_user_with_the_first_activation(
    simulated: Aws, clock: WorldClock
) -> None:
    outsider = PEOPLE["outsider"]
    assert outsider.upn not in {row["user"] for row in simulated.shown()["users"]}
    activate(simulated, outsider.oid)

    skip(clock, 5)

    assert (outsider.upn, outsider.oid) in {
        (row["user"], row["oid"]) for row in simulated.shown()["users"]
    }


def test_a_group_of_another_application_is_out_of_scope(simulated: Aws, clock: WorldClock) -> None:
    activate(simulated, group=SEED)

    skip(clock, 60)

    assert members(simulated) == set()


def test_while_it_is_down_nothing_arrives_and_afterwards_the_cycle_catches_up(
    simulated: Aws, clock: WorldClock
) -> None:
    simulated.operate_scim({"down": True})
    activate(simulated)
    skip(clock, 60)
    assert members(simulated) == set()

    assert simulated.operate_scim({"down": False})["waiting"] == 1
    skip(clock, 41)

    assert members(simulated) == {(DEV, ENGINEER)}


def test_a_cycle_can_be_run_at_once(simulated: Aws, clock: WorldClock) -> None:
    activate(simulated)

    assert simulated.operate_scim({"run": True})["waiting"] == 0

    assert members(simulated) == {(DEV, ENGINEER)}
    skip(clock, 5)
    assert members(simulated) == {(DEV, ENGINEER)}


def test_the_delay_can_be_set(simulated: Aws, clock: WorldClock) -> None:
    assert simulated.operate_scim({"delay": "PT10M"})["delay_seconds"] == 600
    activate(simulated)
    skip(clock, 9)
    assert members(simulated) == set()

    skip(clock, 2)

    assert members(simulated) == {(DEV, ENGINEER)}


@pytest.mark.parametrize("args", [{}, {"op": "scim"}, {"delay": "ten"}, {"delay": "PT"}])
def test_what_scim_does_not_know_is_refused(simulated: Aws, args: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"scim takes|not a duration"):
        simulated.operate_scim(args)


def test_two_groups_of_one_person_are_kept_apart(simulated: Aws, clock: WorldClock) -> None:
    activate(simulated)
    activate(simulated, group=READ)
    skip(clock, 5)
    end(simulated, group=READ)

    skip(clock, 41)

    assert members(simulated) == {(DEV, ENGINEER)}


def test_an_older_landing_does_not_carry_a_newer_end_to_aws_before_the_cycle(
    simulated: Aws, clock: WorldClock
) -> None:
    activate(simulated)
    skip(clock, 5)
    end(simulated)
    activate(simulated)
    end(simulated)

    skip(clock, 10)
    assert members(simulated) == {(DEV, ENGINEER)}

    skip(clock, 31)
    assert members(simulated) == set()
