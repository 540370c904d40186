"""What a refusal offers instead would be taken: never no length, nor one that fits no longer."""

from datetime import timedelta

import pytest

from bot.domain.policy import EligibilityEndsFirst, Problem, ReasonMissing, TooLong, TooShort
from bot.domain.refusals import BadWish
from bot.intents import Activate, OpenForm
from bot.wording.refusals import refused
from tests.domain.samples import HOUR, NOON, TERMS

MINUTE = timedelta(minutes=1)


def left(minutes: int) -> EligibilityEndsFirst:
    return EligibilityEndsFirst(NOON + minutes * MINUTE, minutes * MINUTE)


@pytest.mark.parametrize(
    ("problem", "offered"),
    [
        (TooLong(HOUR, 30 * MINUTE), 30 * MINUTE),
        (TooShort(MINUTE), 5 * MINUTE),
        (left(31), 30 * MINUTE),
        (left(30), 25 * MINUTE),
        (left(6), 5 * MINUTE),
    ],
)
def test_the_nearest_length_that_will_still_fit_is_offered(
    problem: Problem, offered: timedelta
) -> None:
    [button] = refused(BadWish(TERMS, (problem,))).buttons

    assert isinstance(button.intent, Activate)
    assert button.intent.duration == offered


@pytest.mark.parametrize("minutes", [0, 1, 5])
def test_where_no_length_fits_none_is_offered(minutes: int) -> None:
    [button] = refused(BadWish(TERMS, (left(minutes),))).buttons

    assert button.intent == OpenForm()


def test_of_two_limits_the_form_gets_the_lower() -> None:
    problems = (TooLong(9 * HOUR, 8 * HOUR), ReasonMissing(), left(31))

    [button] = refused(BadWish(TERMS, problems)).buttons

    assert isinstance(button.intent, OpenForm)
    assert button.intent.duration == 30 * MINUTE
