"""What was said and committed, carried out: who is asking is checked afresh before any effect."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

from bot.cards import Card
from bot.domain.audit import What
from bot.domain.ids import PersonId, RequestId
from bot.domain.refusals import NotAMember, RefusedError
from bot.domain.request import STALE, Request, State
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
)
from bot.ports import IntegrationError
from bot.store import Job, LeaseLostError
from bot.wording import answers, failures
from bot.wording.refusals import refused as refusal_card
from bot.wording.steps import recheck_card
from handlers import again, deciding, given_up, linking, locking, reading
from handlers.activate import activate, note_pending, why_not
from handlers.assign import confirm
from handlers.context import World, access_of
from handlers.deactivate import deactivate
from handlers.decide import decide
from handlers.explain import explain
from handlers.held import note
from handlers.notify import notify
from handlers.proof import PROVED, confirms, proof_of, told
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.slow import say_so, saying_so
from handlers.standing import left_chat
from handlers.steps import event, next_steps, note_refusal
from handlers.watch import recheck
from handlers.who import Actor, check
from handlers.withdraw import withdraw
from handlers.worker import MOST_FAILURES, LaterError

TRIES = 5
LONGEST = timedelta(minutes=1)
"""How often and how long a question is tried while a system does not answer."""
SLOW_TRIES = 3
"""From so many failures on the person is told: the next tries are seconds apart."""


async def carry_out(world: World, job: Job) -> None:
    """Do what the job's intent says, or answer why not; a refusal is recorded.

    Nobody waits for what is parked: whoever asked for it is told.
    """
    intent, reply = decode(job.payload["intent"]), Reply.of(job)
    try:
        await _carry_out(world, job, intent, reply)
    except (IntegrationError, LaterError, LeaseLostError):
        raise
    except Exception as bug:
        if job.attempts >= MOST_FAILURES:
            await given_up.tell(world, job, intent, bug)
        elif job.attempts >= SLOW_TRIES:
            await say_so(world, reply, job.subject)
        raise


async def _carry_out(world: World, job: Job, intent: Intent, reply: Reply) -> None:
    if isinstance(intent, Activate | Again) and world.clock.now() - job.created_at > STALE:
        await _say(world, job, failures.too_late(intent))
        return
    try:
        async with saying_so(world, reply, job.subject, job.created_at):
            actor = await check(world, reply.account)
            await _do(world, actor, intent, job)
    except RefusedError as no:
        await _refused(world, reply, job, intent, no)
    except IntegrationError as failed:
        if _goes_on_trying(world, intent, job, failed):
            if job.attempts >= SLOW_TRIES:
                await say_so(world, reply, job.subject)
            raise
        async with world.store.begin(done=job):
            pass
        await answer(
            world, reply, failures.not_answering(failed.system, intent, refused=failed.permanent)
        )


def _goes_on_trying(world: World, intent: Intent, job: Job, failed: IntegrationError) -> bool:
    """A request that waits is never given up here (it lapses); a question is, and says so."""
    if isinstance(intent, Proceed):
        return True
    aged = world.clock.now() - job.created_at > LONGEST
    return not (failed.permanent or aged or job.attempts >= TRIES)


async def _refused(world: World, reply: Reply, job: Job, intent: Intent, no: RefusedError) -> None:
    if isinstance(no.refusal, NotAMember):
        await left_chat(world, reply.account, no.refusal.stands)
    async with world.store.begin(done=job) as tx:
        await note_refusal(tx, reply.account, intent, no)
    await answer(world, reply, refusal_card(no.refusal))


async def _do(  # noqa: C901  a case each
    world: World, actor: Actor, intent: Intent, job: Job
) -> None:
    match intent:
        case Activate():
            await activate(world, actor, intent, job)
        case Again():
            await _again(world, actor, intent, job)
        case Withdraw():
            await withdraw(world, actor, intent, job)
        case Link():
            await linking.link(world, actor, job)
        case Unlink():
            await linking.unlink(world, actor, job)
        case Deactivate() | Notify() | Lock() | Unlock():
            await _do_known(world, actor, intent, job)
        case Proceed(request):
            await _proceed(world, actor, request, job)
        case Confirm():
            await confirm(world, actor, intent, job)
        case Recheck():
            await _recheck(world, actor, intent, job)
        case Decide():
            await decide(world, actor, intent, job)
        case Status() | Recent() | Explain() | Pending() | Help() | OpenForm() | AskReason():
            await _say(world, job, await _reading(world, actor, intent))
        case _:
            assert_never(intent)


async def _do_known(
    world: World, actor: Actor, intent: Deactivate | Notify | Lock | Unlock, job: Job
) -> None:
    """What takes a person of whom it is known who they are."""
    person = await _known(world, actor, intent, job)
    if person is None:
        return
    match intent:
        case Deactivate():
            await deactivate(world, actor, person, intent, job)
        case Notify():
            await notify(world, actor, person, intent, job)
        case Lock():
            await locking.lock(world, actor, person, intent, job)
        case Unlock():
            await locking.unlock(world, actor, person, intent, job)
        case _:
            assert_never(intent)


async def _reading(
    world: World,
    actor: Actor,
    intent: Status | Recent | Explain | Pending | Help | OpenForm | AskReason,
) -> Card:
    """What was asked before a sign-in and only reads (the form needs a fresh click to open)."""
    match intent:
        case Status():
            return await reading.status(world, actor)
        case Recent():
            return await reading.recent(world, actor, intent)
        case Explain():
            return await explain(world, actor, intent)
        case Help():
            return answers.help_card()
        case Pending() | AskReason():
            return await deciding.pending(world, actor)
        case OpenForm():
            if actor.link is not None:
                return answers.open_form(intent)
            url = await mint(world, actor.account, intent)
            return answers.sign_in_first(url, answers.FORM)
    assert_never(intent)


async def _say(world: World, job: Job, card: Card) -> None:
    async with world.store.begin(done=job):
        pass
    await answer(world, Reply.of(job), card)


async def _known(world: World, actor: Actor, intent: Intent, job: Job) -> PersonId | None:
    """The person; somebody not linked is asked to sign in, and the intent goes on after that."""
    if actor.person is None:
        url = await mint(world, actor.account, intent)
        await _say(world, job, answers.sign_in_first(url, answers.WHO))
    return actor.person


async def _again(world: World, actor: Actor, intent: Again, job: Job) -> None:
    """The same as before, for somebody who was not linked when they said it."""
    if await _known(world, actor, intent, job) is None or actor.link is None:
        return
    meant = await again.meant(world, actor.link, intent)
    match meant:
        case Activate():
            await activate(world, actor, meant, job)
        case OpenForm():
            await _say(world, job, answers.open_form(meant))
        case None:
            await _say(world, job, answers.nothing_before())
        case _:
            assert_never(meant)


async def _proceed(world: World, actor: Actor, request_id: RequestId, job: Job) -> None:
    """Carry on with a request whose person has just signed in."""
    async with world.store.begin() as tx:
        request = await tx.request(request_id)
    if request is None or actor.person is None or request.state is not State.AWAITING_SIGN_IN:
        async with world.store.begin(done=job):
            return
    if confirms(world, request.terms.group) and proof_of(world, job) is None:
        await _not_proved(world, request, job)
        return
    why = await why_not(world, actor.person, request)
    if not why and await _has_it(world, actor.person, request):
        why = "had_already"
    await _carry_on(world, request, actor.person, why, job)


async def _has_it(world: World, person: PersonId, request: Request) -> bool:
    """Whether they have it beside this request, as is known now that we know who they are."""
    if request.tried_at is not None:
        return False  # it may be of this very request: that is looked for by its reference
    looked = await note(world, person, await world.pim.held(person))
    return any(one.group == request.terms.group for one in looked.active)


async def _not_proved(world: World, request: Request, job: Job) -> None:
    """It takes a sign-in of its own: that was too long ago, or it was for something else."""
    async with world.store.begin(done=job) as tx:
        if PROVED in job.payload:
            waiting = request.not_fresh()
            await tx.save_request(waiting)
            await next_steps(tx, waiting, world.clock.now())


async def _carry_on(world: World, request: Request, person: PersonId, why: str, job: Job) -> None:
    now, proved_at = world.clock.now(), proof_of(world, job)
    async with world.store.begin(done=job) as tx:
        others = [r for r in await tx.open_requests(person) if r.id != request.id]
        if request.person not in {None, person}:
            why = "account_changed"
        elif any(r.terms.group == request.terms.group for r in others):
            why = "other_open"
        known = request if request.person or why == "other_open" else request.identified(person)
        after = known.ended(State.REFUSED, why) if why else known.carried_on(now)
        # One write, one version: identifying and carrying on are one step in the store.
        after = replace(after, version=request.version + 1, proved_at=proved_at)
        await tx.save_request(after)
        if why:
            tx.record(event(after, What.REFUSED, why=why))
        if proved_at is not None:
            tx.record(event(after, What.PROVED, **told(proved_at)))
        note_pending(tx, after)
        await next_steps(tx, after, now)


async def _recheck(world: World, actor: Actor, intent: Recheck, job: Job) -> None:
    async with world.store.begin() as tx:
        activation = await tx.activation(intent.activation)
    over = activation is None or not activation.active or activation.person != actor.person
    if activation is None or actor.link is None or over:
        await _say(world, job, await reading.status(world, actor))
        return
    access = await access_of(world, activation.group, activation.access)
    user_name = actor.link.user_name
    opens, looked = await recheck(world, activation, access, user_name)
    is_late = world.clock.now() >= activation.late_from
    card = recheck_card(activation, opens, looked, user_name, is_late=is_late)
    await _say(world, job, card)
