"""How Graph words an answer: lists with pages, single objects, refusals."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Middleware

from playground.entra.callers import REFUSED
from playground.entra.odata import Filter, read_filter
from playground.entra.refusals import GraphError, bad_request
from playground.entra.times import stamp
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Handler

Json = dict[str, Any]
PAGE = 100
OPTIONS = {"filter", "select", "expand", "top", "orderby", "count", "skiptoken"}
ANSWER_TO_FAULT = {
    429: ("TooManyRequests", "Please retry again later."),
    503: ("serviceNotAvailable", "The service is temporarily unavailable."),
    504: ("UnknownError", ""),
}


def words_of(request: web.Request, option: str) -> tuple[str, ...]:
    """The comma-separated names of a query option such as $select."""
    return tuple(w.strip() for w in request.query.get(f"${option}", "").split(",") if w.strip())


def filter_of(request: web.Request) -> Filter:
    """The $filter of a request, once all of its query options are known ones."""
    unknown = {name for name in request.query if name.startswith("$")} - {f"${o}" for o in OPTIONS}
    if unknown:
        raise bad_request(f"The query parameter '{min(unknown)}' is not supported.")
    return read_filter(request.query.get("$filter", ""))


def listed(
    request: web.Request,
    rows: Iterable[Json],
    default: tuple[str, ...] = (),
) -> web.Response:
    """A page of the rows that pass the request's $filter.

    `default` names the properties shown when there is no $select; empty shows all.
    """
    passing = filter_of(request)
    found = _ordered(request, [row for row in rows if passing.fits(row)])
    start = _number(request, "skiptoken", 0)
    size = max(1, min(_number(request, "top", PAGE), 999))
    body: Json = {"@odata.context": _context(request)}
    if request.query.get("$count") == "true":
        body["@odata.count"] = len(found)
    if start + size < len(found):
        following = request.url.update_query({"$skiptoken": str(start + size)})
        body["@odata.nextLink"] = str(following)
    chosen = words_of(request, "select") or default
    body["value"] = [_chosen(row, chosen) for row in found[start : start + size]]
    return web.json_response(body)


def single(
    request: web.Request, row: Json, default: tuple[str, ...] = (), status: int = 200
) -> web.Response:
    """One object."""
    chosen = words_of(request, "select") or default
    context = f"{_context(request)}/$entity"
    return web.json_response({"@odata.context": context, **_chosen(row, chosen)}, status=status)


async def body_of(request: web.Request) -> Json:
    """The JSON object a call carries."""
    try:
        body = await request.json()
    except ValueError:
        body = None
    if request.content_type != "application/json" or not isinstance(body, dict):
        raise bad_request("Unable to read JSON request payload.")
    return body


def refuse_unknown(body: Mapping[str, Any], known: Iterable[str], of: str) -> None:
    """Raise GraphError for a property the type does not have; annotations pass."""
    for name in body:
        if name not in set(known) and "@odata." not in name:
            raise bad_request(
                f"The property '{name}' does not exist on type 'microsoft.graph.{of}'. Make sure "
                "to only use property names that are defined by the type."
            )


def refusal(request: web.Request, clock: WorldClock, refused: GraphError) -> web.Response:
    """The error body, with the ids support asks for."""
    code, message = refused.said()
    request_id = str(uuid.uuid4())
    client_id = request.headers.get("client-request-id", request_id)
    inner = {
        "date": (stamp(clock.now()) or "")[:19],
        "request-id": request_id,
        "client-request-id": client_id,
    }
    headers = {"request-id": request_id, "client-request-id": client_id}
    if refused.challenge:
        headers["WWW-Authenticate"] = refused.challenge
    body = {"error": {"code": code, "message": message, "innerError": inner}}
    return web.json_response(body, status=refused.status, headers=headers)


def broken(status: int) -> web.Response:
    """What Graph says when a fault was asked for."""
    code, message = ANSWER_TO_FAULT.get(status, ("generalException", "An error has occurred."))
    inner = {"code": str(status), "request-id": str(uuid.uuid4())}
    return web.json_response(
        {"error": {"code": code, "innerError": inner, "message": message}}, status=status
    )


def worded(clock: WorldClock) -> Middleware:
    """A middleware that runs what is due, lets nobody in without a token, and words refusals."""

    @web.middleware
    async def answer(request: web.Request, handler: Handler) -> web.StreamResponse:
        clock.run_due()
        try:
            if REFUSED in request:
                raise request[REFUSED]
            return await handler(request)
        except GraphError as refused:
            return refusal(request, clock, refused)

    return answer


def _context(request: web.Request) -> str:
    what = request.path.removeprefix("/v1.0/")
    return f"{request.url.origin()}/v1.0/$metadata#{what}"


def _ordered(request: web.Request, rows: list[Json]) -> list[Json]:
    name, _, direction = request.query.get("$orderby", "").strip().partition(" ")
    if not name:
        return rows
    return sorted(rows, key=lambda row: str(row.get(name)), reverse=direction.strip() == "desc")


def _number(request: web.Request, option: str, default: int) -> int:
    text = request.query.get(f"${option}", str(default))
    if not text.isdecimal():
        raise bad_request(f"Invalid value '{text}' for ${option}.")
    return int(text)


def _chosen(row: Json, names: tuple[str, ...]) -> Json:
    wanted = {name.casefold() for name in names}
    return {k: v for k, v in row.items() if not wanted or k.casefold() in wanted or "@" in k}
