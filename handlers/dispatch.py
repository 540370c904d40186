"""The front desk: every chat's door leads here; what must not be lost is committed before the answer."""

import asyncio
import math
import secrets
import time
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from contextlib import suppress
from typing import Any, assert_never

import structlog

from bot.cards import Card, FieldErrors, Option
from bot.commands import Misunderstood, parse
from bot.domain.ids import ChatAccount, RequestId
from bot.domain.refusals import RefusedError
from bot.intents import (
    Activate,
    Again,
    AskReason,
    Confirm,
    Deactivate,
    Decide,
    Explain,
    Help,
    Intent,
    Link,
    Lock,
    Notify,
    OpenForm,
    Pending,
    Proceed,
    Recent,
    Recheck,
    Status,
    Unlink,
    Unlock,
    Withdraw,
    decode,
    encode,
)
from bot.messaging import ChatProfile
from bot.ports import HistoryLostError, IntegrationError, Outcome
from bot.store import HomeRow, JobKind, LinkRow, NewJob
from bot.wording import answers, failures, pace, refusals
from bot.wording.forms import ACCESS, ACTIVATE, not_taken
from handlers import again, deciding, forms, reading
from handlers.arrivals import Arrival
from handlers.context import World
from handlers.explain import explain
from handlers.pace import Pace
from handlers.reply import Reply, answer
from handlers.slow import saying_so
from handlers.standing import note_change
from handlers.steps import draw_homes, note_refusal
from handlers.who import Actor, check

CALM = 0.02
"""Seconds after the last of several at once before durable work has the loop to itself again."""
COMMIT_SECONDS = 2.0
"""The chat shows an error of its own after three seconds without an answer."""
MOST_NOTING = 500
"""Notes at once: what a slow disk can still commit within those seconds."""
MOST_AFTER = 500
"""Answers on their way at once."""

_log = structlog.get_logger()


class CrowdedError(Exception):
    """More is asked by all together than can be taken; nothing was noted."""


