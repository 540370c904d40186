"""The tenant that most tests of this folder start from."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.entra.world import EntraWorld, entra_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[EntraWorld]:
    async with entra_world(tmp_path) as made:
        yield made
