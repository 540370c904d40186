"""The simulated Slack as the playground uses it: start it, point it at the bot, act as a person."""

import secrets
from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

from playground.kernel.acts import told
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.slack.acting import Acting
from playground.slack.conversation import Click, Conversation
from playground.slack.delivery import Delivery
from playground.slack.forms import Forms
from playground.slack.members import Changes, change
from playground.slack.methods_chat import CHAT
from playground.slack.methods_conversations import CONVERSATIONS
from playground.slack.methods_people import PEOPLE
from playground.slack.methods_views import VIEWS
from playground.slack.refusals import Json
from playground.slack.response_url import response_urls
from playground.slack.sockets import Sockets
from playground.slack.state import Workspace
from playground.slack.webapi import APP_LEVEL, Method, Tokens, web_api


class Slack:
    """One workspace with the app installed, on one port of the loopback interface.

    Acts answer {"status", "reply"}, or {"undelivered": why} where Slack would not deliver; they
    raise LookupError for a person who is not in the world.
    """

    def __init__(self, clock: WorldClock, wire: Wire) -> None:
        self.workspace = Workspace(clock)
        self.signing_secret = secrets.token_hex(16)
        self.bot_token = f"xoxb-playground-{secrets.token_hex(12)}"
        self.app_token = f"xapp-playground-{secrets.token_hex(12)}"
        self._wire = wire
        self._sockets = Sockets()
        self._delivery = Delivery(self.workspace, self._sockets, self.signing_secret)
        self._acting = Acting(self.workspace, self._delivery)
        self._conversation = Conversation(self._acting)
        self._forms = Forms(self._acting)
        self._runner: web.AppRunner | None = None

    @property
    def api_url(self) -> str:
        """The base of the Web API, ending in a slash, as slack_sdk wants it."""
        return f"{self.workspace.address}/api/"

    @property
    def sockets_connected(self) -> int:
        """How many Socket Mode connections the bot holds."""
        return self._sockets.connected

    def deliver_to(self, bot_url: Callable[[], str]) -> None:
        """Where deliveries go: `{bot_url()}/slack/events`, asked anew for each."""
        self._delivery.bot_url = bot_url

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one."""
        tokens = Tokens(self.bot_token, self.app_token)
        methods: dict[str, Method] = {
            **CHAT,
            **PEOPLE,
            **CONVERSATIONS,
            **VIEWS,
            APP_LEVEL: lambda _workspace, _args: {"url": self._sockets.new_url()},
        }
        app = web.Application()
        app.add_subapp("/api", web_api(self.workspace, self._wire, tokens, methods))
        app.add_subapp("/response", response_urls(self.workspace, self._wire))
        app.router.add_get("/link", self._sockets.serve)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        await site.start()
        listening = self._runner.addresses[0]
        self.workspace.address = f"http://{listening[0]}:{listening[1]}"
        self._sockets.address = f"ws://{listening[0]}:{listening[1]}"

    async def stop(self) -> None:
        """Close the sockets and stop listening."""
        await self._sockets.close()
        if self._runner is not None:
            await self._runner.cleanup()

    async def say(self, who: str, text: str, times: int = 1) -> Json:
        """Type into the conversation with the app; `/aws-access …` is the command."""
        return await told(self._conversation.say(who, text, times))

    async def press(
        self,
        who: str,
        message: str,
        action: str,
        inputs: Json | None = None,
        *,
        force: bool = False,
        times: int = 1,
    ) -> Json:
        """Press a button (by label or id) on a message, or on a form by the form's id.

        A button that opens a page adds {"url"}. `force` clicks what the person cannot see.
        """
        if self._forms.owns(who, message):
            return await told(self._forms.press(who, message, action, times))
        click = Click(message, action, inputs or {}, force, times)
        return await told(self._conversation.press(who, click))

    async def submit(self, who: str, form: str, inputs: Json | None = None) -> Json:
        """Fill in and submit the modal in front; keys are labels or ids, values text or options."""
        return await told(self._forms.submit(who, form, inputs or {}))

    async def choose(self, who: str, form: str, field: str, value: Any) -> Json:  # noqa: ANN401
        """Fill in one field of the modal in front."""
        return await told(self._forms.choose(who, form, field, value))

    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json:
        """{"options": [{"value", "label"}]} that an external select shows for what was typed."""
        return await told(self._forms.options(who, form, field, typed))

    async def close(self, who: str, form: str) -> Json:
        """Press Cancel on the modal in front."""
        return await told(self._forms.close(who, form))

    async def open_home(self, who: str) -> Json:
        """Open the app's Home tab."""
        return await told(self._conversation.open_home(who))

    async def change_account(self, who: str, changes: Changes) -> Json:
        """Deactivate somebody, say, as an administrator of the workspace does."""
        return await told(change(self._acting, who, changes))

    def set_up(
        self, *, scopes: Sequence[str] | None, revoked: Sequence[str] | None, org_wide: bool | None
    ) -> Json:
        """Grant other scopes than the manifest's, revoke the app's tokens; answers how it is.

        `org_wide`: as if the app were installed to a whole Enterprise Grid organisation.
        """
        if scopes is not None:
            self.workspace.scopes = set(scopes)
        if revoked is not None:
            self.workspace.revoked = set(revoked)
        if org_wide is not None:
            self.workspace.org_wide = org_wide
        return {
            "scopes": sorted(self.workspace.scopes),
            "revoked": sorted(self.workspace.revoked),
            "org_wide": self.workspace.org_wide,
        }

    def messages(self, who: str) -> list[Json]:
        """What somebody sees now, newest last."""
        return self._conversation.messages(who)

    def forms(self, who: str) -> list[Json]:
        """Their open modals, the one in front last."""
        return self._forms.forms(who)

    def home(self, who: str) -> Json | None:
        """Their App Home."""
        return self._forms.home(who)
