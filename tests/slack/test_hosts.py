from collections.abc import AsyncIterator

import pytest
from aiohttp import ClientSession, web
from yarl import URL

from bot.ports import IntegrationError, Outcome
from integrations import outbound
from integrations.slack import hosts
from integrations.slack.client import SlackClient


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://slack.com/api/auth.test", True),
        ("https://hooks.slack.com/commands/T1/2/3", True),
        ("http://slack.com/api/auth.test", False),
        ("https://slack.com:8443/api/", False),
        ("https://slack.com.evil.example/", False),
        ("https://evil.example/?slack.com", False),
        ("http://127.0.0.1:80/", False),
        ("http://localhost/", False),
    ],
)
def test_only_the_api_and_where_answers_go_are_allowed(url: str, allowed: bool) -> None:  # noqa: FBT001
    rule = hosts.of_api("https://slack.com/api/", dev_loopback=False)
    assert rule(URL(url)) is allowed


def test_loopback_is_for_development() -> None:
    rule = hosts.of_api("http://127.0.0.1:1/api/", dev_loopback=True)
    assert rule(URL("http://[::1]:2/response"))
    assert not rule(URL("http://10.0.0.1/"))
    with pytest.raises(ValueError, match="https"):
        hosts.of_api("http://127.0.0.1:1/api/", dev_loopback=False)
    with pytest.raises(ValueError, match="https"):
        hosts.of_api("http://evil.example/api/", dev_loopback=True)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("wss://wss-primary.slack.com/link/?ticket=1", True),
        ("ws://wss-primary.slack.com/link/?ticket=1", False),
        ("wss://slack.com.evil.example/", False),
        ("wss://evilslack.com/", False),
        ("ws://127.0.0.1/", False),
    ],
)
def test_sockets_go_to_slack_only(url: str, allowed: bool) -> None:  # noqa: FBT001
    assert hosts.of_sockets(dev_loopback=False)(URL(url)) is allowed


async def test_a_socket_elsewhere_is_not_opened() -> None:
    session = outbound.session(hosts.of_sockets(dev_loopback=True))
    with pytest.raises(outbound.HostRefusedError):
        await session.ws_connect("wss://203.0.113.9:1/link")
    await session.close()


@pytest.fixture
async def elsewhere() -> AsyncIterator[str]:
    """A server that sends everybody somewhere else."""
    app = web.Application()

    async def redirect(_request: web.Request) -> web.Response:
        return web.Response(status=307, headers={"Location": "http://203.0.113.9/stolen"})

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text="<html>maintenance</html>", content_type="text/html")

    async def text(_request: web.Request) -> web.Response:
        return web.Response(text="ok")

    app.router.add_route("*", "/redirect/{x:.*}", redirect)
    app.router.add_route("*", "/page/{x:.*}", page)
    app.router.add_route("*", "/text/{x:.*}", text)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def test_a_redirect_to_another_host_is_not_followed(elsewhere: str) -> None:
    client = SlackClient("xoxb-1", f"{elsewhere}/redirect/", dev_loopback=True)
    with pytest.raises(IntegrationError) as refused:
        await client.start()
    assert refused.value.detail == "host not allowed"
    assert await client.respond(f"{elsewhere}/redirect/answer", {"text": "x"}) is False
    await client.stop()


@pytest.mark.parametrize("what", ["page", "text"])
async def test_an_answer_that_is_no_json_leaves_the_outcome_open(elsewhere: str, what: str) -> None:
    client = SlackClient("xoxb-1", f"{elsewhere}/{what}/", dev_loopback=True)
    with pytest.raises(IntegrationError) as odd:
        await client.start()
    assert odd.value.outcome is Outcome.UNKNOWN
    assert not odd.value.permanent
    await client.stop()


async def test_no_proxy_comes_out_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://203.0.113.9:3128")
    client = SlackClient("xoxb-1")
    assert client.web.proxy is None
    session: ClientSession = outbound.session(hosts.of_sockets(dev_loopback=False))
    assert session.trust_env is False
    await session.close()


async def test_a_client_that_was_not_started_says_so() -> None:
    client = SlackClient("xoxb-1")
    with pytest.raises(RuntimeError):
        _ = client.team
    with pytest.raises(RuntimeError):
        await client.respond("https://hooks.slack.com/x", {})
    await client.stop()
