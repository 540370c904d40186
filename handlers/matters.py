"""What approvers read about a request: gathered from store, directory and AWS, for cards and forms."""

from collections.abc import Sequence

from bot.domain.access import Access
from bot.domain.aws import Opens
from bot.domain.decision import Asked, Decision, Invitation, Verdict, human
from bot.domain.ids import ChatAccount, PersonId
from bot.domain.request import Request, State
from bot.ports import DirectoryUser
from bot.store import RequestFilter
from bot.wording.approvals import MOST_BEFORE, Asker, Matter
from handlers.context import NAMES_LAST, World, access_of, catalog
from handlers.opens import what_opens
from handlers.proof import confirms


async def matter_of(world: World, request: Request, invited: Sequence[Invitation] = ()) -> Matter:
    """The request as its approvers should know it. Raises IntegrationError."""
    person = request.person
    assert person is not None  # noqa: S101  a request of nobody waits for no approval
    async with world.store.begin() as tx:
        decisions = [d for d in await tx.decisions(request.id) if d.holds]
        activation = await tx.activation_of(request.id)
        before = await tx.requests(_earlier(request))
        receipt = await tx.receipt(request)
    access = await access_of(world, request.terms.group, request.terms.access)
    rules = await world.pim.rules(request.terms.group)
    asker = await asker_of(world, person)
    return Matter(
        request=request,
        asker=Asker(*asker, tuple(r for r in before if r.id != request.id)[:MOST_BEFORE]),
        opens=await _opens(world, request, person, access),
        activation=activation,
        decision=deciding(request, decisions),
        votes=votes(request, decisions),
        required=access.approvals_required,
        reason_required=rules.approver_reason_required,
        confirms=confirms(world, request.terms.group),
        receipt=receipt,
        deciders=tuple(i.name for i in invited if i.asked is Asked.FIRST),
    )


async def knows_of(
    world: World, request: Request, account: ChatAccount, person: PersonId | None
) -> bool:
    """Whether somebody was told of the request: who asks for it, and who was asked to decide it."""
    async with world.store.begin() as tx:
        invited = await tx.invitations(request.id)
    if account in {request.asker, *(one.account for one in invited)}:
        return True
    told = [one.person for one in invited] + ([request.person] if request.person else [])
    aliases = (await catalog(world)).aliases
    humans = {human(one.oid, aliases) for one in told}
    return person is not None and human(person.oid, aliases) in humans


def deciding(request: Request, decisions: Sequence[Decision]) -> Decision | None:
    """The decision that decides it: PIM's approver's, or a no; a yes that counts here is a vote."""
    if request.decided_here:
        return next((d for d in decisions if d.verdict is Verdict.DENY), None)
    return decisions[-1] if decisions else None


def votes(request: Request, decisions: Sequence[Decision]) -> tuple[Decision, ...]:
    """The yeses that count here, the first first."""
    yeses = [d for d in decisions if d.verdict is Verdict.APPROVE]
    return tuple(yeses) if request.decided_here else ()


async def waiting_for(world: World, person: PersonId) -> Sequence[Request]:
    """The requests that this person was asked to decide and nobody has decided yet."""
    async with world.store.begin() as tx:
        return await tx.waiting_for(person)


def _earlier(request: Request) -> RequestFilter:
    return RequestFilter(request.person, request.terms.access, limit=MOST_BEFORE + 1)


async def asker_of(world: World, person: PersonId) -> tuple[str, str]:
    """Their name and title; remembered for a while, since nothing is decided by it."""

    async def look() -> DirectoryUser | None:
        return await world.directory.user(person.oid)

    user = await world.memory.of(("user", person), NAMES_LAST, look)
    return (user.name or user.user_name, user.title) if user else (person.oid, "")


async def _opens(world: World, request: Request, person: PersonId, access: Access) -> Opens | None:
    if request.state is not State.AWAITING_APPROVAL:
        return None
    async with world.store.begin() as tx:
        names = await tx.user_names([person])
    return await what_opens(world, access, names.get(person, ""))
