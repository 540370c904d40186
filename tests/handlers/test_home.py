"""The bot's own tab: drawn for who has opened it, again on every change, and in nobody's way."""

from dataclasses import replace

import pytest

from bot.cards import Button, Home
from bot.domain.ids import ChatAccount
from bot.intents import Deactivate, OpenForm, Withdraw, encode
from bot.ports import IntegrationError
from handlers import home
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, BENS, GUSS
from tests.handlers.harness import DOWN, Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 2h INC-43 deploying"


async def opens(bot: Bot, who: ChatAccount = ANNS, delivery: str = "") -> None:
    """Somebody opens their tab."""
    assert await bot.desk.home_opened(bot.arrival(who, delivery))
    await bot.works()


def tab(bot: Bot, who: ChatAccount = ANNS) -> Home:
    return bot.chat.homes[who][-1]


def part(shown: Home, title: str) -> str:
    """What stands under a title; nothing where there is no such part."""
    found = [section for section in shown.sections if section.title == title]
    return text(item.line for section in found for item in section.items)


def buttons(shown: Home) -> dict[str, Button]:
    """The buttons by what is said of them."""
    every = [b for section in shown.sections for item in section.items for b in item.buttons]
    assert len({b.spoken or b.label for b in every}) == len(every)
    return {b.spoken or b.label: b for b in every}


async def test_it_shows_what_one_may_activate_with_its_real_maximum(bot: Bot) -> None:
    await bot.links(ANN)

    await opens(bot)

    may = part(tab(bot), "You may activate")
    assert "prod-admin, at most 4 h; needs a reason, a ticket and an approval." in may
    assert "prod-readonly, at most 8 h." in may
    assert "dual" not in may
    assert buttons(tab(bot))["Activate prod-admin…"].intent == OpenForm("prod-admin")
    assert "Nothing that I know of is active." in part(tab(bot), "Active now")
    assert not part(tab(bot), "You are waiting for")
    assert not part(tab(bot), "Your last decisions")
    assert "ann@example.com" in text(tab(bot).footer)


async def test_who_never_opened_it_gets_none(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, LINE)

    assert not bot.chat.homes


async def test_a_redelivered_event_draws_it_once(bot: Bot) -> None:
    await bot.links(ANN)

    for _ in range(3):
        await opens(bot, delivery="slack:T0TEAM:Ev1")

    assert len(bot.chat.homes[ANNS]) == 1


async def test_every_change_of_ones_requests_and_activations_is_shown(bot: Bot) -> None:
    await bot.links(ANN)
    await opens(bot)

    await bot.says(ANNS, PENDING)
    waiting = part(tab(bot), "You are waiting for")
    assert "prod-admin for 2 h: awaiting approval" in waiting
    request = await bot.request()
    assert buttons(tab(bot))["Withdraw the request for prod-admin"].intent == Withdraw(request.id)
    assert "prod-admin, at most 4 h; needs a reason, a ticket and an approval (awaiting" in part(
        tab(bot), "You may activate"
    )

    await bot.says(ANNS, LINE)
    assert "dev-poweruser is active in Entra until" in part(tab(bot), "Active now")
    assert "I have not seen it in AWS yet" in part(tab(bot), "Active now")
    assert buttons(tab(bot))["Deactivate dev-poweruser"].intent == Deactivate("dev-poweruser")

    bot.provisions()
    await bot.waits(minutes=1)
    assert "AWS has had it since" in part(tab(bot), "Active now")

    await bot.waits(hours=2)
    assert "Nothing that I know of is active." in part(tab(bot), "Active now")
    assert "dev-poweruser 1 h: granted, expired at" in part(tab(bot), "Your last decisions")


async def test_what_shows_the_same_is_not_sent_again(bot: Bot) -> None:
    await bot.links(ANN)
    await opens(bot)
    await bot.says(ANNS, LINE)
    drawn = len(bot.chat.homes[ANNS])

    await bot.adds(
        "home", "slack:T0TEAM:U0ANN", {"chat": "slack", "team": "T0TEAM", "user": "U0ANN"}
    )
    await bot.works()

    assert len(bot.chat.homes[ANNS]) == drawn


async def test_somebody_who_is_not_linked_signs_in_there_and_sees_it_change(bot: Bot) -> None:
    await opens(bot)
    await opens(bot)
    first, second = (buttons(shown)["Sign in at Microsoft Entra"] for shown in bot.chat.homes[ANNS])
    assert first.url != second.url

    assert second.url is not None
    await bot.signs_in(url=second.url)

    assert "prod-readonly" in part(tab(bot), "You may activate")


async def test_a_request_that_waits_for_its_sign_in_is_signed_in_for_there(keyless: Bot) -> None:
    await keyless.links(ANN)
    await opens(keyless)
    await keyless.says(ANNS, LINE)

    button = buttons(tab(keyless))["Sign in to activate dev-poweruser"]
    assert button.url is not None
    await keyless.signs_in(url=button.url)

    assert "dev-poweruser is active in Entra" in part(tab(keyless), "Active now")


