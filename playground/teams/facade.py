"""The simulated Teams as the playground uses it: start it, point it at the bot, act as a person."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiohttp import web

from playground.entra.facade import Entra
from playground.kernel.acts import Json, told
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Wire
from playground.serving import Site
from playground.teams import activities
from playground.teams.acting import Acting
from playground.teams.chatting import Chatting, Click
from playground.teams.connector import Connector, refusal
from playground.teams.delivery import Delivery
from playground.teams.dialogs import Dialogs
from playground.teams.keys import Keys
from playground.teams.state import TEAM, Tenant
from playground.teams.watching import Watching

REGION = "/emea"
UNHEARD = frozenset({0, 502, 503})
MOST_TRIES, TRY_SECONDS = 100, 0.2
NO_HOME = {"undelivered": "Teams gives a bot no Home tab"}
HELP = {
    "install": '"who": the app is installed for them; the bot hears of it',
    "uninstall": '"who": it is removed; the bot hears of it, and may not write to them any more',
    "block": '"who": they block the bot, which is not told; it may not write to them any more',
    "unblock": '"who": they do not block it any more',
    "consent": '"who": Teams hands over their token without asking them (as it does at first)',
    "no_consent": '"who": it does not, until they sign in themselves',
    "rotate": "Bot Connector signs with a new key from now on",
}


class Teams:
    """The tenant's Teams with the app in it, on one port of the loopback interface.

    Acts answer {"status", "reply"}, or {"undelivered": why} where Teams would not deliver; they
    raise LookupError for a person who is not in the world.
    """

    def __init__(self, clock: WorldClock, wire: Wire, entra: Entra) -> None:
        self.tenant = Tenant(clock)
        self._keys = Keys()
        self.delivery = Delivery(self._keys)
        acting = self._acting = Acting(self.tenant, self.delivery)
        self._watching = Watching(acting, entra.teams_token)
        self._dialogs = Dialogs(acting)
        self._chatting = Chatting(acting, self._dialogs)
        connector = Connector(self.tenant, entra.signer, self._watching.arrived)
        app = web.Application(
            middlewares=[wire.middleware("teams", refusal), connector.guard(REGION)]
        )
        self._keys.add_routes(app)
        connector.add_routes(app, REGION)
        self._site = Site(app)

    async def start(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        await self._site.start()
        self.delivery.service_url = self.service_url

    async def stop(self) -> None:
        """Stop listening."""
        await self._watching.stop()
        await self._site.stop()

    @property
    def service_url(self) -> str:
        """Where the connector's API is, as activities say it: with a slash at its end."""
        return f"{self._site.url}{REGION}/"

    @property
    def login_url(self) -> str:
        """Where bots read which keys sign activities; without a slash at its end."""
        return self._site.url

    @property
    def busy(self) -> bool:
        """Whether a client is doing something of its own accord that the bot will hear of."""
        return self._watching.busy

    def deliver_to(self, bot_url: Callable[[], str]) -> None:
        """Where deliveries go: `{bot_url()}/api/messages`, asked anew for each."""
        self.delivery.bot_url = bot_url

    async def say(self, who: str, text: str, times: int = 1, channel: str = "") -> Json:
        """Type into the chat with the bot, or to the bot in a channel that it is in."""
        return await told(self._chatting.say(who, text, times, channel))

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
        """Press a button (by label or id) on a message, or on a dialog by the dialog's id.

        `force` clicks what the person cannot see. A link answers {"undelivered", "url"}.
        """
        if self._dialogs.owns(who, message):
            return await told(self._dialogs.press(who, message, action, inputs or {}))
        click = Click(message, action, inputs or {}, force, times)
        return await told(self._chatting.press(who, click))

    async def submit(self, who: str, form: str, inputs: Json | None = None) -> Json:
        """Fill in and submit the dialog in front; keys are labels or ids."""
        return await told(self._dialogs.submit(who, form, inputs or {}))

    async def choose(self, who: str, form: str, field: str, value: Any) -> Json:  # noqa: ANN401
        """Fill in one field of the dialog in front."""
        return await told(self._dialogs.choose(who, form, field, value))

    async def options(self, who: str, form: str, field: str, typed: str = "") -> Json:
        """{"options": [{"value", "label"}]} that a field offers for what was typed."""
        return await told(self._dialogs.options(who, form, field, typed))

    async def close(self, who: str, form: str) -> Json:
        """Close the dialog in front."""
        return await told(self._dialogs.close(who, form))

    async def open_home(self, who: str) -> Json:
        """Nothing: there is none."""
        del who
        return NO_HOME

    def messages(self, who: str) -> list[Json]:
        """What of the bot's somebody sees now, newest last."""
        return self._chatting.messages(who)

    def forms(self, who: str) -> list[Json]:
        """Their open dialog."""
        return self._dialogs.forms(who)

    def home(self, who: str) -> Json | None:
        """None: there is none."""
        del who
        return None

    async def operate(self, op: str, who: str) -> Json:
        """One of HELP: what an administrator does, or somebody in their client."""
        if op == "rotate":
            self._keys.rotate()
            return {}
        return await told(self._operated(op, who))

    async def _operated(self, op: str, who: str) -> Json:
        account = self._acting.account(who)
        match op:
            case "install":
                self.tenant.uninstalled.discard(who)
                return {"heard": await self._announce(who, "add")}
            case "uninstall":
                heard = await self._announce(who, "remove")
                self.tenant.uninstalled.add(account.key)
                return {"heard": heard}
            case "block":
                self.tenant.blocked.add(account.key)
            case "unblock":
                self.tenant.blocked.discard(account.key)
            case "no_consent":
                self.tenant.unconsenting.add(account.key)
            case _:
                self.tenant.unconsenting.discard(account.key)
        return {}

    async def _announce(self, who: str, action: str) -> int:
        """Tell the bot that the app is there for somebody, or no longer; the HTTP status."""
        account = self._acting.account(who)
        where, now = self.tenant.personal(account), self.tenant.clock.now()
        told_of = [activities.installed(account, where, action, now)]
        if action == "add":
            told_of.insert(0, activities.joined(account, where, now))
        answers = [(await self.delivery.send(one))[0] for one in told_of]
        return max(one.status for one in answers)

    def announce(self) -> None:
        """Tell the bot of its team and of everybody who has the app, as when it was updated.

        A bot that is just starting gets it as soon as it listens.
        """
        now, team = self.tenant.clock.now(), self.tenant.conversations[TEAM]
        told_of = [activities.joined(self._acting.account("admin"), team, now)]
        for account in self.tenant.accounts.values():
            where = self.tenant.personal(account)
            told_of.append(activities.installed(account, where, "add-upgrade", now))
        for one in told_of:
            self._watching.begin(self._until_heard(one))

    async def _until_heard(self, activity: Json) -> None:
        for _ in range(MOST_TRIES):
            if (await self.delivery.send(activity))[0].status not in UNHEARD:
                return
            await asyncio.sleep(TRY_SECONDS)
