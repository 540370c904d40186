"""Remembers what Entra said for a few minutes of business time, asking once for many waiting."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from bot.ports import Clock

LASTS = timedelta(minutes=5)
_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Remembered(Generic[_Key, _Value]):
    """Answers by key. A None is handed on and not remembered, so that it is asked for again."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[_Key, tuple[datetime, _Value]] = {}
        self._asking: dict[_Key, asyncio.Lock] = {}

    async def get(self, key: _Key, ask: Callable[[], Awaitable[_Value | None]]) -> _Value | None:
        """What is remembered, or what `ask` answers; whatever `ask` raises."""
        async with self._asking.setdefault(key, asyncio.Lock()):
            kept = self._kept.get(key)
            if kept is not None and timedelta(0) <= self._clock.now() - kept[0] < LASTS:
                return kept[1]
            value = await ask()
            if value is not None:
                self._kept[key] = (self._clock.now(), value)
            return value

    def forget(self, key: _Key) -> None:
        """Ask anew next time."""
        self._kept.pop(key, None)
