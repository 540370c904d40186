"""The one judgement of a wish: terms within every maximum, or each thing that is wrong with it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.access import Access
from bot.domain.durations import iso, parse_iso
from bot.domain.ids import GroupId
from bot.domain.policy import (
    LONGEST_REASON,
    LONGEST_TICKET,
    SHORTEST,
    USUAL,
    Eligibility,
    EligibilityEndsFirst,
    NotEligible,
    PimRules,
    Problem,
    ReasonMissing,
    StartsInThePast,
    Terms,
    TextTooLong,
    TicketMissing,
    TooLong,
    TooShort,
    Wish,
    eligible_until,
    entitled,
    judge,
    longest,
    usual,
)
from tests.domain.samples import ACCESS, DEV, HOUR, NOON, TERMS

MINUTE = timedelta(minutes=1)
LENGTHS = st.integers(min_value=0, max_value=60 * 48).map(lambda n: n * MINUTE)
MAXIMA = st.none() | LENGTHS
RULES = st.builds(
    PimRules, max=MAXIMA, reason_required=st.booleans(), ticket_required=st.booleans()
)
STARTS = st.none() | LENGTHS.map(lambda n: NOON - 24 * HOUR + n)
WISHES = st.builds(
    Wish,
    st.none() | LENGTHS,
    st.text(max_size=LONGEST_REASON + 5),
    st.text(max_size=LONGEST_TICKET + 5),
    STARTS,
)
ACCESSES = MAXIMA.map(lambda most: replace(ACCESS, max=most))
RULED = PimRules(max=2 * HOUR, reason_required=True, ticket_required=True)
FULL = Wish(HOUR, "checking the slow index", "INC-42")


def problems(wish: Wish, rules: PimRules = RULED, access: Access = ACCESS) -> tuple[Problem, ...]:
    return judge(wish, access, rules, NOON).problems


def test_a_wish_within_the_rules_becomes_its_terms() -> None:
    found = judge(replace(FULL, reason="  checking the slow index "), ACCESS, RULED, NOON)

    assert found.problems == ()
    assert found.terms == TERMS


@pytest.mark.parametrize(
    ("file", "pim", "most"),
    [
        (None, None, None),
        (None, 2 * HOUR, 2 * HOUR),
        (HOUR, None, HOUR),
        (HOUR, 2 * HOUR, HOUR),
        (3 * HOUR, 2 * HOUR, 2 * HOUR),
        (3 * HOUR, timedelta(0), 3 * HOUR),
    ],
)
def test_the_access_file_narrows_the_maximum_and_never_widens_it(
    file: timedelta | None, pim: timedelta | None, most: timedelta | None
) -> None:
    assert longest(replace(ACCESS, max=file), PimRules(max=pim)) == most


@pytest.mark.parametrize(
    ("most", "length"),
    [(None, USUAL), (8 * HOUR, USUAL), (30 * MINUTE, 30 * MINUTE)],
)
def test_who_says_nothing_gets_an_hour_or_the_maximum_if_that_is_less(
    most: timedelta | None, length: timedelta
) -> None:
    rules = PimRules(max=most)

    assert usual(ACCESS, rules) == length
    assert judge(Wish(), ACCESS, rules, NOON).terms.duration == length


def test_the_maximum_itself_and_the_five_minutes_are_allowed() -> None:
    assert problems(replace(FULL, duration=2 * HOUR)) == ()
    assert problems(replace(FULL, duration=SHORTEST)) == ()


def test_every_problem_is_said_at_once() -> None:
    wish = Wish(3 * HOUR, " ", "", NOON)

    assert problems(wish) == (
        TooLong(3 * HOUR, 2 * HOUR),
        ReasonMissing(),
        TicketMissing(),
        StartsInThePast(),
    )


def test_less_than_five_minutes_is_too_short() -> None:
    assert problems(replace(FULL, duration=4 * MINUTE)) == (TooShort(4 * MINUTE),)


def test_a_reason_and_a_ticket_have_to_fit() -> None:
    wish = Wish(HOUR, "r" * (LONGEST_REASON + 1), "t" * (LONGEST_TICKET + 1))

    assert problems(wish) == (
        TextTooLong("reason", LONGEST_REASON),
        TextTooLong("ticket", LONGEST_TICKET),
    )
    assert problems(Wish(HOUR, "r" * LONGEST_REASON, "t" * LONGEST_TICKET)) == ()


def test_a_start_to_come_is_no_problem() -> None:
    assert problems(replace(FULL, starts_at=NOON + MINUTE)) == ()


@given(WISHES, ACCESSES, RULES)
def test_terms_without_a_problem_never_exceed_any_maximum(
    wish: Wish, access: Access, rules: PimRules
) -> None:
    found = judge(wish, access, rules, NOON)

    if not found.problems:
        assert found.terms.duration >= SHORTEST
        assert not access.max or found.terms.duration <= access.max
        assert not rules.max or found.terms.duration <= rules.max
        assert found.terms.reason or not rules.reason_required
        assert found.terms.ticket or not rules.ticket_required
        assert found.terms.starts_at is None or found.terms.starts_at > NOON


@given(WISHES, ACCESSES, RULES)
def test_what_pim_is_sent_is_never_longer_than_the_terms(
    wish: Wish, access: Access, rules: PimRules
) -> None:
    found = judge(wish, access, rules, NOON)

    assert parse_iso(iso(found.terms.duration)) <= found.terms.duration


@given(WISHES, ACCESSES, RULES)
def test_a_judgement_changes_neither_the_access_nor_what_was_said(
    wish: Wish, access: Access, rules: PimRules
) -> None:
    terms = judge(wish, access, rules, NOON).terms

    assert (terms.access, terms.group) == (access.name, access.group)
    assert terms.duration == (wish.duration or usual(access, rules))
    assert (terms.reason, terms.ticket) == (wish.reason.strip(), wish.ticket.strip())


OTHER = GroupId("eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee")


def test_who_is_eligible_without_an_end_is_entitled() -> None:
    mine = (Eligibility(DEV, NOON + MINUTE), Eligibility(DEV))

    assert entitled(TERMS, mine, NOON) == ()


def test_who_is_eligible_for_another_group_only_is_not() -> None:
    assert entitled(TERMS, (Eligibility(OTHER),), NOON) == (NotEligible(),)
    assert entitled(TERMS, (), NOON) == (NotEligible(),)


def test_an_eligibility_that_ends_with_the_activation_is_enough() -> None:
    assert entitled(TERMS, (Eligibility(DEV, NOON + HOUR),), NOON) == ()


def test_an_eligibility_that_ends_before_says_how_much_is_left_in_whole_minutes() -> None:
    last = NOON + timedelta(minutes=30, seconds=59)
    mine = (Eligibility(DEV, NOON + MINUTE), Eligibility(DEV, last))

    assert entitled(TERMS, mine, NOON) == (EligibilityEndsFirst(last, 30 * MINUTE),)


def test_a_later_start_counts_from_there() -> None:
    later = replace(TERMS, starts_at=NOON + HOUR)
    last = NOON + 90 * MINUTE

    assert entitled(later, (Eligibility(DEV, last),), NOON) == (
        EligibilityEndsFirst(last, 30 * MINUTE),
    )


def test_nothing_is_left_of_an_eligibility_that_is_over() -> None:
    last = NOON - MINUTE

    assert entitled(TERMS, (Eligibility(DEV, last),), NOON) == (
        EligibilityEndsFirst(last, timedelta(0)),
    )


@pytest.mark.parametrize(
    "changed",
    [
        replace(TERMS, access="prod-admin"),
        replace(TERMS, group=OTHER),
        replace(TERMS, duration=2 * HOUR),
        replace(TERMS, reason="something else"),
        replace(TERMS, ticket="INC-43"),
        replace(TERMS, starts_at=NOON),
        replace(TERMS, reason="INC-42", ticket="checking the slow index"),
    ],
)
def test_other_terms_have_another_fingerprint(changed: Terms) -> None:
    assert changed.digest != TERMS.digest
    assert replace(changed).digest == changed.digest


def test_a_group_is_eligible_until_the_last_of_its_eligibilities_ends() -> None:
    first, last = Eligibility(DEV, NOON + HOUR), Eligibility(DEV, NOON + 2 * HOUR)
    others = Eligibility(GroupId("other"), NOON + 9 * HOUR)

    assert eligible_until(DEV, (first, last, others)) == NOON + 2 * HOUR
    assert eligible_until(DEV, (first, Eligibility(DEV))) is None
    assert eligible_until(DEV, (others,)) is None
