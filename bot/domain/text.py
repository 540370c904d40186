"""Text freed of what hides, reorders or breaks it, wherever people's words are shown or sent on."""

import unicodedata

_BREAKS = frozenset("\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029")
_DROPPED = frozenset({"Cc", "Cf", "Cs"})
"""Controls, format characters (bidirectional, zero width, tags), halves of surrogate pairs."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Characters of other categories that show nothing."""


def visible(text: str) -> str:
    """The text on one line, without characters that hide, reorder or break it."""
    if text.isascii() and text.isprintable():
        return text  # nothing to look for, and by far the most common
    return "".join(map(_shown, text))


def _shown(char: str) -> str:
    if char in _BREAKS:
        return " "
    return "" if unicodedata.category(char) in _DROPPED or char in _BLANK else char
