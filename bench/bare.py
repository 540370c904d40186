"""What every durable command is compared with: bolt alone, which acknowledges and does nothing.

`python -m bench.bare SECRET` prints the port it listens on.
"""

import asyncio
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult


def bare_bolt(secret: str) -> web.Application:
    """One command listener; who is authorised costs nothing to find out."""
    authorized = AuthorizeResult(enterprise_id=None, team_id="T0PLAYGRND", bot_token="xoxb-")  # noqa: S106

    async def authorize() -> AuthorizeResult:
        return authorized

    bolt = AsyncApp(
        signing_secret=secret,
        authorize=authorize,
        process_before_response=True,
        ssl_check_enabled=False,
    )

    @bolt.command("/aws-access")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack({"response_type": "ephemeral", "text": "Noted."})

    async def events(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post("/slack/events", events)
    return app


async def _serve(secret: str) -> None:
    runner = web.AppRunner(bare_bolt(secret), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(sys.argv[1]))
