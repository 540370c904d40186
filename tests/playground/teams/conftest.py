"""A started Teams with its Entra, a bot that keeps what it was sent, and its way to the connector."""

from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import pytest

from playground.entra.facade import Entra
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.teams.facade import Teams
from tests.playground.teams.listening_bot import ListeningBot
from tests.playground.teams.sender import Sender, token


class StillClock(WorldClock):
    """Goes on only when it is stepped, so that limits per second do not depend on the machine."""

    def __init__(self) -> None:
        super().__init__()
        self._began = super().now()

    def now(self) -> datetime:
        return self._began + self.offset


@pytest.fixture
def clock() -> WorldClock:
    return StillClock()


@pytest.fixture
def wire(clock: WorldClock) -> Wire:
    return Wire(clock)


@pytest.fixture
async def entra(clock: WorldClock, wire: Wire, tmp_path: Path) -> AsyncIterator[Entra]:
    one = Entra(clock, wire, tmp_path)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def teams(clock: WorldClock, wire: Wire, entra: Entra) -> AsyncIterator[Teams]:
    one = Teams(clock, wire, entra)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def bot(teams: Teams) -> AsyncIterator[ListeningBot]:
    one = ListeningBot(teams.login_url)
    teams.deliver_to(lambda: one.url)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def sender(teams: Teams, entra: Entra) -> Sender:
    return Sender(teams, await token(entra))
