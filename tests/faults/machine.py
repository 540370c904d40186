"""The state machine: anything that can happen, in any order, judged after each step and at the end."""

import asyncio
import shutil
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from integrations.database.unit import Database
from tests.databases import copied
from tests.faults.happenings import ANYTHING, Dice, Happening
from tests.faults.invariants import broken, contradictions, unfinished
from tests.faults.story import Story, begun
from tests.handlers.cast import ANNS, BENS
from tests.handlers.harness import engine_of

_die = st.integers(0, 11)
dice = st.tuples(_die, _die, _die)


class Faults(RuleBasedStateMachine):
    """One bot, two chats, and whatever may happen. `template` is a SQLite file with the schema.

    A single rule for everything: of many rules the library leaves out most in each example.
    """

    template: ClassVar[Path]

    def __init__(self) -> None:
        super().__init__()
        self._runner = asyncio.Runner()
        self._folder = self.template.parent / "faults"
        shutil.rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir()
        self._posts = 0
        self.story: Story = self._run(self._begin())

    async def _begin(self) -> Story:
        return await begun(Database(engine_of(copied(self.template, self._folder))))

    def _run(self, acts: Awaitable[Any]) -> Any:
        async def act() -> Any:
            return await acts

        return self._runner.run(act())

    @initialize(who=st.sampled_from([ANNS, BENS]))
    def somebody_has_asked(self, who: Any) -> None:
        """There is something to decide from the first."""
        for access in ("prod-admin", "prod-dual-control"):
            self._run(self.story.does(self.story.asks(who, access, "30m")))

    @rule(what=st.sampled_from(ANYTHING), dice=dice)
    def happens(self, what: Happening, dice: Dice) -> None:
        was_full = self.story.wires.full
        self._run(self.story.until_it_dies(what(self.story, dice)))
        posts = len(self.story.bot.pim.posts)
        assert not was_full or posts == self._posts, "I11: granted, though nothing can be recorded"
        self._posts = posts

    @invariant()
    def all_holds(self) -> None:
        found = self._run(broken(self.story))
        assert not found, found

    def teardown(self) -> None:
        try:
            self._run(self._ends())
        finally:
            self._run(self.story.bot.database.engine.dispose())
            self._runner.close()

    async def _ends(self) -> None:
        await self.story.calms_down()
        found = await broken(self.story) + await contradictions(self.story)
        assert not found, found
        await self.story.ends()
        found = await broken(self.story) + await unfinished(self.story)
        assert not found, found
