"""Asking: the wish is judged, its terms are fixed, and it goes on, waits or is refused."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.audit import What
from bot.domain.ids import Chat, ChatAccount
from bot.domain.policy import Eligibility
from bot.domain.request import State
from bot.intents import Activate, OpenForm
from tests.handlers import cast
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, DEV, GUSS, HOUR, STRANGER
from tests.handlers.harness import Bot
from tests.handlers.words import text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"


async def test_a_line_and_a_sign_in_are_all_it_takes(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    waiting = await bot.request()
    assert (waiting.state, waiting.person) == (State.AWAITING_SIGN_IN, None)
    assert bot.pim.posts == []

    page = await bot.signs_in()

    assert page.fine
    granted = await bot.request()
    assert (granted.state, granted.person) == (State.GRANTED, ANN)
    assert (await bot.activation()).request == granted.id
    assert await bot.record() == [What.ASKED, What.LINKED, What.DECIDED, What.GRANTED]
    [post] = bot.pim.posts
    assert (post.person, post.reference) == (ANN, granted.id)
    assert post.terms == granted.terms
    assert (post.terms.duration, post.terms.ticket) == (HOUR, "INC-42")
    assert post.terms.reason == "checking the slow index"


async def test_who_is_linked_and_has_a_token_kept_needs_no_sign_in_again(bot: Bot) -> None:
    await bot.links(ANN)

    await bot.says(ANNS, LINE.upper().replace("ACTIVATE", "activate").replace("1H", "1h"))

    assert (await bot.request()).state is State.GRANTED
    assert (await bot.activation()).access == "dev-poweruser"


async def test_without_keys_each_activation_needs_its_sign_in(keyless: Bot) -> None:
    await keyless.links(ANN)

    await keyless.says(ANNS, LINE)
    assert (await keyless.request()).state is State.AWAITING_SIGN_IN
    await keyless.signs_in()

    assert (await keyless.request()).state is State.GRANTED
    async with keyless.world.store.begin() as tx:
        assert await tx.kept_token(ANN) is None


async def test_without_keys_a_token_serves_only_the_request_it_was_fetched_for(
    keyless: Bot,
) -> None:
    await keyless.links(ANN)
    await keyless.says(ANNS, LINE)
    await keyless.signs_in()

    await keyless.says(ANNS, "activate seed-admin because")

    assert (await keyless.request()).state is State.AWAITING_SIGN_IN
    assert len(keyless.pim.posts) == 1


async def test_a_token_that_is_kept_but_no_longer_good_turns_into_a_sign_in(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    bot.sign_in._kept.clear()

    await bot.says(ANNS, LINE)

    assert (await bot.request()).state is State.AWAITING_SIGN_IN
    await bot.signs_in()
    assert (await bot.request()).state is State.GRANTED


@pytest.mark.parametrize(
    ("said", "told", "next_"),
    [
        (
            "activate dev-poweruser 9h why",
            "9 h is too long: at most 8 h.",
            Activate("dev-poweruser", 8 * HOUR, reason="why"),
        ),
        (
            "activate dev-poweruser 1m why",
            "Too short: Entra activates nothing for less than 5 min.",
            Activate("dev-poweruser", timedelta(minutes=5), reason="why"),
        ),
        ("activate dev-poweruser", "A reason is required.", OpenForm("dev-poweruser", HOUR)),
        (
            "activate prod-admin 5h",
            "5 h is too long: at most 4 h.",
            OpenForm("prod-admin", 4 * HOUR),
        ),
        ("activate prod-admin 1h why", "A ticket is required, such as INC-42.", None),
        (
            "activate dev-powruser 2h INC-42 why",
            "Did you mean dev-poweruser?",
            OpenForm("dev-poweruser", 2 * HOUR, "INC-42", "why"),
        ),
        (
            "activate xyzzy 2h why",
            "The form shows what you may activate.",
            OpenForm("", 2 * HOUR, "", "why"),
        ),
        (
            "activate prod-dual-control why",
            "It asks for a grantor that assigns it (authority = application), and none is "
            "configured here (GRANTOR_CLIENT_ID). Ask your administrator.",
            None,
        ),
        (
            "activate in-the-portal why",
            "It asks for Entra's portal, never a click in the chat (assurance = portal). "
            "Use aka.ms/pim.",
            None,
        ),
    ],
)
async def test_a_wish_against_the_rules_is_refused_at_once_with_the_nearest_that_works(
    bot: Bot, said: str, told: str, next_: Activate | OpenForm | None
) -> None:
    await bot.says(ANNS, said)

    card = bot.last()
    assert told in text(card.lines)
    assert "Nothing was changed." in text(card.lines)
    if next_ is not None:
        assert [button.intent for button in card.buttons] == [next_]
    assert await bot.requests() == []
    assert await bot.record() == [What.REFUSED]


async def test_the_nearest_thing_that_works_does_work(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "activate dev-poweruser 9h checking")

    await bot.presses(ANNS, bot.last().buttons[0])

    granted = await bot.request()
    assert (granted.state, granted.terms.duration) == (State.GRANTED, 8 * HOUR)


async def test_who_is_not_eligible_is_told_so(bot: Bot) -> None:
    await bot.links(ADA)

    await bot.says(ADAS, LINE)

    assert "You are not eligible for it in PIM." in text(bot.last(ADAS).lines)
    assert await bot.requests() == []


async def test_an_eligibility_that_ends_first_shortens_what_is_offered(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.eligible[ANN] = [Eligibility(DEV, bot.clock.at + timedelta(minutes=31.5))]

    await bot.says(ANNS, LINE)
    [offer] = bot.last().buttons
    await bot.presses(ANNS, offer)

    assert (await bot.request()).terms.duration == timedelta(minutes=30)
    assert (await bot.request()).state is State.GRANTED


@pytest.mark.parametrize("change", [{"enabled": False}, {"guest": True}, None])
async def test_an_account_that_entra_disabled_asks_for_nothing(
    bot: Bot, change: dict[str, Any] | None
) -> None:
    await bot.links(ANN)
    if change is None:
        del bot.directory.users[ANN.oid]
    else:
        bot.directory.hire(replace(cast.user(ANN), **change))

    await bot.says(ANNS, LINE)

    assert bot.last().title == "Not for this account"
    assert await bot.requests() == []


@pytest.mark.parametrize("who", [GUSS, STRANGER, ChatAccount(Chat.SLACK, cast.TEAM, "U0NOBODY")])
async def test_who_is_no_full_member_of_the_chat_asks_for_nothing(
    bot: Bot, who: ChatAccount
) -> None:
    await bot.says(who, LINE)

    assert await bot.requests() == []
    assert await bot.record() == [What.REFUSED]
    assert all(card.title == "Not for this account" for card in bot.cards(who))


async def test_asking_twice_shows_the_request_that_is_open(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)

    await bot.says(ANNS, "activate prod-admin 2h INC-43 again")

    [open_one] = await bot.requests()
    assert open_one.terms.ticket == "INC-42"
    assert bot.last().title == "prod-admin is being handled"
    assert open_one.id in text(bot.last().lines)


async def test_asking_twice_before_the_sign_in_shows_the_request_too(bot: Bot) -> None:
    await bot.says(ANNS, LINE)
    await bot.says(ANNS, "activate seed-admin because")
    await bot.says(ANNS, "activate seed-admin because")

    assert len(await bot.requests()) == 2
    assert bot.last().title == "seed-admin is being handled"


async def test_what_is_active_already_is_not_asked_for_again(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, LINE)

    assert bot.last().title == "dev-poweruser is active already"
    assert len(bot.pim.posts) == 1


async def test_two_clicks_at_once_make_one_request(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.hears(ANNS, LINE)
    await bot.hears(ANNS, LINE)
    both = await bot.jobs.claim(2)

    await asyncio.gather(*(bot._run(job) for job in both))
    await bot.works()

    assert len(await bot.requests()) == 1
    assert len(bot.pim.posts) == 1


async def test_a_reason_that_is_too_long_is_shown_whole_to_copy(bot: Bot) -> None:
    await bot.links(ANN)
    reason = "word " * 120 + "the end"

    await bot.says(ANNS, f"activate dev-poweruser 1h {reason}")

    assert "the end" in text(bot.last().lines)
    assert bot.last().buttons[0].label == "Complete in the Form"


async def test_what_was_noted_before_the_bot_was_away_for_long_is_asked_for_once_more(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    await bot.hears(ANNS, LINE)
    bot.clock.pass_(hours=1, minutes=1)
    await bot.works()

    assert bot.last().title == "I was away for over an hour"
    assert await bot.requests() == []
    await bot.presses(ANNS, bot.last().buttons[0])
    assert (await bot.request()).state is State.GRANTED
