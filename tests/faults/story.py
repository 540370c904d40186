"""A bot with everything going wrong around it: what people do, what fails, and how it ends."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.domain.decision import Verdict
from bot.domain.ids import Chat, ChatAccount, GroupId
from bot.domain.request import OPEN, Request
from bot.intents import Decide, encode
from bot.messaging import ChatProfile
from bot.ports import PimState
from bot.store import LinkRow, Store
from handlers import orphans
from handlers.arrivals import Arrival
from handlers.who import may_act
from integrations.database.unit import Database
from tests.databases import Hands
from tests.fakes.aws import FakeAws
from tests.fakes.messenger import FakeMessenger
from tests.faults import cast
from tests.faults.wires import Wires
from tests.handlers.authority import Authority, KilledError
from tests.handlers.cast import ANN, TENANT, mail, user
from tests.handlers.harness import KEYS, Bot, made_of

CALM = timedelta(minutes=20)
"""Longer than everything the bot waits for before it looks again."""
STEP = timedelta(hours=2)
"""How far the bot's clock is stepped; what it planned by a clock that was fast, it does so much later."""
LONGEST = timedelta(hours=36)
"""Longer than anybody is waited for."""


@dataclass(frozen=True)
class Click:
    """Something a person did: words, or the value of a button. Each has its own delivery id."""

    who: ChatAccount
    delivery: str
    text: str = ""
    value: str = ""


@dataclass
class TrueTime:
    """What Entra's clock shows: the bot's own, without what that was stepped by."""

    hands: Hands
    step: timedelta = timedelta(0)

    def now(self) -> datetime:
        return self.hands.at - self.step


@dataclass
class Provisioned(FakeAws):
    """An Identity Center that SCIM keeps like Entra, `behind` or not."""

    pim: Authority = field(default_factory=lambda: Authority(Hands()))
    behind: bool = False

    async def has_membership(self, user_name: str, group: GroupId) -> bool:
        self._may_fail()
        if not self.behind:
            now = self.pim.clock.now()
            live = {
                (mail(a.person), a.terms.group) for a in self.pim.asked.values() if a.in_force(now)
            }
            self.memberships = live
        return (user_name, group) in self.memberships


