"""Bots to try things on; whatever a test did, the invariants hold afterwards."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs
from structlog.typing import EventDict

from bot.domain.access import Principal
from bot.domain.policy import PimRules
from integrations.database import engine
from tests.handlers import cast
from tests.handlers.approving import ASK, ASK_DUAL, DUAL_CONTROL
from tests.handlers.cast import ADA, ANN, ANNS, AUDREY, BEN
from tests.handlers.harness import Bot, opened
from tests.handlers.invariants import broken, secrets_in


@pytest.fixture(autouse=True)
def quiet() -> Iterator[list[EventDict]]:
    """Nothing is printed: to paint the traces of bugs made on purpose takes seconds."""
    with capture_logs() as events:
        yield events


@pytest.fixture(autouse=True)
def logged(quiet: list[EventDict]) -> Iterator[list[EventDict]]:
    """No work meets a bug: it is put off then, and looks as if it had nothing to do.

    Who makes one on purpose clears the list.
    """
    yield quiet
    assert [one for one in quiet if one["event"] == "job_met_a_bug"] == []


@pytest.fixture(autouse=True)
def no_secret_is_logged(quiet: list[EventDict]) -> Iterator[None]:
    """I9: whatever was done, no token of anybody's stands in the log."""
    yield
    assert secrets_in(repr(quiet).encode()) == []


@pytest.fixture(autouse=True)
def no_power_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody cuts the power here: without waiting for the disk the tests take half the time."""
    quick = tuple(p.replace("FULL", "OFF") for p in engine._PRAGMAS)
    monkeypatch.setattr(engine, "_PRAGMAS", quick)


@pytest.fixture
async def bot(migrated_file: Path) -> AsyncIterator[Bot]:
    """A bot that keeps tokens."""
    async with opened(migrated_file) as made:
        yield made
        assert await broken(made) == []


@pytest.fixture
async def keyless(migrated_file: Path) -> AsyncIterator[Bot]:
    """A bot that keeps no tokens."""
    async with opened(migrated_file, keys="") as made:
        yield made
        assert await broken(made) == []


@pytest.fixture
async def granting(migrated_file: Path) -> AsyncIterator[Bot]:
    """A bot with a grantor: Ann and Ben may ask for dual control, two of Ada, Audrey, Ben decide."""
    async with opened(migrated_file, catalog=DUAL_CONTROL, grants=True) as made:
        made.pim.policies[cast.DUAL] = PimRules(max=8 * cast.HOUR, reason_required=True)
        await made.links(ANN, ADA, AUDREY, BEN)
        yield made
        assert await broken(made) == []


@pytest.fixture
async def dual(granting: Bot) -> Bot:
    """Ann waits for two of the three to say yes."""
    await granting.says(ANNS, ASK_DUAL)
    return granting


@pytest.fixture
async def waiting(bot: Bot) -> Bot:
    """Ann waits for a yes; Ada and Audrey may give it, and so may Ben, who has no say but for that."""
    rules = cast.RULES[cast.PROD]
    named = tuple(Principal("user", p.oid) for p in (ADA, AUDREY, ANN))
    bot.pim.policies[cast.PROD] = replace(rules, approvers=named)
    await bot.links(ANN, ADA, AUDREY, BEN)
    await bot.says(ANNS, ASK)
    return bot
