"""What is wrong with an access file, and what is doubtful, each with the line it stands on."""

from collections.abc import Mapping

from bot.access_file.lines import Lines, Path
from bot.access_file.values import MOST_SHOWN


class Notes:
    """Collects; problems keep the file from being used, warnings do not."""

    def __init__(self, file: str, lines: Lines, data: Mapping[str, object]) -> None:
        self._file = file
        self._lines = lines
        self._data = data
        self._problems: list[tuple[int, str]] = []
        self._warnings: list[tuple[int, str]] = []

    def problem(self, path: Path, said: str) -> None:
        """This has to be mended."""
        self._problems.append((self.line(path), self._told(path, said)))

    def warning(self, path: Path, said: str) -> None:
        """This can be meant, and should be known."""
        self._warnings.append((self.line(path), self._told(path, said)))

    @property
    def problems(self) -> tuple[str, ...]:
        """In the order of the file, each with file and line."""
        return self._in_order(self._problems)

    @property
    def warnings(self) -> tuple[str, ...]:
        """In the order of the file, each with file and line."""
        return self._in_order(self._warnings)

    def line(self, path: Path) -> int:
        """Where something stands, or would have to."""
        return self._lines.of(path)

    def _in_order(self, found: list[tuple[int, str]]) -> tuple[str, ...]:
        ordered = sorted(found, key=lambda one: one[0])
        return tuple(f"{self._file}:{line}: {told}" for line, told in ordered)

    def _told(self, path: Path, said: str) -> str:
        about = self._about(path)
        told = f"{about}: {said}" if about else said[:1].upper() + said[1:]
        return told if told.endswith("?") else f"{told}."

    def _about(self, path: Path) -> str:
        match path:
            case ("access", int(number), *_):
                return f"access {self._name(number)}"
            case (str(key), _, *_):
                return key
            case _:
                return ""

    def _name(self, number: int) -> str:
        """An access by its name, as its writer knows it; by its number when it has none."""
        accesses = self._data["access"]
        entry = accesses[number] if isinstance(accesses, list) else None
        name = entry.get("name") if isinstance(entry, dict) else None
        if isinstance(name, str) and name and name.isprintable() and len(name) <= MOST_SHOWN:
            return name
        return str(number + 1)
