"""A person's own token for one purpose: held, refreshed from the vault, or asked of them."""

from bot.domain.ids import PersonId
from bot.domain.sign_in import NO_TOKEN
from bot.intents import Intent
from bot.ports import KeptToken, PersonToken, PimRefusedError, SignedIn, SignInNeededError
from handlers.context import World

TOKEN_REFUSED = "InvalidAuthenticationToken"  # noqa: S105  an error code
"""Graph no longer takes the token, as when the session behind it was revoked."""
TURNS = 3
"""How often another refresh of the same token may come between before the person is asked."""


async def token_for(
    world: World, person: PersonId, purpose: Intent, claims: str = ""
) -> PersonToken:
    """A Graph token of this person's. Raises SignInNeededError when only they can give it.

    With `claims`, one from the sign-in for exactly this purpose, or one newly asked for with them.
    """
    for _ in range(TURNS):
        held = world.tokens.get(person, purpose, world.real_now(), own=bool(claims))
        if held is not None:
            return held
        fresh = await _refreshed(world, person, claims)
        if fresh is not None:
            return fresh
    raise SignInNeededError(NO_TOKEN)


async def _refreshed(world: World, person: PersonId, claims: str) -> PersonToken | None:
    """A fresh token from the vault; None when the kept one was replaced or dropped meanwhile."""
    async with world.store.begin() as tx:
        kept = await tx.kept_token(person)
    refresh_token = world.vault.open(kept) if kept else None
    if kept is None or refresh_token is None:
        raise SignInNeededError(NO_TOKEN)
    try:
        fresh = await world.sign_in.refresh(person, refresh_token, claims)
    except SignInNeededError as needed:
        if needed.spent:
            await _swap(world, kept, None)
        raise
    if not await _swap(world, kept, sealed_of(world, fresh) or kept):
        return None
    if not claims:
        # One that was asked for with claims serves what it was asked for, and nothing else.
        world.tokens.put(fresh.token, None)
    return fresh.token


async def likely(world: World, person: PersonId, purpose: Intent) -> bool:
    """Whether a token can probably be had without the person (it may still turn out otherwise)."""
    if world.tokens.get(person, purpose, world.real_now()):
        return True
    async with world.store.begin() as tx:
        kept = await tx.kept_token(person)
    return kept is not None and world.vault.open(kept) is not None


def wants_more(refused: PimRefusedError) -> bool:
    """Whether another sign-in of the person would help, and not whether they may."""
    return bool(refused.claims) or refused.code == TOKEN_REFUSED


def sealed_of(world: World, signed_in: SignedIn) -> KeptToken | None:
    """The refresh token as it may rest, or None when nothing may (no keys, or none came)."""
    if not world.vault.keeps or not signed_in.refresh_token:
        return None
    return world.vault.seal(signed_in.person, signed_in.refresh_token)


async def _swap(world: World, seen: KeptToken, new: KeptToken | None) -> bool:
    async with world.store.begin() as tx:
        return await tx.swap_token(seen, new)
