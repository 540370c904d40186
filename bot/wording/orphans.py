"""What is said of a membership that nobody asked for here."""

from datetime import datetime

from bot.cards import Anchor, Card, Code, Fact, Line, Moment, Said
from bot.wording.parts import PIM_PORTAL


def orphan_card(
    access: str, name: str, starts: datetime | None, ends: datetime | None, *, activated: bool
) -> Card:
    """Who has it, for how long, and what can be done. It stays true afterwards."""
    how = "activated" if activated else "assigned"
    since: Line = (" at ", Moment(starts, date=True)) if starts else ()
    until: Line = (" until ", Moment(ends, date=True)) if ends else (" for good",)
    return Card(
        f"{access}: not asked for through me",
        (
            ("It was ", how, " for ", Said(name), *since, *until, " in Entra itself."),
            (
                "If that is not meant to be, end it in Entra: ",
                Anchor(PIM_PORTAL, "aka.ms/pim"),
                " → Groups. The group's audit history there says who did it.",
            ),
        ),
        (Fact("Access", (Code(access),)),),
    )
