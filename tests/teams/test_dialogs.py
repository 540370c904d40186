"""Forms as dialogs, over real HTTP: opened by a button, redrawn by a choice, checked at their fields."""

import json
from collections.abc import Mapping

import pytest

from bot.cards import Card, Entry, FieldErrors, Form, Option, Pick
from bot.intents import OpenForm, encode
from bot.wording.doors import FAILED, FILL_IN, IN_OUR_CHAT, SLOW
from handlers.arrivals import Arrival
from integrations.teams import dialogs
from tests.slack.desk import ScriptedDesk
from tests.teams.conftest import Desk, Json

FORM = Form("activate", "Activate", "Go", (Pick("access", "Access", reloads=True),))
WHOLE = Form(
    "activate",
    "Activate",
    "Go",
    (
        Pick("access", "Access", chosen=Option("dev", "dev"), reloads=True),
        Entry("reason", "Reason", required=True, hint="Why"),
    ),
)


def fetched(teams: Desk) -> Json:
    data = {"aa": {"intent": encode(OpenForm())}, "msteams": {"type": "task/fetch"}}
    return teams.invoked("task/fetch", {"data": data})


def drawing(teams: Desk, form: Form) -> None:
    """The desk draws this form, whenever one is opened or something is chosen."""
    messenger = teams.chat.messenger

    async def pressed(arrival: Arrival, value: str) -> None:
        shown = await messenger.open_form(arrival.trigger, Form("activate", "…", ""))
        await messenger.redraw_form(shown, form)

    async def chosen(arrival: Arrival, name: str, values: Mapping[str, str]) -> None:
        teams.desk.chosen_.append((arrival, name, values))
        await messenger.redraw_form(arrival.shown, form)

    teams.desk.pressed = pressed  # type: ignore[method-assign]
    teams.desk.chosen = chosen  # type: ignore[assignment,method-assign]


def submitted(teams: Desk, shown: Json, **typed: str) -> Json:
    """The open dialog's own button, pressed with this filled in."""
    [press] = shown["task"]["value"]["card"]["content"]["actions"]
    return teams.invoked("task/submit", {"data": {**press["data"], **typed}})


def inputs(shown: Json) -> dict[str, Json]:
    body = shown["task"]["value"]["card"]["content"]["body"]
    return {one["id"]: one for one in body if one["type"].startswith("Input.")}


async def test_a_form_is_the_answer_to_its_button(teams: Desk) -> None:
    drawing(teams, FORM)
    teams.desk.offers = (Option("dev", "dev"), Option("prod", "prod"))

    _, shown = await teams.deliver(fetched(teams))

    assert shown["task"]["type"] == "continue"
    offered = inputs(shown)["access"]["choices"]
    assert [one["value"] for one in offered] == ["dev", "prod"]


async def test_choosing_an_access_shows_its_fields_and_then_it_is_sent(teams: Desk) -> None:
    drawing(teams, FORM)
    _, shown = await teams.deliver(fetched(teams))
    drawing(teams, WHOLE)

    _, whole = await teams.deliver(submitted(teams, shown, access="dev"))

    assert list(inputs(whole)) == ["access", "reason"]
    [(_, name, values)] = teams.desk.chosen_
    assert (name, values) == ("activate", {"access": "dev"})
    _, closed = await teams.deliver(submitted(teams, whole, access="dev", reason="because"))
    assert closed == {}
    [(_, name, values)] = teams.desk.submitted_
    assert (name, values) == ("activate", {"access": "dev", "reason": "because"})


async def test_errors_stand_at_their_fields_and_nothing_typed_is_lost(teams: Desk) -> None:
    drawing(teams, WHOLE)
    _, shown = await teams.deliver(fetched(teams))
    teams.desk.errors = FieldErrors({"reason": "Too short.", "nothing": "Also this."})

    for _ in range(2):  # the former errors go when it is sent again
        _, shown = await teams.deliver(submitted(teams, shown, access="dev", reason="x"))

    body = shown["task"]["value"]["card"]["content"]["body"]
    assert inputs(shown)["reason"]["value"] == "x"
    assert inputs(shown)["access"]["value"] == "dev"
    told = [one["inlines"][0]["text"] for one in body if one.get("id", "").startswith("error:")]
    assert told == ["Also this.", "Too short."]


async def test_another_access_is_chosen_though_nothing_else_is_filled_in(teams: Desk) -> None:
    """A client sends nothing off while an input that it holds for required is empty."""
    drawing(teams, WHOLE)
    teams.desk.offers = (Option("dev", "dev"), Option("prod", "prod"))
    _, shown = await teams.deliver(fetched(teams))
    required = [key for key, one in inputs(shown).items() if one.get("isRequired")]
    assert required == ["access"]
    assert "Required. Why" in json.dumps(shown)

    await teams.deliver(submitted(teams, shown, access="prod"))

    [(_, _, values)] = teams.desk.chosen_
    assert values == {"access": "prod", "reason": ""}


async def test_what_is_required_is_asked_for_before_it_is_sent(teams: Desk) -> None:
    drawing(teams, WHOLE)
    _, shown = await teams.deliver(fetched(teams))

    for _ in range(2):  # what stands there again still knows what it requires
        _, shown = await teams.deliver(submitted(teams, shown, access="dev", reason=" "))
        body = shown["task"]["value"]["card"]["content"]["body"]
        [told] = [one["inlines"][0]["text"] for one in body if one.get("id") == "error:reason"]
        assert told == FILL_IN
    assert teams.desk.submitted_ == []

    _, closed = await teams.deliver(submitted(teams, shown, access="dev", reason="because"))
    assert closed == {}


async def test_a_form_that_nothing_redraws_leaves_it_to_the_client(teams: Desk) -> None:
    drawing(teams, Form("why", "Deny", "Deny", (Entry("reason", "Reason", required=True),)))

    _, shown = await teams.deliver(fetched(teams))

    assert inputs(shown)["reason"]["isRequired"]


async def test_a_button_that_opens_no_form_says_where_the_answer_is(teams: Desk) -> None:
    teams.desk.card = Card("…")

    _, shown = await teams.deliver(fetched(teams))

    assert shown == {"task": {"type": "message", "value": IN_OUR_CHAT}}


async def test_where_nothing_can_be_offered_it_can_be_typed(teams: Desk) -> None:
    drawing(teams, FORM)
    teams.desk.offers = ()

    _, shown = await teams.deliver(fetched(teams))

    assert inputs(shown)["access"]["type"] == "Input.Text"


async def test_a_form_that_takes_too_long_says_so_and_a_chosen_access_stays(
    teams: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing(teams, FORM)
    teams.desk.offers = (Option("dev", "dev"),)
    _, shown = await teams.deliver(fetched(teams))
    monkeypatch.setattr(dialogs, "DRAWN", 0.01)
    teams.desk.chosen = ScriptedDesk.chosen.__get__(teams.desk)  # type: ignore[method-assign]

    _, again = await teams.deliver(submitted(teams, shown, access="dev"))

    assert inputs(again)["access"]["value"] == "dev"
    body = again["task"]["value"]["card"]["content"]["body"]
    [told] = [one["inlines"][0]["text"] for one in body if one.get("id") == "error:access"]
    assert told == SLOW


async def test_what_is_no_form_of_ours_is_not_submitted(teams: Desk) -> None:
    for data in ({}, {"aa": 1}, {"aa": {"form": "activate", "body": "x"}}, None):
        _, shown = await teams.deliver(teams.invoked("task/submit", {"data": data}))
        assert shown["task"] == {"type": "message", "value": FAILED}
    assert teams.desk.untouched
