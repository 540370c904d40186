"""PIM as the tests of the handlers need it: watched, and able to lag, swallow and outlive the bot."""

import sqlite3
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import Terms
from bot.ports import Held, PersonToken, PimRequest, PimState
from tests.fakes.pim import FakePim

_DECIDED = "SELECT count(*) FROM audit_event WHERE request_id = ? AND what = 'decided'"


class KilledError(BaseException):
    """The process is gone at this very moment."""


@dataclass(frozen=True)
class Post:
    """One activation as it reached PIM. `decided`: the decisions then committed for its request."""

    reference: str
    person: PersonId
    secret: str
    terms: Terms
    decided: int


@dataclass
class Authority(FakePim):
    """A PIM that reads the store when something is posted to it, as a witness would.

    `lag` is how long its lists do not show a change. `swallowed` are raised for posts that never
    arrive. `killers` are raised once a post has had its effect. `ghosts` are memberships that its
    lists still show. `first_state` is what it answers instead of having done with it at once.
    """

    file: Path = Path()
    posts: list[Post] = field(default_factory=list)
    lag: timedelta = timedelta(0)
    swallowed: deque[BaseException] = field(default_factory=deque)
    killers: deque[BaseException] = field(default_factory=deque)
    ghosts: list[Held] = field(default_factory=list)
    tells_no_times: bool = False
    first_state: PimState | None = None

    def provision(self) -> None:
        """What PIM was still at work on is in force now."""
        for asked in self.asked.values():
            asked.request = replace(asked.request, state=PimState.ACTIVE, status="Provisioned")

    async def activate(self, token: PersonToken, terms: Terms, reference: str) -> PimRequest:
        decided = self._decided(reference)
        self.posts.append(Post(reference, token.person, token.secret, terms, decided))
        if self.swallowed:
            raise self.swallowed.popleft()
        made = await super().activate(token, terms, reference)
        if self.first_state:
            made = replace(made, state=self.first_state, status=self.first_state.value)
            self.asked[made.id].request = made
        if self.killers:
            raise self.killers.popleft()
        return replace(made, starts_at=None, ends_at=None) if self.tells_no_times else made

    async def find(
        self, person: PersonId, group: GroupId, reference: str, token: PersonToken | None
    ) -> PimRequest | None:
        found = await super().find(person, group, reference, token)
        if found and self.clock.now() < self.asked[found.id].asked_at + self.lag:
            return None
        return found

    async def held(self, person: PersonId) -> tuple[Held, ...]:
        return (*await super().held(person), *self.ghosts)

    def _decided(self, reference: str) -> int:
        """From a connection of its own: only what is committed is seen."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as connection:
            [found] = connection.execute(_DECIDED, (reference,)).fetchone()
        return int(found)
