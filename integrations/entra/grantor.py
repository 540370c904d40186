"""The grantor: the credential of its own that assigns memberships, and does nothing else."""

from bot.domain.ids import GroupId, PersonId
from bot.domain.policy import Terms
from bot.ports import Clock, PimRequest
from integrations.entra import pim_wire as wire
from integrations.entra.graph import Graph


class EntraGrantor:
    """:class:`bot.ports.Grantor` over Microsoft Graph. `graph` has the grantor's credential.

    https://learn.microsoft.com/graph/api/privilegedaccessgroup-post-assignmentschedulerequests
    """

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._clock = clock

    async def assign(self, person: PersonId, terms: Terms, reference: str) -> PimRequest:
        """Send one adminAssign, once. Raises PimRefusedError.

        A body that would not end as asked raises UnboundedGrantError and is not sent.
        """
        body = wire.granting(wire.ASSIGN, person, terms, reference, self._clock.now())
        wire.guard(body, terms.duration, wire.ASSIGN)
        return wire.request_of(await self._graph.change(self._graph.asks.submit(body), None))

    async def remove(self, person: PersonId, group: GroupId, reference: str) -> PimRequest:
        """Send one adminRemove, once. Raises PimRefusedError."""
        body = wire.ending(wire.REMOVE, person, group, reference)
        return wire.request_of(await self._graph.change(self._graph.asks.submit(body), None))
