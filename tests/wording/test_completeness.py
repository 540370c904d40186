"""There are words for everything: each state, refusal, problem, set-up, end, code and intent."""

import re
from typing import get_args

import pytest

from bot.cards import Card, Form, Page
from bot.domain.activation import End
from bot.domain.aws import Setup
from bot.domain.policy import Problem
from bot.domain.refusals import Refusal
from bot.domain.request import State
from bot.intents import Intent, Recheck
from bot.wording import forms, pim, refusals
from playground.entra import forced
from tests.wording import everything
from tests.wording.spans import text

DOCUMENTED = {
    "RoleAssignmentExists": "active already",
    "RoleAssignmentDoesNotExist": "no such assignment",
    "PendingRoleAssignmentRequest": "not decided yet",
    "RoleAssignmentRequestPolicyValidationFailed": "PIM policy",
    "RoleAssignmentRequestAcrsValidationFailed": "stronger sign-in",
    "ActiveDurationTooShort": "first five minutes",
    "InvalidRoleAssignmentRequest": "length or the start",
    "InvalidRoleAssignmentRequestSchedule": "length or the start",
    "SubjectNotFound": "your account",
    "RoleNotFound": "this group",
    "ResourceIsLocked": "busy",
    "ResourceNotFound": "this group in PIM",
    "PermissionScopeNotGranted": "permission",
    "UnauthorizedAccessException": "does not let you",
    "Authorization_RequestDenied": "permission",
    "AadPremiumLicenseRequired": "licence",
}
"""Every code that Microsoft's documents name, and what its sentence has to speak of.

https://learn.microsoft.com/graph/api/governanceroleassignmentrequest-post
"""
RULES = {
    "JustificationRule": "reason",
    "TicketingRule": "ticket",
    "ExpirationRule": "length",
    "MfaRule": "multi-factor",
    "EligibilityRule": "eligible",
    "ApprovalRule": "approval",
    "ActivationDayRule": "day",
    "AdminRequestRule": "administrator",
}
STATUSES = {
    "Denied": "An approver",
    "AdminDenied": "An administrator",
    "TimedOut": "24 hours",
    "Canceled": "cancelled in Entra",
    "Failed": "could not carry it out",
    "FailedAsResourceIsLocked": "busy",
    "Invalid": "invalid",
}
"""Every word of PIM's for a request that ended without a grant, and what is said of it."""
DECIDED = {"Denied", "AdminDenied", "TimedOut", "Canceled"}
"""What people have decided; the card has the button to ask again."""
OURS = {
    *("may_not_ask", "authority_changed", "access_narrowed_by_pim", "too_few_votes"),
    *("too_few_decide", "not_decided", "not_confirmed", "voted_down", "no_grantor"),
    *("not_eligible", "account_disabled", "eligibility_ends", "not_signed_in", "not_answered"),
    *(
        "no_permission",
        "too_late",
        "account_changed",
        "other_open",
        "busy",
        "lost",
        "exists",
        "unconfirmed",
    ),
    *("unsettled", "had_already"),
    *("decided_meanwhile", "unknown_status", "still_challenged"),
    *("unlinked", "left", "parted", "relinked", "locked"),
    *("access_removed", "access_moved", "access_narrowed", "access_stricter"),
    "access_confirms",
    *("nobody_decides", "bug"),
}


@pytest.mark.parametrize(("code", "speaks_of"), DOCUMENTED.items())
def test_every_documented_code_of_pims_has_a_sentence(code: str, speaks_of: str) -> None:
    assert code in pim.CODES
    assert speaks_of in pim.sentence(code)
    assert "Nothing was changed." in pim.sentence(code)


@pytest.mark.parametrize(("rule", "speaks_of"), RULES.items())
def test_every_rule_of_pims_policy_has_words(rule: str, speaks_of: str) -> None:
    told = pim.sentence(f"RoleAssignmentRequestPolicyValidationFailed:{rule}")

    assert rule not in told
    assert speaks_of in told.partition("PIM says: ")[2]


def test_several_rules_are_all_told() -> None:
    told = pim.sentence("RoleAssignmentRequestPolicyValidationFailed:MfaRule,NewRule")

    assert told.endswith("PIM says: it asks for multi-factor sign-in; NewRule.")


