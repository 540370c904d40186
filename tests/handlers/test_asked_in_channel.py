"""Approvals asked for in a channel: one card that calls nobody, whose buttons any approver may press."""

from dataclasses import replace

import pytest

from bot.domain.access import Principal
from bot.domain.ids import Channel, Chat
from bot.domain.request import State
from bot.ports import IntegrationError
from tests.fakes.messenger import Shown
from tests.handlers import cast
from tests.handlers.approving import ASK, ASK_DUAL, button, card, changed
from tests.handlers.cast import ADA, ADAS, ANN, ANNS, AUDREY, AUDREYS, BEN, BENS, GUSS
from tests.handlers.harness import Bot
from tests.handlers.words import text

PROD = Channel(Chat.SLACK, "C0PROD")


@pytest.fixture
async def routed(bot: Bot) -> Bot:
    """Ada and Audrey decide, and the file names a channel to ask them in, which is told as well."""
    accesses = tuple(
        replace(a, asked_in="slack:C0PROD", notify=("slack:C0PROD",)) if a.group == cast.PROD else a
        for a in cast.CATALOG.accesses
    )
    bot.world.policy.replace(replace(cast.CATALOG, accesses=accesses))
    named = (Principal("user", ADA.oid), Principal("user", AUDREY.oid))
    bot.pim.policies[cast.PROD] = replace(cast.RULES[cast.PROD], approvers=named)
    bot.chat.channels = {PROD: False}
    await bot.links(ANN, ADA, AUDREY, BEN)
    return bot


def asked(bot: Bot) -> Shown:
    [one] = [m for m in bot.chat.messages if m.account == PROD]
    return one


async def test_one_card_in_the_channel_and_nobody_else_is_written_to(routed: Bot) -> None:
    await routed.says(ANNS, ASK)

    shown = asked(routed).card
    assert shown.title == "prod-admin needs a decision"
    assert [b.label for b in shown.buttons] == ["Approve", "Deny…"]
    assert routed.posts(ADAS) == routed.posts(AUDREYS) == []
    said = text(card(routed, ANNS).lines)
    assert "I have asked in a channel. Ada, Audrey can decide it." in said


async def test_any_approver_decides_there_and_the_buttons_give_way(routed: Bot) -> None:
    await routed.says(ANNS, ASK)

    await routed.presses(AUDREYS, button(asked(routed).card, "Approve"))
    await routed.waits(minutes=2)

    assert (await routed.request()).state is State.GRANTED
    shown = asked(routed).card
    assert (shown.title, shown.buttons) == ("prod-admin: approved", ())
    assert text(shown.lines).startswith("Audrey approved it at")


async def test_who_is_no_approver_presses_in_vain_and_is_told_alone(routed: Bot) -> None:
    await routed.says(ANNS, ASK)

    await routed.presses(BENS, button(asked(routed).card, "Approve"))

    assert routed.last(BENS).title == "You do not decide this one"
    assert asked(routed).card.title == "prod-admin needs a decision"


async def test_who_does_not_look_there_is_reminded_in_person(routed: Bot) -> None:
    await routed.says(ANNS, ASK)
    await routed.waits(minutes=16)

    assert [m.card.title for m in routed.posts(ADAS)] == ["prod-admin still needs your decision"]
    await routed.presses(ADAS, button(routed.posts(ADAS)[0].card, "Approve"))
    await routed.waits(minutes=2)
    assert asked(routed).card.buttons == routed.posts(AUDREYS)[0].card.buttons == ()


@pytest.mark.parametrize("channel", ["shared", "not invited"])
async def test_a_channel_that_cannot_be_asked_keeps_nobody_waiting(
    routed: Bot, channel: str
) -> None:
    routed.chat.channels = {PROD: True} if channel == "shared" else {}

    await routed.says(ANNS, ASK)

    assert [m for m in routed.chat.messages if m.account == PROD] == []
    assert card(routed, ADAS).title == "prod-admin needs your decision"
    assert "I have asked Ada, Audrey." in text(card(routed, ANNS).lines)


