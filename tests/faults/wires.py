"""Every effect of the bot and every commit, counted: the process can die, or lose an answer, at each.

Only what changes something is a point: to die after a read is to die after the change before it.
"""

import inspect
import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from bot.ports import IntegrationError, Outcome
from bot.store import Job, Store
from handlers.context import World
from tests.handlers.authority import KilledError

EFFECTS = {
    "pim": {"activate", "deactivate", "cancel", "review"},
    "grantor": {"assign", "remove"},
    "sign_in": {"finish", "refresh"},
    "chat": {"post", "update", "retract", "answer", "show_home"},
}
OFTEN = 0.25
COMMITTING, COMMITTED = "store.committing", "store.committed"


def killed() -> BaseException:
    """The process is gone."""
    return KilledError()


def lost() -> BaseException:
    """The system, or the database, has done it (or has not), and nobody hears of it."""
    return IntegrationError("the system", "no answer", outcome=Outcome.UNKNOWN)


Cut = Callable[[], BaseException]


@dataclass
class Wires:
    """`passed` names every point there was; `cuts` says at which, by number, something happens.

    `next` says it of the next one of a name.
    `deadly`: the process dies at every fourth or so. `full`: there is no room any more for what has to be recorded.
    """

    passed: list[str] = field(default_factory=list)
    cuts: dict[int, Cut] = field(default_factory=dict)
    next: dict[str, Cut] = field(default_factory=dict)
    deadly: random.Random | None = None
    dead: bool = False
    full: bool = False

    def cut(self, after: int, how: Cut) -> None:
        """So many points from now on, this happens."""
        self.cuts[len(self.passed) + after] = how

    def point(self, name: str) -> None:
        """The bot has come as far as this."""
        self.alive()
        number = len(self.passed)
        self.passed.append(name)
        how = self.cuts.pop(number, None) or self.next.pop(name, None)
        if self.deadly is not None and self.deadly.random() < OFTEN:
            how = killed
        if how:
            failure = how()
            self.dead = isinstance(failure, KilledError)
            raise failure

    def alive(self) -> None:
        """Of a process that is dead nothing goes out any more."""
        if self.dead:
            raise KilledError

    def around(self, world: World) -> World:
        """The same world, with all that goes out of the bot under watch."""
        chats: Mapping[Any, Any] = {
            chat: _Port(self, "chat", one) for chat, one in world.messengers.items()
        }
        ports: dict[str, Any] = {
            name: _Port(self, name, getattr(world, name))
            for name in ("pim", "directory", "sign_in", "aws", "grantor")
            if getattr(world, name) is not None
        }
        return replace(world, messengers=chats, store=_Store(self, world.store), **ports)


class _Port:
    """A port whose calls are points, where they change something."""

    def __init__(self, wires: Wires, name: str, port: object) -> None:
        self._wires = wires
        self._name = name
        self._port = port

    def __getattr__(self, called: str) -> Any:
        found = getattr(self._port, called)
        if not inspect.iscoroutinefunction(found):
            return found

        async def call(*args: Any, **more: Any) -> Any:
            self._wires.alive()
            answer = await found(*args, **more)
            if called in EFFECTS.get(self._name, ()):
                self._wires.point(f"{self._name}.{called}")
            self._wires.alive()
            return answer

        return call


class _Store:
    """A store whose commits are points: before, so that nothing was written, and after."""

    def __init__(self, wires: Wires, store: Store) -> None:
        self._wires = wires
        self._store = store

    @asynccontextmanager
    async def begin(self, done: Job | None = None) -> AsyncIterator[Any]:
        self._wires.alive()
        async with self._store.begin(done) as tx:
            yield tx
            held: Any = tx
            writes = bool(done or held.jobs or held.events or held._unit._writes)
            if held.events and self._wires.full:
                raise IntegrationError("the database", "SQLITE_FULL")
            if writes:
                self._wires.point(COMMITTING)
        if writes:
            self._wires.point(COMMITTED)
