"""The real adapter in front of a started simulator."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from integrations.aws import IdentityCenter
from integrations.aws.calls import Calls
from playground.aws.facade import Aws
from playground.aws.names import REGION
from playground.aws.world import World
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire


@dataclass(frozen=True)
class Simulated:
    """The simulator, and how to look at it and break it."""

    url: str
    world: World
    wire: Wire

    def paths(self) -> list[str]:
        """The operations called so far."""
        return [call.path for call in self.wire.calls]


@dataclass
class Watch:
    """A monotonic clock that tests move."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
async def simulated(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Simulated]:
    clock = WorldClock()
    wire = Wire(clock)
    aws = Aws(clock, wire)
    await aws.start()
    settings = aws.environment()
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, settings[name])
    yield Simulated(aws.url, aws.world, wire)
    await aws.stop()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
async def adapter(simulated: Simulated, watch: Watch) -> AsyncIterator[IdentityCenter]:
    made = IdentityCenter(Calls(simulated.url), REGION, watch)
    yield made
    await made.close()
