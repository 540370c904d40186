"""Deciding in the bot itself: two people's yes, one no, and nothing else, make the grantor assign."""

import asyncio
from dataclasses import replace

import pytest

from bot.domain.access import Principal
from bot.domain.audit import What
from bot.domain.decision import Verdict
from bot.domain.ids import ChatAccount
from bot.domain.request import State
from bot.intents import Decide, encode
from bot.store import LockRow
from handlers.held import look
from handlers.taken_back import take_back
from tests.handlers import cast
from tests.handlers.approving import (
    ASK_DUAL,
    DUAL_CONTROL,
    approves,
    button,
    card,
    changed,
    denies,
    everything,
    people,
)
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, BENS
from tests.handlers.harness import DOWN, Bot
from tests.handlers.words import text


async def test_asking_asks_nobody_in_entra_and_each_approver_here(dual: Bot) -> None:
    request = await dual.request()

    assert request.state is State.AWAITING_APPROVAL
    assert dual.pim.sent == []
    assert card(dual, ADAS).title == "prod-dual-control needs your decision"
    assert "0 of 2 needed approvals given. One no denies it." in everything([card(dual, ADAS)])
    assert "It can be decided here only" in text(card(dual, ADAS).footer)
    said = text(dual.posts(ANNS)[0].card.lines)
    assert "I have asked Ada, Audrey, Ben." in said
    assert "0 of 2 needed approvals given." in said
    assert What.PENDING in await dual.record()


async def test_the_second_human_makes_the_grantor_assign(dual: Bot) -> None:
    await approves(dual, ADAS)
    assert dual.pim.sent == []
    assert "1 of 2 needed approvals given." in text(dual.posts(ANNS)[0].card.lines)
    assert "Ada approved it at" in text(card(dual, AUDREYS).lines)
    assert card(dual, ADAS).title == "prod-dual-control needs another decision"
    assert [b.label for b in card(dual, ADAS).buttons] == ["Deny…"]

    await approves(dual, AUDREYS)

    assert dual.pim.sent == [("assign", ANN, cast.DUAL)]
    assert (await dual.request()).state is State.GRANTED
    mine = text(dual.posts(ANNS)[0].card.lines)
    assert "Ada approved it at" in mine
    assert "Audrey approved it at" in mine
    assert card(dual, BENS).title == "prod-dual-control: approved"
    assert card(dual, BENS).buttons == ()
    record = await dual.record()
    assert record.count(What.VERDICT_COUNTED) == 2
    assert record.index(What.VERDICT_COUNTED) < record.index(What.DECIDED)
    assert record.index(What.DECIDED) < record.index(What.GRANTED)


async def test_a_no_decides_also_after_a_yes(dual: Bot) -> None:
    late = button(card(dual, BENS), "Approve")
    await approves(dual, ADAS)
    await denies(dual, AUDREYS, "the change freeze is on")

    assert (await dual.request()).state is State.DENIED
    assert "the change freeze is on" in everything(dual.cards(ANNS))
    assert "You denied it" in text(card(dual, AUDREYS).lines)
    await dual.presses(BENS, late)
    assert dual.last(BENS).title == "Decided already"
    assert dual.pim.sent == []


async def test_who_said_yes_may_still_say_no(dual: Bot) -> None:
    await approves(dual, ADAS)
    await denies(dual, ADAS)

    assert (await dual.request()).state is State.DENIED


async def test_a_no_decides_also_while_the_asker_is_asked_whether_they_need_it(dual: Bot) -> None:
    await dual.waits(hours=1, minutes=1)
    for who in (ADAS, AUDREYS):
        await approves(dual, who)
    assert (await dual.request()).state is State.AWAITING_CONFIRMATION
    assert [b.label for b in card(dual, BENS).buttons] == ["Deny…"]
    titles = {message.card.title for message in dual.posts(BENS)}
    assert titles == {"prod-dual-control: approved"}
    await dual.presses(BENS, button(card(dual, BENS), "Deny…"))
    assert "Ann asks for prod-dual-control" in text(list(dual.chat.forms.values())[-1].lines)

    await denies(dual, BENS, "the change freeze is on")

    assert (await dual.request()).state is State.DENIED
    assert "the change freeze is on" in everything(dual.cards(ANNS))
    assert dual.pim.sent == []


async def test_a_no_decides_also_while_entra_does_not_take_it(dual: Bot) -> None:
    dual.pim.failures.extend([DOWN] * 3)
    for who in (ADAS, AUDREYS):
        await approves(dual, who)
    request = await dual.request()
    assert (request.state, request.tried_at) == (State.ACTIVATING, None)

    await dual.says(BENS, f"deny {request.id} not today")
    await dual.waits(minutes=5)

    assert (await dual.request()).state is State.DENIED
    assert (await dual.record()).count(What.GRANTED) == 0
    dual.pim.failures.clear()


