"""The form for the reason of a decision: what it is about, and what stands there when there is nothing to decide."""

import pytest

from bot.cards import Form
from bot.intents import AskReason, encode
from tests.handlers import cast
from tests.handlers.approving import approves, button, card
from tests.handlers.cast import ADAS, ANNS, AUDREYS, BENS
from tests.handlers.harness import DOWN, Bot
from tests.handlers.words import everything, text


@pytest.fixture
def deny(waiting: Bot) -> AskReason:
    """What Ada's button to deny carries."""
    asked = button(card(waiting, ADAS), "Deny…")
    assert isinstance(asked, AskReason)
    return asked


async def opened(bot: Bot, asked: AskReason) -> Form:
    """The form that Ada has before her after pressing it."""
    bot.chat.forms.clear()
    await bot.presses(ADAS, asked)
    [form] = bot.chat.forms.values()
    return form


async def test_it_says_whom_it_is_about(waiting: Bot, deny: AskReason) -> None:
    form = await opened(waiting, deny)

    assert (form.title, form.submit) == (f"Deny {deny.request}", "Deny")
    assert "Ann asks for prod-admin, 1 h from approval." in text(form.lines)


async def test_its_name_stands_there_from_the_first_moment(
    waiting: Bot, deny: AskReason, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_yet(*_: object) -> None:
        pass

    monkeypatch.setattr(waiting.chat, "redraw_form", not_yet)

    form = await opened(waiting, deny)

    assert (form.title, text(form.lines)) == (f"Deny {deny.request}", "One moment: asking Entra…")


async def test_for_what_was_decided_meanwhile_there_is_nothing_to_fill_in(
    waiting: Bot, deny: AskReason
) -> None:
    await approves(waiting)
    await waiting.waits(minutes=1)

    form = await opened(waiting, deny)

    assert (form.title, form.fields, form.submit) == (f"Deny {deny.request}", (), "")
    assert text(form.lines).startswith("This request no longer waits for a decision.")


async def test_while_entra_is_away_it_says_that_nothing_is_decided(
    waiting: Bot, deny: AskReason
) -> None:
    waiting.pim.unreadable = DOWN
    waiting.pim._rules.clear()

    form = await opened(waiting, deny)

    assert (form.title, form.fields) == (f"Deny {deny.request}", ())
    assert "Nothing is decided yet." in text(form.lines)
    waiting.pim.unreadable = None
    assert (await opened(waiting, deny)).submit == "Deny"


async def test_who_has_left_the_chat_reads_nothing_of_it(waiting: Bot, deny: AskReason) -> None:
    waiting.chat.profiles[ADAS] = cast.profile(ADAS, "deactivated")

    form = await opened(waiting, deny)

    assert (text(form.lines), form.fields) == ("Not for this account", ())


async def test_who_has_no_say_in_it_reads_nothing_of_it(waiting: Bot, deny: AskReason) -> None:
    """A request's id can be sent from anywhere, with a button that nobody was shown."""
    waiting.chat.forms.clear()

    await waiting.presses(BENS, deny)

    [form] = waiting.chat.forms.values()
    assert (text(form.lines), form.fields) == ("You do not decide this one", ())
    assert "Ann" not in repr(form)
    assert "prod-admin" not in repr(form)


async def test_of_whom_it_is_not_known_who_they_are_reads_nothing_of_it_either(
    waiting: Bot, deny: AskReason
) -> None:
    """They may decide it, as far as we know: then they sign in once they have said why."""
    waiting.chat.forms.clear()

    await waiting.presses(waiting.chat.join("U0EVE", "Eve"), deny)

    [form] = waiting.chat.forms.values()
    assert (form.submit, form.lines) == ("Deny", ())


async def test_what_became_of_it_is_told_to_nobody_whom_it_did_not_concern(
    waiting: Bot, deny: AskReason
) -> None:
    await approves(waiting)

    for who in (ADAS, AUDREYS, ANNS):
        await waiting.says(who, f"approve {deny.request}")
        assert "Ada" in everything(waiting.last(who))
    for who in (BENS, waiting.chat.join("U0EVE", "Eve")):
        await waiting.says(who, f"approve {deny.request}")
        assert waiting.last(who).title == "Nothing to decide"


async def test_without_a_reason_it_stays_open(waiting: Bot, deny: AskReason) -> None:
    errors = await waiting.desk.submitted(waiting.arrival(ADAS), encode(deny), {"reason": " "})

    assert errors is not None
    assert errors.errors == {"reason": "Please say why: the asker reads it."}
