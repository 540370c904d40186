"""The one way out to Slack: one session, one workspace, and only its own errors coming back."""

from collections.abc import Mapping
from typing import Any

from aiohttp import ClientSession
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.ports import IntegrationError, Outcome
from integrations import outbound
from integrations.slack import hosts
from integrations.slack.errors import (
    BROKEN,
    RATE_LIMITED,
    SYSTEM,
    TOO_MANY,
    TRANSPORT,
    of_api,
    of_transport,
    rate_limited,
)
from integrations.slack.log import quiet
from integrations.slack.pace import Pace
from integrations.slack.profiles import Ours

API = "https://slack.com/api/"
OK = 200
ORG_WIDE = "SLACK_BOT_TOKEN is of an installation to a whole organisation, not to one workspace"


class SlackClient:
    """The Web API and response URLs of one workspace. `start` before use, `stop` at the end.

    With `dev_loopback` the API, response URLs and sockets may be on this machine, over http.
    """

    def __init__(
        self,
        token: str,
        api_url: str = API,
        *,
        dev_loopback: bool = False,
        pace: Pace | None = None,
    ) -> None:
        self._pace = pace or Pace()
        self.dev_loopback = dev_loopback
        self._rule = hosts.of_api(api_url, dev_loopback=dev_loopback)
        # No automatic retries: after a lost answer they would post a message twice.
        self.web = AsyncWebClient(token, api_url, retry_handlers=[], logger=quiet("slack_sdk.web"))
        self.web.proxy = None  # it takes one out of the environment by itself
        self._token = token
        self._installation: AuthorizeResult | None = None

    async def start(self) -> None:
        """Open the session and learn whose token this is. Raises IntegrationError.

        That of an installation to a whole Enterprise Grid organisation is not taken: it acts in
        workspaces whose people nobody has counted as members.
        """
        self.open()
        told = await self.call("auth.test")
        if told.get("is_enterprise_install"):
            raise IntegrationError(SYSTEM, ORG_WIDE, permanent=True)
        self._installation = AuthorizeResult(
            enterprise_id=told.get("enterprise_id"),
            team_id=told.get("team_id"),
            bot_user_id=told.get("user_id"),
            bot_id=told.get("bot_id"),
            bot_token=self._token,
        )

    def open(self) -> None:
        """Open the session, and ask nothing yet."""
        if self.web.session is None:
            self.web.session = outbound.session(self._rule)

    async def stop(self) -> None:
        """Close the session."""
        if self.web.session is not None:
            await self.web.session.close()

    @property
    def installation(self) -> AuthorizeResult:
        """Who the app is in the workspace."""
        if self._installation is None:
            raise RuntimeError("the Slack client has not been started")
        return self._installation

    @property
    def team(self) -> str:
        """The one workspace there is."""
        return str(self.installation.team_id)

    @property
    def ours(self) -> Ours:
        """The workspace, and its organisation where it is part of one."""
        return Ours(self.team, str(self.installation.enterprise_id or ""))

    async def call(self, method: str, **arguments: object) -> Mapping[str, Any]:
        """One call with a JSON body, when it is its turn.

        Raises IntegrationError with Slack's error code as detail.
        """
        channel = str(arguments.get("channel", ""))
        await self._pace.turn(method, channel)
        try:
            return await self._called(method, http_verb="POST", json=arguments)
        except IntegrationError as failed:
            if failed.detail == RATE_LIMITED:
                self._pace.refused(method, channel, failed.retry_after)
            raise

    async def read(self, method: str, **arguments: str) -> Mapping[str, Any]:
        """One call of a method that takes its arguments in the query. Raises IntegrationError."""
        return await self._called(method, http_verb="GET", params=arguments)

    async def open_connection(self, app_token: str) -> None:
        """Ask for a Socket Mode address, to learn whether the app token is good.

        https://docs.slack.dev/reference/methods/apps.connections.open. Raises IntegrationError.
        """
        authorization = {"Authorization": f"Bearer {app_token}"}
        await self._called("apps.connections.open", http_verb="POST", headers=authorization)

    async def respond(self, url: str, body: Mapping[str, object]) -> bool:
        """Answer by a response URL; False when it is used up or expired. Raises IntegrationError.

        https://docs.slack.dev/interactivity/handling-user-interaction
        """
        if not outbound.goes_to(self._rule, url):
            raise of_transport(outbound.HostRefusedError())
        try:
            async with self._session.post(url, json=body, allow_redirects=False) as answer:
                status, headers = answer.status, answer.headers
        except TRANSPORT as broken:
            raise of_transport(broken) from None
        if status == TOO_MANY:
            raise rate_limited(headers)
        if status >= BROKEN:
            raise IntegrationError(SYSTEM, f"HTTP {status}", outcome=Outcome.UNKNOWN)
        return status == OK

    @property
    def _session(self) -> ClientSession:
        if self.web.session is None:
            raise RuntimeError("the Slack client has not been started")
        return self.web.session

    async def granted(self) -> tuple[Mapping[str, Any], frozenset[str]]:
        """What auth.test tells, and the bot token's scopes. Raises IntegrationError.

        https://docs.slack.dev/apis/web-api/#responses (the header X-OAuth-Scopes)
        """
        answer = await self._answered("auth.test", http_verb="POST")
        headers = {str(name).lower(): str(value) for name, value in answer.headers.items()}
        scopes = headers.get("x-oauth-scopes", "").split(",")
        return _data(answer), frozenset(name for one in scopes if (name := one.strip()))

    async def _called(self, method: str, **how: Any) -> Mapping[str, Any]:  # noqa: ANN401
        return _data(await self._answered(method, **how))

    async def _answered(self, method: str, **how: Any) -> AsyncSlackResponse:  # noqa: ANN401
        try:
            return await self.web.api_call(method, **how)
        except SlackApiError as refused:
            raise of_api(refused) from None
        except TRANSPORT as broken:
            raise of_transport(broken) from None
        except (SlackClientError, AttributeError, TypeError, ValueError) as broken:
            # slack_sdk trips over an answer that is no JSON object.
            detail = f"unreadable answer ({type(broken).__name__})"
            raise IntegrationError(SYSTEM, detail, outcome=Outcome.UNKNOWN) from None


def _data(answer: AsyncSlackResponse) -> Mapping[str, Any]:
    if not isinstance(answer.data, dict):
        raise IntegrationError(SYSTEM, "unreadable answer", outcome=Outcome.UNKNOWN)
    return answer.data
