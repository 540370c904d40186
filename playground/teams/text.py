"""What one reads of the text that cards and messages carry: a little Markdown, dates and times.

https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features
"""

import re
from datetime import UTC, datetime

_MOMENT = re.compile(
    r"\{\{(?:DATE\((?P<date>[^,(){}]+?)\s*(?:,\s*(?P<how>COMPACT|SHORT|LONG))?\)"
    r"|TIME\((?P<time>[^(){}]+?)\))\}\}"
)
_TOLD = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")
"""Seconds, and no fractions of them: with anything else the braces stay to be read."""
_LINK = re.compile(r"(?<!\\)\[([^\[\]]+)\]\(([^()\s]+)\)")
_MARKS = (
    re.compile(r"(?<![\\\w*])(\*\*|__)(?=\S)(.+?)(?<=\S)\1(?![\w*])"),
    re.compile(r"(?<![\\\w*_])([*_])(?=\S)(.+?)(?<=\S)\1(?![\w*_])"),
)
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!<>|~])")


def dated(text: str) -> str:
    """Text with its DATE and TIME functions carried out for a reader in UTC."""
    return _MOMENT.sub(_moment, text)


def _moment(found: re.Match[str]) -> str:
    told = (found["date"] or found["time"]).strip()
    if not _TOLD.fullmatch(told):
        return found[0]
    try:
        at = datetime.fromisoformat(told).astimezone(UTC)
    except ValueError:
        return found[0]
    if found["time"]:
        return f"{at:%H:%M} UTC"
    match found["how"]:
        case "LONG":
            return f"{at:%A}, {at.day} {at:%B %Y}"
        case "SHORT":
            return f"{at:%a}, {at.day} {at:%b %Y}"
        case _:
            return f"{at:%Y-%m-%d}"


def read(text: str) -> str:
    """What one reads of a TextBlock or a message: links as `label (url)`, no marks."""
    plain = _LINK.sub(_link, dated(text))
    for mark in _MARKS:
        plain = mark.sub(r"\2", plain)
    return _ESCAPED.sub(r"\1", plain)


def _link(found: re.Match[str]) -> str:
    label, url = found[1], found[2]
    return url if label == url else f"{label} ({url})"
