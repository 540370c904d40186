"""Whether the terms of a request are still offered, looked at right before it is sent."""

from bot.domain.access import Assurance
from bot.domain.request import Request, State
from handlers.activate import not_yet
from handlers.context import World, catalog


class NoLongerOfferedError(Exception):
    """The access was removed or narrowed since it was asked for; `why` is our own code for it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def in_force(world: World, request: Request) -> str:
    """The fingerprint of the policy that offers its terms now. Raises NoLongerOfferedError."""
    terms = request.terms
    now = await catalog(world)
    access = now.named(terms.access)
    if access is None:
        raise NoLongerOfferedError("access_removed")
    if access.group != terms.group:
        raise NoLongerOfferedError("access_moved")
    if access.authority is not request.authority:
        raise NoLongerOfferedError("authority_changed")
    if not_yet(access, grants=world.grantor is not None) is not None:
        raise NoLongerOfferedError("access_stricter")
    proven = request.proved_at or request.state is State.AWAITING_SIGN_IN
    if access.assurance is Assurance.CONFIRM and not proven:
        raise NoLongerOfferedError("access_confirms")
    if access.max is not None and terms.duration > access.max:
        raise NoLongerOfferedError("access_narrowed")
    return now.source
