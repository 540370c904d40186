"""PIM as the tests of the handlers need it: watched, and able to lag, swallow and outlive the bot."""

from collections import deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import PimRules, Terms
from bot.ports import Held, PersonToken, PimRequest, PimState
from tests.fakes.pim import FakePim

_DECIDED = text("SELECT count(*) FROM audit_event WHERE request_id = :this AND what = 'decided'")
RULES_LAST = timedelta(minutes=5)


class KilledError(BaseException):
    """The process is gone at this very moment."""


@dataclass(frozen=True)
class Post:
    """What grants, as it reached PIM. `decided`: the decisions then committed for its request.

    `secret` is the person's token, and empty for the grantor.
    """

    reference: str
    person: PersonId
    secret: str
    terms: Terms
    decided: int


@dataclass
class Authority(FakePim):
    """A PIM that reads the store (`engine`) when something is posted to it, as a witness would.

    Its rules are minutes old unless they are asked for fresh, as the real adapter has them. `lag` is how long its lists do not show a change. `swallowed` are raised for posts that never
    arrive. `killers` are raised once a post has had its effect. `ghosts` are memberships that its
    lists still show. `first_state` is what it answers instead of having done with it at once.
    """

    engine: AsyncEngine | None = None
    posts: list[Post] = field(default_factory=list)
    lag: timedelta = timedelta(0)
    swallowed: deque[BaseException] = field(default_factory=deque)
    killers: deque[BaseException] = field(default_factory=deque)
    ghosts: list[Held] = field(default_factory=list)
    looks: int = 0
    tells_no_times: bool = False
    first_state: PimState | None = None
    _rules: dict[GroupId, tuple[datetime, PimRules]] = field(default_factory=dict)

    async def rules(self, group: GroupId, *, fresh: bool = False) -> PimRules:
        now = self.clock.now()
        at, known = self._rules.get(group, (now - RULES_LAST, PimRules()))
        if fresh or now - at >= RULES_LAST:
            known = await super().rules(group)
            self._rules[group] = now, known
        return known

    def provision(self) -> None:
        """What PIM was still at work on is in force now."""
        for asked in self.asked.values():
            asked.request = replace(asked.request, state=PimState.ACTIVE, status="Provisioned")

    async def activate(self, token: PersonToken, terms: Terms, reference: str) -> PimRequest:
        await self._note(reference, token.person, token.secret, terms)
        return self._answered(await super().activate(token, terms, reference))

    async def assign(self, person: PersonId, terms: Terms, reference: str) -> PimRequest:
        await self._note(reference, person, "", terms)
        return self._answered(await super().assign(person, terms, reference))

    async def _note(self, reference: str, person: PersonId, secret: str, terms: Terms) -> None:
        decided = await self._decided(reference)
        self.posts.append(Post(reference, person, secret, terms, decided))
        if self.swallowed:
            raise self.swallowed.popleft()

    def _answered(self, made: PimRequest) -> PimRequest:
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
        self.looks += 1
        ghosts = (one for one in self.ghosts if one.oid in {"", person.oid})
        return (*await super().held(person), *ghosts)

    async def holders(self, group: GroupId) -> tuple[Held, ...]:
        ghosts = (one for one in self.ghosts if one.group == group)
        return (*await super().holders(group), *ghosts)

    async def _decided(self, reference: str) -> int:
        """By a connection of its own: only what is committed is seen."""
        assert self.engine is not None
        async with self.engine.connect() as connection:
            return int((await connection.execute(_DECIDED, {"this": reference})).scalar_one())
