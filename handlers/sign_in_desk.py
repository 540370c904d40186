"""What the sign-in's doors call, in a browser and in a chat; nothing is raised to them."""

from collections.abc import Mapping

import structlog

from bot.cards import Page
from bot.domain.ids import ChatAccount
from bot.domain.refusals import Locked, RefusedError
from bot.ports import IntegrationError
from bot.store import ConflictError
from bot.wording import pages
from handlers import sign_in, single_sign_on
from handlers.context import World

_log = structlog.get_logger()


class SignInPages:
    """What the web pages call; implements :class:`handlers.arrivals.SignInDesk`."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def look(self, secret: str) -> Page:
        """The page behind a link; nothing is changed, since link previews come here too."""
        try:
            return await sign_in.look(self._world, secret)
        except IntegrationError as failed:
            return pages.not_answering(failed.system)

    async def confirm(self, secret: str, browser: str) -> str | Page:
        """Begin the flow, bound to this browser, and answer where it goes on."""
        try:
            return await sign_in.confirm(self._world, secret, browser)
        except IntegrationError as failed:
            return pages.not_answering(failed.system)
        except ConflictError:
            return pages.used_link()

    async def offered(self, secret: str) -> str:
        """The key for a token that the chat itself may hand over."""
        try:
            return await single_sign_on.offered(self._world, secret)
        except IntegrationError:
            return ""

    async def exchanged(self, account: ChatAccount, key: str, token: str) -> bool:
        """Take such a token; whoever it does not serve still has the link."""
        try:
            return await single_sign_on.exchanged(self._world, account, key, token)
        except (RefusedError, ConflictError):
            return False
        except IntegrationError as failed:
            _log.warning("single_sign_on_failed", system=failed.system)
            return False

    async def finish(self, query: Mapping[str, str], browser: str) -> Page:
        """Redeem Entra's answer; link the accounts, when the directory agrees, and go on."""
        try:
            return await sign_in.finish(self._world, query, browser)
        except RefusedError as no:
            return pages.locked() if isinstance(no.refusal, Locked) else pages.not_a_member()
        except IntegrationError as failed:
            return pages.not_answering(failed.system)
        except ConflictError:
            return pages.used_link()
