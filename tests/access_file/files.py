"""Access files for tests, and what is found in them."""

from pathlib import Path

import pytest

from bot.access_file import AccessFileError, Examined, examine

GROUP = "DDDDDDDD-dddd-4ddd-8ddd-dddddddddddd"
OTHER = "eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee"
ONE = f'[[access]]\nname = "dev"\ngroup = "{GROUP}"\n'


class File:
    """A file that is written anew for each look at it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "access.toml"

    def read(self, text: str | bytes) -> Examined:
        self.path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return examine(str(self.path))

    def warnings(self, text: str) -> list[str]:
        return [self._bare(one) for one in self.read(text).warnings]

    def problems(self, text: str | bytes) -> list[str]:
        """What is wrong, as `3: …`: without the name of the file that each begins with."""
        with pytest.raises(AccessFileError) as raised:
            self.read(text)
        assert str(raised.value) == "\n".join(raised.value.problems)
        return [self._bare(one) for one in raised.value.problems]

    def _bare(self, told: str) -> str:
        assert told.startswith(f"{self.path}:")
        assert told.endswith((".", "?"))
        assert not told.endswith("..")
        return told.removeprefix(f"{self.path}:")
