"""Slack without an address of our own: the same app over Socket Mode.

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import logging

import structlog
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

from integrations import outbound
from integrations.slack import hosts
from integrations.slack.client import SlackClient
from integrations.slack.log import quiet

PING_SECONDS = 10.0
LOST_SECONDS = 60.0
LOOK_SECONDS = 5.0
_log = structlog.get_logger(__name__)


class SocketMode:
    """One connection that is kept. A connection lost for `lost` seconds is made anew."""

    def __init__(
        self, bolt: AsyncApp, client: SlackClient, app_token: str, *, lost: float = LOST_SECONDS
    ) -> None:
        self._bolt = bolt
        self._client = client
        self._app_token = app_token
        self._lost = lost
        self._handler: AsyncSocketModeHandler | None = None
        self._kept: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Check the token, then connect in the background. Raises IntegrationError.

        The library itself tries a token that is refused for ever, without saying so.
        """
        await self._client.open_connection(self._app_token)
        self._kept = asyncio.create_task(self._keep(), name="slack-socket-mode")

    async def stop(self) -> None:
        """Disconnect."""
        if self._kept is not None:
            self._kept.cancel()
            await asyncio.wait([self._kept])
            self._kept = None

    async def ready(self) -> bool:
        """Whether Slack can reach us now."""
        return self._handler is not None and bool(await self._handler.client.is_connected())

    async def _keep(self) -> None:
        while True:
            self._handler = await self._new_handler()
            connecting = asyncio.create_task(self._handler.client.connect())  # type: ignore[no-untyped-call]
            try:
                await self._until_lost()
            finally:
                connecting.cancel()
                await asyncio.wait([connecting])
                await self._handler.client.close()  # type: ignore[no-untyped-call]

    async def _until_lost(self) -> None:
        """Return once there has been no connection for too long.

        The library goes on with a used address when a new connection fails, so it may never recover.
        """
        pause, without = min(LOOK_SECONDS, self._lost), 0.0
        while without < self._lost:
            await asyncio.sleep(pause)
            without = 0.0 if await self.ready() else without + pause
            if without:
                _log.warning("slack_socket_not_connected", seconds=without)

    async def _new_handler(self) -> AsyncSocketModeHandler:
        handler = AsyncSocketModeHandler(
            self._bolt,
            self._app_token,
            # It would log the one-time addresses of connections that fail; we say it ourselves.
            logger=quiet("slack_bolt.socket_mode", logging.CRITICAL),
            web_client=self._client.web,
            ping_interval=PING_SECONDS,
        )
        handler.client.proxy = None  # it takes one out of the environment by itself
        await handler.client.aiohttp_client_session.close()
        rule = hosts.of_sockets(dev_loopback=self._client.dev_loopback)
        handler.client.aiohttp_client_session = outbound.session(rule, seconds=None)
        return handler
