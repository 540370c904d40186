"""Defects to be planted: each takes one protection away, and has a story that must give it away."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.domain.access import Principal
from bot.domain.audit import Event, What
from bot.domain.decision import Verdict
from bot.domain.receipt import receipt_of
from bot.domain.refusals import NotAnApprover, RefusedError
from bot.domain.request import Request
from bot.messaging import ChatProfile, Posted
from bot.ports import DirectoryUser
from bot.store import Job, JobKind, Posting
from handlers import activate, approvers, assign, carry_out, decide, grant, orphans, votes, work
from handlers.context import World
from handlers.postings import _Message
from handlers.who import Actor
from handlers.worker import LaterError
from integrations.database import jobs, receipts
from integrations.database.messages import MessageRows
from integrations.database.store import DatabaseTransaction
from integrations.database.unit import Unit
from tests.faults import cast
from tests.faults.story import Story
from tests.faults.wires import killed
from tests.handlers.cast import ADA, ADAS, ANNS, AUDREYS, BENS, DUAL, PROD, STRANGER
from tests.handlers.harness import LOST

Plant = Callable[[pytest.MonkeyPatch], None]
Tale = Callable[[Story], Awaitable[None]]
LATE = timedelta(hours=2)


@dataclass(frozen=True)
class Mutant:
    """`plant` takes the protection away; `tale` is told with and without it."""

    name: str
    plant: Plant
    tale: Tale


# --- tales -----------------------------------------------------------------------------------


async def the_admin_account_approves(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-admin"))
    await _decides(story, AUDREYS)


async def dropped_in_the_file(story: Story) -> None:
    """Ada is no approver any more when she clicks."""
    await story.does(story.asks(ANNS, "prod-dual-control", "30m"))
    catalog = story.bot.world.policy.catalog
    assert catalog is not None
    fewer = tuple(p for p in cast.APPROVERS if p.id != ADA.oid)
    accesses = (replace(a, approvers=fewer) if a.group == DUAL else a for a in catalog.accesses)
    story.bot.world.policy.replace(replace(catalog, accesses=tuple(accesses)))
    await _decides(story, ADAS)


async def dropped_in_pim(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-admin"))
    rules = story.bot.pim.policies[PROD]
    fewer = tuple(p for p in rules.approvers if p != Principal("user", ADA.oid))
    story.bot.pim.policies[PROD] = replace(rules, approvers=fewer)
    await _decides(story, ADAS)


async def an_old_card(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-admin"))
    await story.does(story.clicks(ANNS, "withdraw"))
    await _decides(story, ADAS)


async def the_same_twice(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-dual-control", "30m"))
    await story.does(story.asks(cast.ANN_ON_TEAMS, "prod-dual-control", "30m"))


async def an_answer_is_lost(story: Story) -> None:
    story.bot.pim.failures.append(LOST)
    await story.does(story.asks(ANNS, "dev-poweruser"))
    await story.calms_down()


async def nine_hours(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-dual-control", "9h"))
    await _decides(story, ADAS)
    await _decides(story, BENS)


async def both_say_yes(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-dual-control", "30m"))
    await _decides(story, ADAS)
    await _decides(story, BENS)


async def delivered_twice(story: Story) -> None:
    click = story.asks(ANNS, "dev-poweruser")
    await story.does(click)
    await story.does(click)


async def somebody_acts_beside_it(story: Story) -> None:
    await story.bot.activates_in_the_portal()
    await story.calms_down()


async def both_say_yes_and_time_passes(story: Story) -> None:
    await both_say_yes(story)
    await story.bot.waits(minutes=7)


async def a_stranger_asks(story: Story) -> None:
    await story.does(story.asks(STRANGER, "dev-poweruser"))


async def a_day_later(story: Story) -> None:
    await story.does(story.asks(ANNS, "prod-dual-control", "30m"))
    story.bot.clock.pass_(hours=24, minutes=30)
    await _decides(story, ADAS)


async def killed_after_the_post(story: Story) -> None:
    """The first message is there, and nobody knows of it."""
    story.wires.next["chat.post"] = killed
    assert await story.until_it_dies(story.does(story.asks(ANNS, "prod-dual-control", "30m")))
    await story.calms_down()


async def held_too_long(story: Story) -> None:
    """A job is done again by another while the first still is at it; both finish."""
    await story.delivered(story.asks(ANNS, "prod-dual-control", "30m"))
    [first] = await story.bot.jobs.claim(1)
    await story.bot.jobs.release_all()
    [second] = await story.bot.jobs.claim(1)
    await story.bot._run(second)
    await story.bot._run(first)


async def _decides(story: Story, who: Any) -> None:
    for request in await story.bot.requests():
        await story.does(story.decides(who, request, Verdict.APPROVE))


# --- what is taken away ------------------------------------------------------------------------


def alias(patch: pytest.MonkeyPatch) -> None:
    for module in (decide, votes, approvers):
        patch.setattr(module, "human", lambda oid, _: oid)


def entitle(patch: pytest.MonkeyPatch) -> None:
    async def anybody(world: World, actor: Actor, person: Any, request: Request) -> Any:
        user = await world.directory.user(person.oid)
        return user, await world.pim.rules(request.terms.group, fresh=True)

    patch.setattr(decide, "_entitled", anybody)


def cached_entitlement(patch: pytest.MonkeyPatch) -> None:
    async def remembered(
        world: World, actor: Actor, person: Any, request: Request
    ) -> tuple[DirectoryUser | None, Any]:
        rules = await world.pim.rules(request.terms.group)
        if not await world.directory.is_any(person.oid, frozenset(rules.approvers)):
            raise RefusedError(NotAnApprover(request))
        return await world.directory.user(person.oid), rules

    patch.setattr(decide, "_entitled", remembered)


def stale(patch: pytest.MonkeyPatch) -> None:
    async def fine(*_: Any) -> None: ...

    patch.setattr(decide, "_refuse_settled", fine)


def two_open(patch: pytest.MonkeyPatch) -> None:
    """Neither asked before, nor kept by the database."""

    async def fine(*_: Any) -> None: ...

    async def added(self: Any, request: Request) -> None:
        for index in ("request_one_open_per_person", "request_one_open_per_account"):
            await (await self._unit._begin()).exec_driver_sql(f"DROP INDEX IF EXISTS {index}")
        await add(self, request)

    add = DatabaseTransaction.add_request
    patch.setattr(activate, "refuse_double", fine)
    patch.setattr(DatabaseTransaction, "add_request", added)


def adopt(patch: pytest.MonkeyPatch) -> None:
    async def nothing(*_: Any) -> None: ...

    patch.setattr(grant, "_look", nothing)


def duration(patch: pytest.MonkeyPatch) -> None:
    """Neither when it is asked for, nor when it is sent."""
    for module in (activate, assign):
        judge = module.judge
        patch.setattr(
            module, "judge", lambda *given, judge=judge: replace(judge(*given), problems=())
        )

    async def fine(*_: Any) -> str:
        return ""

    patch.setattr(assign, "in_force", fine)


def skip_audit(what: What) -> Plant:
    def plant(patch: pytest.MonkeyPatch) -> None:
        def forgetful(self: DatabaseTransaction, event: Event) -> None:
            if event.what is not what:
                record(self, event)

        record = DatabaseTransaction.record
        patch.setattr(DatabaseTransaction, "record", forgetful)

    return plant


def no_dedupe(patch: pytest.MonkeyPatch) -> None:
    async def always(*_: Any) -> bool:
        return True

    patch.setattr(MessageRows, "first_time", always)


def cross_tenant(patch: pytest.MonkeyPatch) -> None:
    async def check(world: World, account: Any) -> Actor:
        return Actor(ChatProfile(account, account.user, ""), None)

    patch.setattr(carry_out, "check", check)


def wrong_clock(patch: pytest.MonkeyPatch) -> None:
    """One that is two hours behind."""

    async def late(tx: Any, request: Request, verdict: Verdict, now: datetime) -> Any:
        return await refuse_late(tx, request, verdict, now - LATE)

    async def lapse(world: World, job: Job) -> None:
        raise LaterError(world.clock.now() + LATE)

    refuse_late = votes.refuse_late
    for module in (votes, decide):
        patch.setattr(module, "refuse_late", late)
    patch.setattr(work, "_HANDLERS", {**work._HANDLERS, JobKind.LAPSE: lapse})


def unwritten_post(patch: pytest.MonkeyPatch) -> None:
    """A post is not written down before it is sent."""

    async def post(self: _Message, posting: Posting, card: Any, shown: str) -> Posting:
        posted: Posted = await self._messenger.post(self.audience.to, card, posting.about)
        return await self._note(replace(posting, posted=posted, shown=shown))

    patch.setattr(_Message, "_post", post)


def receipt_skip(patch: pytest.MonkeyPatch) -> None:
    """Cards do not say by which row of the record they are so."""

    async def none(*_: object) -> None:
        return None

    patch.setattr(DatabaseTransaction, "receipt", none)


def receipt_of_another(patch: pytest.MonkeyPatch) -> None:
    """Cards show a receipt that the record does not have."""
    patch.setattr(receipts, "receipt_of", lambda seq, _: receipt_of(seq, bytes(32)))


def blind(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks what Entra holds besides."""

    async def nothing(*_: object) -> list[Any]:
        return []

    patch.setattr(orphans._Round, "_held", nothing)