async def test_after_unlinking_nothing_of_the_person_is_left_on_it(bot: Bot) -> None:
    await bot.links(ANN)
    await opens(bot)
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, "unlink")

    assert "dev-poweruser" not in repr(tab(bot))
    assert "Sign in at Microsoft Entra" in buttons(tab(bot))


@pytest.mark.parametrize("who", [GUSS, cast.STRANGER])
async def test_who_may_not_use_the_bot_sees_only_that(bot: Bot, who: ChatAccount) -> None:
    await opens(bot, who)

    if who == GUSS:
        assert part(tab(bot, who), "Not for this account") == "Guests cannot use this bot."
    else:
        assert who not in bot.chat.homes


async def test_while_entra_does_not_answer_it_shows_what_is_known_and_heals(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await bot.waits(minutes=6)
    bot.pim.unreadable = DOWN

    await opens(bot)
    assert "Entra did not answer just now" in part(tab(bot), "Active now")
    assert "dev-poweruser is active in Entra until" in part(tab(bot), "Active now")
    assert "could not find out what it opens" in part(tab(bot), "Active now")
    assert "Entra did not say just now" in part(tab(bot), "You may activate")

    bot.pim.unreadable = None
    await bot.waits(minutes=3)

    assert "prod-readonly" in part(tab(bot), "You may activate")
    assert "did not" not in part(tab(bot), "Active now")


async def test_an_entra_that_stays_away_is_not_asked_for_ever(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.unreadable = DOWN
    await opens(bot)

    later = await bot.works()
    assert later is not None
    await bot.waits(minutes=20)

    assert await bot.works() is None
    assert len(bot.chat.homes[ANNS]) == 1


async def test_an_entra_that_hangs_is_not_waited_for(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    monkeypatch.setattr(home, "LOOK_SECONDS", 0.0)

    await opens(bot)

    assert "Entra did not say just now" in part(tab(bot), "You may activate")


async def test_a_chat_that_fails_is_tried_again_unless_that_cannot_help(bot: Bot) -> None:
    await bot.links(ANN)
    bot.chat.failures.append(IntegrationError("Slack", "ratelimited", retry_after=2.0))
    await opens(bot)
    assert ANNS not in bot.chat.homes
    await bot.waits(seconds=5)
    assert len(bot.chat.homes[ANNS]) == 1

    bot.chat.failures.append(IntegrationError("Slack", "not_enabled", permanent=True))
    await opens(bot)
    assert await bot.works() is None
    assert len(bot.chat.homes[ANNS]) == 1


async def test_who_is_eligible_for_nothing_is_told_so(bot: Bot) -> None:
    await bot.links(ADA)

    await opens(bot, ADAS)

    assert "not eligible for anything" in part(tab(bot, ADAS), "You may activate")


async def test_a_click_there_is_not_acknowledged_by_a_message_of_its_own(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    request, posts = await bot.request(), len(bot.posts())

    there = replace(bot.arrival(ANNS), reply_to="")
    await bot.desk.pressed(there, encode(Withdraw(request.id)))
    await bot.desk.drain(5)

    assert len(bot.posts()) == posts


async def test_work_for_a_tab_that_was_never_opened_does_nothing(bot: Bot) -> None:
    payload = {"chat": "slack", "team": "T0TEAM", "user": "U0BEN"}
    await bot.adds("home", "slack:T0TEAM:U0BEN", payload)

    await bot.works()

    assert BENS not in bot.chat.homes


async def test_what_cannot_be_noted_is_to_be_delivered_again(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise IntegrationError("the database", "away")

    monkeypatch.setattr(bot.world.store, "begin", broken)

    assert not await bot.desk.home_opened(bot.arrival(ANNS))
    monkeypatch.undo()


async def test_what_one_is_no_longer_eligible_for_is_still_shown_while_active(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)
    await opens(bot)
    bot.pim.eligible[ANN] = [e for e in bot.pim.eligible[ANN] if e.group != cast.DEV]
    await bot.waits(minutes=1)

    await opens(bot)

    assert "dev-poweruser is active" in part(tab(bot), "Active now")
    assert "dev-poweruser" not in part(tab(bot), "You may activate")


async def test_who_opens_it_time_and_again_costs_no_more_than_once(bot: Bot) -> None:
    await bot.links(ANN)
    for _ in range(70):
        assert await bot.desk.home_opened(bot.arrival(ANNS))

    await bot.works()

    async with bot.world.store.begin() as tx:
        row = await tx.home(ANNS)
    assert row is not None
    assert row.opened_at < bot.clock.now()
    assert len(bot.chat.homes[ANNS]) == 1


async def test_what_was_made_in_the_portal_is_shown_as_that_and_goes_when_it_ends(bot: Bot) -> None:
    await bot.links(ANN)
    await opens(bot)
    await bot.activates_in_the_portal()

    await bot.says(ANNS, "status")

    assert "It was activated in Entra's portal" in part(tab(bot), "Active now")
    await bot.waits(minutes=61)
    assert "Nothing that I know of is active." in part(tab(bot), "Active now")
