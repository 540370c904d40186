"""A started world with its control interface, and a client that calls it as programs do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from playground.control.interface import Interface
from playground.world import World


class Client:
    """Calls the control interface; `get` and `post` insist on 200."""

    def __init__(self, control: str, http: aiohttp.ClientSession) -> None:
        self.control = control
        self.http = http

    async def get(self, path: str, **query: str) -> Any:
        status, told = await self.answer("GET", path, params=query)
        assert status == 200, told
        return told

    async def post(self, path: str, **body: Any) -> Any:
        status, told = await self.answer("POST", path, json=body)
        assert status == 200, told
        return told

    async def answer(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        async with self.http.request(method, f"{self.control}{path}", **more) as answer:
            return answer.status, await answer.json()


@pytest.fixture
def page(tmp_path: Path) -> Path:
    folder = tmp_path / "page"
    folder.mkdir()
    (folder / "index.html").write_text("<title>The page</title>")
    (folder / "page.js").write_text("export {};")
    return folder


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "bot.db"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    one = World(tmp_path)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def interface(world: World, database: Path, page: Path) -> AsyncIterator[Interface]:
    one = Interface(world, f"sqlite+aiosqlite:///{database}", page)
    await one.start()
    yield one
    await one.stop()


@pytest.fixture
async def client(interface: Interface) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http:
        yield Client(interface.control_url, http)
