"""Dual control in the chat: two people's clicks, and only then the grantor assigns; every other way ends."""

import pytest

from playground.cast import ACCESS, PEOPLE
from tests.conversations.chat import Chat
from tests.conversations.heard import Heard
from tests.conversations.stage import Stage

NAME = "prod-dual-control"
ASK = f"/aws-access activate {NAME} 1h INC-42 rotate the keys"
CONTROLLERS = ("controller-one", "controller-two", "admin")


async def links(chat: Chat, *people: str) -> None:
    """People who have signed in before."""
    for who in people:
        await chat.says(who, "/aws-access link")
        await chat.noted(who)
        assert "Signed in" in await chat.signs_in(who, await chat.hears(who, "Sign in first"))
        await chat.hears(who, "You are linked")


async def asks(chat: Chat) -> dict[str, Heard]:
    """The engineer, who has signed in, asks; the card of each who decides."""
    await links(chat, "engineer", *CONTROLLERS)
    await chat.says("engineer", ASK)
    await chat.hears_rest("engineer", "0 of 2 needed approvals given.")
    return {
        who: await chat.hears(
            who, f"{NAME} needs your decision", "Erin Engineer", "rotate the keys"
        )
        for who in CONTROLLERS
    }


def assigned(world: Stage) -> set[str]:
    """Who holds the access, and not by an activation."""
    keys = {person.oid: person.key for person in PEOPLE.values()}
    return {
        keys[one["oid"]]
        for one in world.world.entra.shown()["activations"]
        if one["group"] == ACCESS[NAME].group
    }


async def test_two_people_decide_and_the_grantor_assigns(chat: Chat, world: Stage) -> None:
    cards = await asks(chat)

    await chat.presses("controller-one", cards["controller-one"], "Approve")
    await chat.hears_rest("controller-one", "1 of 2 needed approvals given.")
    await chat.hears("controller-two", "Connie Controller approved it at")
    await chat.hears("admin", "Connie Controller approved it at")
    await chat.hears("engineer", "Connie Controller approved it at", "1 of 2 needed")
    assert world.asked_of_pim("adminAssign") == []

    await chat.presses("controller-two", cards["controller-two"], "Approve")
    await chat.hears_rest("controller-two", f"{NAME}: approved")
    await chat.hears_rest("engineer", "usually takes up to 40 minutes")
    await chat.hears_rest("controller-one", f"{NAME}: approved")
    await chat.hears_rest("admin", f"{NAME}: approved")
    [sent] = world.asked_of_pim("adminAssign")
    assert sent.shown()["as"] == "grantor"
    assert sent.body["scheduleInfo"]["expiration"] == {
        "type": "afterDuration",
        "duration": "PT1H",
    }
    assert assigned(world) == {"engineer"}

    await world.skips("PT41M")
    await chat.hears_rest("engineer", "AWS has your membership")
    await world.skips("PT20M")
    await chat.hears_rest("engineer", f"{NAME} has ended")
    assert assigned(world) == set()
    await chat.hears_rest("controller-one", "It has ended")
    await chat.hears_rest("controller-two", "It has ended")
    await chat.hears_rest("admin", "It has ended")


async def test_whoever_is_not_linked_signs_in_and_then_it_goes_on(chat: Chat, world: Stage) -> None:
    await chat.says("engineer", ASK)
    await chat.noted("engineer")
    card = await chat.hears("engineer", "I have to know who you are in Entra")
    await chat.signs_in("engineer", card)
    await chat.hears_rest("engineer", "0 of 2 needed approvals given.")

    for who in ("controller-one", "controller-two"):
        mine = (await chat.hears_rest(who, f"{NAME} needs your decision"))[0]
        await chat.presses(who, mine, "Approve")
        heard = await chat.hears_rest(who, "So that I know who decides")
        await chat.signs_in(who, heard[-1])

    await chat.hears_rest("engineer", f"{NAME} is active")
    for who in CONTROLLERS:
        await chat.hears_rest(who, f"{NAME}: approved")
    assert len(world.asked_of_pim("adminAssign")) == 1


async def test_one_no_ends_it(chat: Chat, world: Stage) -> None:
    cards = await asks(chat)
    await chat.presses("controller-one", cards["controller-one"], "Approve")
    for who in (*CONTROLLERS, "engineer"):
        await chat.hears_rest(who, "1 of 2 needed approvals given.")

    await chat.presses("admin", cards["admin"], "Deny…")
    await chat.submits("admin", await chat.form("admin"), Reason="the change freeze is on")

    told = await chat.hears_rest("engineer", "the change freeze is on")
    assert any(one.notifies for one in told)
    for who in CONTROLLERS:
        await chat.hears_rest(who, f"{NAME}: denied")
    await chat.presses("controller-two", cards["controller-two"], "Approve", force=True)
    await chat.hears_rest("controller-two", "Ada Admin denied it.")
    assert world.asked_of_pim("adminAssign") == []


@pytest.mark.parametrize(
    "who", ["engineer", "engineer-admin", "outsider", "approver", "stranger", "guest"]
)
async def test_nobody_else_votes(chat: Chat, world: Stage, who: str) -> None:
    cards = await asks(chat)
    if who in {"engineer-admin", "outsider", "approver"}:
        await links(chat, who)

    card = chat.within_reach(who, cards["admin"], cards["controller-one"])
    await chat.presses(who, card, "Approve", force=True)

    await chat.hears_rest(who, "Nothing was changed")
    assert world.events("verdict_counted") == []