async def test_an_approval_then_is_late(dual: Bot) -> None:
    late = button(card(dual, BENS), "Approve")
    await dual.waits(hours=1, minutes=1)
    for who in (ADAS, AUDREYS):
        await approves(dual, who)

    await dual.presses(BENS, late)

    assert dual.last(BENS).title == "Decided already"
    await dual.says(ANNS, "withdraw")


async def test_the_vote_of_who_is_locked_out_counts_no_more(dual: Bot) -> None:
    dual.world.policy.replace(replace(DUAL_CONTROL, admins=frozenset({Principal("user", BEN.oid)})))
    await approves(dual, ADAS)

    await dual.says(BENS, f"lock {ADA.oid} laptop stolen")
    assert "0 of 2 needed approvals given." in everything([card(dual, AUDREYS)])
    await approves(dual, AUDREYS)

    assert (await dual.request()).state is State.AWAITING_APPROVAL
    assert dual.pim.sent == []
    assert What.VERDICT_VOID in await dual.record()


async def test_one_human_counts_once(dual: Bot) -> None:
    yes = button(card(dual, ADAS), "Approve")
    await dual.presses(ADAS, yes)
    await dual.presses(ADAS, yes)

    assert dual.last(ADAS).title == "You approved it already"
    assert (await dual.request()).state is State.AWAITING_APPROVAL


async def test_nor_twice_by_another_account(dual: Bot) -> None:
    aliases = (frozenset({ADA.oid, AUDREY.oid}),)
    dual.world.policy.replace(replace(DUAL_CONTROL, aliases=aliases))

    late = button(card(dual, AUDREYS), "Approve")
    await approves(dual, ADAS)
    await dual.presses(AUDREYS, late)

    assert dual.last(AUDREYS).title == "You approved it already"
    assert (await dual.request()).state is State.AWAITING_APPROVAL


async def test_the_other_account_of_who_voted_has_nothing_to_approve_any_more(dual: Bot) -> None:
    aliases = (frozenset({ADA.oid, AUDREY.oid}),)
    dual.world.policy.replace(replace(DUAL_CONTROL, aliases=aliases))

    await approves(dual, ADAS)

    shown = card(dual, AUDREYS)
    assert shown.title == "prod-dual-control needs another decision"
    assert [b.label for b in shown.buttons] == ["Deny…"]
    assert text(shown.lines).startswith("You approved it at")
    await dual.says(AUDREYS, "pending")
    assert dual.last(AUDREYS).title == "Nothing waits for your decision"
    await dual.waits(hours=5)
    assert len(dual.posts(AUDREYS)) == 1


@pytest.mark.parametrize("who", [ANNS, cast.GUSS])
async def test_nobody_else_votes(dual: Bot, who: ChatAccount) -> None:
    await dual.presses(who, button(card(dual, ADAS), "Approve"))

    assert dual.last(who).title in {"Not your own request", "Not for this account"}
    assert (await dual.request()).state is State.AWAITING_APPROVAL
    assert What.VERDICT_COUNTED not in await dual.record()


async def test_who_is_taken_out_of_the_file_votes_no_more(dual: Bot) -> None:
    changed(dual, approvers=people(AUDREY, BEN))

    await approves(dual, ADAS)

    assert dual.last(ADAS).title == "You do not decide this one"
    assert "The access file does not name you" in text(dual.last(ADAS).lines)


async def test_where_it_is_offered_no_longer_nobody_votes(dual: Bot) -> None:
    dual.world.policy.replace(replace(DUAL_CONTROL, accesses=()))

    await approves(dual, ADAS)

    assert dual.last(ADAS).title == "You do not decide this one"


async def test_without_a_grantor_any_more_nobody_votes(dual: Bot) -> None:
    object.__setattr__(dual.world, "grantor", None)

    await approves(dual, ADAS)

    assert dual.last(ADAS).title == "prod-dual-control cannot be decided here"


