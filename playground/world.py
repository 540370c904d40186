"""The world in a box: every simulator on one clock and one wire, and the balancer before the bot."""

import asyncio
from contextlib import suppress
from pathlib import Path

from playground.aws.facade import Aws
from playground.balancer import Balancer
from playground.entra.facade import Entra
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.replicas import Replicas
from playground.slack.facade import Slack
from playground.stepping import Stepper
from playground.teams.facade import Teams

TICK_SECONDS = 0.1
"""How often what came due by itself, without skipping, is run."""


class World:
    """Everything the bot talks to. After :meth:`start` all of it listens on 127.0.0.1.

    `folder` is an empty folder of this world alone.
    """

    def __init__(self, folder: Path) -> None:
        self.clock = WorldClock()
        self.wire = Wire(self.clock)
        self.replicas = Replicas()
        self.balancer = Balancer(self.clock, self.replicas)
        self.entra = Entra(self.clock, self.wire, folder)
        self.slack = Slack(self.clock, self.wire)
        self.teams = Teams(self.clock, self.wire, self.entra)
        self.aws = Aws(self.clock, self.wire)
        self.stepper = Stepper(self.clock, self.replicas, lambda: self.teams.busy)
        self._ticking: asyncio.Task[None] | None = None
        self.entra.on_membership(self._provision)
        self.slack.deliver_to(lambda: self.balancer.url)
        self.teams.deliver_to(lambda: self.balancer.url)

    async def start(self) -> None:
        """Start everything; what has started is stopped again when something cannot."""
        try:
            for part in (self.balancer, self.entra, self.slack, self.teams, self.aws):
                await part.start()
        except BaseException:
            await self.stop()
            raise
        self._ticking = asyncio.create_task(self._tick())

    async def stop(self) -> None:
        """Stop everything."""
        if self._ticking is not None:
            self._ticking.cancel()
            with suppress(asyncio.CancelledError):
                await self._ticking
        for part in (self.aws, self.teams, self.slack, self.entra, self.balancer):
            await part.stop()
        await self.replicas.close()

    def _provision(self, group: str, oid: str, present: bool, pim: bool) -> None:  # noqa: FBT001
        self.aws.scim.membership(group, oid, present=present, pim=pim)

    async def _tick(self) -> None:
        while True:
            self.clock.run_due()
            await asyncio.sleep(TICK_SECONDS)
