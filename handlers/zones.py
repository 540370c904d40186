"""What time it is for somebody."""

from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.domain.ids import ChatAccount
from bot.ports import IntegrationError
from handlers.context import World


async def zone_of(world: World, account: ChatAccount) -> tzinfo:
    """Their own zone; UTC where their chat does not say."""
    try:
        profile = await world.chat(account.chat).profile(account)
        return ZoneInfo(profile.zone)
    except (IntegrationError, ZoneInfoNotFoundError, ValueError):
        return UTC
