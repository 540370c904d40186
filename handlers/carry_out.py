"""What was said and committed, carried out: who is asking is checked afresh before any effect."""

from dataclasses import replace
from datetime import timedelta
from typing import assert_never

import structlog

from bot.cards import Card
from bot.domain.audit import What
from bot.domain.ids import PersonId, RequestId
from bot.domain.refusals import RefusedError
from bot.domain.request import Request, State
from bot.intents import (
    Activate,
    Deactivate,
    Help,
    Intent,
    Link,
    OpenForm,
    Proceed,
    Recent,
    Recheck,
    Status,
    Unlink,
    Withdraw,
    decode,
)
from bot.ports import IntegrationError
from bot.store import Job
from bot.wording import answers
from bot.wording.ready import recheck_card
from bot.wording.refusals import refused as refusal_card
from handlers import linking, reading
from handlers.activate import activate, why_not
from handlers.context import World, catalog
from handlers.deactivate import deactivate
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.steps import event, next_steps, note_refusal
from handlers.watch import recheck
from handlers.who import Actor, check
from handlers.withdraw import withdraw

TRIES = 5
LONGEST = timedelta(minutes=1)
"""How often and how long a question is tried while a system does not answer."""

_log = structlog.get_logger()


async def carry_out(world: World, job: Job) -> None:
    """Do what the job's intent says, or answer why not; a refusal is recorded."""
    intent = decode(job.payload["intent"])
    reply = Reply.of(job)
    try:
        actor = await check(world, reply.account)
        await _do(world, actor, intent, job)
    except RefusedError as no:
        await _refused(world, reply, job, intent, no)
    except IntegrationError as failed:
        if _goes_on_trying(world, intent, job, failed):
            raise
        async with world.store.begin(done=job):
            pass
        await answer(
            world, reply, answers.not_answering(failed.system, intent, refused=failed.permanent)
        )


def _goes_on_trying(world: World, intent: Intent, job: Job, failed: IntegrationError) -> bool:
    """A request that waits is never given up here (it lapses); a question is, and says so."""
    if isinstance(intent, Proceed):
        return True
    aged = world.clock.now() - job.created_at > LONGEST
    return not (failed.permanent or aged or job.attempts >= TRIES)


async def _refused(world: World, reply: Reply, job: Job, intent: Intent, no: RefusedError) -> None:
    async with world.store.begin(done=job) as tx:
        await note_refusal(tx, reply.account, intent, no)
    await answer(world, reply, refusal_card(no.refusal))


async def _do(world: World, actor: Actor, intent: Intent, job: Job) -> None:  # noqa: C901  a case each
    match intent:
        case Activate():
            await activate(world, actor, intent, job)
        case Deactivate():
            person = await _known(world, actor, intent, job)
            if person is not None:
                await deactivate(world, actor, person, intent, job)
        case Withdraw():
            await withdraw(world, actor, intent, job)
        case Link():
            await linking.link(world, actor, job)
        case Unlink():
            await linking.unlink(world, actor, job)
        case Proceed(request):
            await _proceed(world, actor, request, job)
        case Recheck():
            await _recheck(world, actor, intent, job)
        case Status() | Recent() | Help() | OpenForm():
            await _say(world, job, await _reading(world, actor, intent))
        case _:
            assert_never(intent)


async def _reading(world: World, actor: Actor, intent: Status | Recent | Help | OpenForm) -> Card:
    """What was asked before a sign-in and only reads (the form needs a fresh click to open)."""
    match intent:
        case Status():
            return await reading.status(world, actor)
        case Recent():
            return await reading.recent(world, actor, intent)
        case Help():
            return answers.help_card()
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


async def _proceed(world: World, actor: Actor, request_id: RequestId, job: Job) -> None:
    """Carry on with a request whose person has just signed in."""
    async with world.store.begin() as tx:
        request = await tx.request(request_id)
    if request is None or actor.person is None or request.state is not State.AWAITING_SIGN_IN:
        async with world.store.begin(done=job):
            return
    why = await why_not(world, actor.person, request.terms)
    await _carry_on(world, request, actor.person, why, job)


async def _carry_on(world: World, request: Request, person: PersonId, why: str, job: Job) -> None:
    now = world.clock.now()
    async with world.store.begin(done=job) as tx:
        others = [r for r in await tx.open_requests(person) if r.id != request.id]
        if request.person not in {None, person}:
            why = "account_changed"
        elif any(r.terms.group == request.terms.group for r in others):
            why = "other_open"
        known = request if request.person or why == "other_open" else request.identified(person)
        after = known.ended(State.REFUSED, why) if why else known.carried_on(now)
        # One write, one version: identifying and carrying on are one step in the store.
        after = replace(after, version=request.version + 1)
        await tx.save_request(after)
        if why:
            tx.record(event(after, What.REFUSED, why=why))
        await next_steps(tx, after, now)


async def _recheck(world: World, actor: Actor, intent: Recheck, job: Job) -> None:
    async with world.store.begin() as tx:
        activation = await tx.activation(intent.activation)
    access = (await catalog(world)).of_group(activation.group) if activation else None
    over = activation is None or not activation.active or activation.person != actor.person
    if activation is None or access is None or actor.link is None or over:
        await _say(world, job, await reading.status(world, actor))
        return
    opens, has_it = await recheck(world, activation, access, actor.link.user_name)
    await _say(world, job, recheck_card(activation, opens, has_it=has_it))
