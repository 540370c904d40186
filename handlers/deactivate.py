"""Ending an activation early: as its person, not before PIM allows it, once in effect."""

from datetime import timedelta

from bot.domain.access import same_name
from bot.domain.activation import Activation, End
from bot.domain.audit import Event, What
from bot.domain.aws import Opens
from bot.domain.ids import ActivationId, PersonId
from bot.domain.refusals import NothingActive, RefusedError, TooSoonToEnd, WhichOne
from bot.intents import Deactivate
from bot.ports import IntegrationError, Outcome, PersonToken, PimRefusedError, SignInNeededError
from bot.store import Job, JobKind, NewJob
from bot.wording import answers, pim
from handlers.context import World, catalog
from handlers.opens import what_opens
from handlers.reply import Reply, answer
from handlers.settle import end
from handlers.sign_in_links import mint
from handlers.tokens import token_for
from handlers.who import Actor
from handlers.worker import LaterError


async def deactivate(
    world: World, actor: Actor, person: PersonId, intent: Deactivate, job: Job
) -> None:
    """Decide to end it, and cause the work. Raises RefusedError."""
    activation = await _which(world, person, intent.access)
    now = world.clock.now()
    if now < activation.may_end_from and not intent.when_allowed:
        raise RefusedError(TooSoonToEnd(activation))
    at = max(now, activation.may_end_from)
    async with world.store.begin(done=job) as tx:
        tx.record(
            Event(
                What.DEACTIVATION_DECIDED,
                actor=person,
                account=actor.account,
                request=activation.request,
                data={"activation": activation.id, "access": activation.access},
            )
        )
        payload = Reply.of(job).payload
        await tx.add_job(NewJob(JobKind.DEACTIVATE, activation.id, at, payload=payload))
    if at > now:
        await answer(world, Reply.of(job), answers.will_end(activation, at))


async def _which(world: World, person: PersonId, access: str) -> Activation:
    async with world.store.begin() as tx:
        active = list(await tx.active(person))
    if access:
        active = [a for a in active if same_name(a.access, access)]
    if not active:
        raise RefusedError(NothingActive(access))
    if len(active) > 1:
        raise RefusedError(WhichOne("deactivate", tuple(a.access for a in active)))
    return active[0]


async def carry_out(world: World, job: Job) -> None:
    """Ask PIM to end it, with the person's own token."""
    async with world.store.begin() as tx:
        activation = await tx.activation(ActivationId(job.subject))
    if activation is None or not activation.active:
        await _drop(world, job)
        return
    try:
        await _end(world, activation, job)
    except SignInNeededError as needed:
        then = Deactivate(activation.access, when_allowed=True)
        account = Reply.of(job).account
        url = await mint(world, account, then, needed.claims)
        await _drop(world, job)
        card = answers.sign_in_first(url, answers.end_as_you(activation))
        await answer(world, Reply.of(job), card)
    except PimRefusedError as refused:
        await _refused(world, activation, job, refused)


async def _drop(world: World, job: Job) -> None:
    async with world.store.begin(done=job):
        pass


async def _end(world: World, activation: Activation, job: Job) -> None:
    purpose = Deactivate(activation.access, when_allowed=True)
    token = await token_for(world, activation.person, purpose)
    if job.attempts == 1 or await _still_held(world, activation):
        await _ask(world, activation, token)
    await _over(world, activation, job, End.DEACTIVATED)
    world.tokens.spent(activation.person, purpose)


async def _ask(world: World, activation: Activation, token: PersonToken) -> None:
    try:
        await world.pim.deactivate(token, activation.group, activation.id)
    except IntegrationError as failed:
        if failed.outcome is not Outcome.UNKNOWN or await _still_held(world, activation):
            raise


async def _still_held(world: World, activation: Activation) -> bool:
    held = await world.pim.held(activation.person)
    return any(h.group == activation.group and h.activated for h in held)


async def _over(world: World, activation: Activation, job: Job, how: End) -> None:
    async with world.store.begin(done=job) as tx:
        over = await end(tx, activation, how, world.clock.now())
        names = await tx.user_names([activation.person])
    opens = await _opens(world, activation, names.get(activation.person, ""))
    await answer(world, Reply.of(job), answers.ended(over, opens))


async def _opens(world: World, activation: Activation, user_name: str) -> Opens | None:
    """What it opened, if that can be found out now: the end itself is written down already."""
    try:
        access = (await catalog(world)).of_group(activation.group)
    except IntegrationError:
        return None
    return await what_opens(world, access, user_name) if access else None


async def _refused(
    world: World, activation: Activation, job: Job, refused: PimRefusedError
) -> None:
    match refused.code:
        case "RoleAssignmentDoesNotExist":
            await _over(world, activation, job, End.ELSEWHERE)
        case "ActiveDurationTooShort":
            raise LaterError(world.clock.now() + timedelta(seconds=30))
        case _:
            await _drop(world, job)
            card = answers.not_ended(activation, pim.sentence(refused.code))
            await answer(world, Reply.of(job), card)
