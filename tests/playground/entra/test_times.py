"""Durations and times are read as strictly as Graph reads them."""

from datetime import UTC, datetime, timedelta

import pytest

from playground.entra.times import duration_text, parse_duration, parse_time, stamp


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("PT1H", timedelta(hours=1)),
        ("PT1H30M", timedelta(minutes=90)),
        ("P1DT2S", timedelta(days=1, seconds=2)),
        ("P180D", timedelta(days=180)),
        ("PT0S", timedelta(0)),
    ],
)
def test_a_duration_of_days_hours_minutes_and_seconds_is_read_and_written(
    text: str, length: timedelta
) -> None:
    assert parse_duration(text) == length
    assert duration_text(length) == text


@pytest.mark.parametrize("text", ["1:30:00", "P6M", "P1Y", "P2W", "PT", "P", "", "1h", "pt1h"])
def test_anything_else_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        parse_duration(text)


@pytest.mark.parametrize("text", ["2026-01-08T07:43:00", "2026-01-08", "now", ""])
def test_a_time_without_a_zone_is_no_time(text: str) -> None:
    with pytest.raises(ValueError, match="zone"):
        parse_time(text)


def test_times_are_read_in_any_zone_and_written_in_utc_with_seven_fraction_digits() -> None:
    when = parse_time("2026-01-08T09:43:00.5+02:00")
    assert when == datetime(2026, 1, 8, 7, 43, 0, 500000, UTC)
    assert stamp(when) == "2026-01-08T07:43:00.5000000Z"
