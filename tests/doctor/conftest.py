"""A world to break, and what the doctor says of one that nobody broke."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import botocore.session
import pytest

from bot.doctor.findings import Finding
from tests.doctor.surgery import Surgery, surgery


@pytest.fixture(scope="session", autouse=True)
def _service_models_are_read_once() -> Iterator[None]:
    """botocore reads megabytes of JSON for each client."""
    loader = botocore.session.create_loader()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(botocore.session, "create_loader", lambda *_: loader)
        yield


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[Surgery]:
    async with surgery(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Finding]:
    """What is found in the world as every run starts."""

    async def examined() -> Sequence[Finding]:
        async with surgery(tmp_path_factory.mktemp("healthy")) as made:
            return await made.findings()

    return asyncio.run(examined())
