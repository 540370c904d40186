"""Ending an activation early: as its person, not before PIM allows it, once in effect."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.access import Authority, nearest_name, same_name
from bot.domain.activation import Activation
from bot.domain.audit import Event, What
from bot.domain.aws import Already, Opens
from bot.domain.ids import ActivationId, PersonId
from bot.domain.refusals import NothingActive, RefusedError, TooSoonToEnd, WhichOne
from bot.intents import Deactivate
from bot.ports import IntegrationError, Outcome, PersonToken, PimRefusedError, SignInNeededError
from bot.store import ConflictError, Job, JobKind, LeaseLostError, NewJob
from bot.wording import answers, pim
from handlers import given_up
from handlers.already import is_member_beside
from handlers.context import World, access_of
from handlers.held import is_it, look_or_known
from handlers.opens import what_opens
from handlers.reply import Reply, answer
from handlers.settle import end
from handlers.sign_in_links import mint
from handlers.tokens import token_for, wants_more
from handlers.who import Actor
from handlers.worker import MOST_FAILURES, LaterError

GONE = "RoleAssignmentDoesNotExist"
"""PIM's code for an activation that is over."""
NO_GRANTOR = "no_grantor"


async def deactivate(
    world: World, actor: Actor, person: PersonId, intent: Deactivate, job: Job
) -> None:
    """Decide to end it, and cause the work. Raises RefusedError."""
    activation = await _which(world, person, intent.access)
    if not activation.active:
        await _drop(world, job)
        await _tell(world, activation, job)
        return
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
    """The one that is meant; one that is over when it was just noticed to have ended beside us."""
    looked = await look_or_known(world, person)
    active, gone = _named(looked.active, access), _named(looked.gone, access)
    if len(active) > 1:
        raise RefusedError(WhichOne("deactivate", tuple(a.access for a in active)))
    if not active and not gone:
        nearest = nearest_name(access, [a.access for a in looked.active])
        raise RefusedError(NothingActive(access, nearest, sure=looked.sure))
    return [*active, *gone][0]


def _named(activations: Sequence[Activation], access: str) -> list[Activation]:
    return [a for a in activations if not access or same_name(a.access, access)]


async def _tell(world: World, over: Activation, job: Job) -> None:
    async with world.store.begin() as tx:
        names = await tx.user_names([over.person])
    opens = await _opens(world, over, names.get(over.person, ""))
    member = await is_member_beside(world, over)
    kept = Already(member, opens.standing if opens else ())
    await answer(world, Reply.of(job), answers.ended(over, opens, kept))


async def carry_out(world: World, job: Job) -> None:
    """Ask PIM to end it, with the person's own token, or as the grantor that assigned it."""
    async with world.store.begin() as tx:
        activation = await tx.activation(ActivationId(job.subject))
    if activation is None:
        await _drop(world, job)
        return
    if not activation.active:
        await _drop(world, job)
        await _tell(world, activation, job)
        return
    try:
        await _end(world, activation, job)
    except SignInNeededError as needed:
        await _sign_in_first(world, activation, job, needed.claims)
    except PimRefusedError as refused:
        await _refused(world, activation, job, refused)
    except (IntegrationError, LaterError, LeaseLostError, ConflictError):
        raise
    except Exception as bug:
        if job.attempts >= MOST_FAILURES:
            await given_up.tell(world, job, Deactivate(activation.access), bug)
        raise


async def _sign_in_first(world: World, activation: Activation, job: Job, claims: str) -> None:
    then = Deactivate(activation.access, when_allowed=True)
    url = await mint(world, Reply.of(job).account, then, claims)
    await _drop(world, job)
    card = answers.sign_in_first(url, answers.end_as_you(activation))
    await answer(world, Reply.of(job), card)


async def _drop(world: World, job: Job) -> None:
    async with world.store.begin(done=job):
        pass


async def _end(world: World, activation: Activation, job: Job) -> None:
    purpose = Deactivate(activation.access, when_allowed=True)
    assigned = activation.authority is Authority.APPLICATION
    token = None if assigned else await token_for(world, activation.person, purpose)
    if activation.ending_at is None or await _still_held(world, activation):
        activation = await _ask(world, activation, token)
    await _over(world, activation, job)
    world.tokens.spent(activation.person, purpose)


async def _ask(world: World, activation: Activation, token: PersonToken | None) -> Activation:
    """Ask once more, written down first: what is gone then, is gone because we asked.

    Raises PimRefusedError and IntegrationError while Entra holds it, as far as can be seen.
    """
    asked = await _saved(world, activation.ending(activation.ending_at or world.clock.now()))
    try:
        await _send(world, activation, token)
    except PimRefusedError as refused:
        gone = refused.code == GONE
        answered = await _saved(world, asked.ending(activation.ending_at if gone else None))
        if not gone:
            raise
        return answered
    except IntegrationError as failed:
        if failed.outcome is Outcome.DID_NOT:
            await _saved(world, asked.ending(activation.ending_at))
            raise
        if await _still_held(world, activation):
            raise
    return asked


async def _send(world: World, activation: Activation, token: PersonToken | None) -> None:
    """As its person, or, where the grantor assigned it, as the grantor."""
    if token is not None:
        await world.pim.deactivate(token, activation.group, activation.id)
    elif world.grantor is not None:
        await world.grantor.remove(activation.person, activation.group, activation.id)
    else:
        raise PimRefusedError(NO_GRANTOR, "the grantor is not configured any more")


async def _saved(world: World, activation: Activation) -> Activation:
    async with world.store.begin() as tx:
        await tx.save_activation(activation)
    return activation


async def _still_held(world: World, activation: Activation) -> bool:
    held = await world.pim.held(activation.person)
    return any(is_it(one, activation) for one in held)


async def _over(world: World, activation: Activation, job: Job) -> None:
    async with world.store.begin(done=job) as tx:
        over = await end(tx, activation, activation.how_gone, world.clock.now())
    await _tell(world, over, job)


async def _opens(world: World, activation: Activation, user_name: str) -> Opens | None:
    """What it opened, if that can be found out now: the end itself is written down already."""
    try:
        access = await access_of(world, activation.group, activation.access)
    except IntegrationError:
        return None
    return await what_opens(world, access, user_name)


async def _refused(
    world: World, activation: Activation, job: Job, refused: PimRefusedError
) -> None:
    match refused.code:
        case "ActiveDurationTooShort":
            raise LaterError(world.clock.now() + timedelta(seconds=30))
        case _ if wants_more(refused) and activation.authority is Authority.DELEGATED:
            world.tokens.forget(activation.person)
            await _sign_in_first(world, activation, job, refused.claims)
        case _:
            await _drop(world, job)
            card = answers.not_ended(activation, pim.sentence(refused.code))
            await answer(world, Reply.of(job), card)
