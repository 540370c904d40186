"""What is opened in AWS, as a list a person can go in by, and what they have without activating."""

import re
from collections.abc import Sequence
from itertools import groupby
from typing import assert_never

from bot.cards import Anchor, Bold, Code, Line
from bot.domain.aws import Already, Opening, Opens, Setup
from bot.domain.durations import words
from bot.wording.gaps import unseen_lines

MOST_LISTED = 12
"""With their links, more would not fit in one message, nor be read."""
MOST_NAMED = 3


def opened_lines(opens: Opens, *, mine: bool) -> tuple[Line, ...]:
    """What the access opens, in a sentence and a list; `mine`: it is told to who asks for it."""
    return (
        (_it_opens(opens),),
        *unseen_lines(opens, mine=mine),
        *opening_lines(opens, mine=mine),
    )


def _it_opens(opens: Opens) -> str:
    match opens.setup:
        case Setup.UNKNOWN:
            return "I could not find out what it opens in AWS."
        case Setup.SINGLE_ACCOUNT | Setup.SAML:
            return f"It opens the sign-in to {opens.app}; what is allowed there, I cannot see."
        case Setup.MANUAL | Setup.SCIM if opens.gap is not None:
            return f"It opens the sign-in to {opens.app}; I cannot see what AWS gives there."
        case Setup.MANUAL if not opens.openings:
            return f"It opens the sign-in to {opens.app}; AWS has nothing assigned."
        case Setup.SCIM if not opens.openings:
            return f"It opens the sign-in to {opens.app}; AWS has nothing assigned to the group."
        case Setup.MANUAL:
            return f"It opens the sign-in to {opens.app}; assigned there by hand:"
        case Setup.SCIM:
            return "It opens in AWS:"
    assert_never(opens.setup)


def opening_lines(opens: Opens, *, mine: bool = True) -> tuple[Line, ...]:
    """By account, a line for each permission set, with a link straight to it where there is one."""
    return _listed(opens, opens.openings, mine=mine)


def own_lines(opens: Opens, *, mine: bool = True) -> tuple[Line, ...]:
    """What AWS has assigned to the person besides, which the access neither opens nor ends."""
    others = tuple(o for o in opens.own if o not in opens.standing)
    if not others:
        return ()
    whom = "you" if mine else "them"
    heading: Line = (f"Assigned to {whom} directly, not through this group:",)
    return (heading, *_listed(opens, others, mine=mine))


def _listed(opens: Opens, openings: Sequence[Opening], *, mine: bool) -> tuple[Line, ...]:
    shown: list[Line] = []
    first = openings[:MOST_LISTED]
    for account, group in groupby(first, key=lambda o: (o.account_name, o.account)):
        shown.append(_account(*account))
        shown += [_opening(opens, opening, mine=mine) for opening in group]
    if left := len(openings) - len(first):
        where = Anchor(opens.portal.start_url, "AWS access portal") if opens.portal else "AWS"
        shown.append((f"… and {left} more in the ", where, "."))
    return tuple(shown)


def _account(name: str, account: str) -> Line:
    named = name not in {"", account}
    return (Bold(name), f" ({account}):") if named else (Bold(account), ":")


def _opening(opens: Opens, opening: Opening, *, mine: bool) -> Line:
    name = opening.permission_set
    where = Anchor(opens.portal.shortcut(opening), name) if opens.portal else name
    who = "you have" if mine else "they have"
    had = f"; {who} this without activating" if opening in opens.standing else ""
    return ("• ", where, f": role sessions of {words(opening.session)}", *_relay(opening), had)


def _relay(opening: Opening) -> Line:
    """Where one arrives: only a page of the AWS console is made a link."""
    if opening.destination:
        return (", opens ", Anchor(opening.destination, opening.destination))
    return (", relay state ", Code(opening.relay_state)) if opening.relay_state else ()


def already_lines(already: Already, access: str) -> tuple[Line, ...]:
    """That the activation gives nothing, or nothing for some of it, because it is there without."""
    if already.member:
        return (
            (
                f"You are in the group of {access} by an assignment in Entra, so you have this "
                "already without activating.",
            ),
        )
    if not already.openings:
        return ()
    return (
        (
            f"You have {_named(already.openings)} already without activating: it is assigned to "
            "you directly in AWS.",
        ),
    )


def kept_lines(already: Already) -> tuple[Line, ...]:
    """What the end of the activation does not take away."""
    if already.member:
        return (
            ("You stay in the group by an assignment in Entra, so your access does not end here.",),
        )
    if not already.openings:
        return ()
    return ((f"You keep {_named(already.openings)}: it is assigned to you directly in AWS.",),)


def _named(openings: Sequence[Opening]) -> str:
    named = [f"{o.permission_set} in {o.account_name or o.account}" for o in openings[:MOST_NAMED]]
    left = len(openings) - len(named)
    return ", ".join(named) + (f" and {left} more" if left else "")


def cli_block(opens: Opens) -> str:
    """AWS CLI profiles for what is opened; empty when there is no portal to sign in to.

    https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html
    """
    if not opens.portal or not opens.openings:
        return ""
    session = f"[sso-session aws-access]\nsso_start_url = {opens.portal.start_url}\n"
    session += f"sso_region = {opens.portal.region}\nsso_registration_scopes = sso:account:access\n"
    return session + "".join(
        f"\n[profile {_profile(o)}]\n"
        f"sso_session = aws-access\nsso_account_id = {o.account}\n"
        f"sso_role_name = {o.permission_set}\n"
        for o in opens.openings[:MOST_LISTED]
    )


def _profile(opening: Opening) -> str:
    """A profile's name; the CLI's file format takes no spaces in it."""
    name = f"{opening.account_name or opening.account}-{opening.permission_set}"
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name)
