import ast
import os
import re
from pathlib import Path

import pytest

from tests.meta.tree import ROOT, files, read, shown

MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60
LOCKS = ("runtime", "demo", "test", "build", "constraints")
HASHED = tuple(name for name in LOCKS if name != "constraints")
# Written so that this file does not name them.
REGISTRIES = re.compile(
    r"py[p]i\.org|python[h]osted|npm[j]s\.|deb\.deb[i]an|docker[.]io|quay[.]io|gh[c]r\.io",
    re.IGNORECASE,
)
MACHINES = re.compile(r"(?<![\w.])/(?:[r]oot|[h]ome/\w+|[U]sers/\w+|[w]ork/\w+)/")


def test_no_file_is_longer_than_400_lines() -> None:
    texts = files("*.py", "*.js", "*.css", "*.html", "*.md", "*.toml", "*.sh", ".ci/*", "Makefile")

    long = {shown(p): n for p in texts if (n := len(p.read_text().splitlines())) > MOST_LINES}

    assert not long


def test_no_function_is_longer_than_60_lines() -> None:
    long = [
        f"{shown(path)}:{node.lineno} {node.name}"
        for path in files("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno >= MOST_LINES_OF_A_FUNCTION
        # A step of the schema is one list of what it makes.
        and not shown(path).startswith("migrations/versions/")
    ]

    assert not long


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        shown(path)
        for path in files("*.py")
        if not shown(path).startswith("tests/")
        and not ast.get_docstring(ast.parse(path.read_text()))
    ]

    assert not silent


def test_no_file_names_a_package_registry_or_a_path_of_somebodys_machine() -> None:
    said = {
        shown(path): found.group()
        for path in files()
        if (found := (REGISTRIES.search(t := _text(path)) or MACHINES.search(t)))
    }

    assert not said


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    text = read(f"requirements/{lock}.txt")

    assert not re.search(r"://|index-url|find-links|trusted-host", text)


@pytest.mark.parametrize("lock", HASHED)
def test_a_lock_pins_everything_by_version_and_hash(lock: str) -> None:
    text = read(f"requirements/{lock}.txt").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]

    assert lines
    assert not [line for line in lines if "==" not in line or "--hash=sha256:" not in line]


def test_the_image_gets_nothing_of_the_demo_or_of_the_tests() -> None:
    pinned = set(re.findall(r"(?m)^([a-z0-9-]+)==", read("requirements/runtime.txt")))
    dockerfile = read("Dockerfile")
    copied = re.findall(r"(?m)^COPY (?!--from)(\S+)", dockerfile)

    assert not pinned & {"moto", "trustme", "pytest", "hypothesis", "playwright", "mypy", "ruff"}
    assert sorted(copied) == [
        *("LICENSE", "bot", "handlers", "integrations", "migrations"),
        "requirements/runtime.txt",
    ]
    assert all((ROOT / name).exists() for name in copied)
    assert set(re.findall(r"(?m)^!(.+)", read(".dockerignore"))) == set(copied)


def test_ci_can_be_run() -> None:
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace")
