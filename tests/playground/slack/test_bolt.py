"""The real slack-bolt app against the simulated Slack, over HTTP and over Socket Mode."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from playground.slack.facade import Slack
from tests.playground.slack.kit import (
    Json,
    actions,
    button,
    modal,
    option,
    plain,
    section,
    text_input,
)

Ack = Callable[..., Awaitable[Any]]

FORM = modal(
    {
        "type": "input",
        "block_id": "access",
        "label": plain("Access"),
        "element": {"type": "external_select", "action_id": "pick", "min_query_length": 0},
    },
    text_input("reason", "Reason"),
)


def bolt_app(slack: Slack) -> AsyncApp:
    app = AsyncApp(
        token=slack.bot_token,
        signing_secret=slack.signing_secret,
        client=AsyncWebClient(token=slack.bot_token, base_url=slack.api_url),
        process_before_response=True,
        ssl_check_enabled=False,
    )

    @app.command("/aws-access")
    async def command(ack: Ack, body: Json, client: AsyncWebClient) -> None:
        if body["text"] == "boom":
            raise ValueError
        if body["text"] == "form":
            await client.views_open(trigger_id=body["trigger_id"], view=FORM)
            await ack()
        else:
            await ack(text=f"heard {body['text']}", blocks=[section("heard"), actions(button())])

    @app.action("aa:Approve")
    async def action(ack: Ack, respond: Ack, body: Json) -> None:
        await ack()
        await respond(text=f"{body['user']['name']} approved", replace_original=True)

    @app.options("pick")
    async def options(ack: Ack, body: Json) -> None:
        await ack(options=[option("dev", "dev-poweruser")] if "dev" in body["value"] else [])

    @app.view("activate")
    async def view(ack: Ack, view: Json, client: AsyncWebClient, body: Json) -> None:
        reason = view["state"]["values"]["reason"]["value"]["value"]
        if len(reason) < 3:
            await ack(response_action="errors", errors={"reason": "Say more"})
            return
        await ack()
        await client.chat_postMessage(channel=body["user"]["id"], text=f"because {reason}")

    return app


@pytest.fixture
async def over_http(slack: Slack) -> AsyncIterator[None]:
    bolt = bolt_app(slack)

    async def events(request: web.Request) -> web.StreamResponse:
        response = await bolt.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    app = web.Application()
    app.router.add_post("/slack/events", events)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    slack.deliver_to(lambda: f"http://{host}:{port}")
    yield
    await runner.cleanup()


@pytest.fixture
async def over_socket(slack: Slack) -> AsyncIterator[None]:
    slack.workspace.socket_mode = True
    handler = AsyncSocketModeHandler(
        bolt_app(slack), slack.app_token, web_client=AsyncWebClient(base_url=slack.api_url)
    )
    await handler.connect_async()  # type: ignore[no-untyped-call]
    while not slack.sockets_connected:  # noqa: ASYNC110 (the SDK offers nothing to wait on)
        await asyncio.sleep(0.01)
    yield
    await handler.close_async()  # type: ignore[no-untyped-call]


@pytest.mark.usefixtures("over_http")
class TestOverHttp:
    async def test_a_conversation(self, slack: Slack) -> None:
        await a_conversation(slack)

    async def test_an_exception_is_a_500_and_slackbot_tells(self, slack: Slack) -> None:
        answer = await slack.say("engineer", "/aws-access boom")
        assert answer["status"] == 500
        assert "dispatch_failed" in slack.messages("engineer")[0]["text"]

    async def test_three_deliveries_run_the_listener_three_times(self, slack: Slack) -> None:
        answer = await slack.say("engineer", "/aws-access x", times=3)
        assert [one["status"] for one in answer["replies"]] == [200, 200, 200]


@pytest.mark.usefixtures("over_socket")
class TestOverSocketMode:
    async def test_a_conversation(self, slack: Slack) -> None:
        await a_conversation(slack)

    async def test_an_exception_sends_no_acknowledgement(
        self, slack: Slack, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("playground.slack.delivery.ANSWER_SECONDS", 0.2)
        answer = await slack.say("engineer", "/aws-access boom")
        assert answer["undelivered"].startswith("operation_timeout")


async def test_without_a_socket_nothing_is_delivered(slack: Slack) -> None:
    slack.workspace.socket_mode = True
    answer = await slack.say("engineer", "/aws-access x")
    assert "no Socket Mode connection" in answer["undelivered"]


async def a_conversation(slack: Slack) -> None:
    await slack.say("engineer", "/aws-access status")
    [row] = slack.messages("engineer")
    assert (row["text"], row["ephemeral"]) == ("heard", True)
    await slack.press("engineer", row["id"], "Approve")
    assert [r["text"] for r in slack.messages("engineer")] == ["engineer approved"]

    await slack.say("engineer", "/aws-access form")
    [form] = slack.forms("engineer")
    refused = await slack.submit("engineer", form["id"], {"Access": "dev-poweruser", "Reason": "x"})
    assert refused["reply"]["response_action"] == "errors"
    assert slack.forms("engineer")[0]["errors"] == {"reason": "Say more"}
    await slack.submit("engineer", form["id"], {"Reason": "a slow index"})
    assert slack.forms("engineer") == []
    assert slack.messages("engineer")[-1]["text"] == "because a slow index"


async def test_a_socket_needs_a_fresh_ticket(slack: Slack) -> None:
    client = AsyncWebClient(token=slack.app_token, base_url=slack.api_url)
    url = (await client.apps_connections_open(app_token=slack.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            hello = await socket.receive_json()
            assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)
