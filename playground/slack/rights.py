"""The short-lived rights an interaction gives the app: to open a modal, and to answer."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from playground.kernel.clock import WorldClock
from playground.kernel.realtime import real_seconds
from playground.kernel.shape import problem
from playground.slack.refusals import Refusal

if TYPE_CHECKING:
    from playground.slack.state import Channel, Message

TRIGGER_SECONDS = 3.0
RESPONSE_URL_LIFE = timedelta(minutes=30)
RESPONSE_URL_USES = 5


@dataclass
class _Trigger:
    user: str
    minted: float
    exchanged: bool = False


class Triggers:
    """trigger_ids: three real seconds, once.

    https://docs.slack.dev/surfaces/modals (trigger_id) and the errors of views.open.
    """

    def __init__(self, seconds: Callable[[], float] = real_seconds) -> None:
        self._seconds = seconds
        self._minted: dict[str, _Trigger] = {}

    def mint(self, user: str) -> str:
        """A new trigger_id for what this user just did."""
        number = secrets.randbelow(10**12)
        trigger_id = f"{number}.{secrets.randbelow(10**10)}.{secrets.token_hex(16)}"
        self._minted[trigger_id] = _Trigger(user, self._seconds())
        return trigger_id

    def exchange(self, trigger_id: str) -> str:
        """Use it up; answers whose it was. Raises Refusal as views.open words it."""
        trigger = self._minted.get(trigger_id)
        if trigger is None:
            raise Refusal("invalid_arguments", (problem("invalid `trigger_id`", "/trigger_id"),))
        if trigger.exchanged:
            raise Refusal("exchanged_trigger_id")
        if self._seconds() - trigger.minted > TRIGGER_SECONDS:
            raise Refusal("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user


@dataclass
class ResponseUrl:
    """One response_url: where it answers to and which message it may change."""

    channel: "Channel"
    user: str
    source: "Message | None"
    until: datetime
    uses_left: int = RESPONSE_URL_USES


class ResponseUrls:
    """response_urls: five uses within thirty minutes of world time.

    https://docs.slack.dev/interactivity/handling-user-interaction (message responses)
    """

    def __init__(self, clock: WorldClock) -> None:
        self._clock = clock
        self._minted: dict[str, ResponseUrl] = {}

    def mint(self, channel: "Channel", user: str, source: "Message | None" = None) -> str:
        """A new id; the caller knows the address it stands in."""
        key = secrets.token_urlsafe(18)
        until = self._clock.now() + RESPONSE_URL_LIFE
        self._minted[key] = ResponseUrl(channel, user, source, until)
        return key

    def use(self, key: str) -> ResponseUrl:
        """Take one use. Raises Refusal."""
        right = self._minted.get(key)
        if right is None:
            raise Refusal("no_such_url")
        if self._clock.now() > right.until:
            raise Refusal("expired_url")
        if right.uses_left == 0:
            raise Refusal("used_url")
        right.uses_left -= 1
        return right
