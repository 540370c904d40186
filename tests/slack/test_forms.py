from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from slack_sdk.models.views import View

from bot.cards import Entry, FieldErrors, Form, Option, Pick, Said
from integrations.slack.forms import errors, form_name, options, values, view
from playground.slack.blocks import view_problems

CHOICES = (Option("PT1H", "1 h", "usual"), Option("PT2H", "2 h"))
WORDS = st.one_of(st.text(max_size=12), st.integers(0, 300).map(lambda n: "w" * n))
OPTIONS = st.builds(Option, WORDS, WORDS, WORDS)
KEYS = st.uuids().map(str)
FIELDS = st.one_of(
    st.builds(
        Pick,
        KEYS,
        WORDS,
        st.lists(OPTIONS, max_size=5).map(tuple),
        st.one_of(st.none(), OPTIONS),
        st.booleans(),
        WORDS,
    ),
    st.builds(
        Entry, KEYS, WORDS, WORDS, st.booleans(), st.booleans(), WORDS, st.integers(-5, 9000)
    ),
)
FORMS = st.builds(
    Form,
    WORDS,
    WORDS,
    WORDS.filter(bool),
    st.lists(FIELDS, max_size=6).map(tuple),
    st.lists(WORDS.map(lambda w: (Said(w),)), max_size=5).map(tuple),
)


def field(form_field: Pick | Entry) -> dict[str, Any]:
    (block,) = view(Form("f", "Title", "Go", (form_field,)))["blocks"]
    return dict(block)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(FORMS)
def test_every_form_is_within_slacks_limits(form: Form) -> None:
    shown = view(form)
    assert view_problems(shown) == ()
    View(**{k: v for k, v in shown.items() if k != "type"}, type="modal").to_dict()


def test_a_form_names_its_handler_and_carries_nothing_else() -> None:
    shown = view(Form("activate", "Activate", "Go", (Entry("reason", "Reason"),)))
    assert form_name(shown) == "activate"
    assert "private_metadata" not in shown
    assert shown["submit"]["text"] == "Go"


@pytest.mark.parametrize("other", [None, "x", {}, {"callback_id": 5}, {"callback_id": "theirs"}])
def test_a_view_that_is_none_of_ours_has_no_name(other: object) -> None:
    assert form_name(other) == ""


def test_a_form_without_fields_has_nothing_to_submit() -> None:
    assert "submit" not in view(Form("wait", "Please wait", "", (), (("Reading PIM …",),)))


def test_a_field_keeps_its_ids_so_that_what_was_typed_stays() -> None:
    block = field(Entry("reason", "Reason", text="before"))
    assert block["block_id"] == "reason"
    assert block["element"]["action_id"] == "aa:field:reason"
    assert block == {**field(Entry("reason", "Why", text="other")), **block}


def test_an_entry_says_what_it_takes() -> None:
    block = field(Entry("reason", "Reason", "x" * 600, required=True, multiline=True, longest=500))
    assert "optional" not in block
    assert block["element"]["max_length"] == 500
    assert block["element"]["initial_value"] == "x" * 500
    assert field(Entry("ticket", "Ticket"))["optional"] is True


def test_a_pick_without_options_asks_while_the_person_types() -> None:
    block = field(Pick("access", "Access", chosen=Option("dev", "dev"), reloads=True))
    assert block["element"]["type"] == "external_select"
    assert block["element"]["min_query_length"] == 0
    assert block["element"]["initial_option"]["value"] == "dev"
    assert block["dispatch_action"] is True


def test_more_than_a_hundred_options_are_asked_for_too() -> None:
    many = tuple(Option(str(n), str(n)) for n in range(101))
    assert field(Pick("p", "P", many))["element"]["type"] == "external_select"
    assert field(Pick("p", "P", many[:100]))["element"]["type"] == "static_select"


def test_a_chosen_option_is_one_of_those_offered_or_none() -> None:
    element = field(Pick("d", "For", CHOICES, Option("PT1H", "one hour")))["element"]
    assert element["initial_option"] == element["options"][0]
    assert (
        "initial_option" not in field(Pick("d", "For", CHOICES, Option("PT9H", "9 h")))["element"]
    )


def test_an_option_slack_cannot_carry_is_left_out_rather_than_changed() -> None:
    assert [
        o["value"] for o in options([Option("v" * 151, "x"), Option("", "x"), Option("v", "")])
    ] == ["v"]


def test_a_form_with_nothing_on_it_is_still_one() -> None:
    assert view_problems(view(Form("f", "", "", ()))) == ()


def test_values_are_read_by_field_and_empty_when_not_filled_in() -> None:
    state = {
        "reason": {"aa:field:reason": {"type": "plain_text_input", "value": "why\0 \ud800"}},
        "access": {"aa:field:access": {"selected_option": {"value": "dev"}}},
        "duration": {"aa:field:duration": {"selected_option": None}},
    }
    assert values({"state": {"values": state}}) == {
        "reason": "why ",
        "access": "dev",
        "duration": "",
    }


@pytest.mark.parametrize(
    "odd", [None, 5, {}, {"state": 1}, {"state": {"values": []}}, {"state": {"values": {"a": 1}}}]
)
def test_a_view_with_odd_state_has_no_values(odd: object) -> None:
    assert values(odd) == {}


def test_errors_about_no_field_stand_at_the_first() -> None:
    shown: dict[str, Any] = {"state": {"values": {"access": {"x": {}}, "reason": {"x": {}}}}}
    found = FieldErrors({"": "Too late.", "reason": "Say why.", "access": "Not eligible."})
    assert errors(found, shown) == {"access": "Too late. Not eligible.", "reason": "Say why."}
    assert errors(found, {}) == {}
