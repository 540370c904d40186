"""Relaying a decision: once in effect, whatever is lost on the way, and never called more than it is."""

from dataclasses import replace

import pytest
from structlog.typing import EventDict

from bot.domain.access import Principal
from bot.domain.audit import What
from bot.domain.decision import Verdict
from bot.domain.request import State
from bot.intents import Decide
from bot.ports import IntegrationError, Outcome, PimRefusedError, SignInNeededError
from tests.handlers import cast
from tests.handlers.approving import ASK, approves, everything
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS
from tests.handlers.harness import DOWN, FORBIDDEN, LOST, Bot
from tests.handlers.words import text


@pytest.mark.parametrize("outcome", ["lost", "down"])
async def test_an_answer_that_is_lost_is_looked_for_and_counts_once(
    waiting: Bot, outcome: str
) -> None:
    waiting.pim.failures.append(LOST if outcome == "lost" else DOWN)

    await approves(waiting)
    await waiting.waits(minutes=2)

    assert (await waiting.request()).state is State.GRANTED
    assert [w for w in await waiting.record() if w is What.VERDICT_COUNTED] == [
        What.VERDICT_COUNTED
    ]
    counted = [what for what, *_ in waiting.pim.sent if what == "approve"]
    assert len(counted) == (1 if outcome == "lost" else 2)


async def test_when_its_effect_is_noticed_first_it_has_counted_all_the_same(waiting: Bot) -> None:
    busy = IntegrationError("Graph", "503", outcome=Outcome.UNKNOWN, retry_after=120.0)
    waiting.pim.failures.append(busy)

    await approves(waiting)
    await waiting.waits(minutes=5)

    assert (await waiting.request()).state is State.GRANTED
    assert "did not count" not in everything(waiting.cards(ADAS))
    assert What.VERDICT_COUNTED in await waiting.record()


async def test_who_cannot_be_asked_any_more_is_told_that_it_is_not_known(keyless: Bot) -> None:
    rules = cast.RULES[cast.PROD]
    keyless.pim.policies[cast.PROD] = replace(rules, approvers=(Principal("user", ADA.oid),))
    await keyless.links(ANN, ADA)
    await keyless.says(ANNS, ASK)
    await keyless.signs_in(ANN)
    await approves(keyless)
    keyless.pim.failures.append(
        IntegrationError("Graph", "503", outcome=Outcome.UNKNOWN, retry_after=120.0)
    )
    await keyless.signs_in(ADA)
    keyless.world.tokens.forget(ADA)

    await keyless.waits(minutes=5)

    assert (await keyless.request()).state is State.GRANTED
    assert "I cannot tell whether your decision counted" in everything(keyless.cards(ADAS))


async def test_what_was_decided_in_the_portal_before_it_could_be_sent_is_told(waiting: Bot) -> None:
    waiting.world.tokens.forget(ADA)
    waiting.sign_in.failure = IntegrationError("Microsoft Entra", "cannot connect")
    await approves(waiting)
    waiting.pim.decide(waiting.asked().id, approve=False, by=AUDREY.oid)

    await waiting.waits(minutes=3)

    assert (await waiting.request()).state is State.DENIED
    assert "no longer waiting when I came to tell Entra" in everything(waiting.cards(ADAS))
    assert [what for what, *_ in waiting.pim.sent] == ["activate"]
    waiting.sign_in.failure = None


async def test_a_lost_answer_that_turns_out_to_be_anothers_decision_is_told(waiting: Bot) -> None:
    waiting.pim.failures.append(DOWN)
    await approves(waiting)
    waiting.pim.decide(waiting.asked().id, approve=False, by=AUDREY.oid)

    await waiting.waits(minutes=2)

    assert (await waiting.request()).state is State.DENIED
    assert "Audrey had decided it in Entra already." in everything(waiting.cards(ADAS))
    assert [what for what, *_ in waiting.pim.sent] == ["activate", "approve"]


