"""The PIM-for-Groups service: reads with the bot's credential, changes with a person's token."""

import asyncio
from typing import Any

from bot.domain.decision import Verdict
from bot.domain.ids import GroupId, PersonId, PimId
from bot.domain.policy import Eligibility, PimRules, Terms
from bot.ports import Clock, Held, PersonToken, PimRefusedError, PimRequest, PimState, Review
from integrations.entra import pim_wire as wire
from integrations.entra.cache import Remembered
from integrations.entra.graph import Graph
from integrations.entra.policy import rules_of

Json = dict[str, Any]


class EntraPim:
    """:class:`bot.ports.Pim` over Microsoft Graph."""

    def __init__(self, graph: Graph, clock: Clock) -> None:
        self._graph = graph
        self._asks = graph.asks
        self._clock = clock
        self._rules: Remembered[GroupId, PimRules] = Remembered(clock)

    async def rules(self, group: GroupId, *, fresh: bool = False) -> PimRules:
        """The group's activation policy, five minutes old at most; `fresh`: read now.

        A group that PIM has no policy of (yet) asks for nothing here; PIM has the last word.
        """
        if fresh:
            self._rules.forget(group)
        return await self._rules.get(group, lambda: self._read_rules(group)) or PimRules()

    async def eligibilities(self, person: PersonId) -> tuple[Eligibility, ...]:
        """What the person may activate now."""
        found = await self._graph.read_all(self._asks.eligibilities(person.oid))
        return wire.eligibilities_of(found)

    async def held(self, person: PersonId) -> tuple[Held, ...]:
        """The memberships in force for the person."""
        return wire.held_of(await self._graph.read_all(self._asks.held(person.oid)))

    async def holders(self, group: GroupId) -> tuple[Held, ...]:
        """The memberships in force in the group.

        https://learn.microsoft.com/graph/api/privilegedaccessgroup-list-assignmentscheduleinstances
        """
        return wire.held_of(await self._graph.read_all(self._asks.holders(group)))

    async def activate(self, token: PersonToken, terms: Terms, reference: str) -> PimRequest:
        """Send one selfActivate, once. Raises PimRefusedError.

        A body that would not end as asked raises UnboundedGrantError and is not sent.
        """
        now = self._clock.now()
        body = wire.granting(wire.ACTIVATE, token.person, terms, reference, now)
        wire.guard(body, terms.duration, wire.ACTIVATE)
        return wire.request_of(await self._graph.change(self._asks.submit(body), token))

    async def deactivate(self, token: PersonToken, group: GroupId, reference: str) -> PimRequest:
        """Send one selfDeactivate, once. Raises PimRefusedError."""
        body = wire.ending(wire.DEACTIVATE, token.person, group, reference)
        return wire.request_of(await self._graph.change(self._asks.submit(body), token))

    async def cancel(self, token: PersonToken, pim: PimId) -> None:
        """Cancel a request that waits. Raises PimRefusedError.

        https://learn.microsoft.com/graph/api/privilegedaccessgroupassignmentschedulerequest-cancel
        """
        await self._graph.change(self._asks.cancel(pim), token)

    async def review(self, token: PersonToken, pim: PimId, verdict: Verdict, reason: str) -> None:
        """Send an approver's decision, once. Raises PimRefusedError.

        https://learn.microsoft.com/graph/api/approvalstage-update
        """
        stages = await self._stages(token, pim)
        stage = next(iter(wire.open_stages(stages)), None)
        if stage is None:
            raise PimRefusedError(wire.DECIDED, "The approval waits for nobody.")
        body = wire.decision(verdict, reason)
        await self._graph.change(self._asks.review(pim, stage, body), token)

    async def reviewed(self, token: PersonToken, pim: PimId) -> Review | None:
        """What has become of an approval, as one of its approvers sees it."""
        return wire.review_of(await self._stages(token, pim))

    async def request(self, pim: PimId) -> PimRequest | None:
        """How a request stands; `active` for as long as PIM calls it provisioned, ended or not.

        Times are its schedule's, because an approval moves them, while there is a schedule.
        """
        found = await self._graph.read(self._asks.request(pim))
        return await self._timed(found) if found else None

    async def find(
        self, person: PersonId, group: GroupId, reference: str, token: PersonToken | None
    ) -> PimRequest | None:
        """The request that carries our reference, in force or due; with a token, also pending."""
        found = await self._behind_schedules(person, group)
        ours = [f for f in found if wire.is_ours(f, person, group, reference)]
        if not ours and token is not None:
            found = await self._graph.read_all(self._asks.own_requests(group), token)
            ours = [f for f in found if wire.is_ours(f, person, group, reference)]
        if not ours:
            return None
        return await self._timed(max(ours, key=lambda f: str(f.get("createdDateTime"))))

    async def _behind_schedules(self, person: PersonId, group: GroupId) -> list[Json]:
        """The requests that made the schedules: listing requests would need a right to write."""
        schedules = await self._graph.read_all(self._asks.schedules(group, person.oid))
        ids = {s["createdUsing"] for s in schedules if s.get("createdUsing")}
        read = [self._graph.read(self._asks.request(request_id)) for request_id in ids]
        return [found for found in await asyncio.gather(*read) if found]

    async def _stages(self, token: PersonToken, pim: PimId) -> list[Json]:
        found = await self._graph.read_as(self._asks.approval(pim), token)
        return list(found.get("value") or ())

    async def _timed(self, found: Json) -> PimRequest:
        request = wire.request_of(found)
        schedule_id = found.get("targetScheduleId")
        if request.state not in {PimState.ACTIVE, PimState.SCHEDULED} or not schedule_id:
            return request
        schedule = await self._graph.read(self._asks.schedule(schedule_id))
        return wire.timed(request, schedule) if schedule else request

    async def _read_rules(self, group: GroupId) -> PimRules | None:
        assignments = await self._graph.read_all(self._asks.policy(group))
        policies = [a.get("policy") or {} for a in assignments if wire.is_of_members(a)]
        rules = [rule for policy in policies for rule in policy.get("rules") or ()]
        return rules_of(rules) if rules else None
