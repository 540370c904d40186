"""Approving and denying in the chat: the right person's click counts, once, and nobody else's."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.access import Assurance
from bot.domain.audit import What
from bot.domain.decision import Verdict
from bot.domain.ids import ChatAccount, PimId
from bot.domain.request import State
from bot.intents import AskReason, Decide
from bot.store import LockRow
from tests.handlers import cast
from tests.handlers.approving import (
    approves,
    asks_for,
    button,
    card,
    denies,
    everything,
)
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BENS
from tests.handlers.harness import DOWN, Bot
from tests.handlers.words import text


async def test_a_yes_is_relayed_as_the_approver_and_everybody_sees_it(waiting: Bot) -> None:
    await approves(waiting)
    await waiting.waits(minutes=1)

    assert waiting.pim.sent[-1] == ("approve", ADA, cast.PROD)
    assert (await waiting.request()).state is State.GRANTED
    assert text(card(waiting, ADAS).lines).startswith("You approved it at")
    assert text(card(waiting, AUDREYS).lines).startswith("Ada approved it at")
    assert card(waiting, AUDREYS).buttons == ()
    assert waiting.posts(ANNS)[0].card.title == "prod-admin is active"
    record = await waiting.record()
    assert record.index(What.VERDICT) < record.index(What.VERDICT_COUNTED)
    assert record.index(What.VERDICT_COUNTED) < record.index(What.GRANTED)


async def test_a_no_needs_its_reason_and_the_asker_reads_it(waiting: Bot) -> None:
    await denies(waiting, reason="the change freeze is on")
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.DENIED
    assert waiting.pim.sent[-1][0] == "deny"
    assert "the change freeze is on" in everything(waiting.cards(ANNS))
    assert "You denied it" in text(card(waiting, ADAS).lines)


@pytest.mark.parametrize("who", [BENS, ANNS])
async def test_nobody_elses_click_counts(waiting: Bot, who: ChatAccount) -> None:
    await waiting.presses(who, button(card(waiting, ADAS), "Approve"))

    assert waiting.last(who).title in {"You do not decide this one", "Not your own request"}
    assert (await waiting.request()).state is State.AWAITING_APPROVAL
    assert [what for what, *_ in waiting.pim.sent] == ["activate"]
    assert What.REFUSED in await waiting.record()


async def test_nor_does_ones_own_by_another_account(waiting: Bot) -> None:
    aliases = (frozenset({ANN.oid, ADA.oid}),)
    waiting.world.policy.replace(replace(cast.CATALOG, aliases=aliases))

    await approves(waiting)

    assert waiting.last(ADAS).title == "Not your own request"
    assert (await waiting.request()).state is State.AWAITING_APPROVAL


async def test_who_is_no_longer_an_approver_decides_nothing(waiting: Bot) -> None:
    rules = waiting.pim.policies[cast.PROD]
    waiting.pim.policies[cast.PROD] = replace(rules, approvers=())

    await approves(waiting)

    assert waiting.last(ADAS).title == "You do not decide this one"


async def test_who_is_locked_out_after_the_click_has_decided_nothing(waiting: Bot) -> None:
    waiting.pim.failures.append(DOWN)
    await approves(waiting)
    async with waiting.world.store.begin() as tx:
        await tx.save_lock(LockRow(ADA, waiting.clock.now(), AUDREY, "left the team"))

    await waiting.waits(minutes=2)

    assert (await waiting.request()).state is State.AWAITING_APPROVAL
    assert "An admin of this bot has locked you out." in everything(waiting.cards(ADAS))
    assert [what for what, *_ in waiting.pim.sent] == ["activate", "approve"]


@pytest.mark.parametrize("locked", ["before the click", "after the click"])
async def test_nobody_approves_who_is_locked_out_but_may_deny_them(
    waiting: Bot, locked: str
) -> None:
    """Their request may have to stay in PIM: we hold no token of theirs to cancel it with."""
    lock = LockRow(ANN, waiting.clock.now(), AUDREY, "laptop stolen")
    if locked == "after the click":
        waiting.pim.failures.append(DOWN)
        await approves(waiting)
    async with waiting.world.store.begin() as tx:
        await tx.save_lock(lock)
    if locked == "before the click":
        await approves(waiting)
        assert waiting.last(ADAS).title == "Not while its asker is locked out"

    await waiting.waits(minutes=2)

    assert (await waiting.request()).state is State.AWAITING_APPROVAL
    assert "locked" in everything(waiting.cards(ADAS)[-1:])
    await denies(waiting)
    await waiting.waits(minutes=1)
    assert (await waiting.request()).state is State.DENIED


async def test_what_is_decided_in_the_portal_only_is_not_decided_by_a_click(waiting: Bot) -> None:
    asks_for(waiting, Assurance.PORTAL)

    await approves(waiting)

    assert waiting.last(ADAS).title == "prod-admin cannot be decided here"
    why = "Entra's portal, never a click in the chat (assurance = portal)"
    assert why in text(waiting.last(ADAS).lines)
    assert [what for what, *_ in waiting.pim.sent] == ["activate"]


async def test_who_has_left_decides_nothing(waiting: Bot) -> None:
    waiting.directory.hire(replace(cast.user(ADA), enabled=False))

    await approves(waiting)

    assert waiting.last(ADAS).title == "Not for this account"
    assert (await waiting.request()).state is State.AWAITING_APPROVAL


async def test_nor_who_has_another_address_by_now_than_when_they_linked(waiting: Bot) -> None:
    waiting.chat.profiles[ADAS] = replace(cast.profile(ADAS), mail="ada@elsewhere.example")

    await approves(waiting)

    assert waiting.last(ADAS).title == "Not for this account"
    assert [what for what, *_ in waiting.pim.sent] == ["activate"]


async def test_who_is_locked_out_while_their_click_is_looked_at_decides_nothing(
    waiting: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_any = waiting.directory.is_any

    async def meanwhile(*asked: Any) -> bool:
        async with waiting.world.store.begin() as tx:
            await tx.save_lock(LockRow(ADA, waiting.clock.now(), AUDREY, "laptop stolen"))
        return await is_any(*asked)

    monkeypatch.setattr(waiting.directory, "is_any", meanwhile)
    await approves(waiting)

    assert waiting.last(ADAS).title == "You are locked out of this bot"
    assert What.VERDICT not in await waiting.record()
    assert [what for what, *_ in waiting.pim.sent] == ["activate"]


async def test_when_the_directory_does_not_answer_nothing_is_decided(waiting: Bot) -> None:
    waiting.directory.failure = DOWN

    await approves(waiting)
    await waiting.waits(minutes=10)

    assert "does not answer" in everything(waiting.cards(ADAS))
    assert (await waiting.request()).state is State.AWAITING_APPROVAL
    waiting.directory.failure = None


async def test_whoever_comes_second_is_told_by_whom_it_was_decided(waiting: Bot) -> None:
    late = button(card(waiting, AUDREYS), "Approve")
    await denies(waiting)

    await waiting.presses(AUDREYS, late)

    assert waiting.last(AUDREYS).title == "Decided already"
    assert "Ada denied it." in text(waiting.last(AUDREYS).lines)


async def test_what_was_decided_in_the_portal_meanwhile_is_what_counts(waiting: Bot) -> None:
    waiting.pim.decide((await pim_id(waiting)), approve=False, by=AUDREY.oid)

    await approves(waiting)
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.DENIED
    assert "Audrey had decided it in Entra already." in everything(waiting.cards(ADAS))


async def test_who_decided_in_the_portal_is_not_named_when_nobody_says(waiting: Bot) -> None:
    waiting.pim.decide((await pim_id(waiting)), approve=False, by="somebody unknown")

    await approves(waiting)
    await waiting.waits(minutes=1)

    assert "Somebody else had decided it in Entra already." in everything(waiting.cards(ADAS))


async def test_nor_when_it_cannot_be_asked(waiting: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    waiting.pim.decide((await pim_id(waiting)), approve=False, by=AUDREY.oid)

    async def away(*_: object) -> None:
        raise DOWN

    monkeypatch.setattr(waiting.pim, "reviewed", away)
    await approves(waiting)
    await waiting.waits(minutes=1)

    assert "Somebody else had decided it in Entra already." in everything(waiting.cards(ADAS))


async def test_while_the_first_decision_is_on_its_way_nothing_is_called_decided(
    waiting: Bot,
) -> None:
    late = button(card(waiting, AUDREYS), "Approve")
    waiting.pim.failures.append(DOWN)
    await approves(waiting)

    await waiting.presses(AUDREYS, late)

    assert waiting.last(AUDREYS).title == "Being decided already"
    assert "Ada approved it" in text(waiting.last(AUDREYS).lines)
    await waiting.waits(minutes=3)


@pytest.mark.parametrize("reason", ["\u200b\u2060", " \t\u202e"])
async def test_a_reason_that_shows_nothing_is_none(waiting: Bot, reason: str) -> None:
    request = await waiting.request()

    await waiting.presses(ADAS, Decide(request.id, Verdict.DENY, request.terms.digest, reason))

    assert waiting.last(ADAS).title == "A reason is needed"


async def test_one_that_is_too_long_is_given_back(waiting: Bot) -> None:
    request = await waiting.request()

    await waiting.says(ADAS, f"deny {request.id} {'because ' * 80}")

    assert waiting.last(ADAS).title == "That reason is too long"
    assert "because because" in text(waiting.last(ADAS).lines)
    assert (await waiting.request()).state is State.AWAITING_APPROVAL


async def test_what_pim_activated_long_after_it_was_asked_for_says_so(waiting: Bot) -> None:
    await waiting.waits(hours=1, minutes=1)
    await approves(waiting)
    await waiting.waits(minutes=1)

    assert "if you no longer need it, press Deactivate" in text(card(waiting, ANNS).lines)


async def test_a_card_that_showed_other_terms_decides_nothing(waiting: Bot) -> None:
    shown = button(card(waiting, ADAS), "Approve")

    await waiting.presses(ADAS, replace(shown, terms="0" * 16))

    assert waiting.last(ADAS).title == "That card is out of date"
    assert (await waiting.request()).state is State.AWAITING_APPROVAL


async def test_the_same_words_typed_do_the_same(waiting: Bot) -> None:
    request = await waiting.request()

    await waiting.says(ADAS, f"approve {request.id}")
    await waiting.waits(minutes=1)

    assert (await waiting.request()).state is State.GRANTED


async def test_a_made_up_request_is_nothing_to_decide(waiting: Bot) -> None:
    await waiting.says(ADAS, "approve R-NBDY2222")

    assert waiting.last(ADAS).title == "Nothing to decide"
    assert (await waiting.request()).state is State.AWAITING_APPROVAL


async def test_a_typed_denial_without_a_reason_is_asked_for_one(waiting: Bot) -> None:
    request = await waiting.request()

    await waiting.says(ADAS, f"deny {request.id}")

    assert waiting.last(ADAS).title == "A reason is needed"
    assert waiting.last(ADAS).buttons[0].intent == AskReason(
        request.id, Verdict.DENY, request.terms.digest
    )


async def test_a_withdrawal_takes_the_buttons_away(waiting: Bot) -> None:
    late = button(card(waiting, ADAS), "Approve")

    await waiting.says(ANNS, "withdraw")
    assert card(waiting, ADAS).buttons == ()
    await waiting.presses(ADAS, late)

    assert waiting.last(ADAS).title == "Decided already"


async def pim_id(bot: Bot) -> PimId:
    request = await bot.request()
    assert request.pim is not None
    return request.pim
