"""Why I cannot say what is opened in AWS, or why there is nothing: each reason with its mend."""

from collections.abc import Mapping
from typing import assert_never

from bot.cards import Code, Line
from bot.domain.aws import Gap, Opens, Setup

_TELL = "Tell your administrator."
_LINES: Mapping[Gap, Line] = {
    Gap.NO_APP: (
        "Entra has this group assigned to no enterprise app, so I cannot see that it opens "
        "anything in AWS. ",
        _TELL,
    ),
    Gap.NOT_CONFIGURED: ("I am not connected to AWS, so I cannot look there.",),
    Gap.AWAY: (
        "AWS does not answer, so I could not find out yet what it opens in AWS. I look again by "
        "myself.",
    ),
    Gap.NO_CENTER: (
        "I find no active IAM Identity Center in the AWS organisation I am connected to. ",
        _TELL,
    ),
    Gap.NO_LINK: (
        "I do not know who you are in AWS, because this chat account is not linked, so I cannot "
        "look there.",
    ),
    Gap.NO_GROUP: (
        "AWS does not have this group yet, so I cannot see what it opens. Provisioning brings it "
        "with its first members.",
    ),
    Gap.NO_USER: (
        "AWS has no user of your name, so there is nothing you could sign in to. Your "
        "administrator has to make one in IAM Identity Center.",
    ),
    Gap.ROLES: (
        "This organisation gives access by IAM roles (account access manager), not by permission "
        "sets; I cannot see which. Use its own portal, and ",
        Code("aws login"),
        " rather than ",
        Code("aws sso login"),
        ".",
    ),
}
"""Every reason but a refusal, which names what is refused."""


def gap_lines(opens: Opens) -> tuple[Line, ...]:
    """What to know of openings that are missing or cannot be seen; nothing where all is well."""
    if opens.gap is not None:
        return (_gap(opens, opens.gap),)
    if opens.openings:
        return ()
    match opens.setup:
        case Setup.SCIM:
            return (
                (
                    "AWS has the group, but no permission set is assigned to it, so it opens "
                    "nothing that I can see. Tell your administrator.",
                ),
            )
        case Setup.MANUAL:
            return (
                ("I found no assignment of yours in AWS, own or through a group there. ", _TELL),
            )
        case Setup.SINGLE_ACCOUNT | Setup.SAML | Setup.UNKNOWN:
            return ()
    assert_never(opens.setup)


def unseen_lines(opens: Opens, *, mine: bool) -> tuple[Line, ...]:
    """Why I cannot say it to somebody who only asks, of themself or (not `mine`) of another."""
    match opens.gap:
        case None:
            return ()
        case Gap.AWAY:
            return (("AWS does not answer just now, so I cannot see what it opens there.",),)
        case Gap.NO_LINK if not mine:
            return (("I do not know who they are in AWS, so I cannot look there.",),)
        case Gap.NO_USER if not mine:
            return (
                (
                    "AWS has no user of their name, so there is nothing they could sign in to. An "
                    "administrator has to make one in IAM Identity Center.",
                ),
            )
        case gap:
            return (_gap(opens, gap),)


def _gap(opens: Opens, gap: Gap) -> Line:
    return _denied(opens.lacks) if gap is Gap.DENIED else _LINES[gap]


def _denied(lacks: str) -> Line:
    if not lacks:
        return (
            "AWS does not accept my credentials, so I cannot look there. Tell your administrator.",
        )
    return (
        "AWS does not let me look: my role there lacks ",
        Code(lacks),
        ". Tell your administrator; docs/connect-slack.md has the policy.",
    )


def provisioning_is_late(app: str) -> str:
    """More than forty minutes have passed: whom to ask, and where they look."""
    return (
        "It should have come within 40 minutes, so provisioning is late. I keep looking and tell "
        f"you. Your administrator can see why in Entra: Enterprise applications → {app} → "
        "Provisioning."
    )
