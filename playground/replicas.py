"""Which replicas of the bot are running, and the two things the world may ask of each."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import aiohttp

ANSWER_SECONDS = 5.0
"""A replica that takes longer to say how busy it is counts as busy."""


@dataclass(frozen=True)
class Work:
    """What one replica has to do: jobs due or being done, and when the next other one is due."""

    busy: int
    next: datetime | None


class Replicas:
    """The replicas that registered, in the order they are asked; the dead are forgotten.

    Each is known by its own base URL. A replica started with DEV_LOOPBACK answers
    `GET /dev/work` with {"busy", "next"} and takes its clock by `POST /dev/clock`.
    """

    def __init__(self) -> None:
        self._urls: list[str] = []
        self._turn = 0
        self._session: aiohttp.ClientSession | None = None
        self.on_first: Callable[[], None] = lambda: None
        """Called once, when the very first one has registered."""
        self._begun = False

    @property
    def urls(self) -> Sequence[str]:
        """The base URL of every replica not known to be dead."""
        return tuple(self._urls)

    def add(self, url: str) -> None:
        """A replica says that it listens at `url`."""
        if url not in self._urls:
            self._urls.append(url)
        if not self._begun:
            self._begun = True
            self.on_first()

    def forget(self, url: str) -> None:
        """Nobody listens there any more."""
        if url in self._urls:
            self._urls.remove(url)

    def in_turn(self) -> Sequence[str]:
        """Every replica once, a different one first each time."""
        if not self._urls:
            return ()
        self._turn = (self._turn + 1) % len(self._urls)
        return (*self._urls[self._turn :], *self._urls[: self._turn])

    async def work(self, patience: float = 0.0) -> Sequence[Work]:
        """What every living replica has to do; one that does not answer in time is busy.

        Each is given `patience` (real seconds) to have nothing to do.
        """
        found = await asyncio.gather(*(self._work_of(url, patience) for url in self.urls))
        return [work for work in found if work is not None]

    async def set_offset(self, seconds: float) -> None:
        """Bring every living replica's clock to real time plus `seconds`."""
        await asyncio.gather(*(self._set_offset_of(url, seconds) for url in self.urls))

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    def _http(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS), trust_env=False
            )
        return self._session

    async def _work_of(self, url: str, patience: float) -> Work | None:
        try:
            async with self._http().get(f"{url}/dev/work?wait={patience:g}") as answer:
                answer.raise_for_status()
                told = await answer.json()
        except aiohttp.ClientConnectorError:
            self.forget(url)
            return None
        except (aiohttp.ClientError, TimeoutError):
            return Work(busy=1, next=None)
        due = told.get("next")
        return Work(busy=int(told["busy"]), next=datetime.fromisoformat(due) if due else None)

    async def _set_offset_of(self, url: str, seconds: float) -> None:
        try:
            async with self._http().post(f"{url}/dev/clock", json={"offset_seconds": seconds}):
                pass
        except aiohttp.ClientConnectorError:
            self.forget(url)
        except (aiohttp.ClientError, TimeoutError):
            # It is dying or stuck: the settling that follows waits for it or gives it up.
            return
