"""Hypothesis strategies for what people ask."""

from datetime import UTC, timedelta, timezone

from hypothesis import strategies as st

from bot.domain.ids import ActivationId, RequestId
from bot.intents import (
    Activate,
    Deactivate,
    Explain,
    Help,
    Intent,
    Link,
    Notify,
    OpenForm,
    Proceed,
    Recent,
    Recheck,
    Status,
    Unlink,
    Withdraw,
)

LENGTHS = st.integers(min_value=1, max_value=10**6).map(lambda n: timedelta(seconds=n))
SOME_LENGTHS = st.none() | LENGTHS
ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(-timedelta(hours=8))]
)
REQUESTS = st.text(min_size=1).map(RequestId)


def intents() -> st.SearchStrategy[Intent]:
    """Anything anybody can ask for."""
    return st.one_of(
        st.builds(
            Activate,
            st.text(min_size=1),
            SOME_LENGTHS,
            st.none() | st.datetimes(timezones=ZONES),
            st.text(),
            st.text(),
        ),
        st.builds(OpenForm, st.text(), SOME_LENGTHS, st.text(), st.text()),
        st.builds(Deactivate, st.text(), st.booleans()),
        st.builds(Withdraw, st.none() | REQUESTS),
        st.builds(Recent, st.text(), st.text(), SOME_LENGTHS, st.text()),
        st.builds(Explain, st.text(min_size=1), st.text()),
        st.builds(Proceed, REQUESTS),
        st.builds(Recheck, st.text(min_size=1).map(ActivationId)),
        st.builds(Notify, st.booleans()),
        st.sampled_from([Status(), Link(), Unlink(), Help()]),
    )
