"""Slack's pace is kept by us: a second for each message in a conversation, after a burst."""

from dataclasses import dataclass, field

import pytest

from bot.cards import Card
from bot.domain.ids import Channel, Chat
from bot.ports import IntegrationError, Outcome
from integrations.slack import pace
from integrations.slack.client import SlackClient
from integrations.slack.messenger import SlackMessenger
from integrations.slack.pace import BURST, LONGEST, POST, Pace
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack.facade import Slack

NOTICES = 30
HERE, THERE = "C0PROD", "C0GENERAL"


@dataclass
class Watch:
    """Seconds that pass when somebody waits."""

    now: float = 100.0
    waited: list[float] = field(default_factory=list)

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.waited.append(seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def kept(watch: Watch) -> Pace:
    return Pace(watch, watch.sleep)


async def _turns(kept: Pace, count: int, channel: str = HERE) -> list[float]:
    """The seconds to come back in, of those that were sent away."""
    back = []
    for _ in range(count):
        try:
            await kept.turn(POST, channel)
        except IntegrationError as later:
            back.append(later.retry_after or 0.0)
    return back


async def test_a_burst_waits_for_nothing(kept: Pace, watch: Watch) -> None:
    assert await _turns(kept, BURST) == []
    assert watch.waited == []


async def test_then_each_waits_a_second_longer_than_the_one_before(
    kept: Pace, watch: Watch
) -> None:
    assert await _turns(kept, BURST + int(LONGEST)) == []
    assert watch.waited == [1.0, 2.0, 3.0]


async def test_who_would_wait_too_long_comes_back_each_at_a_time_of_its_own(kept: Pace) -> None:
    await _turns(kept, BURST + int(LONGEST))

    assert await _turns(kept, 3) == [LONGEST + 2, LONGEST + 3, LONGEST + 4]


async def test_who_comes_back_when_told_to_is_let_through(kept: Pace, watch: Watch) -> None:
    await _turns(kept, BURST + int(LONGEST))
    [first, second] = await _turns(kept, 2)

    watch.now += first
    assert await _turns(kept, 1) == []
    watch.now += second - first
    assert await _turns(kept, 1) == []


async def test_after_a_silence_there_is_a_burst_again(kept: Pace, watch: Watch) -> None:
    await _turns(kept, BURST + int(LONGEST) + 1)
    watch.now += 60
    watch.waited.clear()

    assert await _turns(kept, BURST) == []
    assert watch.waited == []


async def test_other_conversations_and_other_calls_wait_for_nothing(
    kept: Pace, watch: Watch
) -> None:
    await _turns(kept, BURST)

    assert await _turns(kept, BURST, THERE) == []
    for _ in range(3 * BURST):
        await kept.turn("chat.update", HERE)
        await kept.turn("views.open", "")
    assert watch.waited == []


async def test_when_slack_refuses_nobody_asks_it_again_before_its_time(
    kept: Pace, watch: Watch
) -> None:
    kept.refused(POST, HERE, 30.0)
    watch.now += 10

    assert await _turns(kept, 1) == [20.0]
    assert await _turns(kept, 1, THERE) == []
    watch.now += 20
    assert await _turns(kept, 1) == []


async def test_other_methods_are_refused_as_a_whole(kept: Pace) -> None:
    kept.refused("chat.update", HERE, None)

    with pytest.raises(IntegrationError) as later:
        await kept.turn("chat.update", THERE)
    assert later.value.retry_after == pace.EACH
    assert (later.value.outcome, later.value.permanent) == (Outcome.DID_NOT, False)


async def test_conversations_of_long_ago_are_forgotten(
    kept: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "MOST_KEPT", 3)
    for number in range(10):
        await kept.turn(POST, f"C{number}")

    assert len(kept._places) == 3


async def test_many_notices_for_one_channel_arrive_once_and_hold_nobody_up(watch: Watch) -> None:
    """As the worker does: who is sent away comes back when told to."""
    wire = Wire(WorldClock())
    slack = Slack(wire.clock, wire)
    await slack.start()
    client = SlackClient(
        slack.bot_token, slack.api_url, dev_loopback=True, pace=Pace(watch, watch.sleep)
    )
    await client.start()
    messenger, channel = SlackMessenger(client), Channel(Chat.SLACK, HERE)
    due = [(watch.now, number) for number in range(NOTICES)]
    sent_away = 0
    while due:
        at, number = min(due)
        due.remove((at, number))
        watch.now = max(watch.now, at)
        try:
            await messenger.post(channel, Card(f"notice {number}", ()))
        except IntegrationError as later:
            due.append((watch.now + (later.retry_after or 0.0), number))
            sent_away += 1
    shown = [call for call in wire.calls if call.path.endswith(POST)]

    assert len(shown) == NOTICES
    assert 0 < sent_away <= NOTICES
    assert watch.now - 100.0 <= NOTICES * pace.EACH
    await client.stop()
    await slack.stop()
