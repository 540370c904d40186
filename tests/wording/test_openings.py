"""A list of what is opened speaks to its reader: of what is theirs, and of what is somebody else's."""

import re
from dataclasses import replace

import pytest

from bot.cards import Card
from bot.domain.aws import Gap, Opens, Setup
from bot.domain.request import State
from bot.wording.approvals import Asker, Matter, approver_card
from bot.wording.openings import opened_lines, own_lines
from tests.domain.samples import BEN, a_request
from tests.wording.openings import OPENING, PORTAL
from tests.wording.spans import text

BESIDE = replace(OPENING, account="444444444444", account_name="first")
BOTH = Opens(Setup.SCIM, "AWS", "https://apps.example.com", PORTAL, (OPENING,), (OPENING, BESIDE))


def told(opens: Opens, *, mine: bool) -> str:
    return text(Card("", (*opened_lines(opens, mine=mine), *own_lines(opens, mine=mine))))


def test_what_somebody_has_without_activating_is_told_to_them_as_theirs() -> None:
    mine = told(BOTH, mine=True)

    assert "It opens in AWS:\ndev (111111111111):\n• PowerUserAccess" in mine
    assert mine.count("; you have this without activating") == 1
    assert "Assigned to you directly, not through this group:\nfirst (444444444444):" in mine


def test_others_read_it_as_somebody_elses() -> None:
    theirs = told(BOTH, mine=False)

    assert theirs.count("; they have this without activating") == 1
    assert "Assigned to them directly" in theirs
    assert "you" not in theirs


def test_an_approver_is_told_what_the_access_opens_and_nothing_beside_it() -> None:
    waiting = a_request(State.AWAITING_APPROVAL)

    shown = text(approver_card(Matter(waiting, Asker("Ann"), BOTH), BEN.oid))

    assert "; they have this without activating" in shown
    assert "first (444444444444)" not in shown
    empty = text(approver_card(Matter(waiting, Asker("Ann"), replace(BOTH, openings=())), BEN.oid))
    assert "AWS has nothing assigned to the group" in empty


@pytest.mark.parametrize("gap", [gap for gap in Gap if gap is not Gap.DENIED])
def test_what_cannot_be_seen_has_its_reason_told_to_whoever_asks(gap: Gap) -> None:
    unseen = Opens(Setup.SCIM, "AWS", "https://apps.example.com", PORTAL, gap=gap)

    assert "I cannot see what AWS gives there.\n" in told(unseen, mine=True)
    theirs = told(unseen, mine=False)
    assert "I cannot see what AWS gives there.\n" in theirs
    assert re.search(r"\byou\b|this chat account", theirs) is None
    assert "assigned" not in theirs.replace("assigned to no enterprise app", "")


def test_a_permission_that_is_lacking_is_named_to_whoever_asks() -> None:
    lacks = "sso:ListInstances"
    denied = Opens(Setup.SCIM, "AWS", "https://a.example", gap=Gap.DENIED, lacks=lacks)

    assert lacks in told(denied, mine=False)
