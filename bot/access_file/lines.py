"""On which line each key, table and item of a TOML document stands: tomllib does not say.

It walks over a document that tomllib has accepted, and only that; it decides nothing, what the
file means is what tomllib says (docs/decisions/0007-lines-of-the-access-file.md).
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Path = tuple[str | int, ...]
"""Where something is: `("access", 0, "approval", "approvers", 1)`."""

_TOKEN = re.compile(
    r"""
      (?P<blank>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5}|'{3}.*?'{3,5}|\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*')
    | (?P<mark>[\[\]{},=])
    | (?P<bare>[^\s\[\]{},="'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Lines:
    """Where everything stands, by its path."""

    at: Mapping[Path, int]

    def of(self, path: Path) -> int:
        """The line of what is there, else of the nearest thing it would be in, else the first."""
        while path and path not in self.at:
            path = path[:-1]
        return self.at.get(path, 1)


def locate(text: str) -> Lines:
    """The lines of a document that tomllib accepts; of any other nothing is promised."""
    return Lines(_Walk(text).document())


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    said: str
    line: int


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for found in _TOKEN.finditer(text):
        if found.lastgroup != "blank":
            yield _Token(found.lastgroup or "", found[0], line)
        line += found[0].count("\n")
    yield _Token("end", "", line)


class _Walk:
    """One pass over the tokens, with a method for each thing the grammar has (https://toml.io)."""

    def __init__(self, text: str) -> None:
        self._tokens = list(_tokens(text))
        self._next = 0
        self._at: dict[Path, int] = {}
        self._tables: dict[Path, int] = {}
        """How many tables each array of tables has so far."""

    def document(self) -> Mapping[Path, int]:
        table: Path = ()
        while (token := self._peek()).kind != "end":
            if token.said == "[":
                table = self._header()
            elif token.kind in {"bare", "text"}:
                self._pair(table)
            else:
                self._next += 1
        return self._at

    def _header(self) -> Path:
        line = self._peek().line
        brackets = self._skip("[")
        *within, last = _steps(self._key())
        self._skip("]")
        path = (*self._within((), within, line), last)
        if brackets > 1:
            self._at.setdefault(path, line)
            self._tables[path] = self._tables.get(path, 0) + 1
            path = (*path, self._tables[path] - 1)
        self._at[path] = line
        return path

    def _pair(self, table: Path) -> None:
        line = self._peek().line
        *within, last = _steps(self._key())
        self._skip("=")
        path = (*self._within(table, within, line), last)
        self._at[path] = line
        self._value(path)

    def _value(self, path: Path) -> None:
        match self._peek().said:
            case "[":
                self._array(path)
            case "{":
                self._inline_table(path)
            case _:
                self._key()  # a date and a time may be two tokens, as the parts of a key may be

    def _array(self, path: Path) -> None:
        self._next += 1
        items = 0
        while (token := self._peek()).said != "]" and token.kind != "end":
            if token.kind == "newline" or token.said == ",":
                self._next += 1
                continue
            self._at[*path, items] = token.line
            self._value((*path, items))
            items += 1
        self._next += 1

    def _inline_table(self, path: Path) -> None:
        self._next += 1
        while (token := self._peek()).said != "}" and token.kind != "end":
            if token.kind in {"bare", "text"}:
                self._pair(path)
            else:
                self._next += 1
        self._next += 1

    def _within(self, table: Path, steps: list[str], line: int) -> Path:
        """The table that the steps lead to; in an array of tables that is its last one."""
        for step in steps:
            table = (*table, step)
            self._at.setdefault(table, line)
            if table in self._tables:
                table = (*table, self._tables[table] - 1)
        return table

    def _key(self) -> str:
        said = ""
        while self._peek().kind in {"bare", "text"}:
            said += self._peek().said
            self._next += 1
        return said

    def _skip(self, mark: str) -> int:
        start = self._next
        while self._peek().said == mark:
            self._next += 1
        return self._next - start

    def _peek(self) -> _Token:
        return self._tokens[min(self._next, len(self._tokens) - 1)]


def _steps(key: str) -> list[str]:
    """A dotted and quoted key taken apart, by the one who knows how."""
    steps, found = [], tomllib.loads(f"{key} = 0")
    while isinstance(found, dict):
        [(step, found)] = found.items()
        steps.append(step)
    return steps
