"""The grantor on the wire: a credential of its own, for two actions, and nobody else's for those."""

from collections.abc import Iterator
from datetime import timedelta

from integrations.entra import pim_wire as wire
from tests.contracts.grantor import ASKED, DUAL
from tests.contracts.pim import ENGINEER, REFERENCE, terms
from tests.entra.world import EntraWorld


def changes(world: EntraWorld) -> Iterator[tuple[str, str]]:
    """Each change that reached Graph, by whom."""
    for call in world.calls("graph", r"^POST .*/assignmentScheduleRequests$"):
        shown = call.shown()
        yield shown["as"], shown["body"]["action"]


async def test_only_the_grantor_assigns_and_removes_and_it_does_nothing_else(
    world: EntraWorld,
) -> None:
    token = await world.token("engineer")
    await world.pim.activate(token, terms(), REFERENCE)
    await world.grantor.assign(ENGINEER, ASKED, "R-SECOND22")
    world.skip(timedelta(minutes=6))
    await world.pim.deactivate(token, terms().group, "A-22222222")
    await world.grantor.remove(ENGINEER, DUAL, "A-33333333")

    assert list(changes(world)) == [
        (f"user:{ENGINEER.oid}", "selfActivate"),
        ("grantor", "adminAssign"),
        (f"user:{ENGINEER.oid}", "selfDeactivate"),
        ("grantor", "adminRemove"),
    ]
    assert {call.shown()["as"] for call in world.calls("graph", "^GET ")} <= {"app"}


async def test_what_is_assigned_ends_after_its_duration_and_carries_its_reference(
    world: EntraWorld,
) -> None:
    await world.grantor.assign(ENGINEER, ASKED, REFERENCE)

    [call] = world.calls("graph", r"^POST ")
    body = call.body
    assert body["scheduleInfo"]["expiration"] == {"type": "afterDuration", "duration": "PT30M"}
    assert body["justification"].endswith(f"[{REFERENCE}]")
    assert body["accessId"] == "member"
    wire.guard(body, ASKED.duration, wire.ASSIGN)