async def test_the_same_click_many_times_is_one_vote(chat: Chat, world: Stage) -> None:
    cards = await asks(chat)

    await chat.presses("admin", cards["admin"], "Approve", times=5)
    await chat.presses("admin", cards["admin"], "Approve", force=True)

    await chat.hears_rest("admin", "Each human counts once")
    for who in ("controller-one", "controller-two", "engineer"):
        await chat.hears_rest(who, "1 of 2 needed approvals given.")
    assert len(world.events("verdict_counted")) == 1
    assert world.asked_of_pim("adminAssign") == []


async def test_who_may_not_ask_is_told(chat: Chat, world: Stage) -> None:
    await links(chat, "outsider")
    await chat.says("outsider", ASK)

    await chat.noted("outsider")
    await chat.hears("outsider", "does not name you among those who may ask")
    assert world.requests() == []


async def test_nobody_in_time(chat: Chat, world: Stage) -> None:
    cards = await asks(chat)
    await world.skips("PT24H1M")

    await chat.hears("engineer", f"{NAME}: lapsed", "It was not decided within 24 hours.")
    for who in CONTROLLERS:  # who were reminded meanwhile
        await chat.hears_rest(who, f"{NAME}: lapsed")
    await chat.presses("admin", cards["admin"], "Approve", force=True)
    await chat.hears_rest("admin", "no longer waits for a decision: it is lapsed")


async def test_taken_back(chat: Chat, world: Stage) -> None:
    cards = await asks(chat)
    await chat.says("engineer", "/aws-access withdraw")

    await chat.hears_rest("engineer", f"{NAME}: withdrawn")
    for who in CONTROLLERS:
        await chat.hears(who, f"{NAME}: withdrawn", "before it was granted")
    await chat.presses("admin", cards["admin"], "Approve", force=True)
    await chat.hears_rest("admin", "it is withdrawn")
    assert world.events("verdict_counted") == []


@pytest.mark.parametrize("answer", ["Yes, Activate", "Withdraw", ""])
async def test_a_decision_that_took_long_is_asked_about(
    chat: Chat, world: Stage, answer: str
) -> None:
    cards = await asks(chat)
    await chat.presses("admin", cards["admin"], "Approve")
    await world.skips("PT1H5M")
    await chat.presses("controller-one", cards["controller-one"], "Approve")

    asked = await chat.hears_rest("engineer", f"Do you still need {NAME}?")
    assert any(one.notifies for one in asked)
    assert world.asked_of_pim("adminAssign") == []
    if answer:
        await chat.presses("engineer", asked[-1], answer)
    else:
        await world.skips("PT1H1M")

    ends = {"Yes, Activate": " is active", "Withdraw": ": withdrawn", "": ": lapsed"}
    await chat.hears_rest("engineer", f"{NAME}{ends[answer]}")
    for who in CONTROLLERS:
        await chat.hears_rest(who, NAME)
    assert len(world.asked_of_pim("adminAssign")) == (answer == "Yes, Activate")


@pytest.mark.parametrize("kind", ["lost_answer", "timeout", "reset", "status"])
async def test_an_answer_that_is_lost_has_one_effect(chat: Chat, world: Stage, kind: str) -> None:
    cards = await asks(chat)
    await chat.presses("admin", cards["admin"], "Approve")
    world.fails("graph", "^POST .*/assignmentScheduleRequests", kind)  # type: ignore[arg-type]
    await chat.presses("controller-one", cards["controller-one"], "Approve")
    for _ in range(2):  # one that runs out of time does so in real seconds
        await world.skips("PT3M")

    await chat.hears_rest("engineer", f"{NAME} is active")
    for who in CONTROLLERS:
        await chat.hears_rest(who, f"{NAME}: approved")
    assert assigned(world) == {"engineer"}


async def test_the_grantor_ends_it_early(chat: Chat, world: Stage) -> None:
    cards = await asks(chat)
    for who in ("admin", "controller-one"):
        await chat.presses(who, cards[who], "Approve")
    await chat.hears_rest("engineer", f"{NAME} is active")
    for who in CONTROLLERS:
        await chat.hears_rest(who, f"{NAME}: approved")
    await world.skips("PT6M")

    await chat.says("engineer", "/aws-access deactivate")

    await chat.hears_rest("engineer", f"{NAME} has ended")
    for who in CONTROLLERS:
        await chat.hears_rest(who, "It has ended")
    [sent] = world.asked_of_pim("adminRemove")
    assert sent.shown()["as"] == "grantor"
    assert assigned(world) == set()


async def test_without_a_grantor_it_is_refused_honestly(chat: Chat, world: Stage) -> None:
    await world.stops_bot()
    world.settings = {**world.settings, "GRANTOR_CLIENT_ID": "", "GRANTOR_CLIENT_SECRET": ""}
    await world.starts_bot()

    await chat.says("engineer", ASK)

    await chat.noted("engineer")
    no = await chat.hears("engineer", f"{NAME} cannot be activated here")
    assert "none is configured here (GRANTOR_CLIENT_ID)" in no
    assert "Nothing was changed" in no
    assert world.requests() == []
