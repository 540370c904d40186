import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from integrations.slack.gate import SIGNATURE, TIMESTAMP, verified

# The example that Slack's documentation works through.
SECRET = b"8f742231b10e8888abcd99yyyzzz85a5"
BODY = (
    b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&"
    b"channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&"
    b"command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2F"
    b"T1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
    b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
)
AT = 1531420618
HEADERS = {
    TIMESTAMP: str(AT),
    SIGNATURE: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
}


def test_the_documented_example_passes() -> None:
    assert verified(HEADERS, BODY, [SECRET], AT)


def test_either_secret_passes_while_they_are_rotated() -> None:
    assert verified(HEADERS, BODY, [b"new", SECRET], AT)
    assert verified(HEADERS, BODY, [SECRET, b"new"], AT)
    assert not verified(HEADERS, BODY, [b"new", b"newer"], AT)


@pytest.mark.parametrize(
    ("off", "passes"), [(299, True), (-299, True), (301, False), (-301, False)]
)
def test_the_window_is_five_minutes_both_ways(off: int, passes: bool) -> None:  # noqa: FBT001
    assert verified(HEADERS, BODY, [SECRET], AT + off) is passes


@pytest.mark.parametrize("name", [TIMESTAMP, SIGNATURE])
@pytest.mark.parametrize("other", ["", "v0=" + "0" * 64, "good"])
def test_a_header_that_came_twice_is_no_header(name: str, other: str) -> None:
    twice = CIMultiDict(HEADERS)
    twice.add(name.lower(), HEADERS[name] if other == "good" else other)
    assert not verified(twice, BODY, [SECRET], AT)


def test_letter_case_of_headers_does_not_count() -> None:
    assert verified({name.lower(): value for name, value in HEADERS.items()}, BODY, [SECRET], AT)


def test_one_changed_byte_is_refused() -> None:
    assert not verified(HEADERS, BODY + b" ", [SECRET], AT)


def test_nothing_passes_without_a_secret() -> None:
    assert not verified(HEADERS, BODY, [], AT)
    mac = hmac.new(b"", b"v0:%d:%b" % (AT, BODY), hashlib.sha256).hexdigest()
    forged = {TIMESTAMP: str(AT), SIGNATURE: f"v0={mac}"}
    assert not verified(forged, BODY, [b""], AT)


@pytest.mark.parametrize(
    "timestamp",
    ["", "x", "1e9", "-1", " 1531420618", "1531420618\n", "9" * 5000, "١٥٣١٤٢٠٦١٨", "1531420618.0"],
)
def test_odd_timestamps_are_refused(timestamp: str) -> None:
    assert not verified({**HEADERS, TIMESTAMP: timestamp}, BODY, [SECRET], AT)


@pytest.mark.parametrize(
    "signature",
    ["", "v0=", "v1=" + "a" * 64, "v0=" + "A" * 64, "v0=" + "é" * 64, "v0=" + "a" * 65, "\udcff"],
)
def test_odd_signatures_are_refused(signature: str) -> None:
    assert not verified({**HEADERS, SIGNATURE: signature}, BODY, [SECRET], AT)


def test_missing_headers_are_refused() -> None:
    assert not verified({}, BODY, [SECRET], AT)


@given(st.dictionaries(st.sampled_from([TIMESTAMP, SIGNATURE]), st.text()), st.binary())
def test_it_never_raises_and_never_passes_what_was_not_signed(
    headers: dict[str, str], body: bytes
) -> None:
    assert verified(headers, body, [SECRET], AT) is False
