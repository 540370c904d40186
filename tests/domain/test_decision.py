import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.decision import Standing, Verdict, human
from bot.domain.ids import RequestId
from tests.contracts.store_approvals import decided

ONE, OTHER, THIRD = "11111111-aaaa", "22222222-bbbb", "33333333-cccc"
ALIASES = (frozenset({ONE, OTHER}),)


def test_two_accounts_of_one_human_are_the_same_human() -> None:
    assert human(ONE, ALIASES) == human(OTHER, ALIASES)
    assert human(THIRD, ALIASES) != human(ONE, ALIASES)


def test_letter_case_makes_nobody_somebody_else() -> None:
    assert human(OTHER.upper(), ALIASES) == human(ONE, ALIASES)


@given(st.sets(st.sampled_from([ONE, OTHER, THIRD]), min_size=2), st.data())
def test_whoever_is_written_down_as_one_human_is_one(
    accounts: set[str], data: st.DataObject
) -> None:
    aliases = (frozenset(accounts),)

    a, b = (data.draw(st.sampled_from(sorted(accounts))) for _ in range(2))

    assert human(a, aliases) == human(b, aliases)


def test_a_decision_that_is_void_stands_in_nobodys_way() -> None:
    decision = decided(RequestId("R-7K3Q9FHM"))

    assert decision.holds
    assert decision.counted().holds
    assert not decision.void("sign_in").holds
    assert decision.void("sign_in").counted().standing is Standing.COUNTED


@pytest.mark.parametrize(("verdict", "done"), [("approve", "approved"), ("deny", "denied")])
def test_a_verdict_says_what_was_done(verdict: str, done: str) -> None:
    assert Verdict(verdict).done == done
