import asyncio

import pytest

from playground.cast import PEOPLE, TEAMS_APP_ID, TENANT_ID
from playground.teams import delivery
from playground.teams.facade import Teams
from tests.playground.teams.kit import buttons, execute, message, words
from tests.playground.teams.listening_bot import ListeningBot
from tests.playground.teams.sender import Sender


async def test_what_is_typed_arrives_signed_and_in_its_documented_shape(
    teams: Teams, bot: ListeningBot
) -> None:
    told = await teams.say("engineer", "recent @admin now")

    assert told == {"status": 200, "reply": ""}
    seen = bot.last
    assert seen["type"] == "message"
    assert seen["channelId"] == "msteams"
    assert seen["text"] == "recent <at>Ada Admin</at> now"
    assert seen["from"] == {
        "id": "29:engineer",
        "name": "Erin Engineer",
        "aadObjectId": PEOPLE["engineer"].oid,
    }
    assert seen["recipient"]["id"] == f"28:{TEAMS_APP_ID}"
    assert seen["conversation"]["conversationType"] == "personal"
    assert seen["conversation"]["tenantId"] == seen["channelData"]["tenant"]["id"] == TENANT_ID
    client, mention = seen["entities"]
    assert client["timezone"] == "UTC"
    assert mention["mentioned"] == {"id": "29:admin", "name": "Ada Admin"}
    assert bot.claims[0]["serviceurl"] == seen["serviceUrl"] == teams.service_url
    assert teams.messages("engineer") == []


async def test_in_a_channel_the_bot_is_mentioned_in_a_post_of_its_own(
    teams: Teams, bot: ListeningBot
) -> None:
    await teams.say("engineer", "status", channel="19:prod@thread.tacv2")

    seen = bot.last
    assert seen["text"] == "<at>AWS Access</at> status"
    assert seen["conversation"] == {
        "isGroup": True,
        "conversationType": "channel",
        "tenantId": TENANT_ID,
        "id": f"19:prod@thread.tacv2;messageid={seen['id']}",
    }
    assert seen["channelData"]["channel"]["id"] == "19:prod@thread.tacv2"
    assert seen["entities"][-1]["mentioned"]["id"] == f"28:{TEAMS_APP_ID}"


async def test_three_times_means_the_identical_bytes(teams: Teams, bot: ListeningBot) -> None:
    bot.answers = [None, 503, None]
    told = await teams.say("engineer", "status", times=3)

    assert len(bot.bodies) == 3
    assert len(set(bot.bodies)) == 1
    assert told["status"] == 200
    assert [one["status"] for one in told["replies"]] == [200, 503, 200]


async def test_a_new_key_signs_from_then_on(teams: Teams, bot: ListeningBot) -> None:
    await teams.say("engineer", "status")
    await teams.operate("rotate", "")

    assert (await teams.say("engineer", "status"))["status"] == 200


async def test_a_bot_that_takes_too_long_or_is_down_is_not_reached(
    teams: Teams, bot: ListeningBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "MESSAGE_SECONDS", 0.1)
    bot.seconds = 0.3
    late = await teams.say("engineer", "status")
    await bot.stop()
    down = await teams.say("engineer", "status")

    assert late["undelivered"].startswith("operation_timeout")
    assert down["undelivered"].startswith("dispatch_failed")


async def test_what_the_real_platform_would_not_deliver(
    teams: Teams, bot: ListeningBot, sender: Sender
) -> None:
    async def why(who: str, channel: str = "") -> str:
        return str((await teams.say(who, "status", channel=channel))["undelivered"])

    await sender.sends("outsider", message(words(), buttons(execute())))
    [row] = teams.messages("outsider")
    assert "no Teams account" in await why("stranger")
    assert "no Teams account" in await why("approver")
    assert "is in no channel" in await why("outsider", "19:prod@thread.tacv2")
    assert "is in no channel" in await why("engineer", "a:1engineer")
    assert "not in that team" in await why("engineer", "19:elsewhere@thread.tacv2")
    await teams.operate("block", "outsider")
    assert "blocked the bot" in await why("outsider")
    assert "blocked" in (await teams.press("outsider", row["id"], "Approve"))["undelivered"]
    await teams.operate("unblock", "outsider")
    assert bot.activities == []
    assert (await teams.say("outsider", "status"))["status"] == 200
    with pytest.raises(LookupError):
        await teams.say("nobody", "status")
    assert teams.messages("stranger") == []


async def test_the_bot_hears_that_it_is_installed_and_removed(
    teams: Teams, bot: ListeningBot
) -> None:
    teams.announce()
    async with asyncio.timeout(20):
        while teams.busy:  # noqa: ASYNC110  (several at once)
            await asyncio.sleep(0.01)
    [team] = [one for one in bot.activities if one["type"] == "conversationUpdate"]
    people = [one for one in bot.activities if one["type"] == "installationUpdate"]
    assert team["channelData"]["team"]["id"] == "19:operations@thread.tacv2"
    assert {one["action"] for one in people} == {"add-upgrade"}
    assert "29:teams-approver" in {one["from"]["id"] for one in people}

    await teams.operate("uninstall", "engineer")
    assert bot.last["action"] == "remove"
    assert "not installed" in (await teams.say("engineer", "status"))["undelivered"]
    assert await teams.operate("install", "engineer") == {"heard": 200}
    joined, added = bot.activities[-2:]
    assert joined["membersAdded"] == [{"id": f"28:{TEAMS_APP_ID}"}]
    assert (added["type"], added["action"]) == ("installationUpdate", "add")
