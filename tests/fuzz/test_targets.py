"""The same targets in every run of the suite, from their seeds and from any bytes."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz.__main__ import NAMES
from tests.fuzz.targets import SEEDS, TARGETS

FOUND: tuple[tuple[str, bytes], ...] = (
    # What breaks the vendors' own readers: https://github.com/slackapi/python-slack-sdk
    ("gate", "²²²²\nv0=\u00e9\n".encode()),
    ("gate", b"9" * 5000 + b"\nv0=" + b"a" * 64 + b"\n"),
    ("door", b"\x00" + b"[" * 100_000),
    ("door", b"\x02payload=%7B"),
    ("door", b"\x00\xff\xfe"),
    # Was kept as a job that nothing could read again.
    ("intents", b'{"do":"activate","access":"","duration":3}'),
)
"""What was found once, and must not come back."""


def bent(seed: bytes) -> st.SearchStrategy[bytes]:
    """A seed with something else in its middle, or without its end."""
    places = st.integers(0, len(seed))
    return st.builds(
        lambda at, to, what: seed[:at] + what + seed[to:], places, places, st.binary(max_size=12)
    )


@pytest.mark.parametrize("name", TARGETS)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(data=st.data())
def test_any_bytes_are_refused_or_understood(name: str, data: st.DataObject) -> None:
    seeds = st.sampled_from(SEEDS[name]).flatmap(bent)

    TARGETS[name](data.draw(st.binary(max_size=400) | seeds))


@pytest.mark.parametrize(("name", "found"), FOUND)
def test_what_was_found_once_stays_mended(name: str, found: bytes) -> None:
    TARGETS[name](found)


def test_every_target_is_fuzzed() -> None:
    assert tuple(TARGETS) == NAMES


@pytest.mark.parametrize("name", TARGETS)
def test_every_target_has_a_seed_that_it_takes(name: str) -> None:
    assert SEEDS[name]
    for seed in SEEDS[name]:
        TARGETS[name](seed)
