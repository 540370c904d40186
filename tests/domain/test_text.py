"""Text freed of what hides, reorders or breaks it."""

import pytest

from bot.domain.text import visible


@pytest.mark.parametrize(
    "line_break", list("\n\r\t\v\f\x1c\x1d\x1e\x1f\x85\u2028\u2029"), ids=ascii
)
def test_what_breaks_a_line_keeps_its_words_apart(line_break: str) -> None:
    assert visible(f"first{line_break}second") == "first second"


@pytest.mark.parametrize(
    "hidden",
    ["\x00", "\x1b", "\u200b", "\u202e", "\u2066", "\ufeff", "\U000e0041", "\ud800", "\u3164"],
    ids=ascii,
)
def test_what_hides_or_reorders_is_left_out(hidden: str) -> None:
    assert visible(f"prod{hidden}-admin") == "prod-admin"


@pytest.mark.parametrize(
    "said", ["", "fix the index", "Störung in Zürich", "障害対応", "عطل", "🔥 5 %"]
)
def test_what_shows_stays_as_it_was_said(said: str) -> None:
    assert visible(said) == said