def unaccounted(patch: pytest.MonkeyPatch) -> None:
    """What was asked for here counts for nothing."""

    async def nothing(_: DatabaseTransaction) -> frozenset[Any]:
        return frozenset()

    patch.setattr(DatabaseTransaction, "accounted", nothing)


def unfenced(patch: pytest.MonkeyPatch) -> None:
    """Whoever has lost a job's lease may still write what came of it."""

    async def complete(unit: Unit, job: Job) -> None:
        await unit.write(jobs._DELETE, this=job.id, claimant=job.owner)

    patch.setattr(jobs, "complete", complete)


MUTANTS = (
    Mutant("alias", alias, the_admin_account_approves),
    Mutant("entitle", entitle, dropped_in_the_file),
    Mutant("cached-entitlement", cached_entitlement, dropped_in_pim),
    Mutant("stale", stale, an_old_card),
    Mutant("two-open", two_open, the_same_twice),
    Mutant("adopt", adopt, an_answer_is_lost),
    Mutant("duration", duration, nine_hours),
    Mutant("skip-audit: decided", skip_audit(What.DECIDED), both_say_yes),
    Mutant("skip-audit: votes", skip_audit(What.VERDICT_COUNTED), both_say_yes),
    Mutant("skip-audit: granted", skip_audit(What.GRANTED), both_say_yes),
    Mutant("receipt-skip", receipt_skip, an_answer_is_lost),
    Mutant("receipt-skip: of another", receipt_of_another, an_answer_is_lost),
    Mutant("no-dedupe", no_dedupe, delivered_twice),
    Mutant("cross-tenant", cross_tenant, a_stranger_asks),
    Mutant("wrong-clock", wrong_clock, a_day_later),
    Mutant("blind", blind, somebody_acts_beside_it),
    Mutant("unaccounted", unaccounted, both_say_yes_and_time_passes),
    Mutant("unwritten-post", unwritten_post, killed_after_the_post),
    Mutant("unfenced", unfenced, held_too_long),
)
