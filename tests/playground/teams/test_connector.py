import re
from typing import Any

import pytest
from aiohttp import ClientError

from playground.cast import BOT_APP_ID, PEOPLE, TEAMS_APP_ID, TENANT_ID
from playground.entra.facade import Entra
from playground.kernel.clock import WorldClock
from playground.kernel.wire import Fault, Wire
from playground.teams.facade import Teams
from tests.playground.teams.kit import buttons, execute, message, words
from tests.playground.teams.sender import Sender, token

PROD = "19:prod@thread.tacv2"
ENGINEER = "conversations/a:1engineer"


def with_person(member: str, **more: Any) -> dict[str, Any]:
    return {"isGroup": False, "members": [{"id": member}], "tenantId": TENANT_ID, **more}


async def test_a_card_is_posted_edited_and_taken_away(teams: Teams, sender: Sender) -> None:
    some_id = await sender.sends(
        "engineer",
        {
            **message(words("**Ready** until {{TIME(2026-11-26T14:32:00Z)}}"), buttons(execute())),
            "channelData": {"aws_access": {"state": "granted", "aws_seen": True}},
        },
    )
    [row] = teams.messages("engineer")
    assert row["id"] == f"a:1engineer:{some_id}"
    assert row["text"] == "Ready until 14:32 UTC"
    assert (row["state"], row["aws_seen"], row["new"]) == ("granted", True, True)
    assert (row["chat"], row["to"], row["ephemeral"]) == ("teams", "engineer", False)
    assert row["buttons"] == [{"id": "Approve", "label": "Approve", "url": None}]
    assert teams.messages("admin") == []

    await sender.edits("engineer", some_id, message(words("Over")))
    [row] = teams.messages("engineer")
    assert (row["text"], row["new"], row["state"], row["buttons"]) == ("Over", False, None, [])

    path = f"{ENGINEER}/activities/{some_id}"
    assert (await sender.call("DELETE", path))[0] == 200
    assert teams.messages("engineer") == []
    status, told = await sender.call("PUT", path, message(words()))
    assert (status, told["error"]["code"]) == (404, "ActivityNotFoundInConversation")


async def test_a_text_and_a_reply_are_messages_too(teams: Teams, sender: Sender) -> None:
    path = f"{ENGINEER}/activities/17"
    await sender.call(
        "POST", path, {"type": "message", "text": "_Hello_ [there](https://x.example)"}
    )
    await sender.call("POST", f"{ENGINEER}/activities", {"type": "typing"})

    [row] = teams.messages("engineer")
    assert row["text"] == "Hello there (https://x.example)"
    assert row["raw"]["replyToId"] == "17"


async def test_a_chat_is_created_with_whoever_has_the_app(teams: Teams, sender: Sender) -> None:
    for member in ("29:admin", PEOPLE["admin"].oid):
        status, told = await sender.call("POST", "conversations", with_person(member))
        assert (status, told) == (201, {"id": "a:1admin"})
    first = with_person("29:admin", activity=message(words("Hi")))
    status, told = await sender.call("POST", "conversations", first)
    assert [row["raw"]["id"] for row in teams.messages("admin")] == [told["activityId"]]

    await teams.operate("uninstall", "admin")
    for nobody in ("29:admin", "29:nobody"):
        status, told = await sender.call("POST", "conversations", with_person(nobody))
        assert (status, told["error"]["code"]) == (403, "ForbiddenOperationException")
    elsewhere = with_person("29:engineer") | {"tenantId": "another"}
    assert (await sender.call("POST", "conversations", elsewhere))[0] == 400


async def test_a_post_in_a_channel_begins_a_thread_of_its_own(teams: Teams, sender: Sender) -> None:
    post = {"isGroup": True, "channelData": {"channel": {"id": PROD}}}
    status, told = await sender.call(
        "POST", "conversations", {**post, "activity": message(words("Somebody asked"))}
    )
    assert (status, told["id"]) == (201, f"{PROD};messageid={told['activityId']}")
    await sender.call("POST", f"conversations/{told['id']}/activities", message(words("Reply")))

    rows = teams.messages("admin")
    assert [row["text"] for row in rows] == ["Somebody asked", "Reply"]
    assert {row["raw"]["thread"] for row in rows} == {told["activityId"]}
    assert {row["to"] for row in rows} == {PROD}
    assert teams.messages("outsider") == []
    assert (await sender.call("POST", "conversations", post))[0] == 400


