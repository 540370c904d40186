"""What the Graph client does with answers that no honest Graph would give."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.ports import IntegrationError, Outcome
from integrations.entra.credentials import app_credential
from integrations.entra.graph import MOST_PAGES, Graph
from tests.contracts.pim import DEV, ENGINEER
from tests.entra.world import EntraWorld, entra_world

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class OddGraph:
    """Answers every call with one handler, and remembers who asked for what."""

    def __init__(self, world: EntraWorld) -> None:
        self.world = world
        self.asked: list[tuple[str, bool]] = []
        self.handler: Handler = self._nothing
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        self.server = TestServer(app)

    def client(self) -> Graph:
        settings = replace(self.world.settings, graph_url=str(self.server.make_url("/v1.0")))
        return Graph(settings, app_credential(settings))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append((request.raw_path, "Authorization" in request.headers))
        return await self.handler(request)

    async def _nothing(self, _: web.Request) -> web.StreamResponse:
        return web.json_response({})


@pytest.fixture
async def odd(tmp_path: Path) -> AsyncIterator[OddGraph]:
    async with entra_world(tmp_path) as world:
        made = OddGraph(world)
        async with made.server:
            yield made


@pytest.fixture
async def graph(odd: OddGraph) -> AsyncIterator[Graph]:
    made = odd.client()
    yield made
    await made.close()


async def test_every_page_of_a_list_is_read(odd: OddGraph, graph: Graph) -> None:
    async def pages(request: web.Request) -> web.Response:
        at = int(request.query.get("$skiptoken", "0"))
        following = request.url.update_query({"$skiptoken": str(at + 1)})
        more = {"@odata.nextLink": str(following)} if at < 2 else {}
        return web.json_response({"value": [{"n": at}], **more})

    odd.handler = pages

    found = await graph.read_all(graph.asks.held(ENGINEER.oid))

    assert [one["n"] for one in found] == [0, 1, 2]
    assert all(authorized for _, authorized in odd.asked)


async def test_a_list_without_an_end_is_given_up(odd: OddGraph, graph: Graph) -> None:
    async def round_and_round(request: web.Request) -> web.Response:
        return web.json_response({"value": [], "@odata.nextLink": str(request.url)})

    odd.handler = round_and_round

    with pytest.raises(IntegrationError):
        await graph.read_all(graph.asks.held(ENGINEER.oid))
    assert len(odd.asked) == MOST_PAGES


async def test_a_next_page_anywhere_else_is_not_fetched(odd: OddGraph, graph: Graph) -> None:
    elsewhere = OddGraph(odd.world)

    async def leads_away(_: web.Request) -> web.Response:
        link = str(elsewhere.server.make_url("/v1.0/steal"))
        return web.json_response({"value": [], "@odata.nextLink": link})

    odd.handler = leads_away
    async with elsewhere.server:
        with pytest.raises(IntegrationError):
            await graph.read_all(graph.asks.held(ENGINEER.oid))
        with pytest.raises(IntegrationError):
            await graph.read_all(graph.asks.held(ENGINEER.oid), await odd.world.token("engineer"))

    assert elsewhere.asked == []


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(odd: OddGraph, graph: Graph, status: int) -> None:
    async def leads_on(_: web.Request) -> web.Response:
        return web.Response(status=status, headers={"Location": "/v1.0/other"})

    odd.handler = leads_on

    with pytest.raises(IntegrationError):
        await graph.read(graph.asks.user(ENGINEER.oid))
    with pytest.raises(IntegrationError) as failed:
        await graph.change(graph.asks.submit({}), await odd.world.token("engineer"))

    assert failed.value.outcome is Outcome.DID_NOT
    assert len(odd.asked) == 2


@pytest.mark.parametrize("body", ["<html>", "[]", "null"])
async def test_a_success_that_cannot_be_read_leaves_a_change_unknown(
    odd: OddGraph, graph: Graph, body: str
) -> None:
    async def says(_: web.Request) -> web.Response:
        return web.Response(status=201, text=body)

    odd.handler = says

    with pytest.raises(IntegrationError) as reading:
        await graph.read(graph.asks.user(ENGINEER.oid))
    with pytest.raises(IntegrationError) as changing:
        await graph.change(graph.asks.submit({}), await odd.world.token("engineer"))

    assert reading.value.outcome is Outcome.DID_NOT
    assert changing.value.outcome is Outcome.UNKNOWN


async def test_a_quote_cannot_leave_its_filter(odd: OddGraph, graph: Graph) -> None:
    await graph.read_all(graph.asks.schedules("g' or '1' eq '1", "o"))

    [(asked, _)] = odd.asked
    assert "groupId%20eq%20'g''%20or%20''1''%20eq%20''1'" in asked.replace("%27", "'")


async def test_an_id_cannot_leave_its_place_in_the_path(odd: OddGraph, graph: Graph) -> None:
    await graph.read(graph.asks.request("../../users?x=1#y"))

    [(asked, _)] = odd.asked
    assert asked.endswith("/assignmentScheduleRequests/..%2F..%2Fusers%3Fx%3D1%23y")


async def test_no_sdk_module_is_imported_by_the_first_calls(world: EntraWorld) -> None:
    import sys  # noqa: PLC0415  what counts is what the calls below add

    before = {name for name in sys.modules if name.startswith(("msgraph", "kiota"))}

    token = await world.token("engineer")
    await world.pim.eligibilities(ENGINEER)
    await world.pim.rules(DEV)
    await world.pim.find(ENGINEER, DEV, "R-22222222", token)
    await world.directory.user(ENGINEER.oid)

    assert {name for name in sys.modules if name.startswith(("msgraph", "kiota"))} == before
