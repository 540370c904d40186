"""Each planted defect is given away by an invariant; without it the same story is fine."""

from pathlib import Path

import pytest

from integrations.database.unit import Database
from tests.databases import copied
from tests.faults.invariants import broken, contradictions
from tests.faults.mutants import MUTANTS, Mutant, Tale
from tests.faults.story import telling
from tests.handlers.harness import engine_of

TALES = tuple({mutant.tale.__name__: mutant.tale for mutant in MUTANTS}.values())


async def told(file: Path, folder: Path, tale: Tale) -> list[str]:
    """Everything that is found wrong with it in the end."""
    async with telling(Database(engine_of(copied(file, folder)))) as story:
        await tale(story)
        return await broken(story) + (await contradictions(story) if story.bot.settled else [])


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.__name__)
async def test_as_it_is_nothing_is_wrong(tale: Tale, migrated_file: Path, tmp_path: Path) -> None:
    assert await told(migrated_file, tmp_path, tale) == []


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
async def test_a_planted_defect_is_found(
    mutant: Mutant, migrated_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant.plant(monkeypatch)

    assert await told(migrated_file, tmp_path, mutant.tale) != []
