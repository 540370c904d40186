"""An explanation is possible or has a reason why not, and never both."""

import pytest

from bot.terminal import printed
from bot.wording.explain import Explanation, explained, no_such_access, no_such_user
from tests.wording import everything
from tests.wording.explanations import explanations
from tests.wording.openings import opened
from tests.wording.spans import text

OPENED = [opens for opens in opened() if opens is not None]
ALL = list(explanations(everything.SAID, everything.PERSON, OPENED))


@pytest.mark.parametrize("found", ALL)
def test_what_cannot_be_asked_for_has_a_reason(found: Explanation) -> None:
    card = explained(found)

    reasons = [line for line in card.lines[1:] if line[0] == "• " and line[1:] and _ours(line)]
    assert found.possible is (not reasons)
    assert ("cannot" in card.title) is not found.possible


def _ours(line: tuple[object, ...]) -> bool:
    """Whether it is a reason, and no account with its permission set."""
    return "PowerUserAccess" not in "".join(map(str, line))


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "Nobody has to approve it: PIM activates it at once."),
        (0, "Eligible for it in PIM, without an end."),
        (0, "At most 8 h (PIM 8 h), at least 5 min. Without a length it is 1 h."),
        (1, "There is no access file"),
    ],
)
def test_it_says_on_what_terms(number: int, words: str) -> None:
    assert words in text(explained(ALL[number]))


def test_everything_pim_asks_for_is_named_and_whom_it_asks() -> None:
    [told] = [text(explained(one)) for one in ALL if one.names and not one.own]

    assert (
        "asks for a reason, a ticket, multi-factor sign-in, the authentication context c1, an "
        "approval." in told
    )
    assert f"one of these approves it: {everything.PERSON}, user u-2, group g-1." in told
    assert "can be asked for now" in told


def test_ones_own_account_is_not_passed_off_as_an_approver() -> None:
    mine, theirs = [text(explained(one)) for one in ALL if one.own]

    assert f"{everything.PERSON} (your own account, which does not decide for you), user" in mine
    assert f"{everything.PERSON} (their own account, which does not decide for them)" in theirs


def test_on_the_command_line_times_are_in_utc_and_links_are_written_out() -> None:
    told = "\n".join(printed(explained(one)) for one in ALL)

    assert "It is active already in Entra, until 2026-03-04 12:00 UTC." in told
    assert "dev (111111111111):\n• PowerUserAccess (https://" in told


def test_what_the_command_line_does_not_find_is_named() -> None:
    assert no_such_access("dev", "") == "There is no access dev."
    assert no_such_access("dev", "devs") == "There is no access dev. Did you mean devs?"
    assert no_such_user("ann").startswith("Entra has no user ann: say an object id")
