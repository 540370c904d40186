"""The balancer: round robin, the dead skipped, nothing sent twice."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from playground.balancer import Balancer
from playground.kernel.clock import WorldClock
from playground.replicas import Replicas
from tests.playground.world.fake_bot import FakeBot, call


@pytest.fixture
async def balancer() -> AsyncIterator[Balancer]:
    clock = WorldClock()
    clock.offset = timedelta(hours=2)
    replicas = Replicas()
    one = Balancer(clock, replicas)
    await one.start()
    yield one
    await one.stop()
    await replicas.close()


@pytest.fixture
async def two_bots(balancer: Balancer) -> AsyncIterator[tuple[FakeBot, FakeBot]]:
    bots = FakeBot("one"), FakeBot("two")
    for bot in bots:
        await bot.start(balancer.url)
    yield bots
    for bot in bots:
        await bot.stop()


async def test_a_registering_replica_is_told_the_offset_of_the_clock(
    two_bots: tuple[FakeBot, FakeBot],
) -> None:
    assert [bot.offsets for bot in two_bots] == [[7200.0], [7200.0]]


async def test_requests_go_to_the_replicas_in_turn(
    balancer: Balancer, two_bots: tuple[FakeBot, FakeBot]
) -> None:
    answers = [await call("GET", f"{balancer.url}/readyz") for _ in range(4)]

    assert sorted(told["from"] for _, told, _ in answers) == ["one", "one", "two", "two"]


async def test_body_query_and_headers_pass_unchanged(
    balancer: Balancer, two_bots: tuple[FakeBot, FakeBot]
) -> None:
    sent = b"payload=%7B%22a%22%3A1%7D"

    await call("POST", f"{balancer.url}/slack/events?x=%20y", data=sent, headers={"X-Sig": "s"})

    bot = next(bot for bot in two_bots if bot.seen)
    assert bot.seen == [("POST", "/slack/events?x=%20y", sent)]
    assert bot.headers[0]["X-Sig"] == "s"
    assert balancer.url.endswith(bot.headers[0]["Host"])


async def test_a_redirect_and_its_cookies_reach_the_browser(
    balancer: Balancer, two_bots: tuple[FakeBot, FakeBot]
) -> None:
    status, _, headers = await call("GET", f"{balancer.url}/sign-in/go")

    assert (status, headers["Location"], headers["Set-Cookie"]) == (302, "/elsewhere", "a=1")


async def test_a_dead_replica_is_skipped(
    balancer: Balancer, two_bots: tuple[FakeBot, FakeBot]
) -> None:
    await two_bots[0].stop()

    answers = [await call("GET", f"{balancer.url}/healthz") for _ in range(3)]

    assert [(status, told) for status, told, _ in answers] == [(200, {"from": "two"})] * 3


async def test_without_any_replica_the_answer_is_503(balancer: Balancer) -> None:
    status, told, _ = await call("GET", f"{balancer.url}/readyz")

    assert (status, told) == (503, {"error": "no replica of the bot is running"})


async def test_a_replica_that_dies_while_it_answers_is_not_replaced_by_another(
    balancer: Balancer, two_bots: tuple[FakeBot, FakeBot]
) -> None:
    status, _, _ = await call("POST", f"{balancer.url}/auth/break")

    assert status == 502
    assert sum(len(bot.seen) for bot in two_bots) == 1


async def test_what_is_for_the_world_only_is_not_open(
    balancer: Balancer, two_bots: tuple[FakeBot, FakeBot]
) -> None:
    statuses = [(await call("GET", f"{balancer.url}{p}"))[0] for p in ("/dev/work", "/other")]

    assert statuses == [404, 404]


@pytest.mark.parametrize("told", [{}, [], {"url": "http://example.com"}])
async def test_only_a_replica_on_loopback_can_register(balancer: Balancer, told: object) -> None:
    status, _, _ = await call("POST", f"{balancer.url}/replicas", json=told)

    assert status == 400
