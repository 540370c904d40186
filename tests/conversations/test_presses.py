"""Whoever must not approve presses in vain, correctly signed, and is told why."""

import pytest

from playground.cast import PEOPLE
from tests.conversations.acts import links
from tests.conversations.chat import Chat
from tests.conversations.stage import Stage
from tests.onlooker import Row

ASK = "/aws-access activate prod-admin 1h INC-42 failing payments"
NEEDED = "prod-admin needs your decision"
PATCH = "^PATCH "


async def asks(chat: Chat, who: str = "engineer") -> None:
    await links(chat, who)
    await chat.says(who, ASK)
    await chat.hears_rest(who, "waits for approval")


def refusals(world: Stage, why: str) -> list[Row]:
    """The lines of the record that say no to a press, for this reason."""
    found = [e["payload"]["data"] for e in world.events("refused")]
    return [data for data in found if data["why"] == why and '"decide"' in data["intent"]]


@pytest.mark.parametrize(
    ("who", "said", "why"),
    [
        ("engineer", "Nobody decides their own, with any account", "OwnRequest"),
        ("engineer-admin", "Nobody decides their own, with any account", "OwnRequest"),
        ("outsider", "You do not decide this one", "NotAnApprover"),
        ("guest", "Guests", "NotAMember"),
        ("stranger", "Not for this account", "NotAMember"),
    ],
)
async def test_a_forced_press_is_refused_in_a_sentence_and_in_the_record(
    chat: Chat, world: Stage, who: str, said: str, why: str
) -> None:
    await asks(chat)
    cards = [await chat.hears("approver", NEEDED)]
    if chat.places.has_teams:
        cards.append(await chat.hears("teams-approver", NEEDED))
    if who in {"engineer-admin", "outsider"}:
        await links(chat, who)

    await chat.presses(who, chat.within_reach(who, *cards), "Approve", force=True)

    [*_, told] = await chat.hears_rest(who, said)
    assert "Nothing was changed" in told
    assert len(refusals(world, why)) == 1
    assert world.calls("graph", PATCH) == []


@pytest.mark.parametrize("who", ["engineer-admin", "outsider"])
async def test_a_press_of_who_is_not_known_counts_for_nothing_and_is_in_the_record(
    chat: Chat, world: Stage, who: str
) -> None:
    await asks(chat)
    cards = [await chat.hears("approver", NEEDED)]
    if chat.places.has_teams:
        cards.append(await chat.hears("teams-approver", NEEDED))

    await chat.presses(who, chat.within_reach(who, *cards), "Approve", force=True)

    *_, offer = await chat.hears_rest(who, "So that I know who decides")
    [noted] = [e["payload"] for e in world.events("sign_in_needed")]
    assert '"decide"' in noted["data"]["intent"]
    assert noted["chat_user"]
    await chat.signs_in(who, offer)
    await chat.hears_rest(who, "Nothing was changed")
    assert len([e for e in world.events("refused") if e["payload"]["data"].get("intent")]) == 1
    assert world.calls("graph", PATCH) == []


async def test_who_was_taken_out_of_the_policy_is_refused(chat: Chat, world: Stage) -> None:
    await links(chat, "approver")
    await asks(chat)
    card = await chat.hears("approver", NEEDED)
    world.entra("policy", access="prod-admin", approvers=["teams-approver"])

    await chat.presses("approver", card, "Approve")

    [*_, told] = await chat.hears_rest("approver", "You do not decide this one")
    assert "Nothing was changed" in told
    assert len(refusals(world, "NotAnApprover")) == 1
    assert world.calls("graph", PATCH) == []


async def test_an_approver_who_asks_does_not_approve_it(chat: Chat, world: Stage) -> None:
    await asks(chat, "approver")
    card = await chat.hears("engineer-admin", NEEDED, "Avery Approver")

    await chat.presses("approver", card, "Approve", force=True)

    await chat.hears_rest("approver", "Nobody decides their own, with any account")
    assert len(refusals(world, "OwnRequest")) == 1
    assert world.calls("graph", PATCH) == []


@pytest.mark.parametrize("kind", ["reset", "status"])
async def test_a_fault_while_it_is_looked_up_who_presses_costs_no_click(
    chat: Chat, world: Stage, kind: str
) -> None:
    await links(chat, "approver")
    await asks(chat)
    card = await chat.hears("approver", NEEDED)
    oid = PEOPLE["approver"].oid
    world.fails("graph", f"^GET .*/users/{oid}$", kind, times=1, status=429, retry_after=1.5)  # type: ignore[arg-type]

    await chat.presses("approver", card, "Approve")
    await world.skips("PT1M")

    await chat.hears_rest("approver", "prod-admin: approved")
    await chat.hears_rest("engineer", "prod-admin is active")
    assert len(world.calls("graph", PATCH)) == 1
