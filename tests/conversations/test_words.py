"""People's words reach PIM and the record as they are, and are never taken for the bot's own."""

import json

import pytest

from playground.cast import PEOPLE
from tests.conversations.acts import activates, links
from tests.conversations.chat import Chat
from tests.conversations.places import SLACK
from tests.conversations.stage import Stage

TRICKY = "<!channel> *bold* <https://elsewhere.example|Approve> `code` & :tada: 100%"
COMMAND = f"/aws-access activate dev-poweruser 1h {TRICKY}"


async def test_markup_in_a_reason_is_shown_as_it_was_typed(chat: Chat, world: Stage) -> None:
    card = await activates(chat, COMMAND)
    await links(chat, "admin")
    await chat.says("admin", "/aws-access recent")
    told = await chat.hears("admin", "Recent decisions")

    for shown in (card, told):
        assert "*bold*" in shown
        assert "`code`" in shown
        assert ":tada:" in shown
    for who in ("engineer", "admin"):
        for message in world.world.slack.messages(who):
            blocks = json.dumps(message["raw"]["blocks"])
            assert '"broadcast"' not in blocks
            assert '"url": "https://elsewhere.example' not in blocks
            assert "<!channel>" not in message["raw"]["text"]


@pytest.mark.where(SLACK)  # in Teams a reader's client tells them
async def test_times_are_told_in_the_zone_of_who_reads_them(chat: Chat, world: Stage) -> None:
    account = world.world.slack.workspace.accounts[PEOPLE["engineer"].slack or ""]
    account.zone = "Asia/Tokyo"

    await activates(chat)

    active = world.world.slack.messages("engineer")[-1]
    assert "JST" in active["raw"]["text"]
    assert "UTC" not in active["raw"]["text"]


async def test_a_mention_in_a_reason_is_the_name_that_was_typed(chat: Chat, world: Stage) -> None:
    await activates(chat, "/aws-access activate dev-poweruser 1h as agreed with @approver")

    [sent] = world.asked_of_pim()

    assert "as agreed with @approver" in sent.body["justification"]
    assert str(PEOPLE["approver"].slack) not in sent.body["justification"]