async def test_a_chat_that_does_not_answer_is_asked_again(routed: Bot) -> None:
    await routed.hears(ANNS, ASK)
    routed.chat.loses.append("approvers:slack:C0PROD")

    await routed.waits(minutes=3)

    assert asked(routed).card.title == "prod-admin needs a decision"
    assert routed.posts(ADAS) == []


async def test_one_that_was_closed_later_is_no_reason_to_ask_everybody_twice(
    routed: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    await routed.says(ANNS, ASK)

    async def closed(*_: object) -> None:
        raise IntegrationError("Slack", "is_archived", permanent=True)

    monkeypatch.setattr(routed.chat, "update", closed)
    routed.settled = False
    await routed.presses(ADAS, button(asked(routed).card, "Approve"))
    await routed.waits(minutes=2)

    assert (await routed.request()).state is State.GRANTED
    assert routed.posts(ADAS) == []


async def test_where_nothing_is_to_be_approved_the_channel_is_told_as_any_other(
    routed: Bot,
) -> None:
    rules = replace(routed.pim.policies[cast.PROD], approval_required=False)
    routed.pim.policies[cast.PROD] = rules

    await routed.says(ANNS, ASK)

    assert asked(routed).card.title == "prod-admin: activated"


async def test_votes_are_cast_there_as_well(granting: Bot) -> None:
    changed(granting, asked_in="slack:C0PROD")
    granting.chat.channels = {PROD: False}
    await granting.says(ANNS, ASK_DUAL)

    for who in (ADAS, AUDREYS):
        await granting.presses(who, button(asked(granting).card, "Approve"))

    assert (await granting.request()).state is State.GRANTED
    assert "Ada approved it at" in text(asked(granting).card.lines)


async def test_in_a_chat_with_views_each_reader_sees_it_in_their_own_way(routed: Bot) -> None:
    await routed.says(ANNS, ASK)
    request = (await routed.request()).id

    views = {who: await routed.desk.view(who, request) for who in (ADAS, ANNS, BENS)}

    titles = {who: view.title for who, view in views.items() if view}
    assert titles == {
        ADAS: "prod-admin needs your decision",
        ANNS: "prod-admin needs a decision",
    }
    buttons = {who: len(view.buttons) for who, view in views.items() if view}
    assert buttons == {ADAS: 2, ANNS: 0}
    assert views[BENS] is None  # whose card is the one that stands
    assert await routed.desk.view(GUSS, request) is None  # nor to somebody nobody knows
    assert asked(routed).card.views == request


async def test_a_view_changes_nothing_and_ends_with_the_question(routed: Bot) -> None:
    await routed.says(ANNS, ASK)
    request = await routed.request()
    before = await routed.record()

    for _ in range(3):
        await routed.desk.view(ADAS, request.id)
    await routed.works()

    assert await routed.record() == before
    assert await routed.request() == request
    await routed.presses(AUDREYS, button(asked(routed).card, "Approve"))
    await routed.waits(minutes=2)
    assert await routed.desk.view(ADAS, request.id) is None
    assert await routed.desk.view(ADAS, "made-up") is None
    assert asked(routed).card.views == ""


async def test_a_view_that_cannot_be_had_leaves_the_card_as_it_is(routed: Bot) -> None:
    await routed.says(ANNS, ASK)
    request = (await routed.request()).id
    assert await routed.desk.view(ADAS, request) is not None
    routed.directory.failure = IntegrationError("Microsoft Graph", "down")
    routed.world.memory._kept.clear()

    assert await routed.desk.view(ADAS, request) is None

    routed.directory.failure = None
    for _ in range(100):
        await routed.desk.view(ADAS, request)
    assert await routed.desk.view(ADAS, request) is None  # too often
