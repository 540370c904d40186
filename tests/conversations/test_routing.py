"""Where an approval is asked for, and of whom when nobody answers: a channel first, others later."""

import pytest

from playground.access_file import render
from playground.cast import PEOPLE
from tests.conversations.acts import links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK
from tests.conversations.stage import Stage

ASK = "/aws-access activate prod-admin 1h INC-42 failing payments"
PROD = 'name      = "prod-admin"\n'
READERS = ("admin", "approver", "controller-one", "controller-two", "engineer-admin", "outsider")


def routed(approval: str) -> str:
    """The access file, saying that of prod-admin's approvals."""
    head, tail = render().split(PROD)
    own, rest = tail.split("[[access]]", maxsplit=1)
    return f"{head}{PROD}{own}[access.approval]\n{approval}\n\n[[access]]{rest}"


@pytest.fixture
async def asked(world: Stage, chat: Chat) -> None:
    await world.day_breaks()
    for who in ("engineer", "approver"):
        await links(chat, who)


@pytest.mark.where(SLACK)  # it is a channel of Slack's
async def test_any_approver_presses_in_the_channel_and_everybody_there_reads_who(
    asked: None, chat: Chat, world: Stage
) -> None:
    await world.reloads(routed('channel = "slack:C0PROD"'))
    await chat.says("engineer", ASK)
    await chat.hears_rest("engineer", "I have asked in a channel.")
    cards = {who: await chat.hears(who, "prod-admin needs a decision") for who in READERS}

    await chat.presses("outsider", cards["outsider"], "Approve")
    await chat.hears_rest("outsider", "Sign in first")
    await chat.presses("approver", cards["approver"], "Approve")

    for who in READERS:
        await chat.hears_rest(who, "Avery Approver approved it at")
    await chat.hears_rest("engineer", "prod-admin is active")
    posts = [c.body for c in world.calls("slack", "chat.postMessage")]
    assert [b["channel"] for b in posts].count("C0PROD") == 1
    assert len(world.calls("graph", "^PATCH ")) == 1


async def test_when_nobody_decides_whoever_the_file_names_is_told(
    asked: None, chat: Chat, world: Stage
) -> None:
    await world.reloads(routed(f'escalate = ["user:{PEOPLE["admin"].oid}"]'))
    await chat.says("engineer", ASK)
    await chat.hears_rest("engineer", "waits for approval")
    await chat.hears("approver", "needs your decision")

    await world.skips("PT6H1M")

    await chat.hears(
        "admin", "prod-admin waits and nobody has decided it", "Who can: Avery Approver"
    )
    await chat.hears("engineer", "so I have told Ada Admin")
    await chat.hears_rest("approver", "still needs your decision")
    [row] = world.events("escalated")
    assert row["payload"]["data"] == {"escalated": "", "told": PEOPLE["admin"].oid} | {
        "policy": row["payload"]["data"]["policy"]
    }
