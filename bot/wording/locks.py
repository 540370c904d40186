"""What is said of locking somebody out: to the admin who does it, and when it is undone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cards import Bold, Card, Line, Moment, Said
from bot.domain.request import Request
from bot.wording.answers import taken_back


@dataclass(frozen=True, slots=True)
class LockedOut:
    """Who was locked out and what is left of theirs: `live` by access (or group) and end.

    `sure`: Entra was asked just now what is active; else it is what was last known.
    """

    names: Sequence[str]
    withdrawn: Sequence[Request] = ()
    waiting: Sequence[Request] = ()
    live: Sequence[tuple[str, datetime | None]] = ()
    sure: bool = True


def locked(out: LockedOut) -> Card:
    """They are locked out; what is still active, and how to end it now."""
    return Card(
        "Locked out of this bot",
        (
            *(
                (Said(name), " can do nothing here until an admin says unlock.")
                for name in out.names
            ),
            ("Their tokens that I kept are deleted, and their sign-in links are void.",),
            *taken_back(out.withdrawn, out.waiting),
            *_live(out),
            (
                "This does not lock them in Entra: they can still use aka.ms/pim. To stop that too: "
                "Entra admin center → Users → the person → Revoke sessions, or disable the account.",
            ),
        ),
    )


def _live(out: LockedOut) -> Iterator[Line]:
    for name, end in out.live:
        until: Line = (
            ("Entra ends it at ", Moment(end, date=True), ".") if end else ("It has no end.",)
        )
        yield (Bold(name), " is active. ", *until)
    if out.live:
        yield (
            "I cannot end that for them. To end it now: Entra admin center → ID Governance → "
            "Privileged Identity Management → Groups → the group → Assignments → Active → Remove.",
        )
    elif out.sure:
        yield ("Entra shows no activation of theirs.",)
    if not out.sure:
        yield ("Entra did not answer just now about what is active: that is what I last knew.",)


def unlocked(name: str) -> Card:
    """The lock is gone."""
    return Card(
        "Unlocked",
        (
            (Said(name), " can use this bot again."),
            ("What was withdrawn stays withdrawn, and they have to sign in again.",),
        ),
    )
