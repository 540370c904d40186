"""How long AWS may let somebody in after the end (promise P11), for each of the set-ups."""

from datetime import timedelta
from typing import assert_never

from bot.cards import Line, Moment
from bot.domain.activation import PORTAL_LAG, Activation, aws_may_last
from bot.domain.aws import Opens, Setup
from bot.domain.durations import words


def residue(opens: Opens | None, activation: Activation) -> tuple[Line, ...]:
    """What to know about AWS once the activation has ended."""
    if activation.aws_gone_at:
        session = opens.longest_session if opens else timedelta(hours=12)
        return (
            (
                "AWS no longer has your membership (",
                Moment(activation.aws_gone_at),
                "). The portal may lag up to 1 h, and a role session lasts until its own end: ",
                Moment(activation.aws_gone_at + PORTAL_LAG + session),
                " at the latest.",
            ),
        )
    if opens is None:
        return (("AWS access may outlast it; I could not find out by how much.",),)
    match opens.setup:
        case Setup.SCIM:
            last = (activation.ended_at or activation.ends_at) + aws_may_last(
                setup_is_scim=True, session=opens.longest_session
            )
            return (
                (
                    "AWS access may outlast it: up to 40 min until AWS learns of it, 1 h in the "
                    f"portal, and one role session ({words(opens.longest_session)}): ",
                    Moment(last),
                    " at the latest.",
                ),
            )
        case Setup.MANUAL:
            return (
                (
                    "AWS access lasts until your AWS portal session ends (its length is your "
                    "administrator's setting), plus one role session "
                    f"({words(opens.longest_session)}).",
                ),
            )
        case Setup.SINGLE_ACCOUNT | Setup.SAML:
            return (("A session that is open in the app lasts until its own end.",),)
        case Setup.UNKNOWN:
            return (("AWS access may outlast it; I could not find out by how much.",),)
    assert_never(opens.setup)
