"""How long AWS may let somebody in after the end (promise P11), for each of the set-ups."""

from typing import assert_never

from bot.cards import Line, Moment
from bot.domain.activation import PORTAL_LAG, Activation, aws_may_last
from bot.domain.aws import LONGEST_SESSION, NOTHING, Already, Opens, Setup
from bot.domain.durations import words
from bot.wording.openings import kept_lines


def residue(
    opens: Opens | None, activation: Activation, already: Already = NOTHING
) -> tuple[Line, ...]:
    """What to know about AWS once the activation has ended."""
    return (*_window(opens, activation), *kept_lines(already))


def _window(opens: Opens | None, activation: Activation) -> tuple[Line, ...]:
    if activation.aws_gone_at:
        session = opens.longest_session if opens else LONGEST_SESSION
        return (
            (
                "AWS no longer has your membership (",
                Moment(activation.aws_gone_at),
                "). The portal may lag up to 1 h, and a role session lasts until its own end: ",
                Moment(activation.aws_gone_at + PORTAL_LAG + session),
                " at the latest.",
            ),
        )
    setup = opens.setup if opens else Setup.UNKNOWN
    match setup:
        case Setup.SCIM:
            assert opens is not None  # noqa: S101  (what has a set-up was found out)
            return _provisioned(opens, activation)
        case Setup.MANUAL:
            assert opens is not None  # noqa: S101
            return (
                (
                    "AWS access lasts until your AWS portal session ends (8 h unless your "
                    f"administrator changed it), plus one role session ({_session(opens)}).",
                ),
            )
        case Setup.SINGLE_ACCOUNT:
            return (
                (
                    "An AWS session that is open in the account lasts until its own end: 1 h "
                    "unless your administrator changed it, 12 h at most.",
                ),
            )
        case Setup.SAML:
            return (
                ("A session that is open in the app lasts until its own end, which the app sets.",),
            )
        case Setup.UNKNOWN:
            return (
                (
                    "AWS access may outlast it; I could not find out by how much. With provisioning "
                    "it is at most 1 h 40 min plus one role session; without, until your AWS portal "
                    "session ends, plus one role session (12 h at most).",
                ),
            )
    assert_never(setup)


def _provisioned(opens: Opens, activation: Activation) -> tuple[Line, ...]:
    ended = activation.ended_at or activation.ends_at
    last = ended + aws_may_last(setup_is_scim=True, session=opens.longest_session)
    seen = activation.aws_seen_at is not None or not opens.complete
    what = (
        "AWS access may outlast it: up to 40 min until AWS learns of it"
        if seen
        else "I never saw your membership in AWS. If it comes late all the same, AWS access may "
        "outlast the end: up to 40 min until AWS learns of it"
    )
    return (
        (
            f"{what}, 1 h in the portal, and one role session ({_session(opens)}): ",
            Moment(last),
            " at the latest.",
        ),
    )


def _session(opens: Opens) -> str:
    """How long one role session is; what is not known is bounded by AWS's own maximum."""
    length = words(opens.longest_session)
    return length if opens.openings else f"{length} at most"
