"""A started simulator, and boto3 clients that reach it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import boto3
import pytest
from botocore.config import Config

from playground.aws.facade import Aws
from playground.aws.names import BOT_KEY, OWNER_KEY, REGION, SECRET
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire

ONCE = Config(retries={"mode": "standard", "total_max_attempts": 1})


class Caller:
    """Calls one simulator with one credential, each call in a thread."""

    def __init__(self, url: str, key: str, region: str = REGION) -> None:
        self._url = url
        self._key = key
        self._region = region

    async def __call__(self, service: str, operation: str, **parameters: Any) -> Any:
        client = boto3.client(
            service,
            endpoint_url=self._url,
            region_name=self._region,
            aws_access_key_id=self._key,
            aws_secret_access_key=SECRET,
            config=ONCE,
        )
        try:
            return await asyncio.to_thread(getattr(client, operation), **parameters)
        finally:
            client.close()


@pytest.fixture
def clock() -> WorldClock:
    return WorldClock()


@pytest.fixture
def wire(clock: WorldClock) -> Wire:
    return Wire(clock)


@pytest.fixture
async def aws(clock: WorldClock, wire: Wire) -> AsyncIterator[Aws]:
    simulated = Aws(clock, wire)
    await simulated.start()
    yield simulated
    await simulated.stop()


@pytest.fixture
def bot(aws: Aws) -> Caller:
    return Caller(aws.url, BOT_KEY)


@pytest.fixture
def owner(aws: Aws) -> Caller:
    return Caller(aws.url, OWNER_KEY)


@pytest.fixture
def bot_in(aws: Aws) -> Callable[[str], Caller]:
    return lambda region: Caller(aws.url, BOT_KEY, region)