async def test_a_bot_without_permission_says_so_and_somebody_else_may_decide(
    waiting: Bot,
) -> None:
    waiting.pim.failures.append(FORBIDDEN)

    await approves(waiting)

    assert "Your decision did not count" in everything(waiting.cards(ADAS))
    await approves(waiting, AUDREYS)
    await waiting.waits(minutes=1)
    assert (await waiting.request()).state is State.GRANTED


async def test_entra_asks_for_more_sign_in_and_the_click_goes_on_after_it(waiting: Bot) -> None:
    waiting.pim.failures.append(PimRefusedError("Acrs", "more", claims='{"x":1}'))

    await approves(waiting)
    assert "Nothing is decided yet." in everything(waiting.cards(ADAS))
    await waiting.signs_in(ADA)
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.GRANTED


async def test_who_never_signed_in_does_so_once_and_has_decided(bot: Bot) -> None:
    rules = cast.RULES[cast.PROD]
    bot.pim.policies[cast.PROD] = replace(rules, approvers=(Principal("user", ADA.oid),))
    await bot.links(ANN)
    await bot.says(ANNS, ASK)

    await approves(bot)
    assert bot.last(ADAS).title == "Sign in first"
    await bot.signs_in(ADA)
    await bot.waits(minutes=1)

    assert (await bot.request()).state is State.GRANTED


async def test_without_kept_tokens_each_decision_takes_one_sign_in(keyless: Bot) -> None:
    rules = cast.RULES[cast.PROD]
    keyless.pim.policies[cast.PROD] = replace(rules, approvers=(Principal("user", ADA.oid),))
    await keyless.links(ANN, ADA)
    await keyless.says(ANNS, ASK)
    await keyless.signs_in(ANN)

    await approves(keyless)
    await keyless.signs_in(ADA)
    await keyless.waits(minutes=1)

    assert (await keyless.request()).state is State.GRANTED
    assert (
        keyless.world.tokens.get(
            ADA, Decide((await keyless.request()).id, Verdict.APPROVE), keyless.clock.now()
        )
        is None
    )


async def test_whoever_did_not_sign_in_leaves_it_to_be_reminded_of(waiting: Bot) -> None:
    """A reminder that falls due while a decision is on its way ends nothing for good."""
    busy = IntegrationError("Graph", "503", retry_after=1200.0)
    waiting.pim.failures.extend([busy, PimRefusedError("Acrs", "more", claims='{"x":1}')])
    await approves(waiting)

    await waiting.waits(hours=2)

    titles = [message.card.title for message in waiting.posts(AUDREYS)]
    assert titles.count("prod-admin still needs your decision") == 2


async def test_a_bug_in_the_relaying_does_not_hold_the_request_up_for_ever(
    waiting: Bot, monkeypatch: pytest.MonkeyPatch, logged: list[EventDict]
) -> None:
    async def broken(*_: object) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(waiting.pim, "review", broken)
        await approves(waiting)
        await waiting.waits(minutes=10)
    logged.clear()

    assert waiting.last(ADAS).title == "I cannot tell whether your decision counted"
    await approves(waiting, AUDREYS)
    await waiting.waits(minutes=2)
    assert (await waiting.request()).state is State.GRANTED


async def test_whose_token_is_gone_signs_in_and_the_click_goes_on(waiting: Bot) -> None:
    waiting.world.tokens.forget(ADA)
    waiting.sign_in.needed = SignInNeededError("AADSTS50173")
    await approves(waiting)
    assert "it needs your sign-in" in text(waiting.last(ADAS).lines)
    waiting.sign_in.needed = None

    await waiting.signs_in(ADA)
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.GRANTED


async def test_work_that_is_there_for_nothing_does_nothing(waiting: Bot) -> None:
    await waiting.adds("relay", (await waiting.request()).id)
    await waiting.adds("relay", "R-ZZZZZZZZ")
    await waiting.works()

    assert What.VERDICT_VOID not in await waiting.record()
