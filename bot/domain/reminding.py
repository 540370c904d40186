"""When an approver is reminded: ever more seldom, and not while it is night where they are."""

from datetime import datetime, timedelta, tzinfo

AFTER = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""How long after they were asked. With the card itself that is four times that a phone rings."""
ESCALATE = timedelta(hours=6)
"""From when on others are asked too: after the reminders, and within the same working day."""
NIGHT_FROM, NIGHT_TO = 22, 7
"""Hours of the reader's own day between which nobody's phone rings for this."""


def due(invited_at: datetime, now: datetime) -> int:
    """How many reminders there should have been by now."""
    return sum(1 for after in AFTER if invited_at + after <= now)


def following(invited_at: datetime, reminders: int) -> datetime | None:
    """When the next one is due after so many; None when there are to be no more."""
    return invited_at + AFTER[reminders] if reminders < len(AFTER) else None


def morning(now: datetime, zone: tzinfo) -> datetime | None:
    """When the night is over, if it is night there now."""
    here = now.astimezone(zone)
    if NIGHT_TO <= here.hour < NIGHT_FROM:
        return None
    day = here + timedelta(days=1) if here.hour >= NIGHT_FROM else here
    return day.replace(hour=NIGHT_TO, minute=0, second=0, microsecond=0).astimezone(now.tzinfo)
