"""Reads everything that people see, all the time, and notes whatever is not so (invariant I6)."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress

from tests.conversations.claims import false_claims, standing_claims
from tests.onlooker import Row
from tests.process.remote import Remote

LOOK_SECONDS = 0.1


class Watcher:
    """Between two looks at Entra a thing may change: what is false by both was false when read."""

    def __init__(self, world: Remote, people: Iterable[str]) -> None:
        self._world = world
        self._people = tuple(people)
        self._read: set[tuple[str, str]] = set()
        self.posted: list[Row] = []
        self.problems: list[str] = []
        self.looks = 0

    async def look(self) -> None:
        """Once."""
        before = await self._world.truth()
        rows = [row for who in self._people for row in await self._world.messages(who)]
        after = await self._world.truth()
        for row in rows:
            claims = standing_claims if self._seen(row) else false_claims
            found = {*claims(row, before)} & {*claims(row, after)}
            self.problems += sorted(found - {*self.problems})
        self.looks += 1

    def _seen(self, row: Row) -> bool:
        key = (row["id"], row["text"])
        if key in self._read:
            return True
        if not row["ephemeral"] and all(row["id"] != one["id"] for one in self.posted):
            self.posted.append(row)
        self._read.add(key)
        return False

    async def watch(self) -> None:
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)


@asynccontextmanager
async def watching(world: Remote, *people: str) -> AsyncIterator[Watcher]:
    """Watch what these people read while in the block."""
    watcher = Watcher(world, people)
    task = asyncio.create_task(watcher.watch())
    try:
        yield watcher
        if task.done():
            task.result()
        await watcher.look()
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
