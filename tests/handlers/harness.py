"""The bot without its wires: what people do, and its work, done until none is due."""

import itertools
import shutil
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.cards import Button, Card, FieldErrors, Page
from bot.domain.access import Catalog
from bot.domain.activation import Activation
from bot.domain.audit import What
from bot.domain.ids import Chat, ChatAccount, GroupId, PersonId
from bot.domain.policy import Terms
from bot.domain.request import Request
from bot.intents import Intent, encode
from bot.ports import IntegrationError, Outcome, PersonToken, PimRequest
from bot.store import Job, JobKind, NewJob, RequestFilter
from handlers.arrivals import Arrival
from handlers.context import Memory, World
from handlers.dispatch import Desk
from handlers.policy import Policy
from handlers.sign_in_desk import SignInPages
from handlers.sign_in_links import digest
from handlers.work import handlers
from handlers.worker import Worker
from integrations.database.audit import audit_rows
from integrations.database.engine import connect
from integrations.database.jobs import DatabaseJobs
from integrations.database.sealing import open_vault, parse_keys
from integrations.database.store import DatabaseStore
from integrations.database.unit import Database
from tests.databases import Hands, copied
from tests.fakes.aws import FakeAws
from tests.fakes.directory import FakeDirectory
from tests.fakes.grantor import FakeGrantor
from tests.fakes.messenger import FakeMessenger, Shown
from tests.fakes.pim import FakePim
from tests.fakes.sign_in import FakeSignIn
from tests.handlers import cast
from tests.handlers.authority import Authority
from tests.handlers.cast import ANN, ANNS

KEYS = "k1:" + "A" * 43 + "="
PUBLIC = "https://bot.example.com"
BROWSER = "the cookie of Ann's browser"
MOST_RUNS = 300
LOST = IntegrationError("Microsoft Graph", "no answer", outcome=Outcome.UNKNOWN)
BUSY = IntegrationError("Microsoft Graph", "429", retry_after=30.0)
DOWN = IntegrationError("Microsoft Graph", "cannot connect")
FORBIDDEN = IntegrationError("Microsoft Graph", "403", permanent=True)


