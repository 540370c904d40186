"""Puts the control interface together: every call of it, over one world."""

from pathlib import Path
from typing import Any

from playground.control.apps import Apps
from playground.control.audit import audit_rows
from playground.control.broken import Broken
from playground.control.browser import Browser
from playground.control.changes import Changes
from playground.control.chats import Chats
from playground.control.operations import Given, Operation
from playground.control.people import People
from playground.control.server import PAGE, PREFIX, application
from playground.control.systems import Systems
from playground.control.time import Time
from playground.control.wires import Wires
from playground.entra.authorize import PERSON_COOKIE
from playground.serving import Site
from playground.world import World


class Interface:
    """The page and the control interface of a world whose bot keeps its record in a database."""

    def __init__(self, world: World, database_url: str, page: Path = PAGE) -> None:
        self._world = world
        self._database_url = database_url
        self._people = People(lambda: world.balancer.url, self._browser)
        self._site = Site(application(self._operations(), Changes(self._look), page))

    async def start(self, port: int = 0) -> None:
        """Listen on 127.0.0.1. Raises OSError when the port is taken."""
        await self._site.start(port)

    async def stop(self) -> None:
        """Stop listening, and close the people's browsers."""
        await self._site.stop()
        await self._people.close()

    @property
    def page_url(self) -> str:
        """Where the page is."""
        return f"{self._site.url}/"

    @property
    def control_url(self) -> str:
        """The base of every call, without a slash at its end."""
        return f"{self._site.url}{PREFIX}"

    def _operations(self) -> tuple[Operation, ...]:
        world = self._world
        return (
            *Chats(world.slack, world.teams).operations(),
            *self._people.operations(),
            *Time(world.clock, world.stepper).operations(),
            *Wires(world.wire).operations(),
            *Systems(world.slack, world.entra, world.aws).operations(),
            *Broken(world.wire, world.slack, world.entra, world.aws).operations(),
            *Apps(world.teams).operations(),
            Operation(
                "GET",
                "/audit",
                "The bot's audit log, as it is in its database.",
                "one object for each row, oldest first",
                self._audit,
            ),
        )

    async def _audit(self, given: Given) -> object:
        del given
        return await audit_rows(self._database_url)

    def _browser(self, who: str) -> Browser:
        entra = self._world.entra
        return Browser(entra.ca_path, {PERSON_COOKIE: who}, entra.authorize_url)

    def _look(self) -> dict[str, Any]:
        world = self._world
        return {
            "calls": len(world.wire.calls),
            "teams": world.teams.tenant.revision,
            "offset_seconds": world.clock.offset.total_seconds(),
            "memberships": len(world.aws.world.memberships()),
            "replicas": len(world.replicas.urls),
        }
