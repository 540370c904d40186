"""Who may do what to somebody's request, in which state: what is not in the table below is refused."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from sqlalchemy import delete, func, select

from bot.cards import Card
from bot.domain.access import Authority
from bot.domain.activation import Activation
from bot.domain.audit import What
from bot.domain.decision import Invitation, Verdict
from bot.domain.ids import ActivationId, Chat, ChatAccount, PersonId, PimId, RequestId
from bot.domain.policy import PimRules, Terms
from bot.domain.request import Request, State
from bot.intents import (
    Confirm,
    Deactivate,
    Decide,
    Explain,
    Intent,
    Pending,
    Recent,
    Withdraw,
    encode,
)
from bot.ports import PimRequest, PimState
from bot.store import JobKind, LockRow
from integrations.database import tables
from tests.fakes.pim import Asked
from tests.handlers import cast
from tests.handlers.approving import DUAL_ACCESS, DUAL_CONTROL, people
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, BENS, GUS, GUSS
from tests.handlers.crowd import joins, somebody
from tests.handlers.harness import Bot, opened
from tests.handlers.words import everything

OPEN_TO_WITHDRAW = {
    State.AWAITING_SIGN_IN,
    State.AWAITING_APPROVAL,
    State.AWAITING_CONFIRMATION,
    State.SCHEDULED,
}
DECIDERS = {"approver", "other approver"}
READERS = {"asker", "admin", "auditor"}
ALLOWED: dict[str, tuple[set[str], set[State]]] = {
    "approve": (DECIDERS, {State.AWAITING_APPROVAL}),
    "deny": (DECIDERS, {State.AWAITING_APPROVAL}),
    "withdraw": ({"asker"}, OPEN_TO_WITHDRAW),
    "still needed": ({"asker"}, {State.AWAITING_CONFIRMATION}),
    "deactivate": ({"asker"}, {State.GRANTED}),
    "recent": (READERS, set(State)),
    "pending": (DECIDERS, {State.AWAITING_APPROVAL}),
    "explain": (READERS, set(State)),
}
"""Everything that anybody may do: who, and in which states."""
READING = {"recent", "pending", "explain"}
OWN_LIST = {"recent", "pending"}
"""What everybody in good standing may ask: it lists what is theirs, and nothing else."""
KNOWN_FIRST = set(ALLOWED) - {"withdraw", "still needed"}
"""What somebody who is not linked is asked to sign in for; not to decide what is decided."""
BARRED = {"guest", "stranger", "deactivated", "locked"}
"""Those who are told to go, whatever they ask."""
SECRET = "§why it is asked for§"
REQUEST, ACTIVATION, PIM = RequestId("R-7K3Q9FHM"), ActivationId("A-7K3Q9FHM"), PimId("pim-1")
STRANGERS = ChatAccount(Chat.SLACK, "T0OTHER", "U0STRANGER")
ROLES: dict[str, tuple[ChatAccount, PersonId]] = {
    "asker": (ANNS, ANN),
    "alias of the asker": somebody(1),
    "approver": somebody(2),
    "other approver": somebody(3),
    "admin": (ADAS, ADA),
    "auditor": (AUDREYS, AUDREY),
    "approver of another access": somebody(4),
    "member": (BENS, BEN),
    "guest": (GUSS, GUS),
    "stranger": (STRANGERS, somebody(11)[1]),
    "deactivated": somebody(5),
    "disabled in Entra": somebody(6),
    "unlinked": somebody(7),
    "locked": somebody(8),
    "outsider": somebody(9),
    "removed approver": somebody(10),
}
NAMED = {
    *DECIDERS,
    *("asker", "alias of the asker"),
    *("guest", "stranger", "deactivated", "disabled in Entra", "unlinked", "locked"),
}
"""Those whom the policy and the file name as approvers, for all the good it does some of them."""
ASKED = {*NAMED - {"asker", "alias of the asker"}, "removed approver"}
UNTIL_SENT = {State.AWAITING_CONFIRMATION, State.ACTIVATING}
"""Where the bot decides, a no still ends what was approved."""
CASES = [(authority, state) for authority in Authority for state in State]
EFFECTS = {JobKind.RELAY, JobKind.CANCEL, JobKind.DEACTIVATE, JobKind.ACTIVATE}


@dataclass
class Scene:
    """A request of Ann's in one state, and everybody around it."""

    bot: Bot
    authority: Authority
    state: State

    @property
    def terms(self) -> Terms:
        name, group = ("prod-admin", cast.PROD)
        if self.authority is Authority.APPLICATION:
            name, group = ("prod-dual-control", cast.DUAL)
        return Terms(name, group, cast.HOUR, SECRET, "INC-42")

    def more(self, action: str) -> set[State]:
        """The states in which a deed is allowed too."""
        ours = self.authority is Authority.APPLICATION and action == "deny"
        return UNTIL_SENT if ours else set()

    async def people_come(self) -> None:
        """Everybody joins, and is then what they are."""
        for role, (who, person) in ROLES.items():
            if person not in cast.PEOPLE.values():
                await joins(self.bot, who, person)
            stands = role if role in BARRED - {"locked"} else ""
            profile = self.bot.chat.profiles[who]
            self.bot.chat.profiles[who] = replace(profile, stands=stands)
        disabled = ROLES["disabled in Entra"][1]
        self.bot.directory.hire(replace(self.bot.directory.users[disabled.oid], enabled=False))
        now, (unlinked, _) = self.bot.clock.now(), ROLES["unlinked"]
        async with self.bot.world.store.begin() as tx:
            await tx.drop_link(unlinked)
            await tx.save_lock(LockRow(ROLES["locked"][1], now, ADA, "left"))

    async def is_set(self) -> None:
        """The request as it is to be met, with whom it was put to."""
        bot, now = self.bot, self.bot.clock.now()
        async with bot.database.engine.begin() as connection:
            for table in (tables.decision, tables.invitation, tables.job, tables.activation):
                await connection.execute(delete(table))
            await connection.execute(delete(tables.request))
        pim = PIM if self.state in {State.AWAITING_APPROVAL, State.SCHEDULED} else None
        later = now + timedelta(hours=24)
        request = Request(
            *(REQUEST, ANNS, self.terms, self.state, now, later, ANN),
            pim=None if self.authority is Authority.APPLICATION else pim,
            authority=self.authority,
        )
        async with bot.world.store.begin() as tx:
            await tx.add_request(request)
            for who, person in (ROLES[role] for role in sorted(ASKED)):
                await tx.save_invitation(Invitation(REQUEST, person, "somebody", who, now))
            if self.state is State.GRANTED:
                await tx.add_activation(self._active())
        bot.pim.asked.clear()
        if self.state is State.GRANTED:
            began = now - timedelta(minutes=10)
            held = PimRequest(PIM, PimState.ACTIVE, "Provisioned", began, began + cast.HOUR)
            assigned = self.authority is Authority.APPLICATION
            asked = Asked(ANN, self.terms, REQUEST, held, began, assigned=assigned)
            bot.pim.asked[PIM] = asked

    def _active(self) -> Activation:
        began = self.bot.clock.now() - timedelta(minutes=10)
        terms, until = self.terms, began + cast.HOUR
        return Activation(
            *(ACTIVATION, REQUEST, ANN, terms.group, terms.access, began, until),
            authority=self.authority,
        )

    def intent(self, action: str) -> Intent:
        match action:
            case "approve":
                return Decide(REQUEST, Verdict.APPROVE, self.terms.digest)
            case "deny":
                return Decide(REQUEST, Verdict.DENY, self.terms.digest, "no")
            case "withdraw":
                return Withdraw(REQUEST)
            case "still needed":
                return Confirm(REQUEST)
            case "deactivate":
                return Deactivate(self.terms.access)
            case "recent":
                return Recent()
            case "pending":
                return Pending()
            case _:
                return Explain(self.terms.access, ANNS.user)

    async def does(self, role: str, action: str) -> Card:
        """What somebody is answered in the end; only their own deed is carried out."""
        who = ROLES[role][0]
        self.bot.chat.messages.clear()
        await self.bot.desk.pressed(self.bot.arrival(who), encode(self.intent(action)))
        await self.bot.desk.drain(5)
        for job in await self.bot.jobs.claim(50):
            if job.kind is JobKind.INTENT:
                await self.bot._worker._do(job)
        await self.bot.desk.drain(5)
        return self.bot.last(who)

    async def refusals(self) -> int:
        """How many there are in the record."""
        found = select(func.count()).where(tables.audit_event.c.what == What.REFUSED)
        async with self.bot.database.engine.connect() as connection:
            return (await connection.execute(found)).scalar_one()

    async def stands(self) -> object:
        """All that a deed could change."""
        async with self.bot.world.store.begin() as tx:
            request = await tx.request(REQUEST)
            decisions = await tx.decisions(REQUEST)
            activation = await tx.activation_of(REQUEST)
        async with self.bot.database.engine.connect() as connection:
            kinds = (await connection.execute(tables.job.select())).all()
        work = sorted({row.kind for row in kinds} & {kind.value for kind in EFFECTS})
        return request, tuple(decisions), activation, work, tuple(self.bot.pim.sent)


