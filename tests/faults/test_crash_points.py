"""kill -9 after each effect and each commit of every way a request goes, and each answer lost.

In one process, so that there can be a thousand; `tests/process/` does a few with whole ones. To die
before a commit, or after a reading, is to die after the change before it.
"""

import asyncio
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from integrations.database.unit import Database
from tests.databases import Postgres, copied
from tests.faults.invariants import broken, contradictions
from tests.faults.scenarios import SCENARIOS, Scenario, a_moment
from tests.faults.story import Story, telling
from tests.faults.wires import COMMITTING, Cut, killed, lost
from tests.handlers.harness import engine_of

Plan = Callable[[Story], None]
EVERY = {
    ("sqlite", killed): 4,
    ("sqlite", lost): 12,
    ("postgresql", killed): 16,
    ("postgresql", lost): 48,
}
"""Every how many points on which database; `--soak` takes all of them."""
every_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(params=["sqlite", "postgresql"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """URLs of databases with the schema and nothing else, one after the other."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_server")
        yield server.migrated
        return
    template: Path = request.getfixturevalue("migrated_file")
    yield lambda: copied(template, tmp_path)


@pytest.fixture
def every(request: pytest.FixtureRequest, fresh: Callable[[], str]) -> Callable[[Cut], int]:
    if request.config.getoption("--soak"):
        return lambda _: 1
    return lambda how: EVERY[request.node.callspec.params["fresh"], how]


async def told(scenario: Scenario, url: str, plan: Plan) -> tuple[list[str], list[str]]:
    """The points that its telling passed, and everything that is wrong in the end."""
    async with telling(Database(engine_of(url))) as story:
        plan(story)
        await scenario.tell(story)
        passed = list(story.wires.passed)
        story.wires.deadly = None
        await a_moment(story)
        story.bot.settled = True
        found = await broken(story) + await contradictions(story)
        states = [request.state for request in await story.bot.requests()]
        sent = tuple(str(what) for what, *_ in story.bot.pim.sent)
        if states != [scenario.ends]:
            found.append(f"ends as {states}")
        if sent != scenario.sent:
            found.append(f"sent {sent}")
        return passed, found


def _cut(number: int, how: Cut, story: Story) -> None:
    story.wires.cut(number, how)


async def wrong_at(scenario: Scenario, fresh: Callable[[], str], how: Cut, every: int) -> list[str]:
    """At which points it goes wrong, each tried in a story of its own."""
    points, found = await told(scenario, await asyncio.to_thread(fresh), lambda _: None)
    assert found == []
    wrong = []
    for number, name in list(enumerate(points))[::every]:
        if how is killed and name == COMMITTING:
            continue
        url = await asyncio.to_thread(fresh)
        _, found = await told(scenario, url, partial(_cut, number, how))
        wrong += [f"{how.__name__} at {number}, {name}: {one}" for one in found]
    return wrong


@every_scenario
async def test_whoever_is_killed_at_any_point_finishes_it_once(
    scenario: Scenario, fresh: Callable[[], str], every: Callable[[Cut], int]
) -> None:
    assert await wrong_at(scenario, fresh, killed, every(killed)) == []


@every_scenario
async def test_whichever_answer_is_lost_it_is_done_once(
    scenario: Scenario, fresh: Callable[[], str], every: Callable[[Cut], int]
) -> None:
    """Of a system, or to a commit: which was made, or was not."""
    assert await wrong_at(scenario, fresh, lost, every(lost)) == []


@every_scenario
async def test_whoever_is_killed_again_and_again_finishes_it_once(
    scenario: Scenario, fresh: Callable[[], str]
) -> None:
    """A kill may come while the one before is still being mended; the dice are the same each time."""

    def often(story: Story) -> None:
        story.wires.deadly = random.Random(7)  # noqa: S311  nothing secret

    url = await asyncio.to_thread(fresh)
    points, found = await told(scenario, url, often)

    assert found == []
    assert len(points) > len(scenario.sent)
