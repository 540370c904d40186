"""Taking back all that a chat account has under way: who unlinks, leaves or is locked asks for nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.domain.audit import Event, What
from bot.domain.ids import ChatAccount, PersonId
from bot.domain.request import Request, State
from bot.intents import Withdraw
from bot.ports import IntegrationError, PimRefusedError, SignInNeededError
from bot.store import ConflictError
from handlers.context import World
from handlers.steps import draw_homes, event, show
from handlers.tokens import token_for


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of the open requests: `waiting` still is, or may be, in Entra."""

    withdrawn: Sequence[Request] = ()
    waiting: Sequence[Request] = ()


async def void(
    world: World, accounts: Sequence[ChatAccount], person: PersonId, why: str
) -> TakenBack:
    """Forget these links of a person and every token, once what they had open is taken back.

    For durable work only: it cancels in PIM. Safe to be run again.
    """
    taken = await take_back(world, accounts, person, why)
    async with world.store.begin() as tx:
        for account in accounts:
            await tx.drop_link(account)
            await draw_homes(tx, world.clock.now(), account)
            tx.record(Event(What.UNLINKED, actor=person, account=account, data=_told(why, taken)))
        await tx.drop_token(person)
    world.tokens.forget(person)
    return taken


def _told(why: str, taken: TakenBack) -> dict[str, str]:
    still = " ".join(request.id for request in taken.waiting)
    return {"why": why, **({"still_in_entra": still} if still else {})}


async def take_back(
    world: World, accounts: Iterable[ChatAccount], person: PersonId, why: str
) -> TakenBack:
    """Withdraw what these accounts asked for as this person; cancelled in PIM where it waits there.

    That takes the person's token, so it comes before the token is dropped.
    """
    async with world.store.begin() as tx:
        asked = [r for account in accounts for r in await tx.open_requests_of(account)]
    mine = [r for r in asked if r.person in {None, person}]
    done = [(request, await _one(world, request, why)) for request in mine]
    return TakenBack(
        tuple(request for request, over in done if over),
        tuple(request for request, over in done if not over),
    )


async def _one(world: World, request: Request, why: str) -> bool:
    """Whether it is certain that nothing comes of it any more."""
    if request.tried_at is not None and not await _cancelled(world, request):
        return False
    over = request.ended(State.WITHDRAWN, why)
    try:
        async with world.store.begin() as tx:
            await tx.save_request(over)
            tx.record(event(over, What.WITHDRAWN, why=why))
            await show(tx, over, world.clock.now())
    except ConflictError:
        return False  # it went on meanwhile, and its card says how
    return True


async def _cancelled(world: World, request: Request) -> bool:
    """Whether PIM has cancelled it, with the person's own token as long as we hold one."""
    if request.pim is None or request.person is None:
        return False
    try:
        token = await token_for(world, request.person, Withdraw(request.id))
        await world.pim.cancel(token, request.pim)
    except (SignInNeededError, PimRefusedError, IntegrationError):
        return False
    return True
