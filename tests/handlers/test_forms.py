"""The form: only what one may activate, with its real maximum and fields, checked at the field."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.cards import Entry, FieldErrors, Form, Pick
from bot.domain.access import Catalog
from bot.domain.policy import PimRules
from bot.domain.request import State
from bot.intents import Activate, OpenForm
from bot.wording.forms import ACCESS, LENGTH, REASON, TICKET
from handlers import forms
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, DEV, DUAL, HOUR
from tests.handlers.harness import DOWN, Bot, FormError, opened
from tests.handlers.words import text


def form(bot: Bot) -> Form:
    """The one form that is open."""
    [shown] = bot.chat.forms.values()
    return shown


def entry(shown: Form, key: str) -> Entry:
    [found] = [f for f in shown.fields if f.key == key]
    assert isinstance(found, Entry)
    return found


def pick(shown: Form) -> Pick:
    found = shown.fields[0]
    assert isinstance(found, Pick)
    return found


async def test_no_arguments_open_the_form_with_a_choice(bot: Bot) -> None:
    await bot.links(ANN)

    assert await bot.says(ANNS, "activate") is None

    assert [f.key for f in form(bot).fields] == [ACCESS]
    assert pick(form(bot)).options == ()
    assert pick(form(bot)).reloads


async def test_what_was_said_already_is_filled_in_with_the_real_maximum(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.presses(ANNS, OpenForm("prod-admin", 2 * HOUR, "INC-42", "deploy"))

    shown = form(bot)
    chosen = pick(shown).chosen
    assert chosen is not None
    assert chosen.value == "prod-admin"
    assert entry(shown, LENGTH).text == "2 h"
    assert "at most 4 h" in entry(shown, LENGTH).hint
    assert (entry(shown, TICKET).text, entry(shown, TICKET).required) == ("INC-42", True)
    assert (entry(shown, REASON).text, entry(shown, REASON).required) == ("deploy", True)


async def test_who_may_have_one_thing_only_need_not_choose(bot: Bot) -> None:
    bot.pim.make_eligible(ADA, DEV, PimRules(max=timedelta(minutes=30)))
    await bot.links(ADA)

    await bot.says(ADAS, "")

    shown = form(bot)
    assert entry(shown, LENGTH).text == "30 min"
    assert not entry(shown, TICKET).required
    assert not entry(shown, REASON).required


async def test_without_a_maximum_none_is_claimed(bot: Bot) -> None:
    bot.pim.make_eligible(ADA, DEV, PimRules())
    await bot.links(ADA)

    await bot.says(ADAS, "")

    assert entry(form(bot), LENGTH).hint == "Such as 45m or 2h."


async def test_who_may_have_nothing_is_told_so(bot: Bot) -> None:
    bot.pim.make_eligible(ADA, DUAL, PimRules())
    await bot.links(ADA)

    await bot.says(ADAS, "")

    assert "You are not eligible for anything here in PIM." in text(form(bot).lines)
    assert form(bot).submit == ""


async def test_an_entra_that_is_away_is_told_in_the_form(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN

    await bot.says(ANNS, "")

    assert "Entra does not answer" in text(form(bot).lines)


async def test_who_is_no_member_any_more_sees_why(bot: Bot) -> None:
    await bot.links(ANN)
    bot.chat.profiles[ANNS] = cast.profile(ANNS, "deactivated")

    await bot.says(ANNS, "")

    assert text(form(bot).lines) == "Not for this account"
    assert form(bot).fields == ()


async def test_who_is_not_linked_signs_in_first(bot: Bot) -> None:
    await bot.says(ANNS, "")

    assert bot.chat.forms == {}
    assert bot.last().title == "Sign in first"


async def test_another_choice_redraws_the_form_with_what_it_requires(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "")
    [shown] = bot.chat.forms
    arrival = replace(bot.arrival(ANNS), shown=shown)

    await bot.desk.chosen(
        arrival, "activate", {ACCESS: "prod-admin", LENGTH: "2h", TICKET: "INC-1", REASON: "why"}
    )
    await bot.desk.drain(5)
    assert entry(form(bot), LENGTH).text == "2 h"
    assert entry(form(bot), TICKET).text == "INC-1"
    assert entry(form(bot), REASON).text == "why"
    await bot.desk.chosen(arrival, "activate", {ACCESS: "prod-readonly", LENGTH: "long"})
    await bot.desk.drain(5)

    assert entry(form(bot), LENGTH).text == "1 h"
    assert not entry(form(bot), REASON).required


async def test_a_choice_in_another_form_or_of_somebody_unlinked_does_nothing(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "")
    before = form(bot)
    [shown] = bot.chat.forms

    for who, name in ((ANNS, "another"), (ADAS, "activate")):
        arrival = replace(bot.arrival(who), shown=shown)
        await bot.desk.chosen(arrival, name, {ACCESS: "prod-admin"})
        await bot.desk.drain(5)

    assert form(bot) == before


async def test_the_choices_are_what_one_may_have_and_what_was_typed(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.make_eligible(ANN, DUAL, PimRules())

    everything = await bot.desk.options(ANNS, ACCESS, "")
    typed = await bot.desk.options(ANNS, ACCESS, " PROD")

    assert [o.value for o in typed] == ["prod-admin", "prod-readonly"]
    assert {o.value for o in everything} >= {"dev-poweruser", "seed-admin", "payroll-app"}
    assert "prod-dual-control" not in {o.value for o in everything}
    assert all(o.label == o.value for o in everything)


async def test_more_than_a_hundred_choices_are_narrowed_by_typing(bot: Bot) -> None:
    await bot.links(ANN)
    many = tuple(replace(cast.CATALOG.accesses[0], name=f"team-{n:03}") for n in range(150))
    bot.world.policy.replace(Catalog(many))

    assert len(await bot.desk.options(ANNS, ACCESS, "")) == 100
    assert len(await bot.desk.options(ANNS, ACCESS, "-14")) == 10


async def test_there_are_no_choices_for_others_and_other_fields(bot: Bot) -> None:
    await bot.links(ANN)

    assert await bot.desk.options(ADAS, ACCESS, "") == ()
    assert await bot.desk.options(ANNS, "another", "") == ()
    bot.pim.unreadable = DOWN
    bot.world.memory.forget(("eligible", ANN))
    assert await bot.desk.options(ANNS, ACCESS, "") == ()


async def test_a_form_that_was_filled_in_is_a_wish_like_any_other(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.submits(
        ANNS, {ACCESS: "dev-poweruser", LENGTH: "2h", TICKET: " INC-42 ", REASON: " checking "}
    )

    granted = await bot.request()
    assert granted.state is State.GRANTED
    assert granted.terms.duration == 2 * HOUR
    assert (granted.terms.ticket, granted.terms.reason) == ("INC-42", "checking")


async def test_a_length_left_empty_is_the_usual_one(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.submits(ANNS, {ACCESS: "prod-readonly", LENGTH: ""})

    assert (await bot.request()).terms.duration == HOUR


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({}, {ACCESS: "Choose an access."}),
        (
            {ACCESS: "dev-poweruser", LENGTH: "long"},
            {REASON: "A reason is required.", LENGTH: "I cannot read that."},
        ),
        (
            {ACCESS: "prod-admin", LENGTH: "5h"},
            {
                LENGTH: "5 h is too long: at most 4 h.",
                REASON: "A reason is required.",
                TICKET: "A ticket is required",
            },
        ),
        ({ACCESS: "prod-readonly", LENGTH: "1m"}, {LENGTH: "Too short"}),
        (
            {ACCESS: "prod-readonly", TICKET: "t" * 65, REASON: "r" * 501},
            {TICKET: "The ticket is too long", REASON: "The reason is too long"},
        ),
    ],
)
async def test_what_is_wrong_stands_at_its_field_and_notes_nothing(
    bot: Bot, values: dict[str, str], errors: dict[str, str]
) -> None:
    await bot.links(ANN)

    with pytest.raises(FormError) as found:
        await bot.submits(ANNS, values)

    assert found.value.errors.keys() == errors.keys()
    assert all(found.value.errors[key].startswith(told) for key, told in errors.items())
    assert await bot.requests() == []


async def test_another_form_is_closed_and_forgotten(bot: Bot) -> None:
    assert await bot.desk.submitted(bot.arrival(ANNS), "another", {ACCESS: "dev-poweruser"}) is None

    assert await bot.jobs.waiting() == (0, None)


@pytest.mark.parametrize("name", ["xyzzy", "prod-dual-control"])
async def test_an_access_that_is_not_to_be_had_is_said_at_its_field(bot: Bot, name: str) -> None:
    await bot.links(ANN)

    with pytest.raises(FormError) as found:
        await bot.submits(ANNS, {ACCESS: name})

    assert found.value.errors == {
        ACCESS: f"{name} cannot be activated here. Choose another access."
    }


async def test_what_one_is_not_eligible_for_is_said_at_its_field(bot: Bot) -> None:
    await bot.links(ADA)

    with pytest.raises(FormError) as found:
        await bot.submits(ADAS, {ACCESS: "prod-readonly"})

    assert found.value.errors == {ACCESS: "You are not eligible for it in PIM."}


async def test_an_eligibility_that_ends_first_is_said_at_the_length(bot: Bot) -> None:
    bot.pim.make_eligible(ADA, cast.OPEN, PimRules(), until=bot.clock.at + HOUR)
    await bot.links(ADA)

    with pytest.raises(FormError) as found:
        await bot.submits(ADAS, {ACCESS: "prod-readonly", LENGTH: "2h"})

    assert list(found.value.errors) == [LENGTH]
    assert "ends in" in found.value.errors[LENGTH]


async def test_everything_that_is_wrong_is_said_at_once(bot: Bot) -> None:
    await bot.links(ANN)

    with pytest.raises(FormError) as found:
        await bot.submits(ANNS, {ACCESS: "prod-admin", LENGTH: "soon", REASON: "r" * 501})

    assert list(found.value.errors) == [TICKET, REASON, LENGTH]


async def test_what_is_active_or_waits_already_is_said_at_its_field(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.submits(ANNS, {ACCESS: "prod-readonly"})

    with pytest.raises(FormError) as found:
        await bot.submits(ANNS, {ACCESS: "prod-readonly"})

    assert found.value.errors == {ACCESS: "prod-readonly is active already."}


async def test_a_slow_list_of_eligibilities_keeps_nothing_that_is_known(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forms, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(bot.pim, "eligibilities", lambda _person: asyncio.sleep(60))

    found = await forms.read(bot.world, ANN, {ACCESS: "prod-admin", LENGTH: "9h"})

    assert isinstance(found, FieldErrors)
    assert found.errors[LENGTH].startswith("9 h is too long")


async def test_without_a_list_of_what_there_is_the_form_is_taken(migrated_file: Path) -> None:
    async with opened(migrated_file, catalog=None) as bot:
        bot.directory.failure = DOWN

        found = await forms.read(bot.world, None, {ACCESS: "prod-admin"})

        assert found == Activate("prod-admin")


async def test_a_form_sent_while_entra_is_away_is_taken_and_judged_later(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN

    assert await forms.read(bot.world, ANN, {ACCESS: "prod-admin"}) == Activate("prod-admin")


async def test_a_form_is_not_kept_waiting_by_a_slow_entra(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def slow(_: object) -> PimRules:
        await asyncio.sleep(60)
        return PimRules()

    monkeypatch.setattr(forms, "CHECK_SECONDS", 0.01)
    monkeypatch.setattr(bot.pim, "rules", slow)

    found = await forms.read(bot.world, ANN, {ACCESS: "prod-admin", LENGTH: "9h"})

    assert not isinstance(found, FieldErrors)
    assert found.duration == 9 * HOUR


async def test_a_form_sent_twice_is_one_wish(bot: Bot) -> None:
    await bot.links(ANN)
    arrival = bot.arrival(ANNS)

    for _ in range(2):
        await bot.desk.submitted(arrival, "activate", {ACCESS: "prod-readonly"})
    await bot.works()

    assert len(await bot.requests()) == 1
