"""The front desk: every chat's door leads here; what must not be lost is committed before the answer."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Coroutine, Mapping
from typing import Any, assert_never

import structlog

from bot.cards import Card, FieldErrors, Option
from bot.commands import Misunderstood, parse
from bot.domain.ids import ChatAccount
from bot.domain.refusals import RefusedError
from bot.intents import (
    Activate,
    Deactivate,
    Help,
    Intent,
    Link,
    OpenForm,
    Proceed,
    Recent,
    Recheck,
    Status,
    Unlink,
    Withdraw,
    decode,
    encode,
)
from bot.ports import IntegrationError, Outcome
from bot.store import JobKind, LinkRow, NewJob
from bot.wording import answers, refusals
from bot.wording.forms import ACCESS, ACTIVATE, not_taken
from handlers import forms, reading
from handlers.arrivals import Arrival
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.steps import note_refusal
from handlers.who import check

CALM = 0.02
"""Seconds after the last of several at once before durable work has the loop to itself again."""
COMMIT_SECONDS = 2.0
"""The chat shows an error of its own after three seconds without an answer."""

_log = structlog.get_logger()


class Desk:
    """Implements :class:`handlers.arrivals.FrontDesk`."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._after: set[asyncio.Task[None]] = set()
        self._noting = 0
        self._noted_at = 0.0

    @property
    def crowded(self) -> bool:
        """Whether people are waiting, or were just now, for something to be noted."""
        return self._noting > 0 or time.monotonic() - self._noted_at < CALM

    @property
    def busy(self) -> int:
        """How many answers are still on their way."""
        return len(self._after)

    async def drain(self, seconds: float) -> None:
        """Let answers that are on their way arrive, for a while."""
        if self._after:
            await asyncio.wait(self._after, timeout=seconds)

    async def said(self, arrival: Arrival, text: str) -> Card | None:
        """A command line."""
        match parse(text):
            case Misunderstood() as words:
                return answers.misunderstood(words, text)
            case intent:
                return await self._guarded(self._take(arrival, intent))

    async def pressed(self, arrival: Arrival, value: str) -> None:
        """A button."""
        try:
            intent = decode(value)
        except ValueError:
            _log.warning("button_not_ours", chat=arrival.account.chat)
            return
        if isinstance(intent, Proceed):
            return  # caused by signing in, never by a click
        card = await self._guarded(self._take(arrival, intent))
        if card is not None:
            self._later(answer(self._world, _reply(arrival), card))

    async def submitted(
        self, arrival: Arrival, form: str, values: Mapping[str, str]
    ) -> FieldErrors | None:
        """A form was sent: checked at the fields, then committed like the same words typed."""
        if form != ACTIVATE:
            return None
        read = await forms.read(self._world, values)
        if isinstance(read, FieldErrors):
            return read
        try:
            await self._commit(arrival, read)
        except Exception as bug:  # noqa: BLE001  the form stays, with all that was typed
            _log.error("form_not_taken", error=type(bug).__name__, exc_info=bug)
            return FieldErrors({ACCESS: not_taken()})
        return None

    async def chosen(self, arrival: Arrival, form: str, values: Mapping[str, str]) -> None:
        """A choice was made that changes the form."""
        if form == ACTIVATE:
            self._later(self._chosen(arrival, values))

    async def _chosen(self, arrival: Arrival, values: Mapping[str, str]) -> None:
        link = await self._link(arrival.account)
        if link is not None:
            await forms.chosen(self._world, arrival, link, values)

    async def options(self, account: ChatAccount, field: str, typed: str) -> tuple[Option, ...]:
        """What the access field offers."""
        if field != ACCESS:
            return ()
        try:
            link = await self._link(account)
            return await forms.options(self._world, link.person, typed) if link else ()
        except IntegrationError as failed:
            _log.warning("options_lost", system=failed.system)
            return ()

    async def _take(self, arrival: Arrival, intent: Intent) -> Card | None:
        match intent:
            case Help():
                return answers.help_card()
            case Status() | Recent():
                self._later(self._read(arrival, intent))
                return None
            case OpenForm():
                return await self._open(arrival, intent)
            case Activate() | Deactivate() | Withdraw() | Link() | Unlink() | Proceed() | Recheck():
                return await self._commit(arrival, intent)
        assert_never(intent)

    async def _commit(self, arrival: Arrival, intent: Intent) -> Card | None:
        """Note the delivery and the work it causes in one transaction; a redelivery does nothing."""
        self._noting += 1
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                fresh = await self._note(arrival, intent)
        finally:
            self._noting -= 1
            self._noted_at = time.monotonic() if self._noting else self._noted_at
        return answers.on_it(intent) if fresh else None

    async def _note(self, arrival: Arrival, intent: Intent) -> bool:
        payload = {**_reply(arrival).payload, "intent": encode(intent)}
        job = NewJob(JobKind.INTENT, arrival.delivery, self._world.clock.now(), payload=payload)
        async with self._world.store.begin() as tx:
            fresh = await tx.first_time(arrival.delivery)
            if fresh:
                await tx.add_job(job)
        return fresh

    async def _open(self, arrival: Arrival, intent: OpenForm) -> Card | None:
        """A form for those who are linked; the others sign in first and get a button afterwards."""
        link = await self._link(arrival.account)
        if link is None:
            return await self._commit(arrival, intent)
        self._later(forms.open_form(self._world, arrival, link, intent))
        return None

    async def _read(self, arrival: Arrival, intent: Status | Recent) -> None:
        try:
            actor = await check(self._world, arrival.account)
            card = await (
                reading.status(self._world, actor)
                if isinstance(intent, Status)
                else reading.recent(self._world, actor, intent)
            )
        except RefusedError as no:
            card = refusals.refused(no.refusal)
            async with self._world.store.begin() as tx:
                await note_refusal(tx, arrival.account, intent, no)
        except IntegrationError as failed:
            card = answers.not_answering(failed.system, intent, refused=failed.permanent)
        await answer(self._world, _reply(arrival), card)

    async def _link(self, account: ChatAccount) -> LinkRow | None:
        async with self._world.store.begin() as tx:
            return await tx.link(account)

    async def _guarded(self, work: Awaitable[Card | None]) -> Card | None:
        """The last rung: what fails before the answer is said, with a reference to find it by."""
        try:
            return await work
        except IntegrationError as failed:
            _log.error("not_noted", system=failed.system, outcome=failed.outcome)
            return answers.not_noted(surely=failed.outcome is Outcome.DID_NOT)
        except TimeoutError:
            _log.error("not_noted", system="the database", outcome=Outcome.UNKNOWN)
            return answers.not_noted(surely=False)
        except Exception as bug:  # noqa: BLE001  nothing may reach the chat's own error page
            reference = secrets.token_hex(4)
            _log.error("not_taken", reference=reference, error=type(bug).__name__, exc_info=bug)
            return answers.bug(reference)

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do the losable rest after the answer; kept in a set so that it is neither lost nor cut off."""
        task = asyncio.create_task(self._logged(work))
        self._after.add(task)
        task.add_done_callback(self._after.discard)

    async def _logged(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as bug:  # noqa: BLE001  a lost answer must not take the process with it
            _log.error("after_answer_failed", error=type(bug).__name__, exc_info=bug)


def _reply(arrival: Arrival) -> Reply:
    return Reply(arrival.account, arrival.reply_to)
