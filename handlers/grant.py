"""Sending an activation to PIM, once in effect: decide, record, ask, and find what became of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import structlog

from bot.domain.audit import What
from bot.domain.ids import PersonId, RequestId
from bot.domain.request import Request, State
from bot.domain.sign_in import (
    MFA_CLAIMS,
    MOST_CHALLENGES,
    NO_TOKEN,
    STRONGER,
    UNSEEN,
    merged,
)
from bot.intents import Proceed
from bot.ports import (
    IntegrationError,
    Outcome,
    PersonToken,
    PimRefusedError,
    PimRequest,
    SignInNeededError,
)
from bot.store import ConflictError, Job, LeaseLostError
from handlers.assign import still_right
from handlers.context import World
from handlers.in_force import NoLongerOfferedError, in_force
from handlers.settle import settle
from handlers.steps import event, next_steps, show
from handlers.tokens import token_for, wants_more
from handlers.worker import MOST_FAILURES, LaterError

LOOK_FOR = timedelta(seconds=20)
"""How long a lost answer's effect is looked for before the activation is sent again.

Entra's lists lag behind its writes; PIM itself refuses a second one while the first is live.
"""
LOOK_EVERY = timedelta(seconds=4)
LOOK_SELDOM = timedelta(minutes=1)
TOO_LATE = "too_late"
BUG = "bug"
EXISTS = "exists"
"""Why an outcome is unknown: PIM says that there is one, and does not show it."""
APPROVAL = "ApprovalRule"
"""Some tenants are said to answer so to what then waits for its approvers, instead of saying that."""
ELSEWHERE = frozenset({"RoleAssignmentExists", "PendingRoleAssignmentRequest"})

_log = structlog.get_logger()


class _TryFailedError(Exception):
    """What we sent, and wrote down as sent, failed."""

    def __init__(self, sent: Request, failed: IntegrationError) -> None:
        super().__init__(str(failed))
        self.sent = sent
        self.failed = failed


async def grant(world: World, job: Job) -> None:
    """Carry a decided request to PIM. An earlier try's effect is always looked for first.

    What meets a bug of ours each time has failed, if it was never sent. What was sent is unknown
    by then, which its card says, and the sweeper has it looked for again.
    """
    try:
        await _grant(world, job)
    except (IntegrationError, LaterError, LeaseLostError, ConflictError):
        raise
    except Exception:
        if job.attempts < MOST_FAILURES or (unsent := await _unsent(world, job)) is None:
            raise
        _log.exception("grant_given_up", request=unsent.id)
        await _end(world, unsent, job, State.FAILED, BUG)


async def _unsent(world: World, job: Job) -> Request | None:
    """The request, unless PIM was asked for it."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    waits = request is not None and request.state is State.ACTIVATING
    return request if request and waits and request.tried_at is None else None


async def _grant(world: World, job: Job) -> None:
    request = await _load(world, job)
    if request is None or request.person is None:
        return
    try:
        answer = await _answer(world, request, job)
    except NoLongerOfferedError as gone:
        await _not_sent(world, await _current(world, request), job, gone.why)
    except PimRefusedError as refused:
        await _refused(world, await _current(world, request), job, refused)
    except _TryFailedError as tried:
        await _failed(world, tried.sent, job, tried.failed)
    except IntegrationError as failed:
        await _failed(world, request, job, failed)
    else:
        # Not within the try: a database that fails from here on does not make PIM's answer unsaid.
        if answer is not None:
            await settle(world, request.id, answer, job)
    await _drop_token(world, request, request.person)


async def _drop_token(world: World, request: Request, person: PersonId) -> None:
    if (await _current(world, request)).state not in {State.ACTIVATING, State.UNKNOWN}:
        # A token that was fetched for this request alone goes as soon as it is sent no more.
        world.tokens.spent(person, Proceed(request.id))


async def _answer(world: World, request: Request, job: Job) -> PimRequest | None:
    """What PIM says of it: of an earlier try, or of this one; None where a sign-in is needed."""
    if request.decided_here:
        return await _assigned(world, request)
    token, needed = await _token(world, request, request.claims)
    if request.tried_at:
        found, token, needed = await _sought(world, request, token, needed)
        if found is not None:
            return found
    policy = await in_force(world, request)
    if token is not None:
        return await _send(world, request, token, policy)
    assert needed is not None  # noqa: S101  there is a token, or why there is none
    weak = needed.claims or needed.why == NO_TOKEN
    why = STRONGER if request.challenges and weak else needed.why
    waiting = request.needs_sign_in(world.clock.now(), why, needed.claims)
    await _back_to_sign_in(world, waiting, job)
    return None


