"""Whom a request was put to, and who does not know of it; as its asker reads it."""

from collections.abc import Sequence

from bot.cards import Anchor, Line, Said
from bot.domain.decision import Asked, Invitation
from bot.domain.request import Request
from bot.wording.parts import PIM_PORTAL
from bot.wording.pim import sentence

MOST_NAMES = 8


def asked(request: Request, invited: Sequence[Invitation], *, in_channel: bool) -> tuple[Line, ...]:
    """Nobody waits for somebody who does not know."""
    lines: list[Line] = [(sentence(request.why),)] if request.why else []
    first = [i for i in invited if i.asked is Asked.FIRST]
    reached = [i.name for i in first if i.account is not None]
    others = [i.name for i in first if i.account is None]
    if in_channel and first:
        lines.append(("I have asked in a channel. ", Said(_listed(first)), " can decide it."))
    elif reached:
        lines.append(("I have asked ", Said(some(reached)), "."))
    if others and not in_channel:
        lines.append(_unreached(request, others, nobody=not reached))
    lines += _besides(invited)
    if not request.decided_here:
        lines.append(("I look in Entra every minute and tell you what was decided.",))
    return tuple(lines)


def _listed(invited: Sequence[Invitation]) -> str:
    return some([one.name for one in invited])


def some(names: Sequence[str]) -> str:
    """The first of many, so that a group of fifty does not fill the card."""
    shown = ", ".join(names[:MOST_NAMES])
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown


def _unreached(request: Request, names: Sequence[str], *, nobody: bool) -> Line:
    who = Said(some(names))
    mail = "" if request.decided_here else "; Entra writes to every approver by e-mail"
    if not nobody:
        return ("I cannot reach ", who, f" here{mail}.")
    line: Line = ("I can reach nobody here who can decide it: not ", who, mail)
    if request.decided_here:
        return (*line, ". Tell your administrator.")
    portal = Anchor(PIM_PORTAL, "aka.ms/pim")
    return (*line, ", and they can decide at ", portal, " → Approve requests.")


def _besides(invited: Sequence[Invitation]) -> list[Line]:
    """To whom it was escalated."""
    more = [i for i in invited if i.asked is Asked.ESCALATED and i.account]
    told = [i for i in invited if i.asked is Asked.TOLD and i.account]
    lines: list[Line] = []
    if more:
        lines.append(("It was not decided, so I have asked ", Said(_listed(more)), " too."))
    if told:
        lines.append(("It was not decided, so I have told ", Said(_listed(told)), "."))
    return lines
