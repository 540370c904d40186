"""The part of OData's $filter that Graph accepts for the calls of this product."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from playground.entra.refusals import bad_request, unsupported_query

TOKEN = re.compile(r"\s*(?:'((?:[^']|'')*)'|([A-Za-z_]\w*)|([(),]))")
MOST_VALUES = 15
"""How many values an `in` may list."""

Literal = str | bool | None
Token = tuple[str, str]
CONSTANTS: dict[str, Literal] = {"true": True, "false": False, "null": None}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition on one property."""

    name: str
    operator: str
    values: tuple[Literal, ...]

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether a row meets it; text compares without regard to case, as in the directory."""
        if self.name not in row:
            message = f"Invalid filter clause: no property '{self.name}' to filter on."
            raise unsupported_query(message)
        value, wanted = _folded(row[self.name]), [_folded(v) for v in self.values]
        if self.operator == "startswith":
            return isinstance(value, str) and value.startswith(str(wanted[0]))
        return (value in wanted) != (self.operator == "ne")


@dataclass(frozen=True, slots=True)
class Filter:
    """Alternatives, each a list of conditions that must all hold."""

    alternatives: tuple[tuple[Comparison, ...], ...] = ((),)

    def fits(self, row: Mapping[str, Any]) -> bool:
        """Whether a row passes."""
        return any(all(c.fits(row) for c in every) for every in self.alternatives)

    def fixed(self, name: str) -> str | None:
        """The one text that `name` must equal, if the filter says so."""
        if len(self.alternatives) != 1:
            return None
        values = [c.values[0] for c in self.alternatives[0] if (c.name, c.operator) == (name, "eq")]
        return values[0] if len(values) == 1 and isinstance(values[0], str) else None


def read_filter(text: str) -> Filter:
    """Parse a $filter; raises GraphError 400 for what it does not understand."""
    if not text.strip():
        return Filter()
    reader = _Reader(_tokens(text))
    alternatives = [reader.conjunction()]
    while reader.take_word("or"):
        alternatives.append(reader.conjunction())
    reader.finish()
    return Filter(tuple(alternatives))


class _Reader:
    def __init__(self, tokens: list[Token]) -> None:
        self._tokens = tokens

    def conjunction(self) -> tuple[Comparison, ...]:
        found = [self._comparison()]
        while self.take_word("and"):
            found.append(self._comparison())
        return tuple(found)

    def take_word(self, word: str) -> bool:
        if self._tokens and self._tokens[0] == ("word", word):
            self._tokens.pop(0)
            return True
        return False

    def finish(self) -> None:
        if self._tokens:
            raise _invalid(self._tokens[0][1])

    def _comparison(self) -> Comparison:
        name = self._next("word")
        if name == "startswith":
            self._next("mark", "(")
            name = self._next("word")
            self._next("mark", ",")
            start = self._literal()
            self._next("mark", ")")
            return Comparison(name, "startswith", (start,))
        operator = self._next("word")
        if operator in ("eq", "ne"):
            return Comparison(name, operator, (self._literal(),))
        if operator == "in":
            return Comparison(name, operator, self._listed())
        raise _invalid(operator)

    def _listed(self) -> tuple[Literal, ...]:
        self._next("mark", "(")
        values = [self._literal()]
        while self._tokens and self._tokens[0] == ("mark", ","):
            self._tokens.pop(0)
            values.append(self._literal())
        self._next("mark", ")")
        if len(values) > MOST_VALUES:
            message = "Too many child clauses specified in search filter expression containing 'OR'"
            raise bad_request(message)
        return tuple(values)

    def _literal(self) -> Literal:
        kind, text = self._tokens.pop(0) if self._tokens else ("end", "")
        if kind == "string":
            return text
        if kind == "word" and text in CONSTANTS:
            return CONSTANTS[text]
        raise _invalid(text)

    def _next(self, kind: str, text: str | None = None) -> str:
        found = self._tokens.pop(0) if self._tokens else ("end", "")
        if found[0] != kind or text not in (None, found[1]):
            raise _invalid(found[1])
        return found[1]


def _tokens(text: str) -> list[Token]:
    tokens: list[Token] = []
    at, text = 0, text.strip()
    while at < len(text):
        found = TOKEN.match(text, at)
        if found is None:
            raise _invalid(text[at:])
        string, word, mark = found.groups()
        if string is not None:
            tokens.append(("string", string.replace("''", "'")))
        else:
            tokens.append(("word", word) if word else ("mark", mark))
        at = found.end()
    return tokens


def _folded(value: Any) -> Any:  # noqa: ANN401
    return value.casefold() if isinstance(value, str) else value


def _invalid(near: str) -> Exception:
    return bad_request(f"Invalid filter clause: syntax error at '{near}'.")