async def _assigned(world: World, request: Request) -> PimRequest:
    """What PIM says of an assignment that was decided here: of an earlier one, or of this one."""
    found = await _find(world, request, None) if request.tried_at else None
    if found is not None:
        return found
    policy, voters = await still_right(world, request)
    # in_force, which is part of that, offers nothing of this kind without a grantor.
    assert request.person is not None and world.grantor is not None  # noqa: S101, PT018
    by = {"by": " ".join(sorted(voters)), "authority": "application", "policy": policy}
    sent = await _decide(world, request, request.person, by)
    try:
        return await world.grantor.assign(request.person, request.terms, request.id)
    except IntegrationError as failed:
        raise _TryFailedError(sent, failed) from failed


async def _load(world: World, job: Job) -> Request | None:
    """The request while there is something to do for it; else the job is done."""
    async with world.store.begin() as tx:
        request = await tx.request(RequestId(job.subject))
    if request is None or request.state not in {State.ACTIVATING, State.UNKNOWN}:
        async with world.store.begin(done=job):
            return None
    if request.state is State.ACTIVATING and request.tried_at and request.pim is None:
        # Who sent it was ended before the answer came: its effect may be there all the same.
        return await _lost(world, request, "interrupted")
    if request.state is State.UNKNOWN and world.clock.now() > request.hopeless_at:
        await _end(world, request, job, State.FAILED, "unconfirmed")
        return None
    return request


async def _lost(world: World, request: Request, why: str) -> Request:
    """Write down that PIM was asked and the outcome is not known."""
    lost = request.uncertain("lost")
    async with world.store.begin() as tx:
        await tx.save_request(lost)
        tx.record(event(lost, What.UNKNOWN, why=why))
        await show(tx, lost, world.clock.now())
    return lost


async def _current(world: World, request: Request) -> Request:
    async with world.store.begin() as tx:
        found = await tx.request(request.id)
    assert found is not None  # noqa: S101  no request is ever deleted
    return found


async def _token(
    world: World, request: Request, claims: str
) -> tuple[PersonToken | None, SignInNeededError | None]:
    """The person's token with these claims, or why their sign-in is needed first."""
    assert request.person is not None  # noqa: S101  a request is sent only once it is identified
    purpose = Proceed(request.id)
    try:
        return await token_for(world, request.person, purpose, claims), None
    except SignInNeededError as needed:
        return None, needed


async def _look(world: World, request: Request, token: PersonToken | None) -> PimRequest | None:
    assert request.person is not None  # noqa: S101  as above
    return await world.pim.find(request.person, request.terms.group, request.id, token)


async def _find(world: World, request: Request, token: PersonToken | None) -> PimRequest | None:
    """What an earlier try may have left at PIM. Raises LaterError while it may still turn up."""
    assert request.tried_at is not None  # noqa: S101  only what was sent is looked for
    found = await _look(world, request, token)
    now = world.clock.now()
    if found is None and request.why == EXISTS:
        # PIM has one, very likely ours, that its lists do not show: asking again would not help.
        raise LaterError(now + LOOK_SELDOM)
    if found is None and now < request.tried_at + LOOK_FOR:
        raise LaterError(now + LOOK_EVERY)
    return found


async def _sought(
    world: World, request: Request, token: PersonToken | None, needed: SignInNeededError | None
) -> tuple[PimRequest | None, PersonToken | None, SignInNeededError | None]:
    """What an earlier try may have left at PIM; the token that PIM takes, or why a sign-in is needed.

    That PIM wants more of who looks says nothing of that try: it is never the request's end.
    """
    found, claims = await _looked(world, request, token)
    if claims is None:
        return found, token, needed
    token, _ = await _token(world, request, claims)  # the kept one may give what is wanted
    if token is not None:
        found, more = await _looked(world, request, token)
        if more is None:
            return found, token, None
    return await _find(world, request, None), None, SignInNeededError(UNSEEN, claims)


async def _looked(
    world: World, request: Request, token: PersonToken | None
) -> tuple[PimRequest | None, str | None]:
    """What is there, and None; or, where PIM does not take the token, which claims would help."""
    if token is None:
        return await _find(world, request, None), None
    try:
        return await _find(world, request, token), None
    except PimRefusedError as challenged:  # only ever that, for who looks
        world.tokens.forget(token.person)
        return None, merged(request.claims, challenged.claims)


async def _send(world: World, request: Request, token: PersonToken, policy: str) -> PimRequest:
    by = {"by": "PIM policy", "authority": "delegated", "policy": policy}
    sent = await _decide(world, request, token.person, by)
    try:
        return await world.pim.activate(token, request.terms, request.id)
    except IntegrationError as failed:
        raise _TryFailedError(sent, failed) from failed


async def _decide(
    world: World, request: Request, person: PersonId, by: Mapping[str, str]
) -> Request:
    """Record the decision, and commit: only then PIM is asked (P1, P6).

    After an hour without Entra, or without this bot, nobody can be taken to need it still.
    """
    if world.clock.now() > request.send_by:
        raise NoLongerOfferedError(TOO_LATE)
    async with world.store.begin() as tx:
        if await tx.lock(person) is not None:
            raise NoLongerOfferedError("locked")
        sent = request.sent(world.clock.now())
        await tx.save_request(sent)
        tx.record(event(sent, What.DECIDED, **by))
    return sent


