"""Bots to try things on; whatever a test did, the invariants hold afterwards."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from integrations.database import engine
from tests.handlers.harness import Bot, opened
from tests.handlers.invariants import broken


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Nothing is printed: to paint the traces of bugs made on purpose takes seconds."""
    with capture_logs():
        yield


@pytest.fixture(autouse=True)
def no_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here: without waiting for the disk the tests take half the time."""
    quick = tuple(p.replace("FULL", "OFF") for p in engine._PRAGMAS)
    monkeypatch.setattr(engine, "_PRAGMAS", quick)


@pytest.fixture
async def bot(migrated_file: Path) -> AsyncIterator[Bot]:
    """A bot that keeps tokens."""
    async with opened(migrated_file) as made:
        yield made
        assert await broken(made) == []


@pytest.fixture
async def keyless(migrated_file: Path) -> AsyncIterator[Bot]:
    """A bot that keeps no tokens."""
    async with opened(migrated_file, keys="") as made:
        yield made
        assert await broken(made) == []
