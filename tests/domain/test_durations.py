"""Lengths of time as typed, as Graph wants them, and as people read them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.durations import iso, parse_iso, parse_typed, words

MINUTES = st.integers(min_value=1, max_value=60 * 24 * 30).map(lambda n: timedelta(minutes=n))


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("45m", 45),
        ("45 min", 45),
        ("45mins", 45),
        ("90 minutes", 90),
        ("2h", 120),
        ("2 hours", 120),
        ("1 hour", 60),
        ("1hr", 60),
        ("3 hrs", 180),
        ("1h30m", 90),
        ("1h 30m", 90),
        ("1 H 30 M", 90),
        ("  2h  ", 120),
        ("1h30", 90),
        ("1.5h", 90),
        ("1,5 hours", 90),
        ("0.25h", 15),
        ("1.99h", 119),
    ],
)
def test_a_typed_length_is_read_as_people_write_it(typed: str, minutes: int) -> None:
    assert parse_typed(typed) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "   ",
        "0m",
        "0h",
        "0h0m",
        "h",
        "m",
        "1",
        "30",
        "1h3",
        "1h60",
        "1.5",
        "0.0h",
        "-1h",
        "1d",
        "30m1h",
        "2hx",
    ],
)
def test_what_is_no_length_of_time_is_not_guessed_at(typed: str) -> None:
    assert parse_typed(typed) is None


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT8H", timedelta(hours=8)),
        ("PT1H30M", timedelta(hours=1, minutes=30)),
        ("P1D", timedelta(days=1)),
        ("P1DT2H", timedelta(days=1, hours=2)),
        ("PT90S", timedelta(seconds=90)),
        ("PT0S", timedelta(0)),
        ("PT1.5S", timedelta(seconds=1)),
    ],
)
def test_a_duration_of_graphs_is_read(text: str, length: timedelta) -> None:
    assert parse_iso(text) == length


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "P6M", "P1Y", "P1W", "1:30:00", "pt1h"])
def test_a_duration_graph_would_not_send_is_an_error(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_iso(text)


@given(MINUTES)
def test_what_is_sent_to_graph_reads_back_as_the_same_length(length: timedelta) -> None:
    assert parse_iso(iso(length)) == length


@given(MINUTES)
def test_what_people_read_can_be_typed_back(length: timedelta) -> None:
    assert parse_typed(words(length)) == length


@given(st.text())
def test_no_text_breaks_the_reading_of_a_length(text: str) -> None:
    found = parse_typed(text)

    assert found is None or found > timedelta(0)


def test_nothing_at_all_still_has_words_and_a_form() -> None:
    assert words(timedelta(0)) == "0 min"
    assert iso(timedelta(0)) == "PT0M"
    assert words(timedelta(hours=2)) == "2 h"
    assert words(timedelta(minutes=90)) == "1 h 30 min"
