"""An approval over the control interface: who must not press in vain, who may once, who is late is told."""

from typing import Any

import pytest

from playground.cast import PEOPLE
from tests.conversations.evidence import events_of
from tests.conversations.invariants import broken
from tests.onlooker import Row
from tests.process.remote import Remote

ASK = "activate prod-admin 1h INC-42 failing payments"
NEEDED = "prod-admin needs your decision"
IN_VAIN = {
    "engineer": "OwnRequest",
    "engineer-admin": "OwnRequest",
    "outsider": "NotAnApprover",
    "guest": "NotAMember",
    "stranger": "NotAMember",
}


async def pressed(world: Remote, who: str, message: str, label: str, chat: str = "slack") -> None:
    """A press that is correctly signed, whether they can see the message or not."""
    press: dict[str, Any] = {"chat": chat, "who": who, "message": message, "action": label}
    await world.post("/press", **press, force=True)


async def reads(world: Remote, who: str, words: str, chat: str = "slack") -> Row:
    """Wait until somebody reads that."""

    async def there() -> Row | None:
        rows = await world.get("/messages", chat=chat, who=who)
        return next((row for row in reversed(rows) if words in row["text"]), None)

    found: Row = await world.until(there)
    return found


def refusals(world: Remote) -> list[str]:
    """Why presses were refused, by the record."""
    rows = [e["payload"]["data"] for e in events_of(world.url) if e["what"] == "refused"]
    return [data["why"] for data in rows if '"decide"' in data["intent"]]


async def patches(world: Remote) -> list[str]:
    return [call["as"] for call in await world.get("/calls") if call["method"] == "PATCH"]


@pytest.mark.parametrize("fault", ["", "status", "lost_answer"])
async def test_one_decision_by_who_may_whatever_happens_in_the_middle(
    world: Remote, fault: str
) -> None:
    await world.starts_bot()
    for who in ("engineer", "approver", "engineer-admin", "outsider"):
        await world.links(who)
    await world.says("engineer", ASK)
    message = (await world.card("approver", NEEDED))["id"]
    late = (await reads(world, "teams-approver", NEEDED, "teams"))["id"]
    for who, why in IN_VAIN.items() if not fault else ():
        await pressed(world, who, message, "Approve")
        await reads(world, who, "Nothing was changed")
        assert refusals(world)[-1] == why
    assert await patches(world) == []

    if fault:
        await world.fails(fault, "^PATCH ", status=429, retry_after=1.5, times=1)
    await world.presses("approver", NEEDED, "Approve")
    await world.settles_as("engineer", "granted", ["prod-admin"])
    await world.card("approver", "prod-admin: approved")
    await pressed(world, "teams-approver", late, "Approve", "teams")
    await reads(world, "teams-approver", "Avery Approver approved it.", "teams")

    assert set(await patches(world)) == {f"user:{PEOPLE['approver'].oid}"}
    [_] = [e for e in events_of(world.url) if e["what"] == "verdict_counted"]
    assert broken(await world.evidence([])) == []


async def test_who_was_taken_out_of_the_policy_presses_in_vain(world: Remote) -> None:
    await world.starts_bot()
    for who in ("engineer", "approver"):
        await world.links(who)
    await world.says("engineer", ASK)
    message = (await world.card("approver", NEEDED))["id"]
    await world.post("/entra", op="policy", access="prod-admin", approvers=["teams-approver"])

    await pressed(world, "approver", message, "Approve")

    await reads(world, "approver", "You do not decide this one")
    assert refusals(world) == ["NotAnApprover"]
    assert await patches(world) == []
