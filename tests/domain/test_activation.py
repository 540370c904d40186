"""What Entra holds: it ends once, and AWS is believed at the first look."""

from datetime import timedelta

from bot.domain.activation import MINIMUM, PORTAL_LAG, SCIM_CYCLE, End, aws_may_last
from tests.domain.samples import HOUR, NOON, an_activation

LATER = NOON + timedelta(minutes=10)


def test_it_may_end_five_minutes_after_its_start_at_the_earliest() -> None:
    assert an_activation().may_end_from == NOON + MINIMUM


def test_it_ends_once() -> None:
    over = an_activation().over(End.DEACTIVATED, LATER)

    assert not over.active
    assert (over.ended_at, over.end, over.version) == (LATER, End.DEACTIVATED, 2)
    assert over.over(End.EXPIRED, LATER + HOUR) is over


def test_it_can_turn_out_to_be_held_at_other_times() -> None:
    longer = an_activation().changed(NOON - HOUR, NOON + 2 * HOUR, LATER)

    assert (longer.started_at, longer.ends_at) == (NOON, NOON + 2 * HOUR)
    assert (longer.active, longer.changed_at, longer.version) == (True, LATER, 2)
    assert longer.changed(LATER, NOON + HOUR, LATER).started_at == LATER


def test_aws_is_believed_at_the_first_look() -> None:
    seen = an_activation().seen_in_aws(LATER)

    assert seen.aws_seen_at == LATER
    assert seen.seen_in_aws(LATER + HOUR).aws_seen_at == LATER
    gone = seen.gone_from_aws(LATER + HOUR)
    assert gone.aws_gone_at == LATER + HOUR
    assert gone.gone_from_aws(LATER + 2 * HOUR).aws_gone_at == LATER + HOUR


def test_the_window_after_the_end_is_told_as_it_is() -> None:
    assert aws_may_last(setup_is_scim=True, session=HOUR) == SCIM_CYCLE + PORTAL_LAG + HOUR
    assert aws_may_last(setup_is_scim=False, session=HOUR) == HOUR
