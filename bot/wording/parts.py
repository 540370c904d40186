"""Pieces that several cards share: the terms as facts, what is opened as facts, the small print."""

import re

from bot.cards import Anchor, Code, Fact, Line, Said
from bot.domain.aws import Opening, Opens
from bot.domain.durations import words
from bot.domain.policy import Terms
from bot.domain.request import Request

PIM_PORTAL = "https://aka.ms/pim"
FOOTER: tuple[Line, ...] = (
    (
        "If I am ever down: ",
        Anchor(PIM_PORTAL, "aka.ms/pim"),
        " → Groups, then My Apps. Entra ends every activation on time without me.",
    ),
)


def terms_facts(terms: Terms, *, counted_from: str) -> tuple[Fact, ...]:
    """What was asked for. `counted_from` says when the length begins to count."""
    facts = [
        Fact("Access", (Code(terms.access),)),
        Fact("Length", (f"{words(terms.duration)} {counted_from}".strip(),)),
    ]
    if terms.ticket:
        facts.append(Fact("Ticket", (Said(terms.ticket),)))
    if terms.reason:
        facts.append(Fact("Reason given", (Said(terms.reason),)))
    return tuple(facts)


def request_fact(request: Request) -> Fact:
    """The request's id, to name it by."""
    return Fact("Request", (Code(request.id),))


def opening_lines(opens: Opens) -> tuple[Line, ...]:
    """One line for each account and permission set, with a link straight to it where there is one."""
    return tuple(_opening(opens, opening) for opening in opens.openings)


def _opening(opens: Opens, opening: Opening) -> Line:
    name = f"{opening.permission_set} in {opening.account_name or 'account'} ({opening.account})"
    session = f": role sessions of {words(opening.session)}"
    where: Line = (Anchor(opens.portal.shortcut(opening), name),) if opens.portal else (name,)
    relay = (f", opens at {opening.relay_state}",) if opening.relay_state else ()
    return ("• ", *where, session, *relay)


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
        for o in opens.openings
    )


def _profile(opening: Opening) -> str:
    """A profile's name; the CLI's file format takes no spaces in it."""
    name = f"{opening.account_name or opening.account}-{opening.permission_set}"
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", name)
