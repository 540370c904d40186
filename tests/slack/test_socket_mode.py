"""The same app over Socket Mode, against the simulated Slack."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest

from bot.cards import Button, Card
from bot.intents import Status, encode
from bot.ports import IntegrationError
from integrations.slack.client import SlackClient
from integrations.slack.listeners import bolt_app
from integrations.slack.socket_mode import SocketMode
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack.facade import Slack
from playground.slack.members import Changes
from tests.slack.desk import ScriptedDesk


@dataclass
class Socket:
    slack: Slack
    client: SlackClient
    desk: ScriptedDesk
    mode: SocketMode


async def until(claim: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(10):
        while not await claim():  # noqa: ASYNC110  the library has no event to wait for
            await asyncio.sleep(0.02)


@pytest.fixture
async def socket() -> AsyncIterator[Socket]:
    wire, desk = Wire(WorldClock()), ScriptedDesk()
    slack = Slack(wire.clock, wire)
    slack.workspace.socket_mode = True
    await slack.start()
    client = SlackClient(slack.bot_token, slack.api_url, dev_loopback=True)
    await client.start()
    mode = SocketMode(bolt_app(desk, client, ()), client, slack.app_token, lost=0.3)
    yield Socket(slack, client, desk, mode)
    await mode.stop()
    await client.stop()
    await slack.stop()


async def test_a_command_a_button_and_an_event_arrive_over_the_socket(socket: Socket) -> None:
    await socket.mode.start()
    await until(socket.mode.ready)
    socket.desk.card = Card("Here", buttons=(Button("Status", Status()),))
    told = await socket.slack.say("engineer", "/aws-access status")
    assert told["reply"]["text"] == "Here\nYou can press: Status."
    (message,) = socket.slack.messages("engineer")
    await socket.slack.press("engineer", message["id"], "Status")
    assert [value for _, value in socket.desk.pressed_] == [encode(Status())]
    await socket.slack.change_account("engineer", Changes(deactivated=True))
    assert [told.stands for told in socket.desk.changed_] == ["deactivated"]


async def test_one_command_delivered_thrice_has_one_name(socket: Socket) -> None:
    await socket.mode.start()
    await until(socket.mode.ready)
    await socket.slack.say("engineer", "/aws-access status", times=3)
    assert len({arrival.delivery for arrival, _ in socket.desk.said_}) == 1
    assert len(socket.desk.said_) == 3


async def test_a_token_that_is_refused_fails_at_once(socket: Socket) -> None:
    mode = SocketMode(bolt_app(socket.desk, socket.client, ()), socket.client, "xapp-wrong")
    with pytest.raises(IntegrationError) as refused:
        await mode.start()
    assert refused.value.permanent
    assert not await mode.ready()
    await mode.stop()


async def test_a_lost_connection_is_made_anew(socket: Socket) -> None:
    await socket.mode.start()
    await until(socket.mode.ready)
    first = socket.mode._handler
    assert first is not None
    await first.client.aiohttp_client_session.close()
    await first.client.close()  # type: ignore[no-untyped-call]

    async def anew() -> bool:
        return socket.mode._handler is not first and await socket.mode.ready()

    await until(anew)
    told = await socket.slack.say("engineer", "/aws-access status")
    assert told["status"] == 200


async def test_an_opened_tab_arrives_over_the_socket(socket: Socket) -> None:
    await socket.mode.start()
    await until(socket.mode.ready)
    told = await socket.slack.open_home("engineer")
    assert told["status"] == 200
    assert [arrival.account.user for arrival in socket.desk.opened_] == ["U0ENGINEER"]
