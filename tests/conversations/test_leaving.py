"""Unlinking, leaving, moving to another account, being locked out: on the real wire, to the end."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from playground.cast import PEOPLE
from playground.slack.accounts import Account
from playground.slack.members import Changes
from tests.conversations.acts import DEV, activates, links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK, SLACK_OVER_SOCKETS
from tests.conversations.stage import Stage

PROD = "/aws-access activate prod-admin 1h INC-42 hotfix"
READER = "/aws-access activate prod-readonly 1h"
LOCK = "/aws-access lock @engineer laptop lost on the train"

Later = Callable[[Callable[[], bool]], Awaitable[None]]


def in_slack(world: Stage, who: str) -> Account:
    return world.world.slack.workspace.accounts[PEOPLE[who].slack or ""]


async def waits_for_approval(chat: Chat) -> None:
    await links(chat, "engineer")
    await chat.says("engineer", PROD)
    await chat.noted("engineer")
    await chat.hears("engineer", "prod-admin waits for approval")


def in_pim(world: Stage) -> set[str]:
    requests = world.world.entra.shown()["requests"]
    return {r["status"] for r in requests if r["action"] == "selfActivate"}


@pytest.fixture
def a_day_later(world: Stage, monkeypatch: pytest.MonkeyPatch) -> Later:
    """Time passes, and the sweeper comes by until what it does shows."""

    async def later(done: Callable[[], bool]) -> None:
        await world.skips("PT25H")
        monkeypatch.setattr("bot.app.SWEEP_SECONDS", 0.05)
        await world.restarts_bot()
        async with asyncio.timeout(30):
            while not done():  # noqa: ASYNC110  it is another task's doing, seen in the database
                await asyncio.sleep(0.02)
        await world.settles()

    return later


async def test_unlinking_withdraws_what_waits_and_cancels_it_in_pim(
    chat: Chat, world: Stage
) -> None:
    await waits_for_approval(chat)

    await chat.says("engineer", "/aws-access unlink")

    await chat.noted("engineer")
    await chat.hears_each("engineer", "Withdrawn: prod-admin", "withdrawn when you unlinked")
    assert in_pim(world) == {"Canceled"}
    assert world.evidence().tables["kept_token"] == []
    await chat.hears_rest("approver", "prod-admin: withdrawn")


@pytest.mark.parametrize("op", ["disable", "guest", "leave"])
async def test_who_left_entra_is_forgotten_within_a_day(
    chat: Chat, world: Stage, a_day_later: Later, op: str
) -> None:
    await activates(chat, READER)
    await links(chat, "approver")
    world.entra(op, who="engineer")

    await a_day_later(lambda: bool(world.events("unlinked")))

    await chat.hears_rest("engineer", "prod-readonly has ended")
    tables = world.evidence().tables
    assert [row["oid"] for row in tables["link"]] == [PEOPLE["approver"].oid]
    assert [row["oid"] for row in tables["kept_token"]] == [PEOPLE["approver"].oid]
    assert [e["payload"]["data"]["why"] for e in world.events("unlinked")] == ["left"]


@pytest.mark.where(SLACK)  # what Slack itself tells of people
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"deleted": True}, "left"),
        ({"guest": True}, "left"),
        ({"email": "new@x.example"}, "parted"),
    ],
)
async def test_who_left_slack_or_has_another_address_is_forgotten_within_a_day(
    chat: Chat, world: Stage, a_day_later: Later, change: dict[str, object], why: str
) -> None:
    await activates(chat, READER)
    for name, value in change.items():
        setattr(in_slack(world, "engineer"), name, value)

    await a_day_later(lambda: bool(world.events("unlinked")))

    if "deleted" not in change:  # nobody reads in an account that is deactivated
        await chat.hears_rest("engineer", "prod-readonly has ended")
    assert world.evidence().tables["kept_token"] == []
    assert [e["payload"]["data"]["why"] for e in world.events("unlinked")] == [why]


@pytest.mark.where(SLACK, SLACK_OVER_SOCKETS)
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (Changes(deactivated=True), "left"),
        (Changes(guest=True), "left"),
        (Changes(email="new@x.example"), "parted"),
    ],
)
async def test_who_leaves_slack_or_gets_another_address_is_forgotten_at_once(
    chat: Chat, world: Stage, change: Changes, why: str
) -> None:
    await waits_for_approval(chat)

    told = await world.world.slack.change_account("engineer", change)

    assert told["status"] == 200
    await chat.hears_rest("approver", "prod-admin: withdrawn")
    if not change.deactivated:  # nobody reads in an account that is deactivated
        await chat.hears("engineer", "prod-admin", "withdrawn")
    tables = world.evidence().tables
    assert (tables["link"], tables["kept_token"]) == ([], [])
    assert in_pim(world) == {"Canceled"}
    assert [e["payload"]["data"]["why"] for e in world.events("unlinked")] == [why]


@pytest.mark.where(SLACK, SLACK_OVER_SOCKETS)
async def test_who_comes_back_to_slack_finds_their_card_as_things_stand(
    chat: Chat, world: Stage
) -> None:
    await waits_for_approval(chat)
    await world.world.slack.change_account("engineer", Changes(deactivated=True))
    await chat.hears_rest("approver", "prod-admin: withdrawn")

    await world.world.slack.change_account("engineer", Changes(deactivated=False))

    card = await chat.hears("engineer", "prod-admin: withdrawn", "may not act here any more")
    assert card.state == "withdrawn"


async def test_who_is_still_there_is_left_alone(
    chat: Chat, world: Stage, a_day_later: Later
) -> None:
    await activates(chat, READER)

    await a_day_later(lambda: bool(world.calls("graph", "GET .*/users$")))

    await chat.hears_rest("engineer", "prod-readonly has ended")
    assert len(world.evidence().tables["kept_token"]) == 1
    assert world.events("unlinked") == []


@pytest.mark.where(SLACK)  # what Slack itself tells of people
async def test_another_address_voids_the_link_at_the_next_use_and_cancels_what_waits(
    chat: Chat, world: Stage
) -> None:
    await waits_for_approval(chat)
    in_slack(world, "engineer").email = "attacker@x.example"

    await chat.says("engineer", DEV)

    await chat.noted("engineer")
    *_, card = await chat.hears_rest("engineer", "needs your sign-in")
    assert in_pim(world) == {"Canceled"}
    assert "do not belong together" in await chat.signs_in("engineer", card)
    assert world.holds("engineer") == set()
    await chat.hears_rest("approver", "prod-admin: withdrawn")


@pytest.mark.where(SLACK)  # what Slack itself tells of people
async def test_a_new_slack_account_takes_the_link_over_and_the_old_one_is_told(
    chat: Chat, world: Stage
) -> None:
    await waits_for_approval(chat)
    in_slack(world, "outsider").email = PEOPLE["engineer"].upn

    await chat.says("outsider", "/aws-access link")
    await chat.noted("outsider")
    offer = await chat.hears("outsider", "Sign in first")
    assert "Signed in" in (await world.browses("engineer", offer.link("Sign In"))).text

    await chat.hears("outsider", "You are linked", "engineer@playground.example")
    await chat.hears_each(
        "engineer", "tell your security team now", "linked to another chat account. Nothing"
    )
    assert in_pim(world) == {"Canceled"}
    await chat.hears_rest("approver", "prod-admin: withdrawn")


async def test_an_admin_locks_somebody_out_and_lets_them_in_again(chat: Chat, world: Stage) -> None:
    await activates(chat, READER)
    await chat.says("engineer", PROD)
    await chat.noted("engineer")
    await chat.hears("engineer", "prod-admin waits for approval")
    await links(chat, "admin")

    await chat.says("admin", LOCK)

    await chat.noted("admin")
    told = await chat.hears("admin", "Locked out of this bot", "Withdrawn: prod-admin")
    assert "prod-readonly is active. Entra ends it at" in told
    assert "Assignments → Active → Remove" in told
    await chat.hears("engineer", "an admin of this bot locked you out")
    await chat.hears("approver", "prod-admin: withdrawn")
    assert in_pim(world) == {"Canceled", "Provisioned"}
    assert world.holds("engineer") == {"prod-readonly"}
    assert [row["oid"] for row in world.evidence().tables["kept_token"]] == [PEOPLE["admin"].oid]

    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    refused = await chat.hears("engineer", "You are locked out of this bot", "Nothing was changed")
    assert "laptop" not in refused

    await chat.says("admin", "/aws-access unlock @engineer")
    await chat.noted("admin")
    await chat.hears("admin", "can use this bot again")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    await chat.signs_in("engineer", await chat.hears("engineer", "needs your sign-in"))
    await chat.hears("engineer", "dev-poweruser is active")
    locked = [event["payload"]["data"] for event in world.events("locked")]
    both = {PEOPLE["engineer"].oid, PEOPLE["engineer-admin"].oid}
    assert {data["person"] for data in locked} == both
    assert {data["reason"] for data in locked} == {"laptop lost on the train"}


async def test_a_locked_person_cannot_sign_in(chat: Chat, world: Stage) -> None:
    await links(chat, "admin")
    await chat.says("engineer", DEV)
    await chat.noted("engineer")
    card = await chat.hears("engineer", "needs your sign-in")

    await chat.says("admin", f"/aws-access lock {PEOPLE['engineer'].oid} left the company")
    await chat.noted("admin")
    await chat.hears("admin", "Locked out of this bot")

    assert "You are locked out of this bot" in await chat.signs_in("engineer", card)
    await world.skips("PT2H")
    await chat.hears("engineer", "lapsed")
    assert world.holds("engineer") == set()


@pytest.mark.parametrize("who", ["engineer", "approver"])
async def test_nobody_else_locks(chat: Chat, world: Stage, who: str) -> None:
    await links(chat, who)

    await chat.says(who, "/aws-access lock @admin because")

    await chat.noted(who)
    await chat.hears(who, "Only admins can do that", "Nothing was changed")
    assert world.evidence().tables["person_lock"] == []
