"""The simulated AWS as the rest of the playground sees it: start, stop, look, steer."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from playground.aws.names import BOT_KEY, REGION, SECRET
from playground.aws.operations import HELP, Operations
from playground.aws.scim import Scim
from playground.aws.server import application
from playground.aws.world import SCIM_GROUPS, World
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire

__all__ = ["HELP", "Aws"]

LOOPBACK = "127.0.0.1"
SHUTDOWN_SECONDS = 1.0


class Aws:
    """One simulated organisation behind one loopback endpoint for all its services."""

    region = REGION

    def __init__(self, clock: WorldClock, wire: Wire) -> None:
        self.world = World(clock)
        self._operations = Operations(self.world)
        self.scim = Scim(clock, self.world.provision, SCIM_GROUPS)
        self.url = ""
        self._runner = web.AppRunner(
            application(self.world, wire), access_log=None, shutdown_timeout=SHUTDOWN_SECONDS
        )

    async def start(self) -> None:
        """Listen on a free loopback port; `url` is set afterwards."""
        await self._runner.setup()
        await web.TCPSite(self._runner, LOOPBACK, 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Stop listening."""
        await self._runner.cleanup()

    def environment(self) -> dict[str, str]:
        """The settings with which boto3 reaches this AWS with the bot's credential.

        https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
        """
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": BOT_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
        }

    def shown(self) -> dict[str, Any]:
        """What `GET /aws` answers."""
        return {
            "memberships": self.world.memberships(),
            "users": self.world.users(),
            "assignments": self.world.assignments(),
        }

    def operate(self, op: str, args: dict[str, Any]) -> dict[str, Any]:
        """One `POST /aws`; raises ValueError with a sentence when it is malformed."""
        return self._operations.operate(op, args)

    def operate_scim(self, args: Mapping[str, Any]) -> dict[str, Any]:
        """What `POST /entra {"op": "scim", ...}` does; raises ValueError for unknown arguments."""
        return self.scim.operate(args)
