"""A started Slack, its real SDK client, and a bot that keeps what it was sent."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack.facade import Slack
from tests.playground.slack.listening_bot import ListeningBot


@pytest.fixture
def clock() -> WorldClock:
    return WorldClock()


@pytest.fixture
def wire(clock: WorldClock) -> Wire:
    return Wire(clock)


@pytest.fixture
async def slack(clock: WorldClock, wire: Wire) -> AsyncIterator[Slack]:
    running = Slack(clock, wire)
    await running.start()
    yield running
    await running.stop()


@pytest.fixture
def client(slack: Slack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[])


@pytest.fixture
async def bot(slack: Slack) -> AsyncIterator[ListeningBot]:
    running = ListeningBot(slack.signing_secret)
    slack.deliver_to(lambda: running.url)
    await running.start()
    yield running
    await running.stop()
