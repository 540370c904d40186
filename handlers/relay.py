"""Relaying a decision to PIM, as the approver, once in effect: PIM has the last word."""

from dataclasses import replace
from datetime import datetime

import structlog

from bot.domain.audit import What
from bot.domain.decision import SIGN_IN, Decision, Standing, Verdict
from bot.domain.ids import PimId, RequestId
from bot.domain.request import Request, State
from bot.domain.sign_in import MOST_CHALLENGES
from bot.intents import Decide
from bot.ports import IntegrationError, PersonToken, PimRefusedError, SignInNeededError
from bot.store import ConflictError, Job, JobKind, LeaseLostError, NewJob, Transaction
from bot.wording import answers, approvals
from handlers.context import World
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.steps import show, verdict_event
from handlers.tokens import token_for, wants_more
from handlers.worker import MOST_FAILURES, LaterError

_log = structlog.get_logger()

CONFLICT = "Conflict"
"""PIM's code for an approval that was decided before."""
LOCKED, ASKER_LOCKED = "locked", "asker_locked"
"""Ours, for an approver, or whoever is approved, whom an admin has locked out after the click."""


async def relay(world: World, job: Job) -> None:
    """Bring a decision to PIM with the approver's own token, or say why it does not count."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
        decisions = await tx.decisions(RequestId(job.subject))
    decision = next((d for d in decisions if d.under_way), None)
    if request is None or decision is None or request.pim is None:
        async with world.store.begin(done=job):
            return
    if request.state is not State.AWAITING_APPROVAL and decision.standing is not Standing.SENT:
        await _void(world, request, decision, job, "settled")
        return
    try:
        await _tell(world, request, decision, job)
    except (IntegrationError, LaterError, LeaseLostError, ConflictError):
        raise
    except Exception:
        if job.attempts < MOST_FAILURES:
            raise
        _log.exception("relay_given_up", request=request.id)
        await _void(world, request, decision, job, "unsure")


async def _tell(world: World, request: Request, decision: Decision, job: Job) -> None:
    try:
        token = await token_for(world, decision.person, _intent(decision))
        await _bring(world, request, decision, token)
    except SignInNeededError as needed:
        if request.state is State.AWAITING_APPROVAL:
            await _sign_in(world, request, decision, job, needed.claims)
        else:
            await _void(world, request, decision, job, "unsure")
    except PimRefusedError as refused:
        await _refused(world, request, decision, job, refused)
    except IntegrationError as failed:
        if not failed.permanent:
            raise
        await _void(world, request, decision, job, "no_permission")
    else:
        await _counted(world, request, decision, job)


async def _bring(world: World, request: Request, decision: Decision, token: PersonToken) -> None:
    """Send it, unless an earlier try whose answer was lost has done so. Raises PimRefusedError."""
    pim, asker = request.pim, request.person
    assert pim is not None  # noqa: S101  only what waits in PIM is decided
    if decision.standing is Standing.SENT and await _taken(world, pim, decision, token):
        return
    async with world.store.begin() as tx:
        if await tx.lock(decision.person) is not None:
            raise PimRefusedError(LOCKED, "an admin has locked the approver out")
        if decision.verdict is Verdict.APPROVE and asker and await tx.lock(asker) is not None:
            raise PimRefusedError(ASKER_LOCKED, "an admin has locked the asker out")
        await tx.save_decision(decision.sent())
    await world.pim.review(token, pim, decision.verdict, decision.reason)


async def _taken(world: World, pim: PimId, decision: Decision, token: PersonToken) -> bool:
    """Whether PIM has this decision. Raises PimRefusedError when it has somebody else's."""
    review = await world.pim.reviewed(token, pim)
    if review is None or review.verdict is None:
        return False
    if review.by == decision.person.oid and review.verdict is decision.verdict:
        return True
    raise PimRefusedError(CONFLICT, "decided by another approver")


async def _counted(world: World, request: Request, decision: Decision, job: Job) -> None:
    """PIM has it; what comes of the request is asked of PIM now."""
    now, after = world.clock.now(), decision.counted()
    async with world.store.begin(done=job) as tx:
        await tx.save_decision(after)
        tx.record(verdict_event(What.VERDICT_COUNTED, request, after))
        await tx.add_job(NewJob(JobKind.FOLLOW, request.id, now))
        await show(tx, request, now)
    world.tokens.spent(decision.person, _intent(decision))


async def _void(
    world: World, request: Request, decision: Decision, job: Job, why: str, by: str = ""
) -> None:
    """It does not count; the approver is told, and another one may decide."""
    now, after = world.clock.now(), decision.void(why)
    async with world.store.begin(done=job) as tx:
        await tx.save_decision(after)
        tx.record(verdict_event(What.VERDICT_VOID, request, after, why=why))
        await tx.add_job(NewJob(JobKind.FOLLOW, request.id, now))
        await _waits_again(tx, request, now)
        current = await tx.request(request.id) or request
    await answer(world, Reply.of(job), approvals.not_counted(current, after, by))


async def _waits_again(tx: Transaction, request: Request, now: datetime) -> None:
    """Its cards have their buttons again, and its approvers are reminded: that ended meanwhile."""
    await show(tx, request, now)
    await tx.add_job(NewJob(JobKind.REMIND, request.id, now))


async def _sign_in(
    world: World, request: Request, decision: Decision, job: Job, claims: str
) -> None:
    """Only the approver can give the token: the click is kept and goes on after the sign-in.

    Meanwhile it holds nobody up: whoever decides first decides.
    """
    now, after = world.clock.now(), decision.void(SIGN_IN)
    url = await mint(world, decision.account, _intent(decision), claims)
    async with world.store.begin(done=job) as tx:
        await tx.save_decision(after)
        tx.record(verdict_event(What.VERDICT_VOID, request, after, why=SIGN_IN))
        await _waits_again(tx, request, now)
    card = answers.sign_in_first(url, approvals.as_you(request, decision.verdict))
    await answer(world, Reply.of(job), card)


async def _refused(
    world: World, request: Request, decision: Decision, job: Job, refused: PimRefusedError
) -> None:
    if wants_more(refused):
        world.tokens.forget(decision.person)
        asked = replace(decision, challenges=decision.challenges + 1)
        if asked.challenges > MOST_CHALLENGES:
            await _void(world, request, asked, job, "still_challenged")
        else:
            await _sign_in(world, request, asked, job, refused.claims)
        return
    by = await _by(world, request, decision) if refused.code == CONFLICT else ""
    await _void(world, request, decision, job, refused.code, by)


async def _by(world: World, request: Request, decision: Decision) -> str:
    """Who has decided it in Entra, as far as that can be found out."""
    try:
        token = await token_for(world, decision.person, _intent(decision))
        review = await world.pim.reviewed(token, request.pim) if request.pim else None
        user = await world.directory.user(review.by) if review and review.by else None
    except (IntegrationError, PimRefusedError, SignInNeededError):
        return ""
    return user.name or user.user_name if user else ""


def _intent(decision: Decision) -> Decide:
    """The click itself: what a sign-in resumes, and what a token may be used for."""
    return Decide(decision.request, decision.verdict, reason=decision.reason)
