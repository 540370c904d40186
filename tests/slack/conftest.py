"""The front door as it is mounted, a simulated Slack in front of it, and a scripted desk behind."""

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from aiohttp import web

from integrations.slack.client import SlackClient
from integrations.slack.front_door import route
from integrations.slack.listeners import bolt_app
from integrations.slack.messenger import SlackMessenger
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack import forms
from playground.slack.facade import Slack
from tests.slack.desk import ScriptedDesk
from tests.slack.workspaces import SlackWorkspace


@dataclass
class Door:
    slack: Slack
    wire: Wire
    desk: ScriptedDesk
    url: str

    @property
    def secret(self) -> bytes:
        return self.slack.signing_secret.encode()


@pytest.fixture
async def door(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Door]:
    monkeypatch.setattr(forms, "REDRAW_SECONDS", 0.05)  # the desk of these tests redraws none
    wire, desk = Wire(WorldClock()), ScriptedDesk()
    slack = Slack(wire.clock, wire)
    await slack.start()
    client = SlackClient(slack.bot_token, slack.api_url, dev_loopback=True)
    await client.start()
    secrets = (slack.signing_secret,)
    app = web.Application()
    app.add_routes([route(bolt_app(desk, client, secrets), secrets, time.time)])  # noqa: TID251
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    slack.deliver_to(lambda: url)
    yield Door(slack, wire, desk, url)
    await runner.cleanup()
    await client.stop()
    await slack.stop()


@pytest.fixture
async def slack_chat() -> AsyncIterator[SlackWorkspace]:
    wire = Wire(WorldClock())
    slack = Slack(wire.clock, wire)
    await slack.start()
    client = SlackClient(slack.bot_token, slack.api_url, dev_loopback=True)
    await client.start()
    yield SlackWorkspace(slack, wire, SlackMessenger(client))
    await client.stop()
    await slack.stop()