@pytest.mark.parametrize(
    ("conversation", "status", "code"),
    [
        ("a:1nobody", 404, "ConversationNotFound"),
        ("19:elsewhere@thread.tacv2", 403, "BotNotInConversationRoster"),
        ("a:1outsider", 403, "MessageWritesBlocked"),
        ("a:1guest", 403, "MessageWritesBlocked"),
    ],
)
async def test_where_the_bot_may_not_write(
    teams: Teams, sender: Sender, conversation: str, status: int, code: str
) -> None:
    await teams.operate("block", "outsider")
    await teams.operate("uninstall", "guest")

    path = f"conversations/{conversation}/activities"
    answered, told = await sender.call("POST", path, message(words()))

    assert (answered, told["error"]["code"]) == (status, code)


async def test_members_are_read_by_any_of_their_ids(teams: Teams, sender: Sender) -> None:
    person = PEOPLE["guest"]
    for some_id in ("29:guest", person.oid, person.upn):
        status, told = await sender.call("GET", f"conversations/a:1guest/members/{some_id}")
        assert status == 200
        assert (told["aadObjectId"], told["userRole"], told["id"]) == (
            person.oid,
            "guest",
            "29:guest",
        )
    status, told = await sender.call("GET", f"conversations/{PROD}/pagedmembers?pageSize=500")
    assert {one["id"] for one in told["members"]} == {
        "29:engineer",
        "29:teams-approver",
        "29:admin",
    }
    assert len((await sender.call("GET", f"conversations/{PROD}/members"))[1]) == 3
    partners = "conversations/19:partners@thread.tacv2/members"
    assert len((await sender.call("GET", partners))[1]) == 4
    status, told = await sender.call("GET", f"conversations/{PROD}/members/29:guest")
    assert (status, told["error"]["code"]) == (404, "MemberNotFoundInConversation")


async def test_a_team_lists_its_channels(sender: Sender) -> None:
    status, told = await sender.call("GET", "teams/19:operations@thread.tacv2/conversations")
    assert {one["name"]: one["type"] for one in told["conversations"]}["partners"] == "shared"
    assert (await sender.call("GET", "teams/19:operations@thread.tacv2"))[0] == 200
    status, told = await sender.call("GET", "teams/19:other@thread.tacv2")
    assert status == 404


async def test_eight_at_once_are_too_many(clock: WorldClock, teams: Teams, sender: Sender) -> None:
    path = f"{ENGINEER}/activities"
    statuses = [(await sender.call("POST", path, message(words(str(n)))))[0] for n in range(8)]
    assert statuses == [201] * 7 + [429]
    assert 0 < float(sender.retry_after[-1] or 0) <= 1
    assert (await sender.call("POST", "conversations/a:1admin/activities", message(words())))[
        0
    ] == 201

    clock.step_to(clock.now().replace(year=clock.now().year + 1))
    assert (await sender.call("POST", path, message(words())))[0] == 201


async def test_who_calls_is_looked_at_every_time(
    teams: Teams, sender: Sender, entra: Entra, wire: Wire
) -> None:
    path = f"{ENGINEER}/activities"
    other = Sender(teams, await token(entra, BOT_APP_ID))
    graph = Sender(teams, await token(entra, TEAMS_APP_ID, "https://graph.microsoft.com/.default"))
    tried = [Sender(teams, ""), Sender(teams, "e30.e30.e30"), graph, other, sender]

    answered = [(await one.call("POST", path, message(words())))[0] for one in tried]

    assert answered == [401, 401, 401, 403, 201]
    seen = [call for call in wire.calls if call.system == "teams"]
    assert [call.status for call in seen] == answered
    assert seen[-1].shown()["as"] == "bot"
    assert seen[-1].path == "/emea/v3/conversations/a:1engineer/activities"


@pytest.mark.parametrize(
    ("activity", "status"),
    [
        ([], 400),
        ({"type": "message"}, 400),
        ({"type": "event", "text": "x"}, 400),
        ({"type": "message", "attachments": {}}, 400),
        ({"type": "message", "attachments": [{"contentType": "text/html", "content": {}}]}, 400),
        (message({"type": "TextBlok", "text": "x"}), 400),
        (message(words(), version="1.6"), 400),
        ({"type": "message", "text": "x" * 101 * 1024}, 413),
        (message(words("x" * 28_000), words("y" * 1000)), 413),
    ],
)
async def test_what_teams_does_not_carry(
    teams: Teams, sender: Sender, activity: Any, status: int
) -> None:
    answered, _ = await sender.call("POST", f"{ENGINEER}/activities", activity)

    assert answered == status
    assert teams.messages("engineer") == []


async def test_a_lost_answer_leaves_the_message_standing(
    teams: Teams, sender: Sender, wire: Wire
) -> None:
    wire.faults.append(Fault("teams", re.compile("POST .*/activities"), 1, "lost_answer"))
    with pytest.raises(ClientError):
        await sender.sends("engineer", message(words("Once")))

    assert [row["text"] for row in teams.messages("engineer")] == ["Once"]
    assert [call.delivered for call in wire.calls if call.system == "teams"] == [False]
