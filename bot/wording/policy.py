"""What the access file says, in words: for whoever runs `check`, and for the log of a reload."""

from collections.abc import Iterable, Iterator
from typing import assert_never

from bot.domain.access import Access, Assurance, Authority, Catalog, Principal
from bot.domain.durations import words
from bot.domain.refusals import Missing
from bot.domain.reminding import ESCALATE


def understood(catalog: Catalog) -> tuple[str, ...]:
    """Who runs the bot's affairs, as far as the file says."""
    count = len(catalog.aliases)
    return (
        f"admins      {named(sorted(catalog.admins)) or 'nobody'}",
        f"auditors    {named(sorted(catalog.auditors)) or 'nobody'}",
        f"aliases     {count} {'people' if count != 1 else 'person'} with several accounts"
        if count
        else "aliases     none",
    )


def access_understood(access: Access, missing: Missing | None) -> tuple[str, ...]:
    """One access: what it is, and who may do what; `missing` is what this bot cannot do of it."""
    return tuple(_access(access, missing))


def _access(access: Access, missing: Missing | None) -> Iterator[str]:
    limit = f"{words(access.max)}, and never more than PIM's own" if access.max else "PIM's own"
    yield access.name
    yield f"  group     {access.group}"
    yield f"  authority {access.authority}: {authority(access.authority)}"
    yield f"  assurance {access.assurance}: {assurance(access.assurance)}"
    yield f"  maximum   {limit}"
    yield f"  may ask   {named(access.members) or 'whoever is eligible for it in PIM'}"
    yield f"  decides   {_deciders(access)}"
    if access.asked_in:
        yield f"  asks in   {access.asked_in}, and each approver when nobody decides there"
    if access.escalate:
        yield f"  then asks {named(access.escalate)}, after {words(ESCALATE)}"
    if access.notify:
        yield f"  notifies  {', '.join(access.notify)}"
    if missing:
        yield f"  not yet   refused: it asks for {missing_words(access, missing)}"


def authority(one: Authority) -> str:
    """Who grants, and on whose word."""
    match one:
        case Authority.DELEGATED:
            return "people activate it as themselves, and the group's PIM policy decides"
        case Authority.APPLICATION:
            return "a grantor assigns it, after a decision made in the bot"
    assert_never(one)


def assurance(one: Assurance) -> str:
    """How surely the bot must know who is asking or deciding."""
    match one:
        case Assurance.CHAT:
            return "the linked chat account is enough"
        case Assurance.CONFIRM:
            return "each time, to ask and to decide, with a sign-in at Entra from the last five minutes"
        case Assurance.PORTAL:
            return "only in Entra's portal, never by a click in the chat"
    assert_never(one)


def named(principals: Iterable[Principal]) -> str:
    """Users and groups as the file has them."""
    return ", ".join(f"{p.kind}:{p.id}" for p in principals)


def _deciders(access: Access) -> str:
    if not access.approvers:
        return "the group's PIM policy"
    return f"{access.approvals_required} of {named(access.approvers)}"


def missing_words(access: Access, what: Missing) -> str:
    """What an access asks for that is not there, and why it is not."""
    match what:
        case Missing.AUTHORITY:
            return (
                f"a grantor that assigns it (authority = {access.authority}), and none is "
                "configured here (GRANTOR_CLIENT_ID)"
            )
        case Missing.ASSURANCE:
            return f"Entra's portal, never a click in the chat (assurance = {access.assurance})"
        case Missing.PROOF:
            return (
                "a stronger sign-in (its PIM policy does), which nobody checks where a grantor "
                f"assigns (authority = {access.authority})"
            )
    assert_never(what)
