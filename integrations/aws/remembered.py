"""Answers that change seldom, asked for once at a time and remembered for a while."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Answer = TypeVar("Answer")


class Remembered(Generic[Key, Answer]):
    """A cache in front of `fetch`: many who ask for the same key at once cause one call.

    An answer is kept for `seconds` of real time. None ("not there, yet") and failures are not
    kept, and one asker giving up does not take the answer from the others.
    """

    def __init__(
        self,
        fetch: Callable[[Key], Awaitable[Answer | None]],
        seconds: float,
        monotonic: Callable[[], float],
    ) -> None:
        self._fetch = fetch
        self._seconds = seconds
        self._monotonic = monotonic
        self._kept: dict[Key, tuple[float, asyncio.Task[Answer | None]]] = {}

    async def get(self, key: Key) -> Answer | None:
        """The answer for a key; raises whatever `fetch` raises."""
        until, task = self._kept.get(key, (0.0, None))
        if task is None or (task.done() and until <= self._monotonic()):
            task = asyncio.ensure_future(self._asked(key))
            self._kept[key] = (self._monotonic() + self._seconds, task)
            task.add_done_callback(lambda done: self._drop_unless_useful(key, done))
        return await asyncio.shield(task)

    def forget(self, key: Key) -> None:
        """Drop an answer that turned out to be wrong."""
        self._kept.pop(key, None)

    async def _asked(self, key: Key) -> Answer | None:
        return await self._fetch(key)

    def _drop_unless_useful(self, key: Key, done: "asyncio.Task[Answer | None]") -> None:
        failed = done.cancelled() or done.exception() is not None
        if (failed or done.result() is None) and self._kept.get(key, (0.0, None))[1] is done:
            self.forget(key)
