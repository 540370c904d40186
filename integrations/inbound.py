"""Reading what a chat sends, no more of it than it can be."""

from aiohttp import web


async def whole(request: web.Request, largest: int) -> bytes | None:
    """The raw body; None when it is larger than that many bytes."""
    if (request.content_length or 0) > largest:
        return None
    try:
        body = await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None
    return body if len(body) <= largest else None
