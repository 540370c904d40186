"""Which handler does which kind of durable work."""

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from bot.store import Job, JobKind
from handlers import (
    approver_cards,
    approvers,
    deactivate,
    home,
    messages,
    notices,
    orphans,
    relay,
    relinked,
    reminders,
    standing,
    watch,
    withdraw,
)
from handlers.carry_out import carry_out
from handlers.context import World
from handlers.grant import grant
from handlers.settle import follow

_HANDLERS: Mapping[JobKind, Callable[[World, Job], Awaitable[None]]] = {
    JobKind.INTENT: carry_out,
    JobKind.ACTIVATE: grant,
    JobKind.FOLLOW: follow,
    JobKind.DEACTIVATE: deactivate.carry_out,
    JobKind.CANCEL: withdraw.cancel,
    JobKind.WATCH_AWS: watch.watch_aws,
    JobKind.END: watch.check_end,
    JobKind.LAPSE: withdraw.lapse,
    JobKind.INVITE: approvers.invite,
    JobKind.RELAY: relay.relay,
    JobKind.REMIND: reminders.remind,
    JobKind.CARD: messages.show,
    JobKind.NOTICE: notices.show,
    JobKind.HOME: home.draw,
    JobKind.RELINKED: relinked.tell,
    JobKind.STANDING: standing.look,
    JobKind.APPROVER_CARDS: approver_cards.show,
    JobKind.RECONCILE: orphans.reconcile,
    JobKind.ORPHAN: orphans.tell,
}


def handlers(world: World) -> Mapping[JobKind, Callable[[Job], Awaitable[None]]]:
    """Every kind of work with the handler that does it in this world."""
    return {kind: partial(handler, world) for kind, handler in _HANDLERS.items()}
