"""Microsoft Graph v1.0 as one aiohttp application: the calls this product makes, and no others."""

from aiohttp import web

from playground.entra.answers import broken, worded
from playground.entra.callers import Door
from playground.entra.graph_apps import AppCalls
from playground.entra.graph_directory import DirectoryCalls
from playground.entra.graph_pim import PimCalls
from playground.entra.graph_policies import PolicyCalls
from playground.entra.graph_registration import RegistrationCalls
from playground.entra.pim import Pim
from playground.entra.refusals import bad_request
from playground.entra.tokens import Signer
from playground.kernel.wire import Wire


def graph_site(pim: Pim, signer: Signer, wire: Wire) -> web.Application:
    """Graph for one tenant; every call is recorded with the credential it carried."""
    door = Door(pim.tenant, signer)
    app = web.Application(
        middlewares=[
            door.identify,
            wire.middleware("graph", broken),
            worded(pim.tenant.clock),
        ]
    )
    for part in (
        PimCalls(pim),
        PolicyCalls(pim.tenant),
        DirectoryCalls(pim.tenant),
        AppCalls(pim.tenant),
        RegistrationCalls(pim.tenant),
    ):
        app.router.add_routes(part.routes())
    app.router.add_route("*", "/{rest:.*}", _unknown)
    return app


async def _unknown(request: web.Request) -> web.Response:
    segment = request.path.rstrip("/").rpartition("/")[2]
    raise bad_request(f"Resource not found for the segment '{segment}'.")
