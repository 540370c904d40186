"""The answer to "Not There Yet?": each step between Entra and AWS, as it was just looked at."""

from typing import assert_never

from bot.cards import Anchor, Bold, Card, Line, Said
from bot.domain.activation import Activation
from bot.domain.aws import Looked, Opens, Setup
from bot.wording.gaps import gap_lines, provisioning_is_late
from bot.wording.openings import opening_lines
from bot.wording.parts import FOOTER, usual_wait


def recheck_card(
    activation: Activation, opens: Opens, looked: Looked, user_name: str, *, is_late: bool
) -> Card:
    """What there is at each step, and what usually helps from there."""
    match opens.setup:
        case Setup.SCIM if opens.complete:
            lines = (*_aws_user(looked.user, user_name), _group(looked.group), _member(looked))
            helps = _helps_scim(activation, opens, looked, is_late=is_late)
        case Setup.MANUAL if opens.complete:
            lines = _manual(opens, looked, user_name)
            helps = _helps_manual(opens, looked)
        case Setup.SCIM | Setup.MANUAL:
            lines = tuple(("AWS: ", *line) for line in gap_lines(opens))
            helps = ("signing out of the portal and in again; it can lag up to an hour.",)
        case Setup.SINGLE_ACCOUNT | Setup.SAML:
            lines = (
                (
                    "AWS: with this set-up there is no membership in AWS to look for: Entra opens "
                    "the sign-in, and AWS access is as your administrator assigned it.",
                ),
            )
            helps = (f"signing out of {opens.app}, and opening it from My Apps again.",)
        case Setup.UNKNOWN:
            lines = (("AWS: I could not find out what it opens.",),)
            helps = (
                "trying again soon: AWS or Entra does not answer just now. Nothing was changed.",
            )
        case _:
            assert_never(opens.setup)
    if looked.entra is False:
        helps = ("asking for it again: without Entra nothing else can help.",)
    usual: Line = (Bold("What usually helps: "), *helps)
    return Card(
        _title(opens, looked),
        (_entra(activation, looked.entra), *lines, usual),
        footer=FOOTER,
        aws_seen=bool(looked.member),
    )


def _title(opens: Opens, looked: Looked) -> str:
    if looked.member is not None:
        return "AWS has your membership" if looked.member else "AWS does not have it"
    if opens.setup is Setup.UNKNOWN or (opens.setup is Setup.SCIM and opens.complete):
        return "I could not look"
    return "What I can see"


def _entra(activation: Activation, has_it: bool | None) -> Line:  # noqa: FBT001
    match has_it:
        case True:
            return (f"Entra: yes, your membership of {activation.access} is in force.",)
        case False:
            return (f"Entra: no, it does not list your membership of {activation.access} now.",)
        case None:
            return ("Entra: it does not answer just now.",)
    assert_never(has_it)


def _aws_user(known: bool | None, user_name: str) -> tuple[Line, ...]:  # noqa: FBT001
    match known:
        case True:
            return (("AWS user: yes, AWS has ", Said(user_name), "."),)
        case False:
            return (("AWS user: no, AWS has nobody called ", Said(user_name), "."),)
        case None:
            return (("AWS user: AWS does not answer just now.",),)
    assert_never(known)


def _group(known: bool | None) -> Line:  # noqa: FBT001
    match known:
        case True:
            return ("AWS group: yes, provisioning has brought it.",)
        case False:
            return ("AWS group: no, provisioning has not brought it.",)
        case None:
            return ("AWS group: AWS does not answer just now.",)
    assert_never(known)


def _member(looked: Looked) -> Line:
    match looked.member:
        case True:
            return ("Membership: yes, I looked just now and AWS has it.",)
        case False:
            return ("Membership: no, I looked just now and AWS does not have it yet.",)
        case None:
            return ("Membership: AWS does not answer just now.",)
    assert_never(looked.member)


def _helps_scim(activation: Activation, opens: Opens, looked: Looked, *, is_late: bool) -> Line:
    if looked.member:
        where: Line = (": ", Anchor(opens.portal.start_url, "portal")) if opens.portal else ()
        return (
            "the portal itself can lag up to an hour. Sign out of the portal and in again",
            *where,
            ".",
        )
    if looked.user is False:
        return (
            "your administrator: provisioning has not brought you to AWS, or under another name.",
        )
    if looked.group is False:
        return ("your administrator: the group is not among those that are provisioned to AWS.",)
    if looked.member is None:
        return ("trying again soon. Nothing was changed.",)
    if is_late:
        return ("your administrator. ", provisioning_is_late(opens.app))
    return (
        f"waiting: it usually takes {usual_wait(activation)} from the activation. I keep looking and "
        "tell you.",
    )


def _manual(opens: Opens, looked: Looked, user_name: str) -> tuple[Line, ...]:
    found: tuple[Line, ...] = (("AWS access: I found no assignment of yours.",),)
    if opens.openings:
        found = (("AWS access: assigned to you:",), *opening_lines(opens))
    whose: Line = (
        "Membership: with this set-up AWS keeps none; Entra opens the sign-in, and AWS access is as "
        "your administrator assigned it.",
    )
    return (*_aws_user(looked.user, user_name), whose, *found)


def _helps_manual(opens: Opens, looked: Looked) -> Line:
    if looked.user is False:
        return ("your administrator, who makes your user in AWS by hand under this very name.",)
    if not opens.openings:
        return ("your administrator, who assigns accounts and permission sets to you by hand.",)
    return ("signing out of the portal, and opening it from My Apps again.",)
