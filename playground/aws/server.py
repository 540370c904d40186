"""The AWS endpoint: records each call under its operation, checks who calls, and lets moto answer."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

import moto.identitystore.urls
import moto.organizations.urls
import moto.ssoadmin.urls
from aiohttp import web
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.test import Client

from playground.aws.identity_center import IdentityCenter
from playground.aws.identity_store import IdentityStore
from playground.aws.names import MANAGEMENT
from playground.aws.organization import Organizations
from playground.aws.policy import HOLDERS, is_allowed
from playground.aws.world import World
from playground.kernel.wire import AS, Handler, Wire

CREDENTIAL = re.compile(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/aws4_request")
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html"""

SERVICE_NAMES = {"sso": "sso-admin"}
"""Signing name → the name one knows the service by, where they differ."""

JSON_TYPE = "application/x-amz-json-1.1"
HOP_HEADERS = {"host", "content-length", "transfer-encoding", "connection", "expect"}
THROTTLED = {400, 429}
DENIED = 403

# moto finds the class that answers a service here; ours are its own plus what it lacks.
moto.identitystore.urls.url_paths["{0}/$"] = IdentityStore.dispatch
moto.organizations.urls.url_paths["{0}/$"] = Organizations.dispatch
moto.ssoadmin.urls.url_paths["{0}/$"] = IdentityCenter.dispatch


def refused(code: str, message: str, status: int = 400) -> web.Response:
    """An error as AWS's JSON services word it."""
    return web.Response(
        status=status,
        body=json.dumps({"__type": code, "Message": message}).encode(),
        content_type=JSON_TYPE,
        headers={"x-amzn-ErrorType": code},
    )


def unsigned(service: str) -> web.Response:
    """A credential nobody knows, as the service words it; STS speaks XML.

    https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
    """
    message = "The security token included in the request is invalid."
    if service != "sts":
        return refused("UnrecognizedClientException", message)
    error = f"<Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>{message}</Message></Error>"
    return web.Response(
        status=DENIED,
        text=f"<ErrorResponse>{error}<RequestId>playground</RequestId></ErrorResponse>",
        content_type="text/xml",
    )


def broken(status: int) -> web.Response:
    """A fault as AWS words it: throttled, denied, or an internal failure."""
    if status in THROTTLED:
        return refused("ThrottlingException", "Rate exceeded", status)
    if status == DENIED:
        return refused("AccessDeniedException", "Access denied by a fault.", status)
    return refused("InternalServerException", "The request failed by a fault.", status)


def called(headers: Mapping[str, str]) -> tuple[str, str]:
    """Who holds the credential of a call ("" when nobody), and its service/operation.

    The query protocol (STS) names its operation in the body only, so there it is just "sts".
    """
    signed = CREDENTIAL.search(headers.get("Authorization", ""))
    if signed is None:
        return "", "unsigned"
    service = SERVICE_NAMES.get(signed[2], signed[2])
    target = headers.get("X-Amz-Target", "").rpartition(".")[2]
    return HOLDERS.get(signed[1], ""), f"{service}/{target}" if target else service


def readable(_request: web.Request, raw: bytes) -> Any:  # noqa: ANN401
    """The parameters of a call: data of the JSON services, text of the others."""
    text = raw.decode()
    return json.loads(text) if text.startswith("{") else text


class Endpoint:
    """moto's server application, called in place with one simulator's world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._moto = Client(DomainDispatcherApplication(create_backend_app))

    async def answer(self, request: web.Request) -> web.Response:
        """Refuse whom AWS would refuse, or answer as moto and its extension do."""
        operation = request.path.removeprefix("/")
        holder = request.get(AS, "")
        if not holder:
            return unsigned(operation)
        if not is_allowed(holder, operation, self._world.denied):
            return refused(
                "AccessDeniedException", f"{holder} is not authorized to perform: {operation}"
            )
        return await asyncio.to_thread(self._ask_moto, request.headers.copy(), await request.read())

    def _ask_moto(self, headers: Mapping[str, str], body: bytes) -> web.Response:
        kept = [(k, v) for k, v in headers.items() if k.lower() not in HOP_HEADERS]
        kept.append(("x-moto-account-id", MANAGEMENT))
        try:
            with self._world.lock:
                answer = self._moto.post(
                    "/", headers=kept, data=body, environ_overrides=self._world.environ
                )
        except NotImplementedError as lacking:
            return refused("UnknownOperationException", f"The simulator says: {lacking}")
        said = answer.get_data()
        kind = JSON_TYPE if said.startswith(b"{") else str(answer.mimetype)
        return web.Response(status=answer.status_code, body=said, content_type=kind)


def application(world: World, wire: Wire) -> web.Application:
    """The aiohttp application of the endpoint."""
    recorded = wire.middleware("aws", broken, readable)

    @web.middleware
    async def named(request: web.Request, handler: Handler) -> web.StreamResponse:
        """Record every call, which AWS SDKs all post to "/", under the path /service/operation."""
        holder, operation = called(request.headers)
        renamed = request.clone(rel_url=f"/{operation}")
        renamed[AS] = holder
        return await recorded(renamed, handler)

    app = web.Application(middlewares=[named])
    app.router.add_post("/", Endpoint(world).answer)
    return app
