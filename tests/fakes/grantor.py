"""The grantor in memory: what it assigns and removes is the fake PIM's."""

from dataclasses import dataclass

from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import Terms
from bot.ports import PimRequest
from tests.fakes.pim import FakePim


@dataclass
class FakeGrantor:
    """The Grantor port before a PIM; its failures are that PIM's."""

    pim: FakePim

    async def assign(self, person: PersonId, terms: Terms, reference: str) -> PimRequest:
        return await self.pim.assign(person, terms, reference)

    async def remove(self, person: PersonId, group: GroupId, reference: str) -> PimRequest:
        return await self.pim.remove(person, group)