class FormError(Exception):
    """A form was sent that the bot found fault with."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__(str(errors))
        self.errors = errors


@dataclass
class Bot:
    """One replica and its world. `history` has every version of every request that was seen."""

    clock: Hands
    database: Database
    world: World
    chat: FakeMessenger
    pim: Authority
    directory: FakeDirectory
    sign_in: FakeSignIn
    aws: FakeAws
    jobs: DatabaseJobs
    settled: bool = True
    """Whether nothing is left that lags or fails, so that what is shown has to be the truth."""
    history: dict[str, list[Request]] = field(default_factory=dict)
    _numbers: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.desk = Desk(self.world)
        self.pages = SignInPages(self.world)
        self._worker = Worker(self.jobs, self.clock, handlers(self.world))

    # --- what people do ----------------------------------------------------------------------

    def arrival(self, who: ChatAccount, delivery: str = "") -> Arrival:
        """Something a person does; no two things are done at the very same moment."""
        number = next(self._numbers)
        self.clock.pass_(milliseconds=1)
        return Arrival(
            who, delivery or f"delivery-{number}", f"reply-{number}", f"trigger-{number}"
        )

    async def hears(self, who: ChatAccount, text: str, delivery: str = "") -> Card | None:
        """Somebody says something, and gets the first answer; the work waits."""
        card = await self.desk.said(self.arrival(who, delivery), text)
        await self.desk.drain(5)
        return card

    async def says(self, who: ChatAccount, text: str, delivery: str = "") -> Card | None:
        """The same, with all the work that it causes now."""
        card = await self.hears(who, text, delivery)
        await self.works()
        return card

    async def presses(self, who: ChatAccount, button: Button | Intent | str) -> None:
        """Somebody presses a button (or sends the value of one)."""
        if isinstance(button, Button):
            assert button.intent is not None
            button = button.intent
        value = button if isinstance(button, str) else encode(button)
        await self.desk.pressed(self.arrival(who), value)
        await self.desk.drain(5)
        await self.works()

    async def submits(self, who: ChatAccount, values: Mapping[str, str]) -> None:
        """Somebody sends the form. Raises FormError."""
        found = await self.desk.submitted(self.arrival(who), "activate", values)
        if isinstance(found, FieldErrors):
            raise FormError(found.errors)
        await self.desk.drain(5)
        await self.works()

    async def comes_back(
        self, url: str, person: PersonId = ANN, browser: str = BROWSER
    ) -> tuple[dict[str, str], Page]:
        """Somebody follows a sign-in link to its end; what Entra answered, and the last page."""
        secret = url.rpartition("/")[2]
        gone_to = await self.pages.confirm(secret, browser)
        assert isinstance(gone_to, str), gone_to
        async with self.world.store.begin() as tx:
            row = await tx.sign_in(digest(secret))
        assert row is not None
        assert row.flow is not None
        query = self.sign_in.browse(row.flow, person)
        return query, await self.pages.finish(query, browser)

    async def signs_in(self, person: PersonId = ANN, url: str = "") -> Page:
        """Somebody presses the newest sign-in button they can see, and signs in."""
        who = next(account for account, one in cast.PEOPLE.items() if one == person)
        _, page = await self.comes_back(url or self.link(who), person)
        await self.works()
        return page

    async def links(self, *people: PersonId) -> None:
        """They have all signed in before."""
        for person in people:
            who = next(account for account, one in cast.PEOPLE.items() if one == person)
            await self.says(who, "link")
            page = await self.signs_in(person)
            assert page.fine, page
        self.chat.messages.clear()

    # --- what is seen ------------------------------------------------------------------------

    def cards(self, who: ChatAccount = ANNS) -> list[Card]:
        return self.chat.to(who)

    def last(self, who: ChatAccount = ANNS) -> Card:
        return self.cards(who)[-1]

    def posts(self, who: ChatAccount = ANNS) -> list[Shown]:
        """The messages that notified somebody."""
        return [m for m in self.chat.messages if m.account == who and not m.private]

    def link(self, who: ChatAccount = ANNS) -> str:
        """The newest sign-in link that somebody can see."""
        urls = [b.url for card in self.cards(who) for b in card.buttons if b.label == "Sign In"]
        assert urls, f"no sign-in button among {[c.title for c in self.cards(who)]}"
        return str(urls[-1])

    async def request(self) -> Request:
        """The newest request."""
        return (await self.requests())[0]

    async def requests(self) -> list[Request]:
        """Every request, the newest first."""
        async with self.world.store.begin() as tx:
            return list(await tx.requests(RequestFilter(limit=1000)))

    async def activation(self, person: PersonId = ANN, group: GroupId = cast.DEV) -> Activation:
        """The one that is active as far as the store knows."""
        async with self.world.store.begin() as tx:
            found = await tx.active_in(person, group)
        assert found is not None
        return found

    async def record(self) -> list[What]:
        """What the audit log says happened, in order."""
        return [What(row["what"]) async for row in audit_rows(self.database.engine)]

    def asked(self) -> PimRequest:
        """The one request that PIM has."""
        [one] = self.pim.asked.values()
        return one.request

    # --- what is done in Entra's portal ------------------------------------------------------

    async def activates_in_the_portal(
        self, group: GroupId = cast.DEV, person: PersonId = ANN, **length: float
    ) -> None:
        """Somebody activates without the bot, for an hour unless it is said for how long."""
        token = PersonToken(person, "the portal's", self.clock.at + cast.HOUR)
        terms = Terms("", group, timedelta(**length) or cast.HOUR, "In the portal", "INC-1")
        await FakePim.activate(self.pim, token, terms, f"in the portal at {self.clock.at}")

    async def deactivates_in_the_portal(
        self, group: GroupId = cast.DEV, person: PersonId = ANN
    ) -> None:
        """Somebody deactivates without the bot."""
        token = PersonToken(person, "the portal's", self.clock.at + cast.HOUR)
        await self.pim.deactivate(token, group, "")

    # --- what happens by itself --------------------------------------------------------------

    async def works(self) -> datetime | None:
        """Do what is due, one after the other, until nothing is; when the next work will be due."""
        for _ in range(MOST_RUNS):
            due, later = await self.jobs.waiting()
            jobs = await self.jobs.claim(1) if due else ()
            if not jobs:
                return later
            await self._run(jobs[0])
        msg = "there is always something due"
        raise AssertionError(msg)

    async def _run(self, job: Job) -> None:
        try:
            await self._worker._do(job)
        finally:
            await self._note()

    async def waits(self, **time: float) -> None:
        """Time passes, and whatever becomes due is done when it is due."""
        until = self.clock.at + timedelta(**time)
        for _ in range(MOST_RUNS):
            due = await self.works()
            if due is None or due > until:
                break
            self.clock.at = due
        self.clock.at = until
        await self.works()

    async def adds(self, kind: str, subject: str, payload: Mapping[str, str] | None = None) -> None:
        """Work that is there for no good reason, as after a race."""
        async with self.world.store.begin() as tx:
            key = f"{kind}:{subject}:once more"
            await tx.add_job(NewJob(JobKind(kind), subject, self.clock.at, key, payload or {}))

    async def restarts(self) -> None:
        """The process is started anew: nothing is left of what was in memory only."""
        await self.jobs.release_all()
        self.world.tokens.__init__()  # type: ignore[misc]
        self.world.memory.__init__(self.clock)  # type: ignore[misc]
        await self.works()

    def provisions(self, person: PersonId = ANN, group: GroupId = cast.DEV) -> None:
        """SCIM brings the membership to AWS."""
        self.aws.memberships.add((cast.mail(person), group))

    def deprovisions(self) -> None:
        """SCIM takes every membership away from AWS."""
        self.aws.memberships.clear()

    async def _note(self) -> None:
        for request in await self.requests():
            seen = self.history.setdefault(request.id, [])
            if not seen or seen[-1] != request:
                seen.append(request)


def storeless(world: World, failure: BaseException) -> World:
    """The same world, in which nothing can be written down or looked up."""

    class Store:
        @asynccontextmanager
        async def begin(self, done: Job | None = None) -> AsyncIterator[Any]:
            raise failure
            yield

    return replace(world, store=Store())


@cache
def engine_of(url: str) -> AsyncEngine:
    """One engine for all tests: what it has compiled serves the next ones too."""
    return connect(url)


@asynccontextmanager
async def opened(
    template: Path,
    *,
    keys: str = KEYS,
    catalog: Catalog | None = cast.CATALOG,
    grants: bool = False,
) -> AsyncIterator[Bot]:
    """A bot in the world of :mod:`tests.handlers.cast`; without `keys` it keeps no tokens.

    `grants`: it has a grantor.
    """
    folder = template.parent / "bot"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    database = Database(engine_of(copied(template, folder)))
    made = made_of(Hands(), database, keys, catalog, grants=grants)
    try:
        yield made
    finally:
        await made.desk.drain(5)
        await database.engine.dispose()


def made_of(
    clock: Hands,
    database: Database,
    keys: str,
    catalog: Catalog | None,
    *,
    grants: bool,
) -> Bot:
    """A bot on a database, into which its PIM looks as a witness."""
    chat = FakeMessenger(profiles={who: cast.profile(who) for who in cast.PEOPLE})
    chat.profiles[cast.GUSS] = cast.profile(cast.GUSS, "guest")
    directory = FakeDirectory(
        {p.oid: cast.user(p) for p in cast.PEOPLE.values()},
        {cast.ADMINS: {cast.ADA.oid}, cast.AUDITORS: {cast.AUDREY.oid}},
        dict(cast.APPS),
    )
    pim = Authority(clock, engine=database.engine)
    for group, rules in cast.RULES.items():
        for person in (cast.ANN, cast.BEN):
            pim.make_eligible(person, group, rules)
    sign_in = FakeSignIn(clock.now, {p: cast.mail(p) for p in cast.PEOPLE.values()})
    aws = FakeAws(cast.PORTAL, dict(cast.BY_GROUP), dict(cast.BY_USER))
    policy = Policy(catalog)
    world = World(
        clock=clock,
        store=DatabaseStore(database, clock, stamp=policy.stamp),
        directory=directory,
        pim=pim,
        sign_in=sign_in,
        vault=open_vault(parse_keys(keys)),
        aws=aws,
        messengers={Chat.SLACK: chat},
        tenant=cast.TENANT,
        public_url=PUBLIC,
        my_apps_url="https://apps.example.com",
        policy=policy,
        real_now=clock.now,
        memory=Memory(clock),
        grantor=FakeGrantor(pim) if grants else None,
    )
    jobs = DatabaseJobs(database, clock)
    return Bot(clock, database, world, chat, pim, directory, sign_in, aws, jobs)
