"""Who decided, and why: the one wording of it for askers, approvers and whoever comes late."""

from bot.cards import Line, Moment, Said
from bot.domain.decision import Decision


def by(decision: Decision, reader: str = "") -> Line:
    """Who decided it and how; `reader` is the human who reads it, whichever account they decided with."""
    who: Line = ("You",) if decision.human == reader else (Said(decision.name),)
    return (*who, f" {decision.verdict.done} it")


def decided(decision: Decision, reader: str = "") -> Line:
    """The same with when, and the reason that was given."""
    why: Line = (": “", Said(decision.reason), "”") if decision.reason else (".",)
    return (*by(decision, reader), " at ", Moment(decision.at), *why)
