"""What could not be seen is unknown, for every check alike.

But for what only the doctor would read: who does not grant it has nothing to mend, and is told what
was left out.
"""

from bot.doctor.findings import Finding, fail, unknown, warn
from bot.doctor.needs import is_needed
from bot.doctor.seen import Blind, Why


def unseen(check: str, blind: Blind, subject: str = "") -> Finding:
    """The finding of a check whose reading failed."""
    if blind.why is Why.DENIED and not is_needed(blind.detail):
        return warn(check, "denied_optional", subject, detail=blind.detail)
    return unknown(check, blind.why, subject, detail=blind.detail)


def useless(check: str, blind: Blind) -> Finding:
    """A credential that was not accepted: a failure when it was refused, else unknown."""
    if blind.why in {Why.REFUSED, Why.DENIED}:
        return fail(check, "refused_credential", detail=blind.detail)
    return unseen(check, blind)


def blocked(check: str, by: str, subject: str = "") -> Finding:
    """A check that makes no sense until another one is mended."""
    return unknown(check, "blocked", subject, by=by)
