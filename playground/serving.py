"""One aiohttp application listening on loopback: started on a port, asked for its URL, stopped."""

import logging

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

HOST = "127.0.0.1"
LOOPBACK = frozenset({HOST, "localhost", "::1"})
"""The names by which this machine calls itself."""


def _no_words_of_strangers(record: logging.LogRecord) -> bool:
    """Whether a record is about us: aiohttp quotes what it could not read as HTTP."""
    return record.exc_info is None or not isinstance(record.exc_info[1], HttpProcessingError)


class Site:
    """An application on 127.0.0.1; port 0 takes a free one. Stopping does not wait for clients.

    Bodies arrive as they were sent. What anybody sends that is no HTTP is refused and not logged.
    """

    def __init__(self, app: web.Application) -> None:
        protocol = logging.getLogger(f"{__name__}.protocol")
        protocol.addFilter(_no_words_of_strangers)
        self._runner = web.AppRunner(
            app, access_log=None, logger=protocol, auto_decompress=False, shutdown_timeout=1.0
        )

    async def start(self, port: int = 0) -> None:
        """Listen. Raises OSError when the port is taken."""
        if self._runner.server is None:
            await self._runner.setup()
        await web.TCPSite(self._runner, HOST, port).start()

    async def stop(self) -> None:
        """Stop listening and let the application clean up."""
        await self._runner.cleanup()

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end. Raises RuntimeError before the start."""
        if not self._runner.addresses:
            raise RuntimeError("not listening yet")
        return f"http://{HOST}:{self._runner.addresses[0][1]}"