@pytest.mark.parametrize(("status", "speaks_of"), STATUSES.items())
def test_every_decision_of_pims_has_a_sentence(status: str, speaks_of: str) -> None:
    assert speaks_of in pim.sentence(status)


def test_what_the_playground_can_provoke_is_what_has_words() -> None:
    assert set(forced.CODES) == set(DOCUMENTED)
    assert set(forced.RULES) == set(RULES)


@pytest.mark.parametrize("code", [*DOCUMENTED, *STATUSES])
def test_every_answer_of_pims_says_what_happened_whether_anything_changed_and_what_to_do(
    code: str,
) -> None:
    happened, changed, then = re.fullmatch(
        r"(.+?\.) (Nothing was (?:changed|activated)\.) ?(.*)", pim.sentence(code)
    ).groups()  # type: ignore[union-attr]

    assert happened
    assert changed
    assert then or code in DECIDED


def test_a_word_of_pims_that_nobody_knows_is_shown_and_nothing_is_claimed() -> None:
    told = pim.sentence("unknown_status:PendingMoonPhase")

    assert told.endswith("PIM says: PendingMoonPhase.")
    assert "Nothing was" not in told


def test_our_own_codes_have_sentences_and_there_are_no_others() -> None:
    assert {*DOCUMENTED, *STATUSES, *OURS} == pim.CODES


@pytest.mark.parametrize("code", ["SomethingNew", "", ":", "SomethingNew:NewRule"])
def test_a_code_nobody_knows_is_named_as_it_is(code: str) -> None:
    named = code.partition(":")[0] or "no code given"

    assert pim.sentence(code).startswith(f"Entra refused it ({named}).")


def test_every_state_has_a_card_that_says_which_it_is() -> None:
    shown = {(view.request.state, card.state) for view, card in everything.request_cards()}

    assert shown == {(state, state) for state in State}


def test_every_set_up_and_every_end_is_among_what_is_shown() -> None:
    views = list(everything.views())

    assert {view.opens.setup for view in views if view.opens} == set(Setup)
    assert {view.activation.end for view in views if view.activation} == {None, *End}


def test_every_refusal_has_a_card_that_says_that_nothing_was_changed() -> None:
    made = list(everything.all_refusals())

    assert {type(one) for one in made} == set(get_args(Refusal))
    for one in made:
        assert "Nothing was changed." in text(refusals.refused(one)), one


def test_every_problem_has_a_sentence_and_a_field_of_the_form() -> None:
    fields = {forms.ACCESS, forms.LENGTH, forms.TICKET, forms.REASON}

    assert {type(one) for one in everything.PROBLEMS} == set(get_args(Problem))
    for problem in everything.PROBLEMS:
        assert refusals.problem(problem).endswith(".")
        assert forms.field_of(problem) in fields


def test_every_intent_is_among_what_is_answered() -> None:
    assert {type(one) for one in everything.intents()} | {Recheck} == set(get_args(Intent))


SHOWN: list[Card | Form | Page] = [
    *everything.cards(),
    *everything.all_forms(),
    *everything.all_pages(),
]


@pytest.mark.parametrize("kind", [Card, Form, Page])
def test_everything_has_a_title_and_something_to_say_or_to_fill_in(
    kind: type[Card | Form | Page],
) -> None:
    for shown in (one for one in SHOWN if isinstance(one, kind)):
        assert shown.title.strip(), shown
        assert shown.title == shown.title.strip(), shown
        filled = isinstance(shown, Form) and shown.fields
        assert filled or any("".join(map(str, line)).strip() for line in shown.lines), shown


def test_nothing_that_was_left_out_leaves_a_hole() -> None:
    for shown in SHOWN:
        for hole in ("None", "{}", "  ", " .", "..", " ,", "()", "timedelta", "State."):
            assert hole not in text(shown), shown


def test_everything_said_ends_as_a_sentence_does() -> None:
    for shown in SHOWN:
        for line in text(shown).splitlines()[1:]:
            fact = ": " in line or line.startswith("• ")
            assert fact or line.endswith((".", "?", ":", "…")), line
