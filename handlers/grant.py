"""Sending an activation to PIM, once in effect: decide, record, ask, and find what became of it."""

from datetime import datetime, timedelta

from bot.domain.audit import What
from bot.domain.ids import RequestId
from bot.domain.request import APPROVAL_WAIT, Request, State
from bot.intents import Proceed
from bot.ports import (
    IntegrationError,
    Outcome,
    PersonToken,
    PimRefusedError,
    PimRequest,
    SignInNeededError,
)
from bot.store import Job
from handlers.context import World
from handlers.settle import settle
from handlers.steps import event, next_steps, show
from handlers.tokens import token_for
from handlers.worker import LaterError

LOOK_FOR = timedelta(seconds=20)
"""How long a lost answer's effect is looked for before the activation is sent again.

Entra's lists lag behind its writes; PIM itself refuses a second one while the first is live.
"""
LOOK_EVERY = timedelta(seconds=4)
LOOK_SELDOM = timedelta(minutes=1)
EXISTS = "exists"
"""Why an outcome is unknown: PIM says that there is one, and does not show it."""
TOKEN_REFUSED = "InvalidAuthenticationToken"  # noqa: S105  an error code
ELSEWHERE = frozenset({"RoleAssignmentExists", "PendingRoleAssignmentRequest"})
MFA_CLAIMS = '{"access_token":{"amr":{"values":["mfa"]}}}'


async def grant(world: World, job: Job) -> None:
    """Carry a decided request to PIM. An earlier try's effect is always looked for first."""
    request = await _load(world, job)
    if request is None or request.person is None:
        return
    try:
        answer = await _answer(world, request, job)
    except PimRefusedError as refused:
        await _refused(world, await _current(world, request), job, refused)
    except IntegrationError as failed:
        await _failed(world, await _current(world, request), job, failed)
    else:
        # Not within the try: a database that fails from here on does not make PIM's answer unsaid.
        if answer is not None:
            await settle(world, request.id, answer, job)
    if (await _current(world, request)).state not in {State.ACTIVATING, State.UNKNOWN}:
        # A token that was fetched for this request alone goes as soon as it is sent no more.
        world.tokens.spent(request.person, Proceed(request.id))


async def _answer(world: World, request: Request, job: Job) -> PimRequest | None:
    """What PIM says of it: of an earlier try, or of this one; None where a sign-in is needed."""
    token, claims = await _token(world, request)
    found = await _find(world, request, token) if request.tried_at else None
    if found is not None:
        return found
    if token is not None:
        return await _send(world, request, token)
    waiting = request.needs_sign_in(world.clock.now(), "sign in", claims)
    await _back_to_sign_in(world, waiting, job)
    return None


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
    if request.state is State.UNKNOWN and world.clock.now() > _hopeless(request):
        await _end(world, request, job, State.FAILED, "unconfirmed")
        return None
    return request


def _hopeless(request: Request) -> datetime:
    """When a lost try can no longer have an effect that is still to be found."""
    return (request.tried_at or request.asked_at) + APPROVAL_WAIT + request.terms.duration


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


async def _token(world: World, request: Request) -> tuple[PersonToken | None, str]:
    """The person's token, or None and the claims that their next sign-in has to answer."""
    assert request.person is not None  # noqa: S101  a request is sent only once it is identified
    try:
        return await token_for(world, request.person, Proceed(request.id)), ""
    except SignInNeededError as needed:
        return None, needed.claims


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


async def _send(world: World, request: Request, token: PersonToken) -> PimRequest:
    """Record the decision, commit, and only then ask PIM (P1, P6)."""
    async with world.store.begin() as tx:
        sent = request.sent(world.clock.now())
        await tx.save_request(sent)
        tx.record(event(sent, What.DECIDED, by="PIM policy", authority="delegated"))
    return await world.pim.activate(token, request.terms, request.id)


async def _back_to_sign_in(world: World, waiting: Request, job: Job) -> None:
    async with world.store.begin(done=job) as tx:
        await tx.save_request(waiting)
        tx.record(event(waiting, What.SIGN_IN_NEEDED))
        await next_steps(tx, waiting, world.clock.now())


async def _refused(world: World, request: Request, job: Job, refused: PimRefusedError) -> None:
    """PIM said no: perhaps to our own doubled try, perhaps for want of a stronger sign-in."""
    claims = _claims(refused)
    if request.person and (claims or refused.code == TOKEN_REFUSED):
        world.tokens.forget(request.person)
        waiting = request.needs_sign_in(world.clock.now(), "sign in", claims, refused=True)
        await _back_to_sign_in(world, waiting, job)
        return
    if refused.code in ELSEWHERE and request.state is State.UNKNOWN:
        await _exists(world, request, job)
        return
    code = f"{refused.code}:{','.join(refused.rules)}" if refused.rules else refused.code
    await _end(world, request, job, State.REFUSED, code)


async def _exists(world: World, request: Request, job: Job) -> None:
    """PIM has one, and an earlier try of ours had no answer: very likely it is that one."""
    token, _ = await _token(world, request)
    found = await _look(world, request, token)
    if found is not None:
        await settle(world, request.id, found, job)
        return
    async with world.store.begin() as tx:
        await tx.save_request(request.uncertain(EXISTS))
        await show(tx, request, world.clock.now())
    raise LaterError(world.clock.now() + LOOK_EVERY)


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
    """Say what is known, and try again while that can help."""
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
