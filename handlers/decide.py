"""A click on Approve or Deny: whose it is and whether it may count, checked afresh and written down."""

from dataclasses import replace

from bot.domain.access import Assurance
from bot.domain.audit import What
from bot.domain.decision import SIGN_IN, Decision, Verdict, human
from bot.domain.ids import PersonId
from bot.domain.policy import LONGEST_REASON, PimRules
from bot.domain.refusals import (
    AccountDisabled,
    AskerLocked,
    DecisionReasonMissing,
    Locked,
    NotDecidedHere,
    NothingToDecide,
    NotWaiting,
    OtherTerms,
    OwnRequest,
    RefusedError,
)
from bot.domain.request import Request, State
from bot.domain.text import visible
from bot.intents import Decide
from bot.ports import DirectoryUser
from bot.store import Job, JobKind, NewJob, Transaction
from bot.wording import answers
from bot.wording.approvals import fresh_to_decide
from bot.wording.parts import footer_of
from handlers.activate import not_yet
from handlers.approvers import decider
from handlers.context import World, access_of, catalog
from handlers.matters import knows_of
from handlers.proof import PROVED, proof_of
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.steps import asked_to_sign_in, show, verdict_event
from handlers.tokens import likely
from handlers.votes import refuse_late, vote
from handlers.who import Actor, same_person


async def decide(world: World, actor: Actor, intent: Decide, job: Job) -> None:
    """Write the decision down and cause its relaying, in one transaction. Raises RefusedError.

    One that the bot itself decides needs no relaying: it is a vote, and counts at once.

    Somebody who is not linked signs in first, and the same click then goes on.
    """
    intent = replace(intent, reason=visible(intent.reason).strip())
    request = await _known(world, actor, intent)
    if actor.person is None:
        await _sign_in_first(world, actor, request, intent, job)
        return
    access = await access_of(world, request.terms.group, request.terms.access)
    if missing := not_yet(access, grants=world.grantor is not None):
        raise RefusedError(NotDecidedHere(access, missing))
    aliases = (await catalog(world)).aliases
    if _is_own(request, actor.person, aliases):
        raise RefusedError(OwnRequest(request))
    user, rules = await _entitled(world, actor, actor.person, request)
    _refuse_without_reason(request, intent, rules)
    proved_at = proof_of(world, job)
    if access.assurance is Assurance.CONFIRM and proved_at is None:
        why = fresh_to_decide(request, intent.verdict, stale=PROVED in job.payload)
        await _sign_in_first(world, actor, request, intent, job, why)
        return
    if not request.decided_here and not await likely(world, actor.person, intent):
        await _sign_in_first(world, actor, request, intent, job)
        return
    decision = Decision(
        request=request.id,
        human=human(actor.person.oid, aliases),
        person=actor.person,
        account=actor.account,
        name=user.name or user.user_name,
        verdict=intent.verdict,
        reason=intent.reason,
        at=world.clock.now(),
        proved_at=proved_at,
    )
    if request.decided_here:
        await vote(world, request, decision, job)
    else:
        await _write(world, request, decision, job)


async def _sign_in_first(
    world: World,
    actor: Actor,
    request: Request,
    intent: Decide,
    job: Job,
    why: str = answers.DECIDE,
) -> None:
    url = await mint(world, actor.account, intent)
    async with world.store.begin(done=job) as tx:
        tx.record(asked_to_sign_in(actor, request, intent))
    await answer(world, Reply.of(job), answers.sign_in_first(url, why, footer_of(request)))


async def _known(world: World, actor: Actor, intent: Decide) -> Request:
    """The same as `_waiting`; what became of a request is told to nobody whom it did not concern."""
    try:
        return await _waiting(world, intent)
    except RefusedError as no:
        refusal = no.refusal
        if isinstance(refusal, NotWaiting) and not await knows_of(
            world, refusal.request, actor.account, actor.person
        ):
            raise RefusedError(NothingToDecide(intent.request)) from None
        raise


async def _waiting(world: World, intent: Decide) -> Request:
    """The request as the card showed it, while it waits. Raises RefusedError."""
    async with world.store.begin() as tx:
        request = await tx.request(intent.request)
        if request is None or request.person is None:
            raise RefusedError(NothingToDecide(intent.request))
        if request.decided_here:
            await refuse_late(tx, request, intent.verdict, world.clock.now())
        else:
            await _refuse_settled(tx, request)
        locked = await tx.lock(request.person) is not None
    if locked and intent.verdict is Verdict.APPROVE:
        raise RefusedError(AskerLocked(request))
    if intent.terms and intent.terms != request.terms.digest:
        raise RefusedError(OtherTerms(request))
    return request


async def _refuse_settled(tx: Transaction, request: Request) -> None:
    """A request is decided once; whoever comes later is told by whom."""
    decisions = [d for d in await tx.decisions(request.id) if d.holds]
    if decisions or request.state is not State.AWAITING_APPROVAL:
        raise RefusedError(NotWaiting(request, decisions[-1] if decisions else None))


def _is_own(request: Request, person: PersonId, aliases: tuple[frozenset[str], ...]) -> bool:
    assert request.person is not None  # noqa: S101  a request of nobody waits for no approval
    return human(person.oid, aliases) == human(request.person.oid, aliases)


async def _entitled(
    world: World, actor: Actor, person: PersonId, request: Request
) -> tuple[DirectoryUser, PimRules]:
    """The approver as the directory has them now, and the rules. Raises RefusedError."""
    user, rules = await decider(world, person, request)
    if not same_person(actor.profile, user):
        raise RefusedError(AccountDisabled())
    return user, rules


def _refuse_without_reason(request: Request, intent: Decide, rules: PimRules) -> None:
    if len(intent.reason) > LONGEST_REASON:
        raise RefusedError(DecisionReasonMissing(request, intent.verdict, intent.reason))
    needed = intent.verdict is Verdict.DENY or rules.approver_reason_required
    if needed and not intent.reason:
        raise RefusedError(DecisionReasonMissing(request, intent.verdict))


async def _write(world: World, request: Request, decision: Decision, job: Job) -> None:
    """One decision holds, however many are made at once: the request's version is the gate."""
    now = world.clock.now()
    async with world.store.begin(done=job) as tx:
        if (lock := await tx.lock(decision.person)) is not None:
            raise RefusedError(Locked(lock.locked_at))
        await _refuse_settled(tx, request)
        decision = replace(decision, challenges=await _challenges(tx, decision))
        await tx.save_request(replace(request, version=request.version + 1))
        await tx.save_decision(decision)
        tx.record(verdict_event(What.VERDICT, request, decision))
        payload = Reply.of(job).payload
        key = f"{JobKind.RELAY}:{request.id}:{decision.human}"
        await tx.add_job(NewJob(JobKind.RELAY, request.id, now, key, payload))
        await show(tx, request, now)


async def _challenges(tx: Transaction, decision: Decision) -> int:
    """How often PIM has asked for more proof of this very decision; a new click counts anew."""
    before = [d for d in await tx.decisions(decision.request) if d.human == decision.human]
    return before[0].challenges if before and before[0].why == SIGN_IN else 0