@dataclass
class Story:
    """`sent` is everything that was ever clicked; `held` what the chat has not delivered yet.

    `store` is not watched, and never fails.

    `judged` is how many lines of the record were looked at already.
    """

    bot: Bot
    wires: Wires
    time: TrueTime
    teams: FakeMessenger
    store: Store
    sent: list[Click] = field(default_factory=list)
    held: list[Click] = field(default_factory=list)
    sign_ins: int = 0
    judged: int = 0
    stepped: bool = False
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    # --- what people do ----------------------------------------------------------------------

    def clicks(self, who: ChatAccount, text: str = "", value: str = "") -> Click:
        """Somebody does something; the chat has not delivered it yet."""
        click = Click(who, f"delivery-{next(self._numbers)}", text, value)
        self.sent.append(click)
        self.held.append(click)
        return click

    def asks(self, who: ChatAccount, access: str, length: str = "1h") -> Click:
        return self.clicks(who, f"activate {access} {length} INC-42 because")

    def decides(self, who: ChatAccount, request: Request, verdict: Verdict) -> Click:
        """A click on a card, whether that still stands or is an old one."""
        intent = Decide(request.id, verdict, request.terms.digest, "as they said")
        return self.clicks(who, value=encode(intent))

    async def delivered(self, click: Click) -> None:
        """The chat delivers it: for the first time, again, late, or before an older one."""
        if click in self.held:
            self.held.remove(click)
        bot = self.bot
        bot.clock.pass_(milliseconds=1)
        arrival = Arrival(click.who, click.delivery, f"reply-{click.delivery}", click.delivery)
        if click.text:
            await bot.desk.said(arrival, click.text)
        else:
            await bot.desk.pressed(arrival, click.value)
        await bot.desk.drain(5)

    async def does(self, click: Click) -> None:
        """It is delivered at once, and the bot does all of it."""
        await self.delivered(click)
        await self.bot.works()

    @property
    def links_shown(self) -> dict[ChatAccount, str]:
        """The newest sign-in link that each can see."""
        shown = (*self.bot.chat.messages, *self.teams.messages)
        return {
            m.account: b.url
            for m in shown
            for b in m.card.buttons
            if b.label == "Sign In" and b.url and isinstance(m.account, ChatAccount)
        }

    async def signs_in(self, who: ChatAccount) -> bool:
        """Somebody follows the newest link they can see, if there is one."""
        if who not in self.links_shown:
            return False
        secret = self.links_shown[who].rpartition("/")[2]
        gone_to = await self.bot.pages.confirm(secret, "the browser")
        if not isinstance(gone_to, str):
            return False
        number = max(self.bot.sign_in._flows)
        query = self.bot.sign_in.browse({"number": number}, cast.PEOPLE[who])
        self.sign_ins += 1
        await self.bot.pages.finish(query, "the browser")
        return True

    # --- what goes wrong ---------------------------------------------------------------------

    def steps_clock(self, by: timedelta) -> None:
        """The bot's clock is set, while everybody else's goes on."""
        self.stepped = True
        self.bot.clock.at += by
        self.time.step += by

    async def starts_anew(self) -> None:
        """After a kill: of the old process nothing goes on; a new one has its leases."""
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        self.wires.dead = False
        self.bot.__post_init__()
        self.bot.world.tokens.__init__()  # type: ignore[misc]
        self.bot.world.memory.__init__(self.bot.clock)  # type: ignore[misc]
        await self.bot.jobs.release_all()
        await self.bot._note()

    async def until_it_dies(self, acts: Any) -> bool:
        """Whether the process died of it; then a new one is there."""
        with suppress(KilledError):
            await acts
        died = self.wires.dead  # perhaps while it did something that nobody waited for
        if died:
            await self.starts_anew()
        return died

    # --- the end -----------------------------------------------------------------------------

    async def calms_down(self) -> None:
        """No more faults; everything that was clicked arrives, and the bot has time to find out."""
        bot = self.bot
        self.wires.cuts.clear()
        self.wires.next.clear()
        self.wires.deadly = None
        self.wires.full = False
        for failing in (
            bot.pim.failures,
            bot.pim.swallowed,
            bot.chat.failures,
            self.teams.failures,
        ):
            failing.clear()
        bot.pim.unreadable = bot.directory.failure = bot.chat.silent = bot.aws.failure = None
        bot.sign_in.needed = bot.sign_in.failure = None
        bot.pim.lag = timedelta(0)
        assert isinstance(bot.aws, Provisioned)
        bot.aws.behind = False
        if self.time.step:
            self.steps_clock(-self.time.step)
        for click in list(self.held):
            await self.delivered(click)
        await bot.waits(seconds=((STEP if self.stepped else timedelta(0)) + CALM).total_seconds())
        bot.settled = True

    async def ends(self) -> None:
        """What waits for people is decided beside the bot, or lapses; a day goes by."""
        bot = self.bot
        for pim, asked in bot.pim.asked.items():
            if asked.request.state is PimState.WAITING:
                bot.pim.decide(pim, approve=False)
        await bot.waits(minutes=5)
        bot.clock.at += LONGEST
        await bot.works()
        await bot.waits(minutes=5)

    # --- what is so --------------------------------------------------------------------------

    def human(self, oid: str) -> str:
        return ANN.oid if oid in cast.ALIASES[0] else oid

    def entitled(self, group: GroupId) -> frozenset[str]:
        """Who may decide about a group's requests now, by all that is true now."""
        access = next(
            a for a in (self.bot.world.policy.catalog or cast.CATALOG).accesses if a.group == group
        )
        named = access.approvers or self.bot.pim.policies[group].approvers
        users = (self.bot.directory.users.get(one.id) for one in named)
        return frozenset(u.person.oid for u in users if u is not None and may_act(u))

    async def open(self) -> list[Request]:
        return [r for r in await self.bot.requests() if r.state in OPEN]


async def begun(database: Database) -> Story:
    """Everybody has signed in before; nothing has happened yet."""
    bot = made_of(Hands(), database, KEYS, cast.CATALOG, grants=True)
    time = TrueTime(bot.clock)
    bot.pim.clock = time
    bot.pim.policies = dict(cast.RULES)
    bot.aws = Provisioned(bot.aws.known_portal, bot.aws.groups, bot.aws.users, pim=bot.pim)
    teams = FakeMessenger(chat=Chat.TEAMS, team=TENANT)
    teams.profiles[cast.ANN_ON_TEAMS] = ChatProfile(cast.ANN_ON_TEAMS, "Ann", mail(ANN))
    wires = Wires()
    store, messengers = bot.world.store, {Chat.SLACK: bot.chat, Chat.TEAMS: teams}
    bot.world = wires.around(replace(bot.world, aws=bot.aws, messengers=messengers))
    bot.__post_init__()
    bot.settled = False
    story = Story(bot, wires, time, teams, store)
    await _knows(story)
    return story


async def _knows(story: Story) -> None:
    """Links and tokens, as after a sign-in of everybody; and every now and then Entra is looked at."""
    bot = story.bot
    await orphans.begin(replace(bot.world, store=story.store))
    async with story.store.begin() as tx:
        for account, person in cast.PEOPLE.items():
            await tx.save_link(LinkRow(account, person, user(person).user_name, bot.clock.now()))
            await tx.keep_token(bot.world.vault.seal(person, f"first of {person.oid}"))
            bot.sign_in._kept[f"first of {person.oid}"] = (person, "")


@asynccontextmanager
async def telling(database: Database) -> AsyncIterator[Story]:
    story = await begun(database)
    try:
        yield story
    finally:
        await story.bot.desk.drain(5)
        await database.engine.dispose()
