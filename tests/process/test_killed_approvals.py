"""kill -9 in the middle of an approval: the click is taken once, and every card ends true."""

import pytest

from tests.conversations.evidence import events_of
from tests.process.judging import judged
from tests.process.remote import Remote
from tests.process.watcher import watching

ASK, ASK_DUAL = "activate prod-admin 1h INC-42 because", "activate prod-dual-control 1h INC-42 why"
REVIEW = r"^PATCH .*/assignmentApprovals/"


def counted(world: Remote) -> int:
    return sum(event["what"] == "verdict_counted" for event in events_of(world.url))


async def reviews(world: Remote) -> list[bool]:
    """The decisions that were sent to PIM, and of which of them an answer came back."""
    calls = await world.get("/calls")
    return [c["delivered"] for c in calls if c["method"] == "PATCH"]


@pytest.mark.parametrize("moment", ["acknowledged", "sent"])
async def test_a_decision_is_in_pim_once_and_everybody_reads_it(world: Remote, moment: str) -> None:
    """Killed right after the click was noted; and after PIM took it and before its answer came."""
    await world.starts_bot()
    for who in ("engineer", "approver"):
        await world.links(who)
    async with watching(world, "engineer", "approver") as watcher:
        await world.says("engineer", ASK)
        if moment == "sent":
            await world.fails("lost_answer", REVIEW)
        await world.presses("approver", "prod-admin needs your decision", "Approve")
        if moment == "sent":
            await world.until(lambda: reviews(world))
        await world.kills_bot()
        await world.starts_bot()
        await world.settles_as("engineer", "granted", ["prod-admin"])
        await world.card("approver", "prod-admin: approved")
    assert len(await reviews(world)) == 1
    assert counted(world) == 1
    await judged(world, watcher, {"prod-admin"})


async def test_two_votes_and_the_assignment_survive_kills_between_them(world: Remote) -> None:
    people = ("engineer", "controller-one", "controller-two")
    needed = "prod-dual-control needs your decision"
    await world.starts_bot()
    for who in people:
        await world.links(who)
    async with watching(world, *people) as watcher:
        await world.says("engineer", ASK_DUAL)
        await world.presses("controller-one", needed, "Approve")
        await world.kills_bot()
        await world.starts_bot()
        await world.fails("lost_answer")
        await world.presses("controller-two", needed, "Approve")
        await world.sent("/assignmentScheduleRequests")
        await world.kills_bot()
        await world.starts_bot()
        await world.settles_as("engineer", "granted", ["prod-dual-control"])
        for who in people[1:]:
            await world.card(who, "prod-dual-control: approved")
    assert counted(world) == len(people[1:])
    await judged(world, watcher, {"prod-dual-control"})
