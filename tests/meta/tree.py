"""The repository as it would be committed, and what its documents say."""

import re
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]
BINARY = {".png", ".ico", ".gz"}


def files(*patterns: str) -> list[Path]:
    """Every file that is tracked, or would be: ignored ones are not."""
    git = shutil.which("git")
    assert git is not None, "the tests of the repository need git"
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    paths = [ROOT / name for name in sorted(set(filter(None, listed.stdout.split("\0"))))]
    return [path for path in paths if path.is_file() and path.suffix not in BINARY]


def shown(path: Path) -> str:
    """A file's name within the repository."""
    return path.relative_to(ROOT).as_posix()


def read(name: str) -> str:
    """The text of a file, by its name within the repository."""
    return (ROOT / name).read_text(encoding="utf-8")


def first_cells(text: str) -> list[str]:
    """The first cell of every row of every table in a document, heads and rules left out."""
    cells = [row.split("|")[1].strip() for row in re.findall(r"(?m)^ *(\|.*\|) *$", text)]
    return [
        cell
        for cell, following in zip(cells, [*cells[1:], ""], strict=True)
        if not set(cell) <= {"-", ":"} and not (following and set(following) <= {"-", ":"})
    ]
