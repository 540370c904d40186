"""What one call of the control interface is: its words for the help page, its arguments, its work."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "number", "flag", "object", "anything"]
Given = Mapping[str, Any]
Run = Callable[[Given], Awaitable[object]]

REQUIRED: Any = object()
"""Stands as the default of an argument that has none."""

TYPES: Mapping[Kind, tuple[type, ...]] = {
    "text": (str,),
    "number": (int, float),
    "flag": (bool,),
    "object": (dict,),
    "anything": (str, int, float, bool, list, dict),
}


class MalformedError(Exception):
    """The call itself is wrong; the text is a sentence for whoever wrote it."""


@dataclass(frozen=True)
class Argument:
    """One argument of a call, in the query of a GET and in the JSON body of a POST."""

    name: str
    means: str
    kind: Kind = "text"
    default: Any = REQUIRED
    one_of: tuple[str, ...] = ()
    least: float = 0

    @property
    def is_required(self) -> bool:
        """Whether leaving it out is malformed."""
        return self.default is REQUIRED

    def read(self, given: Given) -> Any:  # noqa: ANN401  (a JSON value)
        """The value given, or the default. Raises MalformedError."""
        value = given.get(self.name)
        if value is None:
            if self.is_required:
                raise MalformedError(f"{self.name} is missing: {self.means}")
            return self.default
        self._refuse_wrong_type(value)
        if self.one_of and value not in self.one_of:
            raise MalformedError(f"{self.name} is one of {', '.join(self.one_of)}, not {value!r}")
        if self.kind == "number" and value < self.least:
            raise MalformedError(f"{self.name} is at least {self.least}")
        return value

    def _refuse_wrong_type(self, value: object) -> None:
        # To Python a bool is an int; to whoever wrote the JSON it is not.
        is_stray_flag = isinstance(value, bool) and bool not in TYPES[self.kind]
        if is_stray_flag or not isinstance(value, TYPES[self.kind]):
            raise MalformedError(f"{self.name} must be a JSON {self.kind}: {self.means}")

    def shown(self) -> dict[str, Any]:
        """As the help shows it."""
        shown: dict[str, Any] = {"kind": self.kind, "means": self.means}
        if self.one_of:
            shown["one_of"] = list(self.one_of)
        if not self.is_required:
            shown["default"] = self.default
        return shown


@dataclass(frozen=True)
class Operation:
    """One call. `more`: it takes further arguments than those named, and judges them itself."""

    method: Literal["GET", "POST", "DELETE"]
    path: str
    means: str
    answers: str
    run: Run
    arguments: tuple[Argument, ...] = ()
    example: Given = field(default_factory=dict)
    more: bool = False
    ops: Mapping[str, Any] = field(default_factory=dict)
    """Help for the values of `op`, where there is such an argument."""

    def read(self, given: Given) -> dict[str, Any]:
        """The arguments by name, defaults filled in. Raises MalformedError."""
        known = {argument.name for argument in self.arguments}
        strange = sorted(given.keys() - known)
        if strange and not self.more:
            takes = ", ".join(sorted(known)) or "no arguments"
            raise MalformedError(
                f"{self.path} does not know {', '.join(strange)}; it takes {takes}"
            )
        rest = {name: given[name] for name in strange}
        return rest | {argument.name: argument.read(given) for argument in self.arguments}

    def shown(self) -> dict[str, Any]:
        """As the help shows it."""
        return {
            "call": f"{self.method} {self.path}",
            "means": self.means,
            "arguments": {argument.name: argument.shown() for argument in self.arguments},
            "example": dict(self.example),
            "answers": self.answers,
            **({"ops": dict(self.ops)} if self.ops else {}),
        }
