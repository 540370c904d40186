"""Two to thirty-two clicks at the very same moment, on both databases: what counts, counts once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from bot.domain.access import Principal
from bot.domain.audit import What
from bot.domain.decision import Verdict
from bot.domain.policy import PimRules
from bot.domain.request import Request, State
from bot.intents import Decide, encode
from integrations.database.unit import Database
from tests.databases import Hands
from tests.handlers import cast
from tests.handlers.approving import ASK, ASK_DUAL, DUAL_ACCESS, DUAL_CONTROL, people
from tests.handlers.cast import ADA, ANN, ANNS
from tests.handlers.crowd import joins, somebody
from tests.handlers.harness import KEYS, Bot, made_of
from tests.handlers.invariants import broken

YES, NO = Verdict.APPROVE, Verdict.DENY


@dataclass(frozen=True)
class Crowd:
    """Who clicks what, all at once: `humans` people take turns, and the verdicts do too."""

    clicks: int
    humans: int
    verdicts: Sequence[Verdict]

    def __str__(self) -> str:
        return f"{self.clicks} of {self.humans}, {' and '.join(self.verdicts)}"


CROWDS = (
    Crowd(2, 2, (YES,)),
    Crowd(3, 3, (NO, YES)),
    Crowd(8, 8, (YES,)),
    Crowd(8, 1, (YES,)),
    Crowd(8, 1, (YES, NO)),
    Crowd(8, 3, (YES, YES, NO, YES)),
    Crowd(32, 32, (YES, NO)),
)


class Gate:
    """Lets the first so many through together, and whoever comes later at once."""

    def __init__(self, count: int) -> None:
        self._left = count
        self._open = asyncio.Event()

    async def passed(self) -> None:
        self._left -= 1
        if self._left == 0:
            self._open.set()
        await self._open.wait()


@pytest.fixture
def bot(database: Database) -> Bot:
    return made_of(Hands(), database, KEYS, DUAL_CONTROL, grants=True)


def are_approvers(bot: Bot, named: tuple[Principal, ...]) -> None:
    """Whom the policy and the file name from now on."""
    rules = replace(cast.RULES[cast.PROD], approvers=named)
    bot.pim.policies |= {cast.PROD: rules, cast.DUAL: PimRules(max=cast.HOUR)}
    others = tuple(a for a in DUAL_CONTROL.accesses if a.group != cast.DUAL)
    access = replace(DUAL_ACCESS, approvers=(*named, *people(ADA)))
    bot.world.policy.replace(replace(DUAL_CONTROL, accesses=(*others, access)))


async def click_at_once(
    bot: Bot, asks: str, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> Request:
    """Everybody clicks; nobody writes before all were found to be entitled."""
    deciders = [somebody(number) for number in range(crowd.humans)]
    are_approvers(bot, people(ADA))
    await bot.links(ANN)
    await bot.says(ANNS, asks)
    are_approvers(bot, people(*(person for _, person in deciders)))
    for who, person in deciders:
        await joins(bot, who, person)
    request = await bot.request()
    for number in range(crowd.clicks):
        verdict = crowd.verdicts[number % len(crowd.verdicts)]
        reason = "no" if verdict is NO else ""
        click = Decide(request.id, verdict, request.terms.digest, reason)
        await bot.desk.pressed(bot.arrival(deciders[number % crowd.humans][0]), encode(click))
    gate, is_any = Gate(crowd.clicks), bot.directory.is_any

    async def together(oid: str, principals: frozenset[Principal]) -> bool:
        await gate.passed()
        return await is_any(oid, principals)

    monkeypatch.setattr(bot.directory, "is_any", together)
    jobs = await bot.jobs.claim(crowd.clicks)
    assert len(jobs) == crowd.clicks
    await asyncio.gather(*(bot._worker._do(job) for job in jobs))
    await bot.waits(minutes=2)
    return await bot.request()


async def counted(bot: Bot, request: Request) -> list[Verdict]:
    async with bot.world.store.begin() as tx:
        return [d.verdict for d in await tx.decisions(request.id) if d.holds]


@pytest.mark.parametrize("crowd", CROWDS, ids=str)
async def test_one_decision_is_in_pim_and_in_the_record(
    bot: Bot, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await click_at_once(bot, ASK, crowd, monkeypatch)

    [reviewed] = [what for what, *_ in bot.pim.sent if what in set(Verdict)]
    assert request.state is (State.GRANTED if reviewed == YES else State.DENIED)
    assert await counted(bot, request) == [reviewed]
    record = await bot.record()
    assert record.count(What.VERDICT) == record.count(What.VERDICT_COUNTED) == 1
    assert record.count(What.REFUSED) == crowd.clicks - 1
    assert await broken(bot) == []


@pytest.mark.parametrize("crowd", CROWDS, ids=str)
async def test_of_votes_those_count_that_it_takes(
    bot: Bot, crowd: Crowd, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = await click_at_once(bot, ASK_DUAL, crowd, monkeypatch)

    standing = await counted(bot, request)
    yeses = standing.count(YES)
    match request.state:
        case State.GRANTED:
            assert standing == [YES, YES]
            assert bot.pim.sent == [("assign", ANN, cast.DUAL)]
        case State.DENIED:
            # One no ends it, also after enough people said yes, until it is assigned.
            assert (standing.count(NO), yeses <= DUAL_ACCESS.approvals_required) == (1, True)
            assert bot.pim.sent == []
        case _:
            assert (crowd.humans, standing) == (1, [YES])
            assert bot.pim.sent == []
    # The same human may take a yes back by a no, which replaces it.
    taken = (await bot.record()).count(What.VERDICT_COUNTED)
    assert taken + (await bot.record()).count(What.REFUSED) == crowd.clicks
    assert await broken(bot) == []
