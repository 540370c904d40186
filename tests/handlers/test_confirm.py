"""Assurance `confirm`: asking and deciding take a sign-in at Entra of their own, from just now."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.access import Assurance, Principal
from bot.domain.audit import What
from bot.domain.decision import Standing
from bot.domain.ids import RequestId
from bot.domain.request import State
from bot.domain.sign_in import MOST_CHALLENGES
from bot.intents import Confirm
from bot.ports import PimRefusedError
from handlers.sign_in_links import digest
from tests.handlers import cast
from tests.handlers.approving import (
    ASK,
    ASK_DUAL,
    approves,
    asks_for,
    button,
    card,
    denies,
    everything,
)
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BENS
from tests.handlers.harness import Bot
from tests.handlers.words import text

ASK_CONFIRMED = "activate confirmed 1h why"
STALE = timedelta(minutes=5, seconds=1)


@pytest.fixture
async def asked(bot: Bot) -> Bot:
    """Ann, of whom a token is kept, has asked for what takes a fresh sign-in."""
    await bot.links(ANN)
    await bot.says(ANNS, ASK_CONFIRMED)
    return bot


@pytest.fixture
def strict(waiting: Bot) -> Bot:
    """Ada and Audrey, of whom tokens are kept, may decide, and that takes a fresh sign-in."""
    asks_for(waiting, Assurance.CONFIRM)
    return waiting


@pytest.fixture
async def dual_strict(granting: Bot) -> Bot:
    """The same where the bot runs the approval; Ann has asked and signed in for it."""
    asks_for(granting, Assurance.CONFIRM)
    await granting.says(ANNS, ASK_DUAL)
    await granting.signs_in(ANN)
    return granting


# --- asking ------------------------------------------------------------------------------------


async def test_a_kept_token_is_no_fresh_sign_in(asked: Bot) -> None:
    assert asked.pim.sent == []
    assert asked.last().title == "Sign in to activate confirmed"
    assert "a sign-in at Entra from the last five minutes" in text(asked.last().lines)


async def test_one_hop_and_it_goes_on_by_itself(asked: Bot) -> None:
    await asked.signs_in(ANN)

    request = await asked.request()
    assert request.state is State.GRANTED
    assert request.proved_at is not None
    assert What.PROVED in await asked.record()
    assert len(asked.sign_in.fresh) == 1


async def test_nor_without_kept_tokens_more_than_one(keyless: Bot) -> None:
    await keyless.says(ANNS, ASK_CONFIRMED)
    await keyless.signs_in(ANN)

    assert (await keyless.request()).state is State.GRANTED


@pytest.mark.parametrize(
    ("age", "title"),
    [
        (STALE, "You signed in too long ago"),
        (-timedelta(minutes=2), "You signed in too long ago"),
        (None, "Entra does not say when you signed in"),
    ],
)
async def test_an_older_sign_in_does_not_do_and_the_same_link_serves_again(
    asked: Bot, age: timedelta | None, title: str
) -> None:
    asked.sign_in.age = age
    url = asked.link()

    page = await asked.signs_in(ANN, url)

    assert page.title == title
    assert asked.pim.sent == []
    assert (await asked.request()).state is State.AWAITING_SIGN_IN
    asked.sign_in.age = timedelta(minutes=4)
    await asked.signs_in(ANN, url)
    assert (await asked.request()).state is State.GRANTED


async def test_what_is_done_too_late_after_the_sign_in_asks_again(asked: Bot) -> None:
    await asked.comes_back(asked.link())
    asked.clock.pass_(minutes=6)
    await asked.works()

    assert asked.pim.sent == []
    assert asked.posts()[-1].card.title == "Sign in to activate confirmed"
    assert "your last one is older" in text(asked.last().lines)
    await asked.signs_in(ANN)
    assert (await asked.request()).state is State.GRANTED


async def test_a_sign_in_for_something_else_confirms_nothing(asked: Bot) -> None:
    await asked.says(ANNS, "link")
    await asked.says(ANNS, "unlink")
    await asked.says(ANNS, ASK_CONFIRMED)
    await asked.says(ANNS, "link")

    await asked.signs_in(ANN)

    newest = await asked.request()
    assert (newest.state, newest.why) == (State.AWAITING_SIGN_IN, "")
    assert asked.pim.sent == []


async def test_the_chats_own_sign_in_is_no_fresh_one(asked: Bot) -> None:
    secret = asked.link().rpartition("/")[2]

    assert await asked.pages.offered(secret) == ""
    assert not await asked.pages.exchanged(ANNS, digest(secret), asked.sign_in.handed(ANN))

    assert (await asked.request()).state is State.AWAITING_SIGN_IN


async def test_a_link_from_before_the_file_was_stricter_serves_all_the_same(bot: Bot) -> None:
    await bot.says(ANNS, "activate prod-admin 1h INC-42 why")
    asks_for(bot, Assurance.CONFIRM)

    await bot.signs_in(ANN)

    assert (await bot.request()).state is State.AWAITING_APPROVAL
    assert len(bot.sign_in.fresh) == 1


async def test_what_was_asked_before_the_file_was_stricter_is_not_sent(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.hears(ANNS, "activate prod-admin 1h INC-42 why")
    [job] = await bot.jobs.claim(1)
    await bot._run(job)
    asks_for(bot, Assurance.CONFIRM)
    await bot.works()

    request = await bot.request()
    assert (request.state, request.why) == (State.REFUSED, "access_confirms")
    assert bot.pim.sent == []


async def test_where_the_bot_runs_the_approval_nobody_is_asked_before(granting: Bot) -> None:
    asks_for(granting, Assurance.CONFIRM)
    await granting.says(ANNS, ASK_DUAL)
    assert granting.posts(ADAS) == []

    await granting.signs_in(ANN)

    assert card(granting, ADAS).title == "prod-dual-control needs your decision"


# --- deciding ----------------------------------------------------------------------------------


async def test_a_click_alone_decides_nothing_and_one_hop_completes_it(strict: Bot) -> None:
    await approves(strict)
    assert "a sign-in at Entra from the last five minutes" in text(strict.last(ADAS).lines)
    assert "Nothing is decided yet." in text(strict.last(ADAS).lines)
    assert [what for what, *_ in strict.pim.sent] == ["activate"]

    page = await strict.signs_in(ADA)
    await strict.waits(minutes=1)

    assert "You approve prod-admin for 1 h" in text(page.lines)
    assert strict.pim.sent[-1] == ("approve", ADA, cast.PROD)
    assert (await strict.request()).state is State.GRANTED
    async with strict.world.store.begin() as tx:
        [decision] = await tx.decisions((await strict.request()).id)
    assert decision.proved_at is not None


async def test_the_card_says_so_beforehand(bot: Bot) -> None:
    asks_for(bot, Assurance.CONFIRM)
    rules = replace(cast.RULES[cast.PROD], approvers=(Principal("user", ADA.oid),))
    bot.pim.policies[cast.PROD] = rules
    await bot.links(ANN)
    await bot.says(ANNS, ASK)
    await bot.signs_in(ANN)

    assert "After your click I ask you to sign in at Entra" in text(card(bot, ADAS).footer)


async def test_a_denial_takes_one_too_and_keeps_its_reason(strict: Bot) -> None:
    await denies(strict, reason="the change freeze is on")
    await strict.signs_in(ADA)
    await strict.waits(minutes=1)

    assert (await strict.request()).state is State.DENIED
    assert "the change freeze is on" in everything(strict.cards(ANNS))


async def test_who_may_not_decide_is_told_before_they_sign_in(strict: Bot) -> None:
    await strict.presses(BENS, button(card(strict, ADAS), "Approve"))

    assert strict.last(BENS).title == "You do not decide this one"


async def test_an_approvers_older_sign_in_asks_again(strict: Bot) -> None:
    await approves(strict)
    await strict.comes_back(strict.link(ADAS), ADA)
    strict.clock.pass_(minutes=6)
    await strict.works()

    assert "Your sign-in was too long ago" in text(strict.last(ADAS).lines)
    assert [what for what, *_ in strict.pim.sent] == ["activate"]
    await strict.signs_in(ADA)
    await strict.waits(minutes=1)
    assert (await strict.request()).state is State.GRANTED


async def test_whoever_was_faster_meanwhile_has_decided(strict: Bot) -> None:
    await approves(strict, ADAS)
    await approves(strict, AUDREYS)
    await strict.signs_in(AUDREY)

    await strict.signs_in(ADA)

    assert strict.last(ADAS).title == "Decided already"
    assert [one for one in strict.pim.sent if one[0] == "approve"] == [
        ("approve", AUDREY, cast.PROD)
    ]
    await strict.waits(minutes=1)


async def test_without_kept_tokens_it_is_one_hop_as_well(keyless: Bot) -> None:
    asks_for(keyless, Assurance.CONFIRM)
    rules = replace(cast.RULES[cast.PROD], approvers=(Principal("user", ADA.oid),))
    keyless.pim.policies[cast.PROD] = rules
    await keyless.says(ANNS, ASK)
    await keyless.signs_in(ANN)

    await approves(keyless)
    await keyless.signs_in(ADA)
    await keyless.waits(minutes=1)

    assert (await keyless.request()).state is State.GRANTED
    assert len(keyless.sign_in.fresh) == 2


async def test_a_vote_counts_only_with_one(dual_strict: Bot) -> None:
    await approves(dual_strict, ADAS)
    assert What.VERDICT_COUNTED not in await dual_strict.record()

    await dual_strict.signs_in(ADA)
    await approves(dual_strict, AUDREYS)
    await dual_strict.signs_in(AUDREY)

    assert (await dual_strict.record()).count(What.VERDICT_COUNTED) == 2
    assert (await dual_strict.request()).state is State.GRANTED


async def test_votes_from_while_the_file_asked_for_less_do_not_count(dual_strict: Bot) -> None:
    asks_for(dual_strict, Assurance.CHAT)
    await approves(dual_strict, ADAS)
    yes = button(card(dual_strict, AUDREYS), "Approve")
    asks_for(dual_strict, Assurance.CONFIRM)

    await dual_strict.presses(AUDREYS, yes)
    await dual_strict.signs_in(AUDREY)

    request = await dual_strict.request()
    assert (request.state, request.why) == (State.REFUSED, "too_few_votes")
    assert dual_strict.pim.sent == []


async def test_saying_that_it_is_still_needed_takes_one_as_well(dual_strict: Bot) -> None:
    for who, person in ((ADAS, ADA), (AUDREYS, AUDREY)):
        await dual_strict.waits(minutes=31)
        await approves(dual_strict, who)
        await dual_strict.signs_in(person)
    request = await dual_strict.request()
    assert request.state is State.AWAITING_CONFIRMATION

    await dual_strict.presses(ANNS, Confirm(request.id))
    assert dual_strict.pim.sent == []
    await dual_strict.signs_in(ANN)

    assert (await dual_strict.request()).state is State.GRANTED


# --- never for ever ----------------------------------------------------------------------------


async def test_an_approver_is_not_asked_for_more_proof_for_ever(waiting: Bot) -> None:
    more = PimRefusedError("Acrs", "more", claims='{"access_token":{"acrs":{"value":"c1"}}}')
    waiting.pim.failures.extend([more] * 9)

    await approves(waiting)
    for _ in range(MOST_CHALLENGES):
        await waiting.signs_in(ADA)

    assert waiting.last(ADAS).title == "Your decision did not count"
    assert "it asks for more proof again" in text(waiting.last(ADAS).lines)
    waiting.pim.failures.clear()
    await approves(waiting, AUDREYS)
    await waiting.waits(minutes=1)
    assert (await waiting.request()).state is State.GRANTED


async def test_a_new_click_is_asked_anew(waiting: Bot) -> None:
    more = PimRefusedError("Acrs", "more", claims='{"access_token":{"acrs":{"value":"c1"}}}')
    waiting.pim.failures.extend([more] * (MOST_CHALLENGES + 1))
    await approves(waiting)
    for _ in range(MOST_CHALLENGES):
        await waiting.signs_in(ADA)

    await approves(waiting)
    await waiting.waits(minutes=1)

    async with waiting.world.store.begin() as tx:
        [decision] = await tx.decisions(RequestId((await waiting.request()).id))
    assert (decision.standing, decision.challenges) == (Standing.COUNTED, 0)
