"""After a change of `TOKEN_KEYS`: what rests under a former key is sealed anew under the first one."""

from collections import Counter
from collections.abc import Mapping

import structlog

from bot.ports import KeptToken
from handlers.context import World

MOST = 100

_log = structlog.get_logger()


async def reseal(world: World) -> Mapping[str, int]:
    """Seal up to MOST kept tokens anew; how many are still left under each former key.

    A token that a refresh replaces meanwhile is left alone: what replaced it is sealed by the
    first key. One that its own key does not open was changed or moved to this row by somebody:
    it is deleted, and its person signs in again.
    """
    former = world.vault.former
    if not former:
        return {}
    async with world.store.begin() as tx:
        kept = await tx.tokens_under(former, MOST)
    done = Counter([await _one(world, token) for token in kept])
    if kept:
        _log.info("tokens_resealed", **done)
    async with world.store.begin() as tx:
        left = await tx.tokens_by_key()
    return {key: left.get(key, 0) for key in former}


async def _one(world: World, token: KeptToken) -> str:
    opened = world.vault.open(token)
    new = world.vault.seal(token.person, opened) if opened is not None else None
    async with world.store.begin() as tx:
        swapped = await tx.swap_token(token, new)
    if not swapped:
        return "replaced_meanwhile"
    if new is None:
        _log.warning("kept_token_not_its_persons", key=token.key_id)
        return "deleted"
    return "sealed_anew"


class Rotation:
    """Says once of each former key that nothing rests under it any more."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    async def go_on(self, world: World) -> None:
        """One more step of the change of keys, if one is under way."""
        left = await reseal(world)
        for key in sorted(k for k, kept in left.items() if not kept and k not in self._told):
            self._told.add(key)
            _log.info("token_key_not_needed", key=key, do="it can be taken out of TOKEN_KEYS")
