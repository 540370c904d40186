"""Where things stand: the walk over the text and tomllib agree on what is there."""

import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.access_file import AccessFileError, Examined, examine
from bot.access_file.lines import Path, locate

KEYS = st.sampled_from(["a", "b", '"a.b"', "'c'", "access", "a.b", 'a . "]"', '"\\""'])
SCALARS = st.sampled_from(
    [
        *("1", "-1.5e3", "true", "inf", "1979-05-27 07:32:00Z", "07:32:00"),
        *('"x"', '"]"', "'}'", '"\\"#"', '""', "''", '"a\\\\"'),
        *('"""\nx ] "" \\""" , }"""', "'''\n# [x]\n'''", '""""x"""""', "''''''", '"""\\\n  x"""'),
    ]
)
GAPS = st.sampled_from(["", " ", "\n", " # ]\n", "\r\n\t"])


@st.composite
def arrays(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    items = [draw(values) for _ in range(draw(st.integers(0, 3)))]
    inside = ",".join(f"{draw(GAPS)}{item}{draw(GAPS)}" for item in items)
    return f"[{inside}{',' if bool(items) and draw(st.booleans()) else ''}{draw(GAPS)}]"


def inline_tables(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pairs = st.lists(st.tuples(KEYS, values.filter(lambda v: "\n" not in v)), max_size=3)
    return pairs.map(lambda some: "{ " + ", ".join(f"{k} = {v}" for k, v in some) + " }")


VALUES = st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)
STATEMENTS = st.one_of(
    st.tuples(KEYS, VALUES).map(lambda pair: f"{pair[0]} = {pair[1]}"),
    KEYS.map(lambda key: f"[{key}]"),
    KEYS.map(lambda key: f" [[ {key} ]] # ["),
    st.sampled_from(["", "# [x]", "  "]),
)
DOCUMENTS = st.lists(STATEMENTS, max_size=8).map("\n".join)


def paths(value: object, here: Path = ()) -> Iterator[Path]:
    """Every path of what tomllib has read."""
    if here:
        yield here
    inside: list[tuple[str | int, object]] = []
    if isinstance(value, dict):
        inside = list(value.items())
    elif isinstance(value, list):
        inside = list(enumerate(value))
    for step, found in inside:
        yield from paths(found, (*here, step))


@given(DOCUMENTS)
def test_it_finds_exactly_what_tomllib_finds(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return

    assert set(locate(text).at) == set(paths(read))


@given(
    st.lists(st.sampled_from(["# c", "", "\t", "x{0} = '''\n{0}\n'''", "y{0} = [\n]"]), max_size=9)
)
def test_what_stands_last_stands_on_the_last_line(before: list[str]) -> None:
    lines = "".join(one.format(number) + "\n" for number, one in enumerate(before))
    text = f"{lines}[[z]]"

    assert locate(text).of(("z", 0)) == text.count("\n") + 1


def test_every_thing_has_its_own_line() -> None:
    text = """
"a.b" = 1
m = '''
[[x]]
'''
[[access]]
max = "1h"
members = [
  "one",  # ]
  "two",
]
[access.approval]
required = 2
[[access]]
t = { k = 1, l.m = [3] }
"""

    lines = locate(text)

    assert {path: lines.of(path) for path in lines.at} == {
        ("a.b",): 2,
        ("m",): 3,
        ("access",): 6,
        ("access", 0): 6,
        ("access", 0, "max"): 7,
        ("access", 0, "members"): 8,
        ("access", 0, "members", 0): 9,
        ("access", 0, "members", 1): 10,
        ("access", 0, "approval"): 12,
        ("access", 0, "approval", "required"): 13,
        ("access", 1): 14,
        ("access", 1, "t"): 15,
        ("access", 1, "t", "k"): 15,
        ("access", 1, "t", "l"): 15,
        ("access", 1, "t", "l", "m"): 15,
        ("access", 1, "t", "l", "m", 0): 15,
    }


def test_what_is_missing_would_stand_in_what_is_there() -> None:
    lines = locate("\n[[access]]\nname = 'x'\n")

    assert lines.of(("access", 0, "approval", "required")) == 2
    assert lines.of(("nowhere",)) == 1


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> FilePath:
    return tmp_path_factory.mktemp("any") / "access.toml"


WORDS = st.sampled_from(
    ["access", "admins", "aliases", "approval", "approvers", "members", "notify", "max", "name"]
)
ANYTHING = st.recursive(
    SCALARS | WORDS.map(repr), lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6
)
ACCESS_FILES = st.lists(
    st.one_of(
        st.tuples(WORDS, ANYTHING).map(lambda pair: f"{pair[0]} = {pair[1]}"),
        st.sampled_from(["[[access]]", "[access.approval]", "[access]", "[[access.members]]"]),
    ),
    max_size=8,
).map("\n".join)


@given(st.binary() | st.text().map(str.encode) | (DOCUMENTS | ACCESS_FILES).map(str.encode))
def test_any_bytes_are_a_catalogue_or_problems_and_nothing_else(path: FilePath, raw: bytes) -> None:
    path.write_bytes(raw)

    try:
        found: Examined | AccessFileError = examine(str(path))
    except AccessFileError as problems:
        found = problems

    assert isinstance(found, Examined) or found.problems
