"""Times and durations as Microsoft Graph writes and reads them."""

import re
from datetime import UTC, datetime, timedelta

DURATION = re.compile(r"P(?=.)(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
"""Edm.Duration: days, hours, minutes and seconds; years, months and weeks do not exist."""

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,12})?)?(?:Z|[+-]\d\d:\d\d)")
"""Edm.DateTimeOffset: a time without a zone is not one."""


def stamp(when: datetime | None) -> str | None:
    """UTC with the seven fraction digits Graph prints, or None."""
    if when is None:
        return None
    return f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}0Z"


def parse_time(text: str) -> datetime:
    """The moment `text` names; raises ValueError for anything without a zone."""
    if not TIME.fullmatch(text):
        message = f"{text!r} is not a date and time with a zone"
        raise ValueError(message)
    return datetime.fromisoformat(text).astimezone(UTC)


def parse_duration(text: str) -> timedelta:
    """The length `text` names; raises ValueError for anything that is not an Edm.Duration."""
    found = DURATION.fullmatch(text)
    if not found:
        message = f"{text!r} is not a duration such as PT1H30M"
        raise ValueError(message)
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def duration_text(length: timedelta) -> str:
    """ISO 8601 in days, hours, minutes and seconds."""
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    clock = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    day = f"{days}D" if days else ""
    return f"P{day}T{clock}" if clock else f"P{day or 'T0S'}"
