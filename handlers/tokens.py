"""A person's own token for one purpose: held, refreshed from the vault, or asked of them."""

from bot.domain.ids import PersonId
from bot.intents import Intent
from bot.ports import KeptToken, PersonToken, SignedIn, SignInNeededError
from handlers.context import World


async def token_for(world: World, person: PersonId, purpose: Intent) -> PersonToken:
    """A Graph token of this person's. Raises SignInNeededError when only they can give it."""
    held = world.tokens.get(person, purpose, world.real_now())
    if held is not None:
        return held
    async with world.store.begin() as tx:
        kept = await tx.kept_token(person)
    refresh_token = world.vault.open(kept) if kept else None
    if refresh_token is None:
        raise SignInNeededError("no token")
    try:
        fresh = await world.sign_in.refresh(person, refresh_token)
    except SignInNeededError:
        await _drop(world, person)
        raise
    await keep(world, fresh)
    return fresh.token


async def likely(world: World, person: PersonId, purpose: Intent) -> bool:
    """Whether a token can probably be had without the person (it may still turn out otherwise)."""
    if world.tokens.get(person, purpose, world.real_now()):
        return True
    async with world.store.begin() as tx:
        kept = await tx.kept_token(person)
    return kept is not None


async def keep(world: World, signed_in: SignedIn) -> None:
    """Hold the access token, and the refresh token sealed when there are keys to seal it with."""
    world.tokens.put(signed_in.token, None)
    sealed = sealed_of(world, signed_in)
    if sealed is not None:
        async with world.store.begin() as tx:
            await tx.keep_token(sealed)


def sealed_of(world: World, signed_in: SignedIn) -> KeptToken | None:
    """The refresh token as it may rest, or None when nothing may (no keys, or none came)."""
    if not world.vault.keeps or not signed_in.refresh_token:
        return None
    return world.vault.seal(signed_in.person, signed_in.refresh_token)


async def _drop(world: World, person: PersonId) -> None:
    async with world.store.begin() as tx:
        await tx.drop_token(person)
