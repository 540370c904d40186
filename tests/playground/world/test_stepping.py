"""Skipping time: every due moment is stopped at, and everybody has the same clock afterwards."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from playground import stepping
from playground.balancer import Balancer
from playground.kernel.clock import WorldClock
from playground.replicas import Replicas
from playground.stepping import Stepper
from tests.playground.world.fake_bot import FakeBot

MINUTE = timedelta(minutes=1)
A_SECOND = timedelta(seconds=1)


class Rig:
    """A clock, a balancer and replicas that can be started."""

    def __init__(self) -> None:
        self.clock = WorldClock()
        self.replicas = Replicas()
        self.balancer = Balancer(self.clock, self.replicas)
        self.stepper = Stepper(self.clock, self.replicas)
        self.bots: list[FakeBot] = []

    async def bot(self, *due_in: timedelta) -> FakeBot:
        bot = FakeBot()
        await bot.start(self.balancer.url)
        bot.due = [self.clock.now() + one for one in due_in]
        self.bots.append(bot)
        return bot


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    one = Rig()
    await one.balancer.start()
    yield one
    for bot in one.bots:
        await bot.stop()
    await one.balancer.stop()
    await one.replicas.close()


async def test_the_clock_ends_at_the_target_for_everybody(rig: Rig) -> None:
    bots = [await rig.bot(), await rig.bot()]
    before = rig.clock.now()

    now = await rig.stepper.skip(30 * MINUTE)

    assert abs(now - before - 30 * MINUTE) < A_SECOND
    assert {bot.clock.offset for bot in bots} == {rig.clock.offset}


async def test_each_due_moment_of_world_and_replicas_is_stopped_at_in_order(rig: Rig) -> None:
    start = rig.clock.now()
    bot = await rig.bot(2 * MINUTE, 20 * MINUTE, 60 * MINUTE)
    ran: list[datetime] = []
    rig.clock.at(start + 10 * MINUTE, lambda: ran.append(rig.clock.now()))

    await rig.stepper.skip(30 * MINUTE)

    minutes = [round((one - start) / MINUTE) for one in (bot.done[0], ran[0], bot.done[1])]
    assert minutes == [2, 10, 20]
    assert len(bot.done) == 2


async def test_work_caused_by_a_step_is_done_at_its_own_time(rig: Rig) -> None:
    start = rig.clock.now()
    bot = await rig.bot(MINUTE)
    bot.again = MINUTE

    await rig.stepper.skip(5 * MINUTE + timedelta(seconds=30))

    assert [round((one - start) / MINUTE) for one in bot.done] == [1, 2, 3, 4, 5]


async def test_a_dead_replica_does_not_hold_up_time(rig: Rig) -> None:
    await (await rig.bot(MINUTE)).stop()
    before = rig.clock.now()

    now = await rig.stepper.skip(2 * MINUTE)

    assert now - before >= 2 * MINUTE
    assert rig.replicas.urls == ()


async def test_a_replica_that_stays_busy_is_given_up_in_bounded_time(rig: Rig) -> None:
    (await rig.bot()).busy = 1

    assert await rig.stepper.settle(0.2) is False


async def test_endless_work_ends_in_one_last_step(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stepping, "MOST_STEPS", 5)
    bot = await rig.bot(A_SECOND)
    bot.again = A_SECOND
    before = rig.clock.now()

    now = await rig.stepper.skip(10 * MINUTE)

    assert now - before >= 10 * MINUTE
    assert len(bot.done) == 6


async def test_two_skips_at_once_add_up(rig: Rig) -> None:
    before = rig.clock.now()

    await asyncio.gather(rig.stepper.skip(MINUTE), rig.stepper.skip(MINUTE))

    assert rig.clock.now() - before >= 2 * MINUTE
