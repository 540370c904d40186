"""How long: what people type, what Graph wants, and what people read."""

import re
from datetime import timedelta

_TYPED = re.compile(
    r"(?:(?P<h>\d{1,4})\s*(?:h|hr|hrs|hours?))?\s*(?:(?P<m>\d{1,5})\s*(?:m|min|mins|minutes?))?\Z",
    re.IGNORECASE,
)
_HALF_SAID = re.compile(r"(?P<h>\d{1,4})h(?P<m>[0-5]\d)\Z", re.IGNORECASE)
_PARTS = re.compile(r"(?P<h>\d{1,4}[.,]\d{1,2})\s*(?:h|hr|hrs|hours?)\Z", re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+)(?:\.\d+)?S)?)?\Z"
)


def parse_typed(text: str) -> timedelta | None:
    """`45m`, `1h30m`, `1h30`, `1.5h`, `2 hours` as a length; None when it is none, or is zero.

    A part of an hour is rounded to the minute. A bare number is none: it could be either unit.
    """
    said = text.strip()
    if parts := _PARTS.match(said):
        return timedelta(minutes=round(60 * float(parts["h"].replace(",", ".")))) or None
    match = _HALF_SAID.match(said) or _TYPED.match(said)
    if not match or not said:
        return None
    length = timedelta(hours=int(match["h"] or 0), minutes=int(match["m"] or 0))
    return length or None


def parse_iso(text: str) -> timedelta:
    """An Edm.Duration (days, hours, minutes, seconds) as a length; ValueError for anything else.

    https://learn.microsoft.com/graph/api/resources/expirationpattern
    """
    match = _ISO.match(text)
    if not match or text in {"P", "PT"} or text.endswith("T"):
        msg = f"not a duration of days, hours, minutes and seconds: {text!r}"
        raise ValueError(msg)
    days, hours, minutes, seconds = (int(match[k] or 0) for k in "dhms")
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)


def iso(length: timedelta) -> str:
    """A length in whole minutes as Graph wants it: `PT1H30M`.

    The SDK would send a timedelta as `1:30:00`, which PIM refuses.
    """
    hours, minutes = _split(length)
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    return f"PT{parts or '0M'}"


def words(length: timedelta) -> str:
    """A length as people read it: `1 h 30 min`."""
    hours, minutes = _split(length)
    parts = [f"{hours} h"] if hours else []
    if minutes or not hours:
        parts.append(f"{minutes} min")
    return " ".join(parts)


def _split(length: timedelta) -> tuple[int, int]:
    return divmod(int(length.total_seconds()) // 60, 60)
