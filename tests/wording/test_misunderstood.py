"""What is not understood is said back whole, with what would have been understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.commands import VERBS, Misunderstood, parse
from bot.wording.answers import misunderstood
from tests.wording.spans import text

LINES = st.one_of(
    st.text(),
    st.builds(
        "{} {}".format,
        st.sampled_from([*VERBS, "activate dev", "recent since", "recent state", "again 1h"]),
        st.text(
            st.sampled_from("-\u2013+0129.,:hm \"'“”„\u2018\u2019«»`@#<>|INC\n\u00a0\u200b"),
            max_size=40,
        ),
    ),
)


@given(LINES)
def test_whatever_is_typed_is_said_back_when_it_is_not_understood(typed: str) -> None:
    found = parse(typed)

    if isinstance(found, Misunderstood):
        assert found.hint
        assert f"/aws-access {typed}" in text(misunderstood(found, typed))


@given(LINES)
def test_what_is_offered_instead_is_no_longer_the_same_mistake(typed: str) -> None:
    found = parse(typed)

    if isinstance(found, Misunderstood) and found.instead:
        assert parse(found.instead) != found


@pytest.mark.parametrize("typed", ["activte dev 1h why", "activate dev -1h why", "xyzzy"])
def test_nothing_is_done_about_it_and_that_is_said(typed: str) -> None:
    found = parse(typed)

    assert isinstance(found, Misunderstood)
    assert "Nothing was done." in text(misunderstood(found, typed))
