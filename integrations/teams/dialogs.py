"""Dialogs: in Teams one opens as the answer to a click, so what the product shows is waited for here.

https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/task-modules/task-modules-bots
"""

import asyncio
import secrets
from dataclasses import dataclass, field

from bot.cards import Form

OPENS = 0.25
"""Seconds after the desk has answered in which a form is opened, if one is at all."""
DRAWN = 4.0
"""Seconds until it shows what it can offer; Teams itself gives up after ten."""


@dataclass
class Dialog:
    """One click that waits for its form, under a key that nobody can guess."""

    key: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    drawn: asyncio.Event = field(default_factory=asyncio.Event)
    form: Form | None = None

    async def wait(self) -> Form | None:
        """The form as it was drawn; None when none was opened, or not drawn in time."""
        try:
            async with asyncio.timeout(OPENS):
                await self.opened.wait()
            async with asyncio.timeout(DRAWN):
                await self.drawn.wait()
        except TimeoutError:
            return None
        return self.form


class Dialogs:
    """The clicks that wait, in this process: each is a request that is being answered."""

    def __init__(self) -> None:
        self._waiting: dict[str, Dialog] = {}

    def begin(self, *, opened: bool = False) -> Dialog:
        """A click came in. `opened`: its form stands there already, and is to be redrawn."""
        dialog = Dialog()
        if opened:
            dialog.opened.set()
        self._waiting[dialog.key] = dialog
        return dialog

    def end(self, dialog: Dialog) -> None:
        """It is being answered: what comes later has nowhere to go."""
        self._waiting.pop(dialog.key, None)

    def open(self, key: str, form: Form) -> bool:
        """A form comes for a click; False for one that waits no more, or has a form already."""
        dialog = self._waiting.get(key)
        if dialog is None or dialog.opened.is_set():
            return False
        dialog.form = form
        dialog.opened.set()
        return True

    def redraw(self, key: str, form: Form) -> None:
        """Show another one in its place; nothing happens once it was answered."""
        dialog = self._waiting.get(key)
        if dialog is not None:
            dialog.form = form
            dialog.drawn.set()
