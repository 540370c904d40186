"""The floor: bare bolt in aiohttp that acknowledges a command and does nothing else."""

import asyncio
import json
import os
import sys

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult


async def main() -> None:
    """Serve until the standard input ends."""
    allowed = AuthorizeResult(enterprise_id=None, team_id="T0PLAYGRND", bot_token="xoxb-floor")  # noqa: S106

    async def authorize() -> AuthorizeResult:
        return allowed

    bolt = AsyncApp(
        signing_secret=os.environ["SLACK_SIGNING_SECRET"],  # noqa: TID251
        authorize=authorize,
        process_before_response=True,
    )

    @bolt.command("/aws-access")
    async def acknowledge(ack: AsyncAck) -> None:
        await ack("On it")

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post("/slack/events", events)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(json.dumps({"port": runner.addresses[0][1]}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
