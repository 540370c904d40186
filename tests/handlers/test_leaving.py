"""Who unlinks, leaves, or is somebody else now: nothing of theirs is kept, and nothing false is said."""

from dataclasses import replace

import pytest

from bot.domain.audit import What
from bot.domain.ids import ChatAccount, PersonId
from bot.domain.request import State
from bot.ports import PimState
from bot.store import LinkRow
from tests.handlers import cast
from tests.handlers.cast import ADA, ANN, ANNS, TEAM
from tests.handlers.harness import LOST, Bot
from tests.handlers.words import everything, text

LINE = "activate dev-poweruser 1h INC-42 checking the slow index"
PENDING = "activate prod-admin 1h INC-42 deploy"
PHONE = ChatAccount(cast.ANNS.chat, TEAM, "U0ANN2")


async def left_of(bot: Bot, account: ChatAccount = ANNS, person: PersonId = ANN) -> set[str]:
    """What is still kept of somebody."""
    async with bot.world.store.begin() as tx:
        kept = {"link": await tx.link(account), "token": await tx.kept_token(person)}
    held = {"held": bot.world.tokens._tokens.get((person, ""))}
    return {name for name, value in {**kept, **held}.items() if value is not None}


async def test_unlinking_takes_back_what_is_open_and_cancels_it_in_pim(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    waiting = await bot.request()

    await bot.says(ANNS, "unlink")

    assert bot.asked().state is PimState.CANCELED
    over = await bot.request()
    assert (over.state, over.why) == (State.WITHDRAWN, "unlinked")
    assert f"Withdrawn: prod-admin ({waiting.id})." in text(bot.last().lines)
    assert "Sign out everywhere" in text(bot.last().lines)
    assert await left_of(bot) == set()
    assert any("withdrawn when you unlinked" in everything(card) for card in bot.cards())


async def test_unlinking_says_what_still_waits_where_no_token_can_cancel_it(keyless: Bot) -> None:
    bot = keyless
    await bot.says(ANNS, PENDING)
    await bot.signs_in()
    waiting = await bot.request()
    assert waiting.state is State.AWAITING_APPROVAL

    await bot.says(ANNS, "unlink")

    assert (await bot.request()).state is State.AWAITING_APPROVAL
    assert f"I could not cancel prod-admin ({waiting.id})" in text(bot.last().lines)
    assert "may still wait in Entra" in text(bot.last().lines)
    assert await left_of(bot) == set()


async def test_what_was_sent_and_whose_answer_was_lost_is_not_called_withdrawn(bot: Bot) -> None:
    await bot.links(ANN)
    bot.pim.failures.append(LOST)
    await bot.says(ANNS, PENDING)
    unknown = await bot.request()
    assert (unknown.state, unknown.pim) == (State.UNKNOWN, None)

    await bot.says(ANNS, "unlink")

    assert f"I could not cancel prod-admin ({unknown.id})" in text(bot.last().lines)
    assert "cancel" not in [what for what, *_ in bot.pim.sent]
    await bot.waits(minutes=1)
    assert (await bot.request()).state is State.AWAITING_SIGN_IN


async def test_unlinking_takes_back_what_waits_for_a_sign_in(bot: Bot) -> None:
    await bot.links(ANN)
    async with bot.world.store.begin() as tx:
        await tx.drop_token(ANN)
    bot.world.tokens.forget(ANN)
    await bot.says(ANNS, LINE)

    await bot.says(ANNS, "unlink")

    assert (await bot.request()).why == "unlinked"
    await bot.waits(hours=2)
    assert (await bot.request()).state is State.WITHDRAWN


async def test_what_goes_on_just_then_is_not_called_withdrawn(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)
    cancel = bot.pim.cancel

    async def while_it_moves(*asked: object) -> None:
        await cancel(*asked)  # type: ignore[arg-type]
        now = await bot.request()
        async with bot.world.store.begin() as tx:
            await tx.save_request(replace(now, version=now.version + 1))

    monkeypatch.setattr(bot.pim, "cancel", while_it_moves)
    await bot.says(ANNS, "unlink")

    assert "I could not cancel prod-admin" in text(bot.last().lines)
    await bot.waits(minutes=2)
    assert (await bot.request()).why == "Canceled"


async def test_another_entra_account_can_be_linked_afterwards_and_that_is_recorded(
    bot: Bot,
) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, "unlink")
    bot.chat.profiles[ANNS] = replace(bot.chat.profiles[ANNS], mail=cast.mail(ADA))
    await bot.says(ANNS, "link")

    _, page = await bot.comes_back(bot.link(), ADA)

    assert page.fine
    async with bot.world.store.begin() as tx:
        link = await tx.link(ANNS)
    assert link is not None
    assert link.person == ADA
    record = await bot.record()
    assert [w for w in record if w in {What.LINKED, What.UNLINKED}] == [
        What.LINKED,
        What.UNLINKED,
        What.LINKED,
    ]


async def moves_to_another_account(bot: Bot) -> None:
    bot.chat.profiles[PHONE] = replace(bot.chat.profiles[ANNS], account=PHONE)
    await bot.says(PHONE, "link")
    _, page = await bot.comes_back(bot.link(PHONE), ANN)
    assert page.fine, page
    await bot.works()


async def test_a_new_chat_account_of_the_same_workspace_takes_the_link_over(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.says(ANNS, PENDING)

    await moves_to_another_account(bot)

    told = bot.last(ANNS)
    assert told.title == "Your Entra account was linked to another chat account"
    assert "tell your security team now" in text(told.lines)
    assert "no longer linked" in text(told.lines)
    assert (await bot.request()).why == "relinked"
    assert bot.asked().state is PimState.CANCELED
    assert await left_of(bot, ANNS) == {"token", "held"}
    assert await left_of(bot, PHONE) == {"link", "token", "held"}


async def test_an_account_in_another_chat_is_told_and_stays_linked(bot: Bot) -> None:
    elsewhere = replace(ANNS, team="T0OTHER2")
    async with bot.world.store.begin() as tx:
        await tx.save_link(LinkRow(elsewhere, ANN, "ann", bot.clock.at))
    bot.chat.failures.clear()

    await bot.links(ANN)

    async with bot.world.store.begin() as tx:
        assert await tx.link(elsewhere) is not None
        assert await tx.link(ANNS) is not None


async def test_signing_in_again_tells_nobody(bot: Bot) -> None:
    await bot.links(ANN)
    await bot.restarts()
    async with bot.world.store.begin() as tx:
        await tx.drop_token(ANN)
    await bot.says(ANNS, LINE)

    await bot.signs_in()

    assert all("another chat account" not in card.title for card in bot.cards())
