"""What the state machine has found, told shortly."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.request import State
from bot.intents import encode
from bot.ports import IntegrationError
from bot.store import JobKind
from handlers import grant as granting
from integrations.database.unit import Database
from tests.databases import copied
from tests.faults.invariants import broken, contradictions, unfinished
from tests.faults.story import Story, telling
from tests.handlers.approving import everything
from tests.handlers.cast import ANNS
from tests.handlers.harness import DOWN, LOST, engine_of


@pytest.fixture
async def story(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Story]:
    async with telling(Database(engine_of(copied(migrated_file, tmp_path)))) as made:
        yield made
        await made.calms_down()
        assert await broken(made) + await contradictions(made) == []
        await made.ends()
        assert await broken(made) + await unfinished(made) == []


async def test_a_clock_that_is_fast_ends_nothing_that_entra_holds(story: Story) -> None:
    story.steps_clock(timedelta(hours=2))
    await story.does(story.asks(ANNS, "dev-poweruser", "30m"))

    [request] = await story.bot.requests()
    async with story.bot.world.store.begin() as tx:
        activation = await tx.activation_of(request.id)
    assert activation is not None
    assert activation.active
    assert await contradictions(story) == []


async def test_what_a_bot_finds_noted_after_hours_it_does_only_when_asked_again(
    story: Story,
) -> None:
    await story.delivered(story.asks(ANNS, "dev-poweruser"))
    story.bot.clock.pass_(hours=3)
    await story.bot.works()
    assert await story.bot.requests() == []

    said = story.bot.cards(ANNS)[-1]
    assert "you may not need it any more" in everything([said])
    [still] = said.buttons
    assert still.intent is not None
    await story.does(story.clicks(ANNS, value=encode(still.intent)))

    assert [r.state for r in await story.bot.requests()] == [State.GRANTED]


async def test_what_was_decided_and_not_sent_for_hours_is_not_sent_any_more(story: Story) -> None:
    story.bot.pim.swallowed.append(DOWN)
    await story.does(story.asks(ANNS, "dev-poweruser"))
    story.bot.clock.pass_(hours=2)

    await story.bot.works()

    [request] = await story.bot.requests()
    assert (request.state, request.why) == (State.FAILED, "too_late")
    assert len(story.bot.pim.posts) == 1


async def test_one_whose_answer_was_lost_is_looked_for_and_not_sent_anew(story: Story) -> None:
    story.bot.pim.swallowed.append(LOST)
    await story.does(story.asks(ANNS, "dev-poweruser"))
    story.bot.clock.pass_(hours=2)

    await story.bot.waits(minutes=1)

    [request] = await story.bot.requests()
    assert (request.state, request.why) == (State.FAILED, "unconfirmed")
    assert len(story.bot.pim.posts) == 1


async def test_who_was_taken_for_dead_does_not_say_that_nothing_happened(story: Story) -> None:
    """It was stopped before it asked PIM; another has done it; then it goes on, and fails."""
    bot = story.bot
    await story.delivered(story.asks(ANNS, "dev-poweruser"))
    [noted] = await bot.jobs.claim(9)
    await bot._run(noted)
    [job] = [j for j in await bot.jobs.claim(9) if j.kind is JobKind.ACTIVATE]
    await bot.jobs.release_all()
    [request] = await bot.requests()
    sent = request.sent(bot.clock.now())
    async with story.store.begin() as tx:
        await tx.save_request(sent)

    with pytest.raises(IntegrationError):
        await granting._failed(bot.world, request, job, DOWN)

    assert (await bot.requests())[0] == sent