async def test_who_is_locked_out_between_looking_and_writing_has_not_voted(
    dual: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_any = dual.directory.is_any

    async def locked_meanwhile(oid: str, principals: frozenset[Principal]) -> bool:
        async with dual.world.store.begin() as tx:
            await tx.save_lock(LockRow(ADA, dual.clock.now(), AUDREY, "left"))
        return await is_any(oid, principals)

    monkeypatch.setattr(dual.directory, "is_any", locked_meanwhile)
    await approves(dual, ADAS)

    assert dual.last(ADAS).title == "You are locked out of this bot"
    assert (await dual.request()).state is State.AWAITING_APPROVAL


async def test_when_the_directory_does_not_answer_nothing_is_decided(dual: Bot) -> None:
    dual.directory.failure = DOWN

    await approves(dual, ADAS)
    await dual.waits(minutes=5)

    dual.directory.failure = None
    assert What.VERDICT_COUNTED not in await dual.record()


async def test_who_is_not_linked_signs_in_and_has_voted(dual: Bot) -> None:
    async with dual.world.store.begin() as tx:
        await tx.drop_link(ADAS)
    await approves(dual, ADAS)

    await dual.signs_in(ADA)

    assert (await dual.record()).count(What.VERDICT_COUNTED) == 1


async def test_who_has_not_voted_is_reminded_and_who_has_is_not(dual: Bot) -> None:
    await approves(dual, ADAS)
    await dual.waits(hours=5)

    assert len(dual.posts(ADAS)) == 1
    assert len(dual.posts(AUDREYS)) > 1
    assert dual.posts(AUDREYS)[-1].card.title == "prod-dual-control still needs your decision"


async def test_nobody_in_time_and_it_lapses(dual: Bot) -> None:
    late = button(card(dual, AUDREYS), "Approve")
    await approves(dual, ADAS)
    await dual.waits(hours=24, minutes=1)

    assert (await dual.request()).state is State.LAPSED
    assert "It was not decided within 24 hours." in everything(dual.cards(ANNS))
    assert "It was not decided in time." in text(card(dual, BENS).lines)
    await dual.presses(AUDREYS, late)
    assert dual.last(AUDREYS).title == "Decided already"
    assert dual.pim.sent == []


async def test_a_vote_after_the_time_is_late_although_nobody_has_noticed_yet(dual: Bot) -> None:
    yes = encode(button(card(dual, ADAS), "Approve"))
    await dual.desk.pressed(dual.arrival(ADAS), yes)
    [vote] = await dual.jobs.claim(1)
    dual.clock.pass_(hours=24)

    await dual._run(vote)

    assert dual.last(ADAS).title == "Decided already"
    assert What.VERDICT_COUNTED not in await dual.record()
    await dual.works()


async def test_a_withdrawal_is_immediate_and_takes_the_buttons_away(dual: Bot) -> None:
    late = button(card(dual, AUDREYS), "Approve")
    await approves(dual, ADAS)

    await dual.says(ANNS, "withdraw")

    assert (await dual.request()).state is State.WITHDRAWN
    assert card(dual, AUDREYS).buttons == ()
    assert "It was taken back before it was granted." in text(card(dual, AUDREYS).lines)
    await dual.presses(AUDREYS, late)
    assert dual.last(AUDREYS).title == "Decided already"
    assert dual.pim.sent == []


async def test_pending_lists_what_i_have_not_voted_on(dual: Bot) -> None:
    await approves(dual, ADAS)

    await dual.says(ADAS, "pending")
    assert dual.last(ADAS).title == "Nothing waits for your decision"
    await dual.says(AUDREYS, "pending")
    assert "prod-dual-control 30 min for Ann" in text(dual.last(AUDREYS).lines)


async def test_too_few_who_could_decide_is_said_at_once(granting: Bot) -> None:
    changed(granting, approvers=people(ADA, ANN))

    await granting.says(ANNS, ASK_DUAL)

    said = text(granting.posts(ANNS)[0].card.lines)
    assert "names too few people besides you" in said


async def test_an_approver_whom_no_chat_knows_is_named(granting: Bot) -> None:
    async with granting.world.store.begin() as tx:
        await tx.drop_link(AUDREYS)
    del granting.chat.profiles[AUDREYS]

    await granting.says(ANNS, ASK_DUAL)

    said = text(granting.posts(ANNS)[0].card.lines)
    assert "I cannot reach Audrey here." in said
    assert "e-mail" not in said


async def test_a_removed_access_takes_back_what_waits(dual: Bot) -> None:
    dual.world.policy.replace(replace(DUAL_CONTROL, accesses=()))
    await take_back(dual.world)
    await dual.works()

    assert (await dual.request()).state is State.REFUSED


@pytest.mark.parametrize("count", [2, 3])
async def test_votes_at_the_same_moment_grant_once(dual: Bot, count: int) -> None:
    request = await dual.request()
    yes = Decide(request.id, Verdict.APPROVE, request.terms.digest)
    for who in (ADAS, AUDREYS, BENS)[:count]:
        await dual.desk.pressed(dual.arrival(who), encode(yes))
    jobs = await dual.jobs.claim(count)
    await asyncio.gather(*(dual._run(job) for job in jobs))
    await dual.waits(minutes=5)

    assert (await dual.record()).count(What.VERDICT_COUNTED) == 2
    assert dual.pim.sent == [("assign", ANN, cast.DUAL)]
    assert (await look(dual.world, ANN)).active[0].access == "prod-dual-control"
