"""What the doctor reads of Teams: whether there is a token, and keys; nothing is written to anybody."""

from collections.abc import Awaitable, Callable

from bot.ports import IntegrationError
from integrations.teams.errors import SYSTEM
from integrations.teams.keys import Keys, KeysUnavailableError
from integrations.teams.verify import CHANNEL


class TeamsDoctor:
    """:class:`bot.doctor.seen.TeamsReading` of one app."""

    def __init__(self, token: Callable[[], Awaitable[str]], keys: Keys) -> None:
        self._token = token
        self._keys = keys

    async def token(self) -> None:
        """Ask Entra for a token for Bot Connector, and use it not."""
        await self._token()

    async def keys(self) -> int:
        """How many keys may sign for Teams."""
        try:
            return await self._keys.endorsed(CHANNEL)
        except KeysUnavailableError:
            raise IntegrationError(SYSTEM, "its list of keys could not be read") from None
