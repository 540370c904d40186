"""Signing in without a browser: the chat hands over a token of the person, for a link that waits.

https://learn.microsoft.com/microsoftteams/platform/bots/how-to/authentication/bot-sso-overview
"""

import structlog

from bot.cards import Page
from bot.domain.ids import ChatAccount
from bot.ports import SignInRefusedError
from bot.store import SignInRow
from handlers.context import World
from handlers.sign_in import accepted, takes_a_fresh_one, waited_for

_log = structlog.get_logger()


async def offered(world: World, secret: str) -> str:
    """The key under which a token for this link may be handed over; empty: a browser is needed.

    Whoever knows the key can do nothing with it: it serves only the account the link is for.
    """
    row = await waited_for(world, secret)
    return row.key if not isinstance(row, Page) and await _will_do(world, row) else ""


async def exchanged(world: World, account: ChatAccount, key: str, token: str) -> bool:
    """Whether the sign-in is done with this token. Each of a person's clients hands over one."""
    async with world.store.begin() as tx:
        row = await tx.sign_in(key)
    if row is None or row.account != account:
        return False
    if row.used_at is not None:
        return True
    if row.expires_at <= world.clock.now() or not await _will_do(world, row):
        return False
    try:
        signed_in = await world.sign_in.exchange(token)
    except SignInRefusedError as refused:
        _log.info("single_sign_on_refused", code=refused.code)
        return False
    return (await accepted(world, row, signed_in)).fine


async def _will_do(world: World, row: SignInRow) -> bool:
    """Whether the sign-in that the chat has is enough for what the link is for."""
    return not row.claims and not await takes_a_fresh_one(world, row)
