"""Sign-in links: a secret only the link carries, kept here as a digest with what comes after it."""

import hashlib
import secrets
from datetime import datetime, timedelta

from bot.domain.ids import ChatAccount
from bot.intents import Intent, encode
from bot.store import SignInRow
from handlers.context import World

LASTS = timedelta(hours=1)


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


async def mint(
    world: World,
    account: ChatAccount,
    then: Intent,
    claims: str = "",
    expires_at: datetime | None = None,
) -> str:
    """A new link for this chat account; `then` is what goes on after the sign-in."""
    secret, now = secrets.token_urlsafe(32), world.clock.now()
    row = SignInRow(
        key=digest(secret),
        account=account,
        then=encode(then),
        claims=claims,
        created_at=now,
        expires_at=expires_at or now + LASTS,
    )
    async with world.store.begin() as tx:
        await tx.add_sign_in(row)
    return f"{world.public_url}/sign-in/{secret}"