async def _not_sent(world: World, request: Request, job: Job, why: str) -> None:
    """What is offered no longer is not sent; of an earlier try that is lost, nothing is known yet."""
    if why == TOO_LATE:
        await _end(world, request, job, State.FAILED, "unconfirmed" if request.tried_at else why)
        return
    if request.tried_at is not None:
        raise LaterError(world.clock.now() + LOOK_SELDOM)
    await _end(world, request, job, State.REFUSED, why)


async def _back_to_sign_in(world: World, waiting: Request, job: Job) -> None:
    async with world.store.begin(done=job) as tx:
        await tx.save_request(waiting)
        tx.record(event(waiting, What.SIGN_IN_NEEDED))
        await next_steps(tx, waiting, world.clock.now())


async def _refused(world: World, request: Request, job: Job, refused: PimRefusedError) -> None:
    """PIM said no: perhaps to our own doubled try, perhaps for want of a stronger sign-in."""
    claims = _claims(refused)
    if request.person and (claims or wants_more(refused)) and not request.decided_here:
        await _challenged(world, request, request.person, job, claims)
        return
    if refused.code in ELSEWHERE and request.state is State.UNKNOWN:
        await _exists(world, request, job)
        return
    waits = await _seen(world, request) if APPROVAL in refused.rules else None
    if waits is not None:
        await settle(world, request.id, waits, job)
        return
    code = f"{refused.code}:{','.join(refused.rules)}" if refused.rules else refused.code
    await _end(world, request, job, State.REFUSED, code)


async def _challenged(
    world: World, request: Request, person: PersonId, job: Job, claims: str
) -> None:
    """More proof is asked: of the kept token where that may have it, then of the person.

    Not for ever: who signed in for exactly this, and is asked the same again, is not asked again.
    """
    same = merged(request.claims, claims) == merged(request.claims)
    answered = bool(claims) and same and world.tokens.has_own(person, Proceed(request.id))
    world.tokens.forget(person)
    if answered or request.challenges >= MOST_CHALLENGES:
        await _end(world, request, job, State.REFUSED, "still_challenged")
        return
    asked = request.challenged(claims)
    if request.challenges or (claims and same):
        waiting = asked.needs_sign_in(world.clock.now(), STRONGER, claims)
        await _back_to_sign_in(world, replace(waiting, version=asked.version), job)
        return
    async with world.store.begin() as tx:
        await tx.save_request(asked)
    raise LaterError(world.clock.now())


async def _exists(world: World, request: Request, job: Job) -> None:
    """PIM has one, and an earlier try of ours had no answer: very likely it is that one."""
    found = await _seen(world, request)
    if found is not None:
        await settle(world, request.id, found, job)
        return
    async with world.store.begin() as tx:
        await tx.save_request(request.uncertain(EXISTS))
        await show(tx, request, world.clock.now())
    raise LaterError(world.clock.now() + LOOK_EVERY)


async def _seen(world: World, request: Request) -> PimRequest | None:
    """What PIM shows of it now, to its person or else to the bot."""
    token, _ = await _token(world, request, request.claims)
    try:
        return await _look(world, request, token)
    except PimRefusedError:
        return await _look(world, request, None)


def _claims(refused: PimRefusedError) -> str:
    return refused.claims or (MFA_CLAIMS if refused.rules == ("MfaRule",) else "")


async def _end(world: World, request: Request, job: Job, state: State, why: str) -> None:
    over = request.ended(state, why)
    what = What.REFUSED if state is State.REFUSED else What.FAILED
    async with world.store.begin(done=job) as tx:
        await tx.save_request(over)
        tx.record(event(over, what, why=why))
        await next_steps(tx, over, world.clock.now())


async def _failed(world: World, request: Request, job: Job, failed: IntegrationError) -> None:
    """Say what is known, and try again while that can help.

    Of what somebody else has moved meanwhile (we were taken for dead) our failure says nothing.
    """
    if (await _current(world, request)).version != request.version:
        raise failed
    if failed.outcome is Outcome.DID_NOT and request.state is not State.UNKNOWN:
        await _nothing_happened(world, request, job, failed)
        return
    if request.state is not State.UNKNOWN:
        await _lost(world, request, failed.system)
    raise failed


async def _nothing_happened(
    world: World, request: Request, job: Job, failed: IntegrationError
) -> None:
    now = world.clock.now()
    if failed.permanent:
        await _end(world, request, job, State.FAILED, "no_permission")
        return
    if now > request.expires_at:
        await _end(world, request, job, State.FAILED, "not_answered")
        return
    if request.tried_at is not None or not request.why:
        waiting = request.busy()
        async with world.store.begin() as tx:
            await tx.save_request(waiting)
            await show(tx, waiting, now)
    raise failed
