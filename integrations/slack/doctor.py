"""What the doctor reads of Slack: whose token, its scopes, and whether the app token is good."""

from bot.doctor.seen import Workspace
from integrations.slack.client import SlackClient


class SlackDoctor:
    """:class:`bot.doctor.seen.SlackReading` over an opened client."""

    def __init__(self, client: SlackClient, app_token: str) -> None:
        self._client = client
        self._app_token = app_token

    async def workspace(self) -> Workspace:
        """Whose bot token it is, and which scopes it has."""
        told, scopes = await self._client.granted()
        return Workspace(
            name=str(told.get("team", "")),
            team=str(told.get("team_id", "")),
            bot=str(told.get("user", "")),
            scopes=scopes,
            org_wide=bool(told.get("is_enterprise_install")),
        )

    async def socket(self) -> None:
        """Ask for a Socket Mode address; asking opens no connection."""
        await self._client.open_connection(self._app_token)
