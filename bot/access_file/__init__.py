"""The access file (access.toml) as a catalogue, or every problem in it with its line."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from bot.access_file.lines import Lines, locate
from bot.access_file.notes import Notes
from bot.access_file.reader import Reader
from bot.domain.access import Catalog

_PLACE = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)\Z", re.DOTALL)


class AccessFileError(Exception):
    """The file cannot be used. `problems` has one line for each thing to mend: `file:12: …`.

    `warnings` are what would be wrong all the same once the problems are mended.
    """

    def __init__(self, problems: tuple[str, ...], warnings: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems
        self.warnings = warnings


@dataclass(frozen=True, slots=True)
class Examined:
    """A file that can be used: what it says, and what its writer should think about."""

    catalog: Catalog
    warnings: tuple[str, ...]


def read(path: str) -> Catalog:
    """The catalogue in the file. Raises AccessFileError."""
    return examine(path).catalog


def examine(path: str) -> Examined:
    """The catalogue in the file and the warnings. Raises AccessFileError, and nothing else.

    This is the one judgement of a file: the start, `check` and a reload all make it.
    """
    try:
        raw = Path(path).read_bytes()
    except (OSError, ValueError) as unreadable:
        why = getattr(unreadable, "strerror", None) or "this is no path"
        raise AccessFileError((f"{path}: cannot be read: {why}.",)) from unreadable
    try:
        text = raw.decode("utf-8-sig")  # some editors put a byte order mark in front
        data = tomllib.loads(text)
        lines = locate(text)
    except UnicodeDecodeError as broken:
        line = raw.count(b"\n", 0, broken.start) + 1
        raise AccessFileError((f"{path}:{line}: this is not UTF-8.",)) from broken
    except (ValueError, RecursionError) as broken:
        raise AccessFileError((_not_toml(path, broken, text),)) from broken
    return _examined(path, data, lines, hashlib.sha256(raw).hexdigest()[:16])


def _examined(path: str, data: dict[str, object], lines: Lines, digest: str) -> Examined:
    notes = Notes(path, lines, data)
    catalog = Reader(notes).catalog(data, digest)
    if notes.problems:
        raise AccessFileError(notes.problems, notes.warnings)
    return Examined(catalog, notes.warnings)


def _not_toml(path: str, broken: ValueError | RecursionError, text: str) -> str:
    """What tomllib says is wrong, with its line in front as with every other problem."""
    if isinstance(broken, RecursionError):
        return f"{path}:1: brackets within brackets, too many to read."
    found = _PLACE.match(str(broken))
    if found is None:
        return f"{path}:1: this is not TOML: {broken}."
    what, line, column = found.groups()
    where = f" (column {column})" if column else ""
    return f"{path}:{line or text.count(chr(10)) + 1}: this is not TOML: {what}{where}."
