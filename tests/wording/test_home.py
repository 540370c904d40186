"""The tab: within a chat's limits, true, and each of its buttons says what it is about."""

import pytest

from bot.cards import Home, Style
from bot.wording import home
from integrations.slack.home import view
from playground.slack.blocks import view_problems
from tests.domain.samples import NOON
from tests.wording import everything
from tests.wording.homes import all_homes
from tests.wording.spans import words

HOMES = [*all_homes(), *all_homes(everything.LONGEST)]


def text(shown: Home) -> str:
    lines = [item.line for section in shown.sections for item in section.items]
    return "\n".join("".join(map(words, line)) for line in (*lines, *shown.footer))


@pytest.mark.parametrize("shown", HOMES)
def test_slack_takes_it(shown: Home) -> None:
    assert not view_problems(view(shown))


@pytest.mark.parametrize("shown", [*all_homes()])
def test_every_line_is_whole(shown: Home) -> None:
    for line in text(shown).splitlines():
        assert line.endswith((".", "?")) or line.startswith("\N{BULLET} "), line
        for hole in ("None", "{}", "  ", " .", "..", " ,", "()"):
            assert hole not in line


@pytest.mark.parametrize("shown", HOMES)
def test_a_button_that_stands_there_more_than_once_says_what_it_is_about(shown: Home) -> None:
    buttons = [b for section in shown.sections for item in section.items for b in item.buttons]
    labels = [b.label for b in buttons]

    for button in buttons:
        if labels.count(button.label) > 1:
            assert button.spoken
    for section in shown.sections:
        for item in section.items:
            assert sum(b.style is Style.PRIMARY for b in item.buttons) <= 1


def test_what_is_active_or_waits_cannot_be_asked_for_twice() -> None:
    full = next(all_homes())
    [offers] = [s.items for s in full.sections if s.title == "You may activate"]

    taken = offers[0]
    assert not taken.buttons
    assert all(item.buttons for item in offers[1:])


def test_it_says_when_it_was_drawn() -> None:
    assert "".join(map(words, home.as_of(NOON))) == "Up to date 12:00."
