from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import Moment
from integrations.slack.text import clean, escaped, received
from integrations.text import cut, preformatted, safe_url, utc


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("INC-42 hotfix", "INC-42 hotfix"),
        ("two\nlines\r\n", "two lines  "),
        ("a\x00b\x1b[31mc\x85d", "ab[31mc d"),
        ("ab\u202edc\u2066e\u200bf\ufeff", "abdcef"),
        ("tag\U000e0041", "tag"),
        ("half \ud800", "half "),
        ("<@U0APPROVER|approver> agreed", "@approver agreed"),
        ("<!channel> now", "<\u2060!channel> now"),
        ("<@U1>", "<\u2060@U1>"),
        ("<https://x|Approve>", "<\u2060https://x|Approve>"),
        ("1 < 2", "1 < 2"),
        ("Łódź 日本 👍", "Łódź 日本 👍"),
    ],
)
def test_words_are_shown_and_never_hide_or_mean_anything(said: str, shown: str) -> None:
    assert clean(said) == shown


@given(st.text())
def test_clean_text_carries_no_markup_and_is_sendable(text: str) -> None:
    shown = clean(text)
    assert not any(token in shown for token in ("<!", "<@", "<#", "<http", "\n", "\u202e"))
    shown.encode()


def test_text_to_copy_keeps_its_lines_and_gains_nothing() -> None:
    assert preformatted("[profile <x>]\r\nregion = eu\x07\n") == "[profile <x>]\nregion = eu"


def test_cutting_leaves_an_ellipsis_within_the_limit() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abcde…"


def test_the_ampersand_is_escaped_first() -> None:
    assert escaped("<&lt;>") == "&lt;&amp;lt;&gt;"


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "https://x|y",
        "https://x>y",
        "https://x y",
        "https://x\u202ey",
        "//x",
        "data:text/html,x",
        'https://x"y',
    ],
)
def test_only_plain_web_addresses_become_links(url: str) -> None:
    assert safe_url(url) is None


def test_a_web_address_is_left_as_it_is() -> None:
    url = "https://x.example/start/#/console?account_id=1&role_name=A%20B"
    assert safe_url(url) == url


def test_times_are_told_in_utc_where_the_zone_is_unknown() -> None:
    at = datetime(2025, 3, 9, 1, 5, tzinfo=timezone(timedelta(hours=2)))
    assert utc(Moment(at)) == "23:05 UTC"
    assert utc(Moment(at, date=True)) == "8 Mar 2025, 23:05 UTC"
    assert utc(Moment(datetime(2025, 3, 9, tzinfo=UTC))) == "00:00 UTC"


@pytest.mark.parametrize(
    ("arrived", "typed"),
    [
        ("a &lt; b &amp;&amp; c &gt; d", "a < b && c > d"),
        ("&amp;lt;", "&lt;"),
        ("see <https://x.example/?a=1&amp;b>", "see https://x.example/?a=1&b"),
        ("see <https://x.example|x.example>", "see https://x.example"),
        ("<mailto:a@x.example|a@x.example>", "a@x.example"),
        ("in <#C1|general> and <#C2>", "in #general and #C2"),
        ("<!here> <!subteam^S1>", "@here @subteam"),
        ("recent <@U1|erin>", "recent <@U1|erin>"),
        ("nul\0 and half \ud800", "nul and half "),
    ],
)
def test_what_slack_does_to_typed_text_is_undone(arrived: str, typed: str) -> None:
    assert received(arrived) == typed