@pytest.fixture(params=CASES, ids=lambda case: f"{case[0]}-{case[1]}")
async def scene(migrated_file: Path, request: pytest.FixtureRequest) -> AsyncIterator[Scene]:
    authority, state = request.param
    named = people(*(ROLES[role][1] for role in sorted(NAMED)))
    other = people(ROLES["approver of another access"][1])
    dual = replace(DUAL_ACCESS, approvers=named if authority is Authority.APPLICATION else other)
    accesses = (*(a for a in DUAL_CONTROL.accesses if a.group != cast.DUAL), dual)
    aliases = (frozenset({ANN.oid, ROLES["alias of the asker"][1].oid}),)
    catalog = replace(DUAL_CONTROL, accesses=accesses, aliases=aliases)
    async with opened(migrated_file, catalog=catalog, grants=True) as bot:
        prod = named if authority is Authority.DELEGATED else other
        bot.pim.policies[cast.PROD] = replace(cast.RULES[cast.PROD], approvers=prod)
        bot.pim.policies[cast.DUAL] = PimRules(max=cast.HOUR)
        await bot.links(ANN, ADA, AUDREY, BEN)
        made = Scene(bot, authority, state)
        await made.people_come()
        await made.is_set()
        yield made
        bot.settled = False


@dataclass(frozen=True)
class Deed:
    """What somebody tried, and what came of it."""

    role: str
    action: str
    possible: bool
    allowed: bool
    told: Card
    changed: bool
    refusals: int

    def faults(self) -> Iterator[str]:
        """Whatever is not as the table says."""
        effect = self.allowed and self.action not in READING
        if self.changed is not effect:
            yield "something changed" if self.changed else "nothing changed"
        if self._reads and not self.allowed:
            yield "reads it"
        if self.action in OWN_LIST and self.allowed and not self._reads:
            yield "does not read it"
        if self.refusals != self._refusals:
            yield f"{self.refusals} refusals are in the record"
        if not self.told.lines:
            yield "is told nothing"
        if self._signs_in and [button.label for button in self.told.buttons] != ["Sign In"]:
            yield "is not asked to sign in"

    @property
    def _reads(self) -> bool:
        shown = everything(self.told)
        return self.action in READING and (SECRET in shown or REQUEST in shown)

    @property
    def _signs_in(self) -> bool:
        late = self.action in {"approve", "deny"} and not self.possible
        return self.role == "unlinked" and self.action in KNOWN_FIRST and not late

    @property
    def _refusals(self) -> int:
        """How many there should be: each no is in the record."""
        if self.allowed or self._signs_in:
            return 0
        return 0 if self.role not in BARRED and self.action in OWN_LIST else 1


async def test_only_what_the_table_allows_is_done(scene: Scene) -> None:
    wrong = []
    before, refused = await scene.stands(), await scene.refusals()
    for role, (action, (roles, states)) in product(ROLES, ALLOWED.items()):
        told = await scene.does(role, action)
        after, refusals = await scene.stands(), await scene.refusals()
        deed = Deed(
            role,
            action,
            possible=scene.state in (states | scene.more(action)),
            allowed=role in roles and scene.state in (states | scene.more(action)),
            told=told,
            changed=after != before,
            refusals=refusals - refused,
        )
        wrong += [f"{role}, {action}: {fault} ({told.title})" for fault in deed.faults()]
        refused = refusals
        if deed.changed:
            await scene.is_set()
            before = await scene.stands()
    assert wrong == []
