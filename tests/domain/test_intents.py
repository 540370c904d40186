"""The one codec that buttons use: what goes out comes back, and nothing else is an intent."""

import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.intents import Activate, Deactivate, Intent, OpenForm, Recent, Status, decode, encode
from tests.domain.strategies import intents

WORDS = st.text(max_size=8)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
JSON = PLAIN | st.lists(PLAIN, max_size=2) | st.dictionaries(WORDS, PLAIN, max_size=2)
KEYS = st.sampled_from(
    ["access", "duration", "starts_at", "ticket", "reason", "since", "when_allowed", "request"]
)
VERBS = st.sampled_from(["activate", "form", "deactivate", "withdraw", "recent", "recheck"])
ALMOST = st.builds(
    lambda verb, rest: json.dumps({**rest, "do": verb}),
    VERBS,
    st.dictionaries(KEYS, JSON, max_size=3),
)


@given(intents())
def test_an_intent_survives_the_trip_through_a_button(intent: Intent) -> None:
    assert decode(encode(intent)) == intent


@given(st.text() | JSON.map(json.dumps) | ALMOST)
def test_garbage_is_a_value_error_and_nothing_worse(text: str) -> None:
    with suppress(ValueError):
        again = encode(decode(text))
        assert encode(decode(again)) == again


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "7",
        '"status"',
        "{}",
        '{"do":"approve"}',
        '{"do":["status"]}',
        '{"do":"status","who":"me"}',
        '{"do":"withdraw","request":7}',
        '{"do":"recheck"}',
        '{"do":"activate","access":"a","duration":"1h"}',
        '{"do":"activate","access":"a","duration":1e999}',
        '{"do":"activate","access":"a","duration":99999999999999999999}',
        '{"do":"activate","access":"a","starts_at":"tomorrow"}',
        '{"do":"activate","access":"a","starts_at":"2026-03-04T12:00:00"}',
        '{"do":"deactivate","when_allowed":"yes"}'.replace('"yes"', "null"),
        "[" * 100_000,
    ],
)
def test_what_is_no_intent_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an intent"):
        decode(text)


def test_what_was_not_said_is_left_out_of_a_button() -> None:
    assert encode(Status()) == '{"do":"status"}'
    assert encode(OpenForm("dev")) == '{"do":"form","access":"dev"}'
    assert encode(Deactivate("dev", when_allowed=True)) == (
        '{"do":"deactivate","access":"dev","when_allowed":true}'
    )


def test_times_and_lengths_are_plain_in_a_button() -> None:
    noon = datetime(2026, 3, 4, 12, tzinfo=UTC)
    intent = Activate("dev", timedelta(hours=1), noon)

    assert json.loads(encode(intent)) == {
        "do": "activate",
        "access": "dev",
        "duration": 3600,
        "starts_at": "2026-03-04T12:00:00+00:00",
    }
    assert decode('{"do":"recent","since":86400}') == Recent(since=timedelta(days=1))
