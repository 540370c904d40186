"""Right before the grantor assigns: everything that was decided is looked at once more."""

from bot.domain.audit import What
from bot.domain.policy import Wish, judge
from bot.domain.refusals import NothingToConfirm, NothingToDecide, RefusedError
from bot.domain.request import Request, State
from bot.intents import Confirm
from bot.store import Job
from bot.wording import answers
from bot.wording.parts import footer_of
from bot.wording.requests import fresh_to_ask
from handlers.activate import unproven, why_not
from handlers.context import World, access_of
from handlers.in_force import NoLongerOfferedError, in_force
from handlers.proof import confirms, proof_of, told
from handlers.reply import Reply, answer
from handlers.sign_in_links import mint
from handlers.steps import event, next_steps
from handlers.votes import voters
from handlers.who import Actor


async def still_right(world: World, request: Request) -> tuple[str, frozenset[str]]:
    """The fingerprint of the policy that holds, and the humans who approved it.

    Raises NoLongerOfferedError when the asker may not ask any more, when PIM's policy has become
    stricter than the terms, or when it takes more approvals now. PIM itself looks at none of it
    when an application assigns, so we do (its rules for end users are re-imposed).
    """
    assert request.person is not None  # noqa: S101  nothing is approved that nobody asked for
    policy = await in_force(world, request)
    terms = request.terms
    access = await access_of(world, terms.group, terms.access)
    rules = await world.pim.rules(terms.group, fresh=True)
    wish = Wish(terms.duration, terms.reason, terms.ticket)
    if unproven(access, rules) or judge(wish, access, rules, world.clock.now()).problems:
        raise NoLongerOfferedError("access_narrowed_by_pim")
    if why := await why_not(world, request.person, request):
        raise NoLongerOfferedError(why)
    approved_by = await voters(world, request)
    if len(approved_by) < access.approvals_required:
        raise NoLongerOfferedError("too_few_votes")
    return policy, approved_by


async def confirm(world: World, actor: Actor, intent: Confirm, job: Job) -> None:
    """The asker still needs what was approved so late: now it is granted. Raises RefusedError."""
    now, proved_at = world.clock.now(), proof_of(world, job)
    async with world.store.begin() as tx:
        request = await tx.request(intent.request)
    if request is None or request.person is None or request.person != actor.person:
        raise RefusedError(NothingToDecide(intent.request))
    if request.state is not State.AWAITING_CONFIRMATION or now >= request.expires_at:
        raise RefusedError(NothingToConfirm(request))
    if confirms(world, request.terms.group) and proved_at is None:
        await _sign_in_first(world, actor, request, job)
        return
    async with world.store.begin(done=job) as tx:
        after = request.confirmed(now)
        await tx.save_request(after)
        tx.record(event(after, What.CONFIRMED, **told(proved_at)))
        await next_steps(tx, after, now)


async def _sign_in_first(world: World, actor: Actor, request: Request, job: Job) -> None:
    url = await mint(world, actor.account, Confirm(request.id))
    async with world.store.begin(done=job):
        pass
    await answer(
        world, Reply.of(job), answers.sign_in_first(url, fresh_to_ask(request), footer_of(request))
    )
