"""A fresh tenant for every test, with or without its network side."""

from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest

from playground.entra.facade import Entra
from playground.entra.pim import Pim
from playground.entra.world import tenant_of_the_world
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from tests.playground.entra.saying import GraphClient


@pytest.fixture
def clock() -> WorldClock:
    return WorldClock()


@pytest.fixture
def pim(clock: WorldClock) -> Pim:
    return Pim(tenant_of_the_world(clock))


@pytest.fixture
async def entra(clock: WorldClock, tmp_path: Path) -> AsyncIterator[Entra]:
    entra = Entra(clock, Wire(clock), tmp_path)
    await entra.start()
    yield entra
    await entra.stop()


@pytest.fixture
async def graph(entra: Entra) -> AsyncIterator[GraphClient]:
    async with aiohttp.ClientSession() as session:
        yield GraphClient(entra, session)
