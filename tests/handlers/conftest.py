"""Bots to try things on; whatever a test did, the invariants hold afterwards."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.handlers.harness import Bot, opened
from tests.handlers.invariants import broken


@pytest.fixture
async def bot(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that keeps tokens."""
    async with opened(migrated_file, tmp_path) as made:
        yield made
        assert await broken(made) == []


@pytest.fixture
async def keyless(migrated_file: Path, tmp_path: Path) -> AsyncIterator[Bot]:
    """A bot that keeps no tokens."""
    async with opened(migrated_file, tmp_path, keys="") as made:
        yield made
        assert await broken(made) == []