class Desk:
    """Implements :class:`handlers.arrivals.FrontDesk`."""

    def __init__(self, world: World, pace: Pace | None = None) -> None:
        self._world = world
        self._pace = pace or Pace()
        self._typing = Pace()  # what a client asks by itself, at every letter, is no command
        self._after: set[asyncio.Task[None]] = set()
        self._noting = 0
        self._noted_at = -math.inf

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
        if wait := self._pace.spend(arrival.account):
            return pace.too_fast(wait, text)
        match parse(text):
            case Misunderstood() as words:
                return answers.misunderstood(words, text)
            case intent:
                return await self._guarded(self._take(arrival, intent), text)

    async def wrote(self, arrival: Arrival, text: str) -> None:
        """A command line whose answer is a message."""
        self._say(arrival, await self.said(arrival, text))

    async def pressed(self, arrival: Arrival, value: str) -> None:
        """A button."""
        try:
            intent = decode(value)
        except ValueError:
            _log.warning("button_not_ours", chat=arrival.account.chat)
            return
        if isinstance(intent, Proceed):
            return  # caused by signing in, never by a click
        if wait := self._pace.spend(arrival.account):
            card: Card | None = pace.too_fast(wait, "")
        else:
            card = await self._guarded(self._take(arrival, intent), "")
        self._say(arrival, card)

    async def submitted(
        self, arrival: Arrival, form: str, values: Mapping[str, str]
    ) -> FieldErrors | None:
        """A form was sent: checked at the fields, then committed like the same words typed."""
        if wait := self._pace.spend(arrival.account):
            return FieldErrors({next(iter(values), ACCESS): pace.too_fast_form(wait)})
        try:
            read = await self._read_form(arrival.account, form, values)
            if read is None or isinstance(read, FieldErrors):
                return read
            await self._commit(arrival, read)
        except CrowdedError:
            return FieldErrors({ACCESS: pace.crowded_form()})
        except Exception as bug:  # noqa: BLE001  the form stays, with all that was typed
            _log.error("form_not_taken", error=type(bug).__name__, exc_info=bug)
            return FieldErrors({next(iter(values), ACCESS): not_taken()})
        return None

    async def _read_form(
        self, account: ChatAccount, form: str, values: Mapping[str, str]
    ) -> Activate | Decide | FieldErrors | None:
        """What a form asks for. A form about one thing carries the intent that opened it as its name."""
        if form == ACTIVATE:
            link = await self._link(account)
            return await forms.read(self._world, link.person if link else None, values)
        with suppress(ValueError):
            opened = decode(form)
            if isinstance(opened, AskReason):
                return deciding.read(opened, values)
        return None

    async def chosen(self, arrival: Arrival, form: str, values: Mapping[str, str]) -> None:
        """A choice was made that changes the form; one too many leaves the form as it is."""
        if form == ACTIVATE and not self._pace.spend(arrival.account) and not self._full:
            self._later(self._chosen(arrival, values))

    async def _chosen(self, arrival: Arrival, values: Mapping[str, str]) -> None:
        link = await self._link(arrival.account)
        if link is not None:
            await forms.chosen(self._world, arrival, link, values)

    async def home_opened(self, arrival: Arrival) -> bool:
        """Draw it anew, also when it shows the same: its links do not last."""
        if self._pace.spend(arrival.account):
            return True  # they have opened it time and again just now
        now = self._world.clock.now()
        try:
            async with asyncio.timeout(COMMIT_SECONDS), self._world.store.begin() as tx:
                if await tx.first_time(arrival.delivery):
                    await tx.save_home(HomeRow(arrival.account, now))
                    await draw_homes(tx, now, arrival.account)
        except (IntegrationError, TimeoutError) as failed:
            _log.warning("home_not_noted", error=type(failed).__name__)
            return False
        return True

    async def account_changed(self, told: ChatProfile) -> bool:
        """Nobody did anything here, so it is nobody's pace; twice the same is one look."""
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                await note_change(self._world, told)
        except (IntegrationError, TimeoutError) as failed:
            _log.warning("change_not_noted", error=type(failed).__name__)
            return False
        return True

    async def view(self, account: ChatAccount, about: str) -> Card | None:
        """Changes nothing: the chat's client asks for it by itself."""
        if self._typing.spend(account):
            return None
        try:
            return await deciding.view(self._world, await self._link(account), RequestId(about))
        except IntegrationError as failed:
            _log.warning("view_lost", system=failed.system)
            return None

    async def options(self, account: ChatAccount, field: str, typed: str) -> tuple[Option, ...]:
        """What the access field offers."""
        if field != ACCESS or self._typing.spend(account):
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
            case Status() | Recent() | Explain() | Pending():
                await self._look(arrival, intent)
                return None
            case OpenForm():
                return await self._open(arrival, intent)
            case Again():
                return await self._again(arrival, intent)
            case AskReason():
                self._later(deciding.open_form(self._world, arrival, intent))
                return None
            case Activate() | Deactivate() | Withdraw() | Proceed() | Confirm() | Recheck():
                return await self._commit(arrival, intent)
            case Decide() | Lock() | Unlock() | Link() | Unlink() | Notify():
                return await self._commit(arrival, intent)
        assert_never(intent)

    async def _commit(self, arrival: Arrival, intent: Intent) -> Card | None:
        """Note the delivery and the work it causes in one transaction; a redelivery does nothing."""
        fresh = await self._first_time(arrival, self._job(arrival, intent))
        # Where nothing can be answered privately, an acknowledgement would be a message of its own.
        return answers.on_it(intent) if fresh and arrival.reply_to else None

    async def _first_time(self, arrival: Arrival, *jobs: NewJob) -> bool:
        """Whether it is no redelivery; if so it is noted, with its work. Raises CrowdedError."""
        if self._noting >= MOST_NOTING:
            raise CrowdedError
        self._noting += 1
        try:
            async with asyncio.timeout(COMMIT_SECONDS):
                fresh = await self._note(arrival, jobs)
        finally:
            self._noting -= 1
            self._noted_at = time.monotonic() if self._noting else self._noted_at
        if not fresh:
            self._pace.give_back(arrival.account)
        return fresh

    async def _note(self, arrival: Arrival, jobs: Sequence[NewJob]) -> bool:
        async with self._world.store.begin() as tx:
            fresh = await tx.first_time(arrival.delivery)
            for job in jobs if fresh else ():
                await tx.add_job(job)
        return fresh

    def _job(self, arrival: Arrival, intent: Intent) -> NewJob:
        payload = {**_reply(arrival).payload, "intent": encode(intent)}
        return NewJob(JobKind.INTENT, arrival.delivery, self._world.clock.now(), payload=payload)

    async def _look(self, arrival: Arrival, intent: Status | Recent | Explain | Pending) -> None:
        """A question: answered once for all its deliveries, and lost with this process."""
        if self._full:
            raise CrowdedError
        if await self._first_time(arrival):
            self._later(self._read(arrival, intent))

    async def _open(self, arrival: Arrival, intent: OpenForm) -> Card | None:
        """A form for those who are linked; the others sign in first and get a button afterwards."""
        link = await self._link(arrival.account)
        if link is None:
            return await self._commit(arrival, intent)
        if not arrival.trigger:
            return answers.form_here(intent)
        if self._full:
            raise CrowdedError
        self._later(forms.open_form(self._world, arrival, link, intent))
        return None

    async def _again(self, arrival: Arrival, intent: Again) -> Card | None:
        """What was asked for before, with what is fresh; the form where the reason is still missing."""
        link = await self._link(arrival.account)
        if link is None:
            return await self._commit(arrival, intent)
        match await again.meant(self._world, link, intent):
            case None:
                return answers.nothing_before()
            case meant:
                return await self._take(arrival, meant)

    async def _read(self, arrival: Arrival, intent: Status | Recent | Explain | Pending) -> None:
        now, reply = self._world.clock.now(), _reply(arrival)
        try:
            async with saying_so(self._world, reply, arrival.delivery, now):
                actor = await check(self._world, arrival.account)
                card = await self._answer(actor, intent)
        except RefusedError as no:
            card = refusals.refused(no.refusal)
            async with self._world.store.begin() as tx:
                await note_refusal(tx, arrival.account, intent, no)
        except IntegrationError as failed:
            card = failures.not_answering(failed.system, intent, refused=failed.permanent)
        await answer(self._world, reply, card)

    async def _answer(self, actor: Actor, intent: Status | Recent | Explain | Pending) -> Card:
        match intent:
            case Status():
                return await reading.status(self._world, actor)
            case Recent():
                return await reading.recent(self._world, actor, intent)
            case Explain():
                return await explain(self._world, actor, intent)
            case Pending():
                return await deciding.pending(self._world, actor)
        assert_never(intent)

    async def _link(self, account: ChatAccount) -> LinkRow | None:
        async with self._world.store.begin() as tx:
            link = await tx.link(account)
            locked = link is not None and await tx.lock(link.person) is not None
        # Nobody, for somebody who is locked out: what carries it out tells them why.
        return None if locked else link

    @property
    def _full(self) -> bool:
        """Whether no more can be done after the answers that are given now."""
        return len(self._after) >= MOST_AFTER

    async def _guarded(self, work: Awaitable[Card | None], typed: str) -> Card | None:
        """The last rung: what fails before the answer is said, with a reference to find it by."""
        try:
            return await work
        except CrowdedError:
            _log.warning("too_much_at_once", noting=self._noting, after=len(self._after))
            return pace.crowded(typed)
        except HistoryLostError as lost:
            _log.error("not_noted", system=lost.system, missing=lost.detail)
            return failures.history_lost()
        except IntegrationError as failed:
            _log.error("not_noted", system=failed.system, outcome=failed.outcome)
            return failures.not_noted(surely=failed.outcome is Outcome.DID_NOT)
        except TimeoutError:
            _log.error("not_noted", system="the database", outcome=Outcome.UNKNOWN)
            return failures.not_noted(surely=False)
        except Exception as bug:  # noqa: BLE001  nothing may reach the chat's own error page
            reference = secrets.token_hex(4)
            _log.error("not_taken", reference=reference, error=type(bug).__name__, exc_info=bug)
            return failures.bug(reference)

    def _say(self, arrival: Arrival, card: Card | None) -> None:
        """Answer by a message, unless too many are on their way."""
        if card is not None and not self._full:
            self._later(answer(self._world, _reply(arrival), card))

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
