from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.reminding import AFTER, NIGHT_FROM, NIGHT_TO, due, following, morning

ASKED = datetime(2026, 3, 4, 12, tzinfo=UTC)
EAST = timezone(timedelta(hours=9))


def test_reminders_become_due_one_after_the_other_and_then_no_more() -> None:
    found = [due(ASKED, ASKED + after) for after in (timedelta(0), *AFTER, timedelta(days=9))]

    assert found == [0, 1, 2, 3, 3]
    assert [following(ASKED, n) for n in range(4)] == [*(ASKED + a for a in AFTER), None]


@pytest.mark.parametrize(
    ("here", "over"),
    [
        ("2026-03-04T12:00+09:00", None),
        ("2026-03-04T07:00+09:00", None),
        ("2026-03-04T06:59+09:00", "2026-03-04T07:00+09:00"),
        ("2026-03-04T22:00+09:00", "2026-03-05T07:00+09:00"),
        ("2026-03-04T21:59+09:00", None),
    ],
)
def test_at_night_it_waits_for_the_morning_there(here: str, over: str | None) -> None:
    found = morning(datetime.fromisoformat(here).astimezone(UTC), EAST)

    assert found == (datetime.fromisoformat(over) if over else None)


@given(st.integers(0, 10_000), st.integers(-12, 14))
def test_nobody_waits_longer_than_a_night(minutes: int, offset: int) -> None:
    now = ASKED + timedelta(minutes=minutes)
    zone = timezone(timedelta(hours=offset))

    over = morning(now, zone)

    if over is not None:
        assert timedelta(0) < over - now <= timedelta(hours=24 - NIGHT_FROM + NIGHT_TO)
        assert morning(over, zone) is None
